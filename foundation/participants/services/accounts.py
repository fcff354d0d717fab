"""What a new password ends: the accesses that whoever had the account may have left behind."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.participants import happenings, sessions, states
from foundation.participants.models import ApiKey, Membership
from foundation.participants.services.keys import revoke_all

RESET: Final = "password_reset"
CHANGED: Final = "password_changed"


@dataclass(frozen=True, slots=True)
class Ended:
    """How many keys were revoked and sessions ended."""

    keys: int
    sessions: int


@transaction.atomic
def end_access(*, actor: Actor, user_id: int, because: str, but_session: str | None = None) -> Ended:
    """Revoke a person's API keys and end all sessions but the one with this key, without asking who may: callers have.

    For a password that was reset, whoever knew the old one included, and for one that was changed where the person
    says so. A key is a credential of its own that a thief would have issued first; what worked with one stands still,
    so the person and the administrators of each organisation are told.
    """
    memberships = Membership.objects.filter(user=user_id, state=states.ACTIVE).order_by("pk")
    ended = Ended(
        keys=revoke_all(actor=actor, keys=ApiKey.objects.filter(membership__user=user_id)),
        sessions=sessions.end_all(user_id, but=but_session),
    )
    data = {"because": because, "keys": ended.keys, "sessions": ended.sessions}
    audit.record(actor=actor, action="person.access_ended", subject=("user", user_id), data=data)
    for membership in memberships:
        happenings.happened(
            "member.access_ended", subject=("membership", membership.pk), organisation_id=membership.organisation_id
        )
    return ended
