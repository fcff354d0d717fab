"""The only way into the audit log: `record` in the transaction of the change, `seal`, `write_checkpoint` afterwards."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import canonical, checkpoints, keys, policies, sealing, writing
from foundation.audit.models import Event
from foundation.audit.notes import Checkpoint
from foundation.errors import Forbidden

_ACTION: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_NO_DATA: Final[Mapping[str, Any]] = {}


def subject_key(subject: tuple[str, object] | Model) -> tuple[str, str]:
    """How a subject is named in the log: `("catalog.listing", "12")` for a model instance or a (type, id) pair."""
    if isinstance(subject, Model):
        if subject.pk is None:
            raise ValueError(f"{subject._meta.label_lower} has no identifier yet: save it before it is recorded")
        return subject._meta.label_lower, str(subject.pk)
    kind, identifier = subject
    return canonical.text(kind, "subject type"), canonical.text(str(identifier), "subject id")


def record(
    *, actor: Actor, action: str, subject: tuple[str, object] | Model, data: Mapping[str, Any] = _NO_DATA
) -> Event:
    """Write that `actor` did `action` (e.g. `listing.published`) to `subject`, in the caller's transaction.

    `data` holds identifiers and decisions as JSON values, never personal values. RuntimeError outside a transaction;
    TypeError or ValueError for data or names that cannot be authenticated (see `canonical.plain`).

    The identifier is drawn from the sequence before the row is written, so that the authentication code covers it
    too: nobody can renumber an event, and copying one under another number is noticed. The HMAC is of the RFC 8785
    form of every stored field but the code itself and the transaction's number.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("audit.record needs the transaction of the change it records")
    if not _ACTION.fullmatch(action):
        raise ValueError(f"audit action '{action}' is not of the form 'listing.published'")
    subject_type, subject_id = subject_key(subject)
    values, form = canonical.plain(data)
    event = Event(
        id=writing.next_id(),
        at=timezone.now(),
        actor_kind=actor.kind,
        actor_label=canonical.text(actor.label, "actor label")[:200],
        actor_user_id=actor.user_id,
        actor_organisation_id=actor.organisation_id,
        actor_key_id=actor.key_id,
        action=action,
        subject_type=subject_type,
        subject_id=subject_id,
        data=values,
        key_version=keys.current_version(),
    )
    event.mac = keys.mac(event.key_version, keys.EVENT, canonical.event_form(event, form))
    writing.insert(event, form)
    return event


def seal(*, actor: Actor, thorough: bool = False) -> int:
    """Seal every settled event, a transaction a batch; how many were sealed.

    Forbidden for anybody but the system and administrators of the exchange. Not recorded itself: a seal is its own
    record, and an event about every seal would need a seal. `thorough`: see `sealing.seal_batch`.
    """
    if not policies.may_seal(actor):
        raise Forbidden(rule="audit.seal")
    sealed = 0
    while made := sealing.seal_batch(thorough=thorough):
        sealed += made.last - made.first + 1
    return sealed


@transaction.atomic
def set_checkpoints_aside(*, actor: Actor) -> Path | None:
    """After a restore: move what was signed of a later log out of the way of the next checkpoint; where to.

    None where the log contains all that was signed. Forbidden as for `seal`; OSError see `checkpoints.set_aside`.
    Records `audit.checkpoints_set_aside`.
    """
    if not policies.may_seal(actor):
        raise Forbidden(rule="audit.seal")
    moved = checkpoints.set_aside(timezone.now())
    if moved is None:
        return None
    folder, count = moved
    data = {"folder": folder.name, "count": count}
    record(actor=actor, action="audit.checkpoints_set_aside", subject=("audit.checkpoints", folder.name), data=data)
    return folder


def write_checkpoint(*, actor: Actor) -> Checkpoint | None:
    """Sign what is sealed so far and keep it outside the database; None where there is nothing new.

    Forbidden as for `seal`; LogDamaged and OSError see `checkpoints.write`. Writes no row.
    """
    if not policies.may_seal(actor):
        raise Forbidden(rule="audit.seal")
    return checkpoints.write()
