"""Issuing and revoking API keys."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
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


@transaction.atomic
def issue_key(*, actor: Actor, membership_id: int, label: str = "") -> tuple[ApiKey, str]:
    """Issue a key for a member of the actor's organisation (or, for the exchange, of any)."""
    membership = Membership.objects.filter(pk=membership_id).first()
    if membership is None:
        raise NotFound
    if membership.user_id != actor.user_id or membership.organisation_id != actor.organisation_id:
        policies.require_administrator(actor, membership.organisation_id)
    return create_key(actor=actor, membership=membership, label=label)


@transaction.atomic
def revoke_key(*, actor: Actor, key_id: int) -> ApiKey:
    """Revoke a key at once; revoking twice changes nothing."""
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("membership").filter(pk=key_id).first()
    if key is None:
        raise NotFound
    if key.membership.user_id != actor.user_id:
        policies.require_administrator(actor, key.membership.organisation_id)
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
        audit.record(actor=actor, action="api_key.revoked", subject=("api_key", key.pk))
    return key
