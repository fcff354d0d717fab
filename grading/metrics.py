"""Figures of grading: what waits for reviewers."""

from django.db.models import Count, Min
from django.db.models.functions import Now

from foundation.observability.gauges import Reading, gauge
from grading import states
from grading.models import Grade

_OPEN = (states.RECOMMENDED, states.CONFIRMED)


@gauge("exchange_grades_waiting", "Grades that wait for a reviewer, by state and recommended level", "state", "level")
def waiting() -> Reading:
    """The reviewers' queue."""
    counted = Grade.objects.filter(state__in=_OPEN).order_by().values_list("state", "level").annotate(Count("pk"))
    return [((state, level), number) for state, level, number in counted]


@gauge("exchange_grades_oldest_waiting_seconds", "Age of the oldest grade that waits for a reviewer; 0 where none is")
def oldest() -> Reading:
    """The age of the queue's head."""
    ages = Grade.objects.filter(state__in=_OPEN).aggregate(age=Now() - Min("created_at"))
    return [((), ages["age"].total_seconds() if ages["age"] else 0.0)]
