"""What time does to accreditations: a reminder before the last day, the end after it."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.participants import policies, states
from foundation.participants.models import Accreditation
from foundation.participants.services.accreditations import end, told

BATCH: Final = 200


def expire_accreditations(*, actor: Actor) -> int:
    """End every confirmed accreditation whose last day is over (the system); how many.

    Nothing waits for this: from the day after its last an accreditation does not count, ended here or not. A
    transaction a batch; rows that others hold wait for next time.
    """
    policies.require_system(actor)
    done = 0
    while True:
        with transaction.atomic():
            rows = _confirmed(valid_until__lt=timezone.localdate())
            for row in rows:
                end(actor, row, "expire", "accreditation.expired")
        done += len(rows)
        if len(rows) < BATCH:
            return done


def remind_of_accreditations(*, actor: Actor) -> int:
    """Say once of every confirmed accreditation that it ends within settings.ACCREDITATION_REMINDER_DAYS; how many."""
    policies.require_system(actor)
    today = timezone.localdate()
    soon = (today, today + timedelta(days=settings.ACCREDITATION_REMINDER_DAYS))
    done = 0
    while True:
        with transaction.atomic():
            rows = _confirmed(reminded_at=None, valid_until__range=soon)
            for row in rows:
                row.reminded_at = timezone.now()
                row.save(update_fields=["reminded_at"])
                told(actor, row, "accreditation.expiring")
        done += len(rows)
        if len(rows) < BATCH:
            return done


def _confirmed(**conditions: object) -> list[Accreditation]:
    """A batch of confirmed accreditations, locked; what others hold is left out."""
    rows = Accreditation.objects.filter(state=states.CONFIRMED, **conditions)
    return list(rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk")[:BATCH])
