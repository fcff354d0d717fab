"""Releasing rules from an instant on, and taking back what is not in force yet.

The versions of a rulebook follow each other without gap: one ends where the next begins, so that rules never lapse.
"""

from datetime import datetime

from django.db import connection, models, transaction
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Conflict, InvalidInput, StaleVersion
from foundation.events import services as events
from foundation.rulebooks import policies, registry, states
from foundation.rulebooks.in_force import in_force
from foundation.rulebooks.models import Rulebook, RulebookVersion
from foundation.rulebooks.services._rows import given_reason, held_together, locked, record
from foundation.rulebooks.services.announcing import announce


@transaction.atomic
def release_version(
    *, actor: Actor, version_id: int, against: int, valid_from: datetime | None = None
) -> RulebookVersion:
    """Release a proposed version, in force from `valid_from` (default: now); another person than its author does.

    It ends the version in force at that instant and lasts until the next one that is released already. `against` is
    the number of the version that the releaser compared it with: StaleVersion when another one would be replaced.
    Conflict while the what-if is not computed, for an instant at which another version begins, and where rulebooks of
    the kind would contradict each other; InvalidInput for an instant that is past. Emits `rulebook.released`, and
    `rulebook.entered_force` when its time comes.
    """
    row = locked(actor, version_id)
    row.releaser_id = policies.require_releaser(actor, row)
    row.state = states.RULEBOOK_VERSION.target("release", row.state)
    if registry.kind(row.rulebook.kind).what_if is not None and row.what_if_at is None:
        raise Conflict(_("What this version would change is not computed yet: wait for the job, then release."))
    now = _clock()
    row.released_at = now
    begins = now if valid_from is None else valid_from
    if begins < now:
        raise InvalidInput.of("/valid_from", _("Rules do not apply to the past: name an instant to come, or none."))
    with held_together(row, begins):
        _take_place(row, begins, against)
        row.save(update_fields=["state", "releaser", "released_at", "valid_from", "valid_to"])
    record(
        actor,
        "rulebook.released",
        row,
        against=against,
        valid_from=begins.isoformat(),
        valid_to=None if row.valid_to is None else row.valid_to.isoformat(),
    )
    events.emit(name="rulebook.released", subject=("rulebook_version", row.pk), data={"kind": row.rulebook.kind})
    if valid_from is None:
        announce(row)
    return row


def _take_place(row: RulebookVersion, begins: datetime, against: int) -> None:
    """Set begin and end of the version, and the end of the one before it."""
    released = _released(row.rulebook).exclude(pk=row.pk)
    if released.filter(valid_from=begins).exists():
        raise Conflict(_("Another version begins at that very instant: withdraw it first, or choose another one."))
    before = released.filter(valid_from__lt=begins).order_by("valid_from").last()
    after = released.filter(valid_from__gt=begins).order_by("valid_from").first()
    replaced = before.number if before is not None else _elsewhere(row, begins)
    if replaced != against:
        raise StaleVersion(
            _("It would replace version %(number)s, and was compared with version %(against)s: compare again."),
            number=replaced,
            against=against,
        )
    if before is not None:
        before.valid_to = begins
        before.save(update_fields=["valid_to"])
    row.valid_from = begins
    row.valid_to = None if after is None else after.valid_from


def _elsewhere(row: RulebookVersion, begins: datetime) -> int:
    """What counts where the rulebook has no release of its own: the shipped file, nothing, or the exchange's rules."""
    if not row.rulebook.scope or registry.kind(row.rulebook.kind).by_code:
        return 0
    return in_force(row.rulebook.kind, at=begins).number


@transaction.atomic
def withdraw_version(*, actor: Actor, version_id: int, reason: str) -> RulebookVersion:
    """Take a version back for good, with the reason; a released one only before it comes in force.

    The version before it then lasts until the next. Rules in force are replaced, by releasing others.
    """
    row = locked(actor, version_id)
    released = row.state == states.RELEASED
    policies.require_may_withdraw(actor, row, released=released)
    row.state = states.RULEBOOK_VERSION.target("withdraw", row.state)
    if released and row.valid_from is not None and row.valid_from <= _clock():
        raise Conflict(_("The version is in force, or was: it can only be replaced by another one."))
    row.state_reason = given_reason(reason)
    if released and row.valid_from is not None:
        with held_together(row, row.valid_from):
            row.save(update_fields=["state", "state_reason"])
            _released(row.rulebook).filter(valid_to=row.valid_from).update(valid_to=row.valid_to)
    else:
        row.save(update_fields=["state", "state_reason"])
    record(actor, "rulebook.withdrawn", row, reason=row.state_reason)
    return row


def _released(rulebook: Rulebook) -> models.QuerySet[RulebookVersion]:
    return RulebookVersion.objects.filter(rulebook=rulebook, state=states.RELEASED)


def _clock() -> datetime:
    """The database's clock, by which `in_force` decides."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    found: datetime = now
    return found
