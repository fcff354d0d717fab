"""Issuing and revoking API keys."""

import hashlib
import secrets
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import NotFound
from foundation.participants import policies
from foundation.participants.models import ApiKey, Membership

LIFETIME = timedelta(days=365)


def digest_of(secret: str) -> str:
    """The form in which a key's secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_key(*, actor: Actor, membership: Membership, label: str) -> tuple[ApiKey, str]:
    """Make a key without asking who may: callers have. Returns the row and the token, which is shown only once."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        membership=membership,
        label=label,
        prefix=prefix,
        digest=digest_of(secret),
        expires_at=timezone.now() + LIFETIME,
    )
    audit.record(actor=actor, action="api_key.issued", subject=("api_key", key.pk), data={"membership": membership.pk})
    return key, f"dx_{prefix}_{secret}"


def _colleagues(actor: Actor) -> models.QuerySet[Membership]:
    """The memberships of the actor's own organisation; all for the system."""
    everybody = Membership.objects.all()
    if actor.is_system:
        return everybody
    return everybody.none() if actor.organisation_id is None else everybody.filter(organisation=actor.organisation_id)


@transaction.atomic
def issue_key(*, actor: Actor, membership_id: int, label: str = "") -> tuple[ApiKey, str]:
    """Issue a key for oneself or, as administrator, for a member of one's organisation. NotFound for anybody else's."""
    membership = _colleagues(actor).select_related("organisation").filter(pk=membership_id).first()
    if membership is None:
        raise NotFound
    if membership.user_id != actor.user_id:
        policies.require_administrator(actor, membership.organisation_id)
    policies.require_not_closed(membership.organisation)
    return create_key(actor=actor, membership=membership, label=label)


@transaction.atomic
def revoke_key(*, actor: Actor, key_id: int) -> ApiKey:
    """Revoke a key at once: one's own, as administrator a colleague's, as the exchange's administrator any.

    Revoking twice changes nothing. NotFound for keys of other organisations.
    """
    seen = ApiKey.objects if actor.is_exchange else ApiKey.objects.filter(membership__in=_colleagues(actor))
    key = seen.select_for_update(of=("self",)).select_related("membership").filter(pk=key_id).first()
    if key is None:
        raise NotFound
    if key.membership.user_id != actor.user_id and not actor.acts_as("exchange", "administrator"):
        policies.require_administrator(actor, key.membership.organisation_id)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        audit.record(actor=actor, action="api_key.revoked", subject=("api_key", key.pk))
    return key
