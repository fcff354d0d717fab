"""When exclusive rights are allotted: at published instants, known to everybody beforehand."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone


def _first() -> datetime:
    """A Monday 00:00 of the exchange's time, from which the rounds are counted."""
    return datetime(2024, 1, 1, tzinfo=timezone.get_default_timezone()).astimezone(UTC)


def _every() -> timedelta:
    return timedelta(hours=settings.ALLOCATION_HOURS)


def last_due(now: datetime) -> datetime:
    """The latest instant of the cadence that is not after `now`."""
    return _first() + (now - _first()) // _every() * _every()


def next_due(now: datetime) -> datetime:
    """The first instant of the cadence after `now`."""
    return last_due(now) + _every()
