"""Reading notices, preferences and webhooks: each person their own, each organisation its own."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import models

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.notifications import policies, registry, states
from foundation.notifications.models import Channel, Notification, Preference, WebhookDelivery, WebhookEndpoint
from foundation.participants.models import Membership


@dataclass(frozen=True, slots=True)
class Wish:
    """Which ways a person is told about one kind of thing."""

    kind: registry.Kind
    in_app: bool
    mail: bool


def visible_notifications(actor: Actor, *, unread: bool = False, kind: str = "") -> models.QuerySet[Notification]:
    """What the actor's person was told as a member of the actor's organisation, but for what they want by mail alone.

    A person with several memberships reads each with its own key: a key never opens another organisation's notices.
    """
    if actor.user_id is None or actor.organisation_id is None:
        return Notification.objects.none()
    rows = Notification.objects.filter(recipient=actor.user_id, organisation=actor.organisation_id, in_app=True)
    if unread:
        rows = rows.filter(read_at=None)
    return rows.filter(kind=kind) if kind else rows


def notification(actor: Actor, notification_id: int) -> Notification:
    """One notice, or NotFound."""
    row = visible_notifications(actor).filter(pk=notification_id).first()
    if row is None:
        raise NotFound
    return row


def unread_count(actor: Actor) -> int:
    """How many notices the actor has not read."""
    return visible_notifications(actor, unread=True).count()


def wishes(actor: Actor) -> list[Wish]:
    """For every kind, how the actor's person wants to be told. Empty for nobody in person."""
    if actor.user_id is None:
        return []
    chosen = {(row.kind, row.channel): row.wanted for row in Preference.objects.filter(user=actor.user_id)}
    return [
        Wish(
            kind,
            in_app=chosen.get((kind.name, Channel.IN_APP), kind.in_app),
            mail=chosen.get((kind.name, Channel.MAIL), kind.by_mail),
        )
        for kind in registry.kinds()
    ]


def listening(kind: str, organisation_ids: Collection[int]) -> set[int]:
    """Those of these organisations where a person, or a webhook, asked for a kind that nobody is told of unasked."""
    people = Preference.objects.filter(kind=kind, wanted=True).values("user_id")
    members = Membership.objects.filter(organisation__in=organisation_ids, user__in=people)
    hooks = WebhookEndpoint.objects.filter(
        organisation__in=organisation_ids, state=states.ACTIVE, kinds__contains=[kind]
    )
    return {row for rows in (members, hooks) for row in rows.values_list("organisation_id", flat=True)}


def visible_endpoints(actor: Actor) -> models.QuerySet[WebhookEndpoint]:
    """The webhooks of the actor's organisation, for its administrators and operators; all for the system."""
    if actor.is_system:
        return WebhookEndpoint.objects.all()
    if not policies.sees_webhooks(actor):
        return WebhookEndpoint.objects.none()
    return WebhookEndpoint.objects.filter(organisation=actor.organisation_id)


def endpoint(actor: Actor, endpoint_id: int) -> WebhookEndpoint:
    """One webhook, or NotFound."""
    row = visible_endpoints(actor).filter(pk=endpoint_id).first()
    if row is None:
        raise NotFound
    return row


def visible_deliveries(actor: Actor) -> models.QuerySet[WebhookDelivery]:
    """The deliveries to the webhooks that the actor sees, with their attempts."""
    seen = visible_endpoints(actor)
    return WebhookDelivery.objects.filter(endpoint__in=seen).prefetch_related("attempts")


def delivery(actor: Actor, delivery_id: int) -> WebhookDelivery:
    """One delivery, or NotFound."""
    row = visible_deliveries(actor).filter(pk=delivery_id).first()
    if row is None:
        raise NotFound
    return row
