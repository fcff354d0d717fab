"""Signed-in sessions: whom one stands for at this moment, what is still demanded of them, and their end."""

import hashlib
from dataclasses import replace
from typing import Final

from allauth.mfa.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.participants import selectors, states
from foundation.participants.models import Elevation, MemberRole, Role, User

SENSITIVE: Final = frozenset({MemberRole.ADMINISTRATOR, MemberRole.REVIEWER, MemberRole.APPROVER})


def actor_of(request: HttpRequest) -> Actor | None:
    """The actor of a signed-in session; None for nobody and for people without a membership.

    Where settings.ELEVATION_REQUIRED, an administrator of the exchange is one only during an elevation of this very
    session; whoever has no other role there stands for nothing but a member of the public's organisation until then.
    """
    user = request.user
    actor = selectors.actor_for_user(user) if isinstance(user, User) else None
    if actor is None or not needs_elevation(actor) or elevation_of(request) is not None:
        return actor
    left = actor.member_roles - {MemberRole.ADMINISTRATOR}
    roles = actor.organisation_roles if left else actor.organisation_roles - {Role.EXCHANGE}
    return replace(actor, member_roles=left, organisation_roles=roles)


def require_second_factor(user: User) -> None:
    """Forbidden, where settings.MFA_REQUIRED, for an administrator, reviewer or approver who has set up none.

    Called where a session is about to count, and nowhere else: what a request carries beside the session, such as the
    header of a key, must not decide whether the session is asked.
    """
    if not settings.MFA_REQUIRED:
        return
    actor = selectors.actor_for_user(user)
    if actor is None or actor.member_roles.isdisjoint(SENSITIVE) or get_adapter().is_mfa_enabled(user):
        return
    raise Forbidden(
        _("Set up a second factor first: your role at the exchange demands one."), rule="participants.second_factor"
    )


def needs_elevation(actor: Actor) -> bool:
    """Whether a session of this actor is without an administrator's powers until it is elevated."""
    return bool(settings.ELEVATION_REQUIRED) and actor.acts_as("exchange", MemberRole.ADMINISTRATOR)


def digest_of(request: HttpRequest) -> str:
    """What an elevation keeps of the session's key."""
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()


def elevation_of(request: HttpRequest) -> Elevation | None:
    """The elevation of this session that counts now."""
    user = request.user
    if not isinstance(user, User) or not request.session.session_key:
        return None
    return Elevation.objects.filter(
        session_digest=digest_of(request),
        membership__user=user,
        membership__state=states.ACTIVE,
        state=states.ACTIVE,
        expires_at__gt=timezone.now(),
    ).first()


def end_all(user_id: int, *, but: str | None = None) -> int:
    """End every session that a person signed in to, except the one with the key `but`; how many."""
    found = list(UserSession.objects.filter(user_id=user_id).exclude(session_key=but or ""))
    for session in found:
        session.end()
    return len(found)
