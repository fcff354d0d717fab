"""What time does to accreditations: a reminder before the last day, the end after it."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from foundation.actors import Actor
from foundation.batches import each_held
from foundation.participants import policies, states
from foundation.participants.models import Accreditation
from foundation.participants.services.accreditations import end, told


def expire_accreditations(*, actor: Actor) -> int:
    """End every confirmed accreditation whose last day is over (the system); how many.

    Nothing waits for this: from the day after its last an accreditation does not count, ended here or not.
    """
    policies.require_system(actor)
    over = Accreditation.objects.filter(state=states.CONFIRMED, valid_until__lt=timezone.localdate())
    return each_held(over, lambda row: end(actor, row, "expire", "accreditation.expired"))


def remind_of_accreditations(*, actor: Actor) -> int:
    """Say once of every confirmed accreditation that it ends within settings.ACCREDITATION_REMINDER_DAYS; how many."""
    policies.require_system(actor)
    today = timezone.localdate()
    soon = (today, today + timedelta(days=settings.ACCREDITATION_REMINDER_DAYS))

    def remind(row: Accreditation) -> None:
        row.reminded_at = timezone.now()
        row.save(update_fields=["reminded_at"])
        told(actor, row, "accreditation.expiring")

    ending = Accreditation.objects.filter(state=states.CONFIRMED, reminded_at=None, valid_until__range=soon)
    return each_held(ending, remind)
