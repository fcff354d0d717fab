"""Registering, editing, pausing, resuming and disabling webhooks, and rotating their secrets."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_network
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, FieldError, InvalidInput, StaleVersion
from foundation.notifications import policies, registry, selectors, states
from foundation.notifications.models import PauseReason, WebhookDelivery, WebhookEndpoint
from foundation.notifications.webhooks import addresses, keeping, signing
from foundation.participants.models import Organisation

MOST_ENDPOINTS: Final = 10
"""Of one organisation, disabled ones not counted."""
LONGEST_DESCRIPTION: Final = 200
OVERLAP: Final = timedelta(hours=24)
"""How long a replaced secret signs too."""


def policy() -> addresses.Policy:
    """Where this installation sends webhooks."""
    return addresses.Policy(
        ports=frozenset(settings.WEBHOOK_PORTS),
        blocked=tuple(ip_network(text) for text in settings.WEBHOOK_BLOCKED_NETWORKS),
        allow_loopback=settings.WEBHOOK_ALLOW_LOOPBACK,
    )


@transaction.atomic
def register_endpoint(
    *, actor: Actor, url: str, kinds: Sequence[str], description: str = ""
) -> tuple[WebhookEndpoint, str]:
    """Register a webhook of the actor's organisation. Returns it and its secret, which is shown only once.

    InvalidInput for an address that is never sent to or an unknown kind; Conflict past the tenth webhook. Where the
    name leads is checked whenever something is sent.
    """
    organisation_id = policies.require_keeper(actor)
    _require_fields(url=url, kinds=kinds, description=description)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)  # counted by one at a time
    in_use = WebhookEndpoint.objects.filter(organisation=organisation_id).exclude(state=states.DISABLED)
    if in_use.count() >= MOST_ENDPOINTS:
        raise Conflict(_("Your organisation has %(limit)s webhooks already: disable one first."), limit=MOST_ENDPOINTS)
    uid, secret, version = uuid.uuid4(), signing.new_secret(), keeping.newest_version()
    row = WebhookEndpoint.objects.create(
        organisation_id=organisation_id,
        uid=uid,
        url=url,
        description=description,
        kinds=list(dict.fromkeys(kinds)),
        state=states.WEBHOOK_ENDPOINT.target("register"),
        secret=keeping.seal(secret, endpoint=uid, version=version),
        key_version=version,
        created_by_id=actor.user_id,
    )
    audit.record(
        actor=actor,
        action="webhook.registered",
        subject=("webhook_endpoint", row.pk),
        data={"organisation": organisation_id, "kinds": row.kinds},
    )
    return row, signing.shown(secret)


@transaction.atomic
def edit_endpoint(
    *,
    actor: Actor,
    endpoint_id: int,
    revision: int,
    url: str | None = None,
    kinds: Sequence[str] | None = None,
    description: str | None = None,
) -> WebhookEndpoint:
    """Change what is given. StaleVersion unless `revision` is the present one; Conflict for a disabled webhook.

    What is queued already goes to the new address.
    """
    row = _locked(actor, endpoint_id)
    if row.revision != revision:
        raise StaleVersion
    if row.state == states.DISABLED:
        raise Conflict(_("The webhook is disabled for good: register a new one."))
    row.url = row.url if url is None else url
    row.kinds = row.kinds if kinds is None else list(dict.fromkeys(kinds))
    row.description = row.description if description is None else description
    _require_fields(url=row.url, kinds=row.kinds, description=row.description)
    row.revision += 1
    row.save(update_fields=["url", "kinds", "description", "revision"])
    _record(actor, "webhook.edited", row, kinds=row.kinds, moved=url is not None)
    return row


@transaction.atomic
def pause_endpoint(*, actor: Actor, endpoint_id: int) -> WebhookEndpoint:
    """Send nothing for the time being: what happens meanwhile is not kept for it, what waits already is."""
    row = _locked(actor, endpoint_id)
    row.state = states.WEBHOOK_ENDPOINT.target("pause", row.state)
    row.pause_reason = PauseReason.BY_OWNER
    row.save(update_fields=["state", "pause_reason"])
    _record(actor, "webhook.paused", row)
    return row


@transaction.atomic
def resume_endpoint(*, actor: Actor, endpoint_id: int) -> WebhookEndpoint:
    """Send again; what waited is due now."""
    row = _locked(actor, endpoint_id)
    row.state = states.WEBHOOK_ENDPOINT.target("resume", row.state)
    row.pause_reason, row.failing_since = "", None
    row.save(update_fields=["state", "pause_reason", "failing_since"])
    waiting = WebhookDelivery.objects.select_for_update().filter(endpoint=row, state=states.PENDING).order_by("pk")
    waiting_ids = [delivery.pk for delivery in waiting]
    WebhookDelivery.objects.filter(pk__in=waiting_ids).update(next_attempt_at=timezone.now())
    _record(actor, "webhook.resumed", row)
    return row


@transaction.atomic
def rotate_secret(*, actor: Actor, endpoint_id: int) -> tuple[WebhookEndpoint, str]:
    """Replace the secret. Returns the new one, shown only once; the old one signs beside it for a day.

    A rotation within that day ends the oldest secret at once: two are valid at most. One that cannot be read any more
    (its key is lost) is replaced at once.
    """
    row = _locked(actor, endpoint_id)
    if row.state == states.DISABLED or row.secret is None:
        raise Conflict(_("The webhook is disabled for good: register a new one."))
    new, version = signing.new_secret(), keeping.newest_version()
    try:
        old = keeping.unseal(bytes(row.secret), endpoint=row.uid, version=row.key_version)
    except keeping.Unreadable:
        row.previous_secret = row.previous_until = None
    else:
        row.previous_secret = keeping.seal(old, endpoint=row.uid, version=version)
        row.previous_until = timezone.now() + OVERLAP
    row.secret, row.key_version = keeping.seal(new, endpoint=row.uid, version=version), version
    row.save(update_fields=["secret", "previous_secret", "previous_until", "key_version"])
    until = row.previous_until.isoformat() if row.previous_until else None
    _record(actor, "webhook.secret_rotated", row, previous_until=until)
    return row, signing.shown(new)


@transaction.atomic
def disable_endpoint(*, actor: Actor, endpoint_id: int) -> WebhookEndpoint:
    """End a webhook for good: its secrets are erased and what waited is cancelled; its history stays for a while."""
    row = _locked(actor, endpoint_id)
    row.state = states.WEBHOOK_ENDPOINT.target("disable", row.state)
    row.pause_reason, row.secret, row.previous_secret, row.previous_until = "", None, None, None
    row.save(update_fields=["state", "pause_reason", "secret", "previous_secret", "previous_until"])
    for delivery in WebhookDelivery.objects.select_for_update().filter(endpoint=row, state=states.PENDING):
        delivery.state = states.WEBHOOK_DELIVERY.target("cancel", delivery.state)
        delivery.next_attempt_at, delivery.ended_at = None, timezone.now()
        delivery.save(update_fields=["state", "next_attempt_at", "ended_at"])
    _record(actor, "webhook.disabled", row)
    return row


def _locked(actor: Actor, endpoint_id: int) -> WebhookEndpoint:
    """The endpoint, locked: NotFound for those who may not see it, Forbidden for those who may not steer it."""
    selectors.endpoint(actor, endpoint_id)
    policies.require_keeper(actor)
    return WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)


def _record(actor: Actor, action: str, row: WebhookEndpoint, **data: object) -> None:
    """The address is not recorded: it may carry a token of the receiver."""
    audit.record(actor=actor, action=action, subject=("webhook_endpoint", row.pk), data=data)


def _require_fields(*, url: str, kinds: Sequence[str], description: str) -> None:
    errors = []
    try:
        addresses.destination(url, policy())
    except addresses.Refused as refused:
        errors.append(addresses.problem(refused.code))
    known = registry.names()
    unknown = sorted(set(kinds) - set(known))
    if not kinds or unknown:
        errors.append(FieldError("/kinds", _("Choose one or more of: %(known)s."), {"known": ", ".join(known)}))
    if len(description) > LONGEST_DESCRIPTION or "\x00" in description:
        message = _("Use at most %(limit)s characters, and no NUL.")
        errors.append(FieldError("/description", message, {"limit": LONGEST_DESCRIPTION}))
    if errors:
        raise InvalidInput(errors)
