"""Figures of background jobs."""

from typing import Final

from django.db import connection
from django.db.models import Count, Min
from django.db.models.functions import Now

from foundation.jobs import states
from foundation.jobs.models import Job
from foundation.observability.gauges import Reading, gauge

_QUANTILES: Final = (0.5, 0.95)


@gauge("exchange_jobs", "Jobs kept in the table, by kind and state", "kind", "state")
def jobs() -> Reading:
    """How many jobs there are."""
    counted = Job.objects.order_by().values_list("kind", "state").annotate(Count("pk"))
    return [((kind, state), number) for kind, state, number in counted]


@gauge("exchange_jobs_oldest_waiting_seconds", "For how long the oldest due job has been waiting; 0 where none is")
def oldest_waiting() -> Reading:
    """The age of the queue's head: what an alert on a stuck queue looks at."""
    due = Job.objects.filter(state=states.QUEUED, run_after__lte=Now())
    ages = due.aggregate(age=Now() - Min("run_after"))
    return [((), ages["age"].total_seconds() if ages["age"] else 0.0)]


@gauge("exchange_job_seconds", "How long jobs that succeeded within the last hour took", "kind", "quantile")
def durations() -> Reading:
    """Median and 95th percentile of the last attempt's time."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT kind,
                   percentile_cont(%s::float8[]) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at))
              FROM jobs_job
             WHERE state = %s AND finished_at > now() - interval '1 hour' AND started_at IS NOT NULL
             GROUP BY kind
            """,
            [list(_QUANTILES), states.SUCCEEDED],
        )
        return [
            ((kind, str(share)), float(seconds))
            for kind, row in cursor.fetchall()
            for share, seconds in zip(_QUANTILES, row, strict=True)
        ]
