"""Samples for tests, by the real services; and reading them at once, as their job would do it."""

from collections.abc import Iterable
from typing import Any

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from marketplace.matching import services
from marketplace.matching.models import Demand, DemandSample
from tests.factories import Party

SAMPLE = b"Dep-Delay,origin,fl_date,note\n5,JFK,2013-01-01,\n-3,EWR,2013-01-02,\n"


def attached(party: Party, demand: Demand, content: bytes = SAMPLE, filename: str = "like.csv") -> DemandSample:
    """A sample that waits to be read."""
    sent: Iterable[bytes] = [content]
    return services.attach_sample(actor=party.actor, demand_id=demand.pk, filename=filename, chunks=sent)


def job_of(sample: DemandSample) -> Job:
    """The job that reads it."""
    return Job.objects.get(kind=services.READ_SAMPLE, subject_type="demand_sample", subject_id=sample.pk)


def work(sample: DemandSample) -> Job:
    """Run the job that reads it, as a worker would."""
    row = job_of(sample)
    jobs.execute(row.pk)
    row.refresh_from_db()
    return row


def told(demand: Demand) -> list[dict[str, Any]]:
    """The columns by which the demand is matched."""
    stored: list[dict[str, Any]] = Demand.objects.values_list("sample_columns", flat=True).get(pk=demand.pk)
    return stored
