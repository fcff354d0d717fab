"""What people do with their notices: read them, and choose how they want to be told.

That somebody read a notice changes nobody's rights and is not recorded in the audit log; what they chose is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import FieldError, Forbidden, InvalidInput
from foundation.notifications import registry, selectors
from foundation.notifications.models import Channel, Notification, Preference


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether a person wants to be told of `kind` by `channel`."""

    kind: str
    channel: str
    wanted: bool


@transaction.atomic
def mark_read(*, actor: Actor, notification_id: int) -> Notification:
    """Mark one's notice as read; reading twice changes nothing. NotFound for anybody else's."""
    row = selectors.notification(actor, notification_id)
    Notification.objects.filter(pk=row.pk, read_at=None).update(read_at=Now())
    row.refresh_from_db()
    return row


@transaction.atomic
def mark_all_read(*, actor: Actor, up_to: int | None = None) -> int:
    """Mark one's unread notices as read, those after `up_to` (an identifier) excepted: what came since is not missed.

    How many were marked.
    """
    rows = selectors.visible_notifications(actor, unread=True)
    return (rows if up_to is None else rows.filter(pk__lte=up_to)).update(read_at=Now())


@transaction.atomic
def set_preferences(*, actor: Actor, choices: Sequence[Choice]) -> None:
    """Choose how one wants to be told; kinds and channels that are not named stay as they are.

    InvalidInput for unknown kinds and channels, and for a pair that is named twice.
    """
    if actor.user_id is None:
        raise Forbidden(_("Only a person chooses how to be told."), rule="notifications.person_needed")
    errors, known, seen = [], set(registry.names()), set()
    for place, choice in enumerate(choices):
        if choice.kind not in known:
            message = _("Choose one or more of: %(known)s.")
            errors.append(FieldError(f"/preferences/{place}/kind", message, {"known": ", ".join(sorted(known))}))
        if choice.channel not in Channel.values:
            message = _("Choose one of: %(known)s.")
            params = {"known": ", ".join(Channel.values)}
            errors.append(FieldError(f"/preferences/{place}/channel", message, params))
        if (choice.kind, choice.channel) in seen:
            errors.append(FieldError(f"/preferences/{place}", _("This is chosen twice.")))
        seen.add((choice.kind, choice.channel))
    if errors:
        raise InvalidInput(errors)
    Preference.objects.bulk_create(
        [Preference(user_id=actor.user_id, kind=c.kind, channel=c.channel, wanted=c.wanted) for c in choices],
        update_conflicts=True,
        unique_fields=["user", "kind", "channel"],
        update_fields=["wanted"],
    )
    audit.record(
        actor=actor,
        action="notification.preferences_set",
        subject=("user", actor.user_id),
        data={"choices": [[choice.kind, choice.channel, choice.wanted] for choice in choices]},
    )
