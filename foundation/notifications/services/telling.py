"""Telling people and webhooks that something happened: rows in one transaction, sent by jobs after it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.jobs import services as jobs
from foundation.notifications import registry, states
from foundation.notifications.models import Channel, Notification, Preference, WebhookEndpoint
from foundation.notifications.services.queueing import queue_message
from foundation.participants import selectors as participants
from foundation.participants.models import Membership

MAIL_JOB = "notifications.mail"


@dataclass(frozen=True, slots=True)
class Told:
    """How many people and webhooks are told, and how many of the people by mail."""

    people: int
    mails: int
    webhooks: int


@transaction.atomic
def tell(*, actor: Actor, kind: str, subject_id: int, params: Mapping[str, Any] | None = None) -> Told:
    """Tell whom `kind` names that it happened to this subject. KeyError for a kind that no room registered.

    People are told in the ways they chose, and only who may see the subject now; what they read is made when they
    read it. Webhooks get identifiers and `params` alone: who wants more asks the API with a key. `params` are counts,
    codes and identifiers, never personal values. The caller answers for telling once: a job within `run.commit()`.
    """
    chosen, kept = registry.kind(kind), dict(params or {})
    audiences = list(chosen.audience(subject_id))
    members = {
        (row.user_id, row.organisation_id): row
        for audience in audiences
        for row in participants.members_with(audience.organisation_id, audience.member_roles, user_id=audience.user_id)
        if subject_id in chosen.words(participants.actor_of(row), [subject_id])
    }
    people, mails = _write_notices(chosen, subject_id, kept, list(members.values()))
    webhooks = _queue_webhooks(chosen, subject_id, kept, {audience.organisation_id for audience in audiences})
    audit.record(
        actor=actor,
        action="notification.told",
        subject=(chosen.subject_type, subject_id),
        data={"kind": kind, "people": people, "mails": mails, "webhooks": webhooks},
    )
    return Told(people, mails, webhooks)


def _write_notices(
    kind: registry.Kind, subject_id: int, params: Mapping[str, Any], members: Collection[Membership]
) -> tuple[int, int]:
    at_once = registry.at_once(kind.name)
    chosen = {
        (row.user_id, row.kind, row.channel): row.wanted
        for row in Preference.objects.filter(
            kind__in=[kind.name, *(one.name for one in at_once)], user__in=[row.user_id for row in members]
        )
    }

    def wants(person: int, channel: Channel) -> bool:
        """By this way, and not at once by it already."""
        in_app = channel == Channel.IN_APP
        first, *others = (
            chosen.get((person, one.name, channel), one.in_app if in_app else one.by_mail) for one in (kind, *at_once)
        )
        return first and not any(others)

    told = []
    for member in members:
        in_app = wants(member.user_id, Channel.IN_APP)
        by_mail = wants(member.user_id, Channel.MAIL) and bool(member.user.email)
        if in_app or by_mail:
            row = Notification(
                recipient_id=member.user_id,
                organisation_id=member.organisation_id,
                kind=kind.name,
                subject_id=subject_id,
                params=dict(params),
                in_app=in_app,
            )
            told.append((row, by_mail))
    Notification.objects.bulk_create(row for row, _mail in told)
    mailed = [row for row, by_mail in told if by_mail]
    for row in mailed:
        jobs.enqueue(kind=MAIL_JOB, arguments={"notification_id": row.pk}, subject=("notification", row.pk))
    return len(told), len(mailed)


def _queue_webhooks(
    kind: registry.Kind, subject_id: int, params: Mapping[str, Any], organisations: Collection[int]
) -> int:
    data = {
        **params,
        "subject_type": kind.subject_type,
        "subject_id": subject_id,
        "link": kind.link % {"id": subject_id},
    }
    endpoints = WebhookEndpoint.objects.filter(
        organisation__in=organisations, state=states.ACTIVE, kinds__contains=[kind.name]
    )
    queued = [queue_message(endpoint, kind=kind.name, data=data, at=timezone.now()) for endpoint in endpoints]
    return len(queued)
