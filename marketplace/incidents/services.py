"""Reporting, investigating and closing incidents. What one concerns can be suspended at once, with the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import FieldError, InvalidInput, NotFound
from foundation.events import services as events
from marketplace.authorization import selectors as authorization
from marketplace.authorization import services as grants_of
from marketplace.catalog import selectors as catalog
from marketplace.catalog import services as listings_of
from marketplace.delivery import selectors as delivery
from marketplace.incidents import policies, selectors, states
from marketplace.incidents.models import Incident, IncidentKind, IncidentSubject

LONGEST_TEXT: Final = 5_000
MOST_SUBJECTS: Final = 100


@dataclass(frozen=True, slots=True)
class Concerned:
    """What an incident concerns, by number."""

    listings: Sequence[int] = ()
    grants: Sequence[int] = ()
    deliveries: Sequence[int] = ()


@transaction.atomic
def report_incident(
    *,
    actor: Actor,
    kind: str,
    description: str,
    concerned: Concerned,
    occurred_at: datetime | None = None,
    suspend: bool = False,
) -> Incident:
    """Report what has happened, or may have, to things that the actor can see.

    The exchange's approvers and administrators may `suspend` all of it at once, which begins the investigation.
    InvalidInput for what nobody could look into: no text, nothing concerned, something unseen.
    """
    organisation_id, user_id = policies.require_reporter(actor)
    if suspend:
        policies.require_handler(actor)
    now = timezone.now()
    text = _text("/description", description, _("Say what has happened: the exchange will look into it."))
    if kind not in IncidentKind.values:
        raise InvalidInput.of("/kind", _("Not a kind: choose one of %(known)s."), known=", ".join(IncidentKind.values))
    if occurred_at is not None and occurred_at > now:
        raise InvalidInput.of("/occurred_at", _("Give an instant that is not to come."))
    _require_seen(actor, concerned)
    incident = Incident.objects.create(
        kind=kind,
        description=text,
        occurred_at=occurred_at,
        state=states.INCIDENT.target("report"),
        organisation_id=organisation_id,
        reported_by_id=user_id,
    )
    for name, numbers in _named(concerned).items():
        field = {"listings": "listing_id", "grants": "grant_id", "deliveries": "delivery_id"}[name]
        IncidentSubject.objects.bulk_create(
            IncidentSubject(incident=incident, **{field: pk}) for pk in dict.fromkeys(numbers)
        )
    subjects = {name: list(numbers) for name, numbers in _named(concerned).items()}
    _record(actor, incident, "incident.reported", {"kind": kind, **subjects})
    return _investigate(actor, incident, suspend=True) if suspend else incident


@transaction.atomic
def investigate_incident(*, actor: Actor, incident_id: int, suspend: bool = True) -> Incident:
    """Begin to look into an incident (the exchange's approvers and administrators).

    With `suspend` its listings, its grants and the grants of its deliveries are suspended with the same transaction:
    running downloads stop at their next stride. What is suspended or over already stays as it is.
    """
    incident = _locked(actor, incident_id)
    policies.require_handler(actor)
    return _investigate(actor, incident, suspend=suspend)


@transaction.atomic
def close_incident(*, actor: Actor, incident_id: int, reason: str) -> Incident:
    """Close an incident with what was found (the exchange, nobody of the parties). Nothing is resumed by it."""
    incident = _locked(actor, incident_id)
    policies.require_handler(actor)
    policies.require_no_party(actor, selectors.parties(incident))
    incident.outcome = _text("/reason", reason, _("Say what was found: reporter and provider will read it."))
    incident.state = states.INCIDENT.target("close", incident.state)
    incident.closed_at, incident.closed_by_id = timezone.now(), actor.user_id
    incident.save(update_fields=["outcome", "state", "closed_at", "closed_by"])
    _record(actor, incident, "incident.closed", {})
    return incident


def _investigate(actor: Actor, incident: Incident, *, suspend: bool) -> Incident:
    incident.state = states.INCIDENT.target("investigate", incident.state)
    incident.investigated_at, incident.investigated_by_id = timezone.now(), actor.user_id
    incident.save(update_fields=["state", "investigated_at", "investigated_by"])
    suspended = [subject.pk for subject in _in_order(incident) if suspend and _suspend(actor, incident, subject)]
    IncidentSubject.objects.filter(pk__in=suspended).update(suspended_at=incident.investigated_at)
    _record(actor, incident, "incident.investigating", {"suspended": len(suspended)})
    return incident


def _in_order(incident: Incident) -> list[IncidentSubject]:
    """Listings before grants, each by number: two incidents never wait for each other in a circle."""
    rows = incident.subjects.select_related("delivery")
    return sorted(rows, key=lambda one: (one.listing_id is None, one.listing_id or _grant_of(one)))


def _grant_of(subject: IncidentSubject) -> int:
    found = subject.grant_id if subject.delivery is None else subject.delivery.grant_id
    return found or 0


def _suspend(actor: Actor, incident: Incident, subject: IncidentSubject) -> bool:
    if subject.listing_id is not None:
        return listings_of.suspend_for_incident(actor=actor, listing_id=subject.listing_id, incident_id=incident.pk)
    return grants_of.suspend_for_incident(actor=actor, grant_id=_grant_of(subject), incident_id=incident.pk)


def _named(concerned: Concerned) -> dict[str, Sequence[int]]:
    return {"listings": concerned.listings, "grants": concerned.grants, "deliveries": concerned.deliveries}


def _require_seen(actor: Actor, concerned: Concerned) -> None:
    seen = {
        "listings": catalog.visible_versions(actor).filter(listing__in=concerned.listings).values_list("listing_id"),
        "grants": authorization.visible_grants(actor).filter(pk__in=concerned.grants).values_list("pk"),
        "deliveries": delivery.visible_deliveries(actor).filter(pk__in=concerned.deliveries).values_list("pk"),
    }
    errors: list[FieldError] = []
    for name, numbers in _named(concerned).items():
        known = {pk for (pk,) in seen[name]} if numbers else set()
        errors += (
            FieldError(f"/{name}/{place}", _("There is no such object that you can see."))
            for place, pk in enumerate(numbers)
            if pk not in known
        )
    total = sum(map(len, _named(concerned).values()))
    if not 1 <= total <= MOST_SUBJECTS:
        errors.append(
            FieldError(
                "/listings",
                _("Name what is concerned, listings, grants or deliveries: 1 to %(most)s."),
                {"most": str(MOST_SUBJECTS)},
            )
        )
    if errors:
        raise InvalidInput(errors)


def _text(pointer: str, text: str, missing: str) -> str:
    if not text.strip():
        raise InvalidInput.of(pointer, missing)
    if len(text) > LONGEST_TEXT or "\x00" in text:
        raise InvalidInput.of(pointer, _("Use at most %(limit)s characters, and no NUL."), limit=LONGEST_TEXT)
    return text.strip()


def _locked(actor: Actor, incident_id: int) -> Incident:
    selectors.incident(actor, incident_id)
    incident = Incident.objects.select_for_update(no_key=True).filter(pk=incident_id).first()
    if incident is None:
        raise NotFound
    return incident


def _record(actor: Actor, incident: Incident, action: str, data: dict[str, object]) -> None:
    """The log holds numbers and decisions; what people have written stays with the incident."""
    audit.record(actor=actor, action=action, subject=("incident", incident.pk), data=data)
    events.emit(name=action, subject=("incident", incident.pk))
