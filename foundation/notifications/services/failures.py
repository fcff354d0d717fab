"""Jobs that failed for good, said as events: jobs stand below the events and cannot say it themselves."""

from datetime import timedelta
from typing import Final

from django.db import models, transaction
from django.db.models.functions import Now

from foundation.events import services as events
from foundation.events.models import Event
from foundation.jobs import states
from foundation.jobs.models import Job

FAILED: Final = "job.failed"
LOOKED_BACK: Final = timedelta(days=2)
"""How long beat may have been away without a failure going untold."""
BATCH: Final = 200


def announce_failed_jobs() -> int:
    """Emit `job.failed` once for each failure of a job that an organisation may follow; how many.

    A job that was queued again by hand and failed again is told again; a part fails as the job that it is a part of.
    """
    found = list(_untold().order_by("pk").values_list("pk", flat=True)[:BATCH])
    return sum(_announce(job_id) for job_id in found)


def _untold() -> models.QuerySet[Job]:
    told = Event.objects.filter(
        name=FAILED,
        subject_type="job",
        subject_id=models.OuterRef("pk"),
        created_at__gte=models.OuterRef("finished_at"),
    )
    failed = Job.objects.filter(
        state=states.FAILED, organisation_id__isnull=False, parent=None, finished_at__gt=Now() - LOOKED_BACK
    )
    return failed.exclude(models.Exists(told))


@transaction.atomic
def _announce(job_id: int) -> bool:
    """In a transaction begun after the failure was seen, so that the event's instant is later than the failure's."""
    row = _untold().select_for_update(skip_locked=True, of=("self",)).filter(pk=job_id).first()
    if row is None:
        return False
    events.emit(name=FAILED, subject=("job", row.pk), organisation_id=None)
    return True
