"""When a decided grade is due for review: days after the decision by its level, as the scheme in force says."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from foundation.rulebooks.in_force import in_force
from grading.rulebook import SCHEME


def review_due(level: str, decided_at: datetime) -> date | None:
    """The day; None where the scheme names no days for this level."""
    days = in_force(SCHEME).rules.review_days.get(level)
    return None if days is None else timezone.localdate(decided_at) + timedelta(days=days)
