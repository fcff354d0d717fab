"""Reading participants: who is asking, and which organisations it may see."""

import hmac
import re
from hashlib import sha256

from django.db import models
from django.utils import timezone

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.participants import states
from foundation.participants.models import ApiKey, Membership, Organisation, OrganisationRole, Role, User

TOKEN = re.compile(r"dx_[0-9a-f]{12}_[A-Za-z0-9_-]{20,}")


def actor_of(membership: Membership) -> Actor:
    """The actor that a membership makes. Roles count only when confirmed and while the organisation is verified."""
    organisation = membership.organisation
    verified = organisation.state == states.VERIFIED
    roles = [r for r in organisation.roles.all() if r.confirmed_at is not None] if verified else []
    return Actor(
        kind="member",
        label=membership.user.get_username(),
        user_id=membership.user_id,
        organisation_id=organisation.pk,
        organisation_verified=verified,
        organisation_roles=frozenset(r.role for r in roles),
        sectors=frozenset(r.sector for r in roles if r.sector),
        member_roles=frozenset(membership.roles),
    )


def _memberships() -> models.QuerySet[Membership]:
    return Membership.objects.select_related("user", "organisation").prefetch_related("organisation__roles")


def actor_for_token(token: str) -> tuple[User, Actor] | None:
    """The user and actor of an API key, or None when it is unknown, revoked, expired or its person inactive."""
    if not TOKEN.fullmatch(token):
        return None
    _dx, prefix, secret = token.split("_", 2)
    key = ApiKey.objects.filter(prefix=prefix, revoked_at=None, expires_at__gt=timezone.now()).first()
    digest = sha256(secret.encode()).hexdigest()
    if key is None or not hmac.compare_digest(key.digest, digest):
        return None
    membership = _memberships().get(pk=key.membership_id)
    return (membership.user, actor_of(membership)) if membership.user.is_active else None


def actor_for_user(user: User) -> Actor | None:
    """The actor of a signed-in person: its oldest membership. None for somebody without any."""
    membership = _memberships().filter(user=user).order_by("pk").first()
    return actor_of(membership) if membership is not None and user.is_active else None


def visible_organisations(actor: Actor) -> models.QuerySet[Organisation]:
    """Verified organisations are public; others are seen by their own members and the exchange."""
    everything = Organisation.objects.prefetch_related("roles")
    if actor.is_system or actor.is_exchange:
        return everything
    return everything.filter(models.Q(state=states.VERIFIED) | models.Q(pk=actor.organisation_id))


def organisation(actor: Actor, organisation_id: int) -> Organisation:
    """One organisation, or NotFound."""
    row = visible_organisations(actor).filter(pk=organisation_id).first()
    if row is None:
        raise NotFound
    return row


def organisations_with_role(role: str, *, sector: str = "") -> models.QuerySet[Organisation]:
    """Verified organisations whose role is confirmed; with `sector` for sector authorities."""
    confirmed = OrganisationRole.objects.filter(role=role, sector=sector, confirmed_at__isnull=False)
    return Organisation.objects.filter(state=states.VERIFIED, pk__in=confirmed.values("organisation_id"))


def exchange() -> Organisation:
    """The exchange itself; NotFound before it is set up."""
    row = organisations_with_role(Role.EXCHANGE).first()
    if row is None:
        raise NotFound
    return row
