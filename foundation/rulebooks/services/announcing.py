"""Telling the rooms, once, that a version has come in force."""

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from foundation.actors import Actor
from foundation.events import services as events
from foundation.rulebooks import states
from foundation.rulebooks.models import RulebookVersion
from foundation.rulebooks.services._rows import record


def announce(row: RulebookVersion) -> None:
    """Emit `rulebook.entered_force` for a locked version whose time has come."""
    RulebookVersion.objects.filter(pk=row.pk).update(announced_at=Now())
    events.emit(name="rulebook.entered_force", subject=("rulebook_version", row.pk), data={"kind": row.rulebook.kind})


@transaction.atomic
def announce_in_force(*, actor: Actor) -> int:
    """Announce every version whose date has come; how many. One that was replaced meanwhile is not announced."""
    due = (
        RulebookVersion.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("rulebook")
        .filter(
            Q(valid_to=None) | Q(valid_to__gt=Now()),
            state=states.RELEASED,
            announced_at=None,
            valid_from__lte=Now(),
        )
    )
    count = 0
    for row in due.order_by("pk"):
        announce(row)
        record(actor, "rulebook.entered_force", row)
        count += 1
    return count
