"""Issuing, rotating and revoking API keys. A key is given to its own person only: it acts in that person's name."""

import ipaddress
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import EVERYTHING, Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from foundation.participants import policies, scopes, states, tokens
from foundation.participants.models import ApiKey, Membership

MOST_NETWORKS: Final = 20
LONGEST_GRACE_HOURS: Final = 7 * 24


def create_key(
    *,
    actor: Actor,
    membership: Membership,
    label: str,
    reach: Sequence[str] = (EVERYTHING,),
    networks: Sequence[str] = (),
    days: int | None = None,
    replaces: ApiKey | None = None,
) -> tuple[ApiKey, str]:
    """Make a key without asking who may: callers have. Returns the row and the token, which is shown only once."""
    made = tokens.make(tokens.KEY)
    key = ApiKey.objects.create(
        membership=membership,
        label=label,
        prefix=made.prefix,
        digest=made.digest,
        scopes=list(reach),
        networks=list(networks),
        expires_at=timezone.now() + timedelta(days=days or settings.API_KEY_DAYS),
        replaces=replaces,
    )
    audit.record(
        actor=actor,
        action="api_key.issued",
        subject=("api_key", key.pk),
        data={"membership": membership.pk, "scopes": key.scopes, "replaces": replaces.pk if replaces else None},
    )
    return key, made.token


@transaction.atomic
def issue_key(
    *,
    actor: Actor,
    membership_id: int,
    label: str = "",
    reach: Sequence[str] = (EVERYTHING,),
    networks: Sequence[str] = (),
    days: int | None = None,
) -> tuple[ApiKey, str]:
    """Issue a key for oneself. Returns the row and the token, which is shown only once.

    `reach` are scopes of `participants.scopes`, `networks` CIDR blocks it may be used from (empty: everywhere), `days`
    its life, at most settings.API_KEY_DAYS. NotFound for memberships of other organisations; Forbidden for a
    colleague's (whoever holds a reviewer's key can review in the reviewer's name), for more than the asking key has,
    and for an administrator's session that is not elevated.
    """
    membership = _colleagues(actor).select_related("organisation").filter(pk=membership_id).first()
    if membership is None:
        raise NotFound
    _require_own(actor, membership)
    _require_no_more(actor, membership)
    policies.require_not_closed(membership.organisation)
    if days is not None and not 1 <= days <= settings.API_KEY_DAYS:
        raise InvalidInput.of("/days", _("Give 1 to %(limit)s days."), limit=settings.API_KEY_DAYS)
    return create_key(
        actor=actor,
        membership=membership,
        label=label,
        reach=scopes.checked(actor, reach),
        networks=_checked_networks(networks),
        days=days,
    )


@transaction.atomic
def rotate_key(*, actor: Actor, key_id: int, grace_hours: int = 24) -> tuple[ApiKey, str]:
    """Replace one's key by a new one of the same scopes, networks and life; the old one is valid for the grace period.

    Returns the new row and its token. Conflict for a key that was replaced before or does not count any longer.
    """
    if not 0 <= grace_hours <= LONGEST_GRACE_HOURS:
        raise InvalidInput.of("/grace_hours", _("Give 0 to %(limit)s hours."), limit=LONGEST_GRACE_HOURS)
    key = _seen_key(actor, key_id)
    _require_own(actor, key.membership)
    _require_no_more(actor, key.membership)
    policies.require_not_closed(key.membership.organisation)
    now = timezone.now()
    if key.revoked_at is not None or key.expires_at <= now or ApiKey.objects.filter(replaces=key).exists():
        raise Conflict(_("This key was replaced, was revoked or has expired: issue a new one."))
    scopes.checked(actor, key.scopes)
    days = min(max(round((key.expires_at - key.created_at) / timedelta(days=1)), 1), settings.API_KEY_DAYS)
    fresh, token = create_key(
        actor=actor,
        membership=key.membership,
        label=key.label,
        reach=key.scopes,
        networks=key.networks,
        days=days,
        replaces=key,
    )
    key.expires_at = min(key.expires_at, now + timedelta(hours=grace_hours))
    key.save(update_fields=["expires_at"])
    data = {"replaced_by": fresh.pk, "grace_hours": grace_hours}
    audit.record(actor=actor, action="api_key.rotated", subject=("api_key", key.pk), data=data)
    return fresh, token


@transaction.atomic
def revoke_key(*, actor: Actor, key_id: int) -> ApiKey:
    """Revoke a key at once: one's own, as administrator a colleague's, as the exchange's administrator any.

    Revoking twice changes nothing. NotFound for keys of other organisations.
    """
    key = _seen_key(actor, key_id)
    if key.membership.user_id != actor.user_id and not actor.acts_as("exchange", "administrator"):
        policies.require_administrator(actor, key.membership.organisation_id)
    if key.revoked_at is None:
        _revoke(actor, key)
    return key


def revoke_all(*, actor: Actor, keys: models.QuerySet[ApiKey]) -> int:
    """Revoke those of `keys` that count, without asking who may: callers have. How many."""
    counting = list(keys.select_for_update(of=("self",)).filter(revoked_at=None, expires_at__gt=timezone.now()))
    for key in counting:
        _revoke(actor, key)
    return len(counting)


def _revoke(actor: Actor, key: ApiKey) -> None:
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    audit.record(actor=actor, action="api_key.revoked", subject=("api_key", key.pk))


def _colleagues(actor: Actor) -> models.QuerySet[Membership]:
    """The active memberships of the actor's own organisation; all for the system."""
    everybody = Membership.objects.filter(state=states.ACTIVE)
    if actor.is_system:
        return everybody
    return everybody.none() if actor.organisation_id is None else everybody.filter(organisation=actor.organisation_id)


def _seen_key(actor: Actor, key_id: int) -> ApiKey:
    seen = ApiKey.objects if actor.is_exchange else ApiKey.objects.filter(membership__in=_colleagues(actor))
    locked = seen.select_for_update(of=("self",)).select_related("membership__organisation")
    key: ApiKey | None = locked.filter(pk=key_id).first()
    if key is None:
        raise NotFound
    return key


def _require_own(actor: Actor, membership: Membership) -> None:
    if not actor.is_system and membership.user_id != actor.user_id:
        raise Forbidden(
            _("A key acts in its person's name: only that person may be given it."), rule="participants.own_key_only"
        )


def _require_no_more(actor: Actor, membership: Membership) -> None:
    """A key carries all roles of its membership: refuse a session that has not all of them, for want of an elevation.

    Else whoever finds an administrator's browser open would leave with the powers that it does not have.
    """
    if not actor.is_system and not actor.member_roles.issuperset(membership.roles):
        raise Forbidden(
            _("The key would have powers that your session has only while you act as an administrator: begin that."),
            rule="participants.elevation_needed",
        )


def _checked_networks(networks: Sequence[str]) -> list[str]:
    if len(networks) > MOST_NETWORKS:
        raise InvalidInput.of("/networks", _("Give at most %(limit)s networks."), limit=MOST_NETWORKS)
    found, wrong = [], []
    for place, text in enumerate(networks):
        try:
            found.append(str(ipaddress.ip_network(text)))
        except ValueError:
            wrong.append(
                FieldError(f"/networks/{place}", _("Not a network: write it as 203.0.113.0/24 or 2001:db8::/32."))
            )
    if wrong:
        raise InvalidInput(wrong)
    return found
