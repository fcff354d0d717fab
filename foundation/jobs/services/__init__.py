"""Every write to jobs, by use case. Nothing here depends on what lives only in the broker.

All times are the database's, so that workers whose clocks differ agree on leases and pauses.
"""

from foundation.jobs.errors import LostLease, Retryable
from foundation.jobs.services.operating import cancel_job, retry_job, sweep
from foundation.jobs.services.queueing import enqueue
from foundation.jobs.services.restoring import release_leases
from foundation.jobs.services.running import Run, claim, execute, fail, succeed

__all__ = [
    "LostLease",
    "Retryable",
    "Run",
    "cancel_job",
    "claim",
    "enqueue",
    "execute",
    "fail",
    "release_leases",
    "retry_job",
    "succeed",
    "sweep",
]
