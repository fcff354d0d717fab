"""Every write to jobs, by use case. Nothing here depends on what lives only in the broker.

All times are the database's, so that workers whose clocks differ agree on leases and pauses.
"""

from foundation.jobs.errors import LostLease, Retryable
from foundation.jobs.registry import Backoff, Ended, Outcome
from foundation.jobs.services.ending import fail, succeed
from foundation.jobs.services.leases import Run, claim
from foundation.jobs.services.operating import cancel_job, retry_job
from foundation.jobs.services.parts import PartResult, results_of_parts, split
from foundation.jobs.services.queueing import enqueue
from foundation.jobs.services.restoring import release_leases
from foundation.jobs.services.running import execute
from foundation.jobs.services.sweeping import prune, sweep

__all__ = [
    "Backoff",
    "Ended",
    "LostLease",
    "Outcome",
    "PartResult",
    "Retryable",
    "Run",
    "cancel_job",
    "claim",
    "enqueue",
    "execute",
    "fail",
    "prune",
    "release_leases",
    "results_of_parts",
    "retry_job",
    "split",
    "succeed",
    "sweep",
]
