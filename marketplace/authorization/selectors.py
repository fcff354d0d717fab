"""Reading scenarios, requests, steps and grants: parties, approvers and the exchange see where a request stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import selectors as audit
from foundation.audit.models import Event
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.participants.models import MemberRole, Organisation
from marketplace.authorization import chain
from marketplace.authorization.decisions import DELIVERABLE, Ruling, rule_on
from marketplace.authorization.engine.explain import Remedy, Wanted, changeable, least_changes
from marketplace.authorization.engine.vocabulary import NO_SCENARIO
from marketplace.authorization.models import AccessRequest, ApprovalDelegation, ApprovalStep, Grant, Scenario
from marketplace.authorization.seats import usable
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion, Purpose


def scenarios() -> models.QuerySet[Scenario]:
    """All scenarios with their levels: who decides in which is public (P25)."""
    return Scenario.objects.prefetch_related("levels__organisation")


def scenario(scenario_id: int) -> Scenario:
    """One scenario, or NotFound."""
    row = scenarios().filter(pk=scenario_id).first()
    if row is None:
        raise NotFound
    return row


def visible_requests(actor: Actor) -> models.QuerySet[AccessRequest]:
    """Requests of the actor's organisation, for its listings, or with a step of its; the exchange sees all."""
    rows = AccessRequest.objects.select_related("organisation", "version", "grant", "appeal").prefetch_related(
        "steps__organisation", "steps__votes", "rounds"
    )
    if actor.is_system or actor.is_exchange:
        return rows
    if actor.organisation_id is None:
        return rows.none()
    return rows.filter(_concerned(actor.organisation_id, prefix=""))


def access_request(actor: Actor, request_id: int) -> AccessRequest:
    """One request, or NotFound."""
    row = visible_requests(actor).filter(pk=request_id).first()
    if row is None:
        raise NotFound
    return row


def visible_steps(actor: Actor) -> models.QuerySet[ApprovalStep]:
    """The steps of the requests that `actor` may see."""
    requests = visible_requests(actor).select_related(None).prefetch_related(None)
    shown = ApprovalStep.objects.select_related("organisation", "request__version", "request__organisation")
    return shown.prefetch_related("votes").filter(request__in=requests)


def own_steps(actor: Actor, *, state: str = "") -> models.QuerySet[ApprovalStep]:
    """The steps that are the actor's organisation's to decide on, newest first."""
    if actor.organisation_id is None:
        return ApprovalStep.objects.none()
    rows = visible_steps(actor).filter(organisation_id=actor.organisation_id)
    return (rows.filter(state=state) if state else rows).order_by("-pk")


def visible_delegations(actor: Actor) -> models.QuerySet[ApprovalDelegation]:
    """Who acts for whom in the actor's own organisation, newest first; whom an authority sends is its own affair."""
    rows = ApprovalDelegation.objects.select_related("organisation", "delegator", "delegate")
    return rows if actor.is_system else rows.filter(organisation=actor.organisation_id or 0)


@dataclass(frozen=True)
class Confidence:
    """Which requests `actor` reads in confidence: answers and rounds of questions are for approvers and the buyer."""

    actor: Actor

    @cached_property
    def _approves(self) -> bool:
        role = self.actor.organisation_verified and MemberRole.APPROVER in self.actor.member_roles
        return role or usable(self.actor, now=timezone.now()).exists()

    def covers(self, request: AccessRequest) -> bool:
        """Whether the actor is of the buyer, or decides on one of the steps (prefetched)."""
        own = self.actor.organisation_id
        if self.actor.is_system or own == request.organisation_id:
            return True
        return any(step.organisation_id == own for step in request.steps.all()) and self._approves


def visible_grants(actor: Actor) -> models.QuerySet[Grant]:
    """Grants held by the actor's organisation, of its listings, or that it had to approve; the exchange sees all."""
    rows = Grant.objects.select_related("organisation", "version")
    if actor.is_system or actor.is_exchange:
        return rows
    if actor.organisation_id is None:
        return rows.none()
    return rows.filter(_concerned(actor.organisation_id, prefix="request__"))


def grant(actor: Actor, grant_id: int) -> Grant:
    """One grant, or NotFound."""
    row = visible_grants(actor).filter(pk=grant_id).first()
    if row is None:
        raise NotFound
    return row


def _concerned(organisation_id: int, *, prefix: str) -> models.Q:
    step = ApprovalStep.objects.filter(
        request_id=models.OuterRef(f"{prefix}id" if prefix else "pk"), organisation_id=organisation_id
    )
    return (
        models.Q(**{f"{prefix}organisation_id": organisation_id})
        | models.Q(**{f"{prefix}version__listing__organisation_id": organisation_id})
        | models.Q(models.Exists(step))
    )


def timeline(actor: Actor, request_id: int) -> Sequence[Event]:
    """All that happened to a request, its steps and its grant, oldest first."""
    return recorded(access_request(actor, request_id))


def recorded(request: AccessRequest) -> Sequence[Event]:
    """The timeline of a request that the caller may see."""
    subjects = [("access_request", request.pk)]
    subjects += [("approval_step", pk) for pk in request.steps.values_list("pk", flat=True)]
    subjects += [("grant", pk) for pk in Grant.objects.filter(request=request).values_list("pk", flat=True)]
    return sorted((event for subject in subjects for event in audit.timeline(subject)), key=lambda event: event.pk)


@dataclass(frozen=True, slots=True)
class Explained:
    """What a request would meet with, without one being made. `missing` says why its chain cannot be set up now.

    `in_the_way`: another licence that excludes this one, where that was asked. `remedy`: the least changes that would
    give what is wanted; one way without changes where it is given as it is.
    """

    version: ListingVersion
    ruling: Ruling
    steps: tuple[chain.PlannedStep, ...]
    remedy: Remedy
    missing: Conflict | None = None
    in_the_way: Conflict | None = None


def explain(
    actor: Actor, *, listing_id: int, purpose: str | None = None, form: str | None = None, term_days: int | None = None
) -> Explained:
    """Which mode, whose approval, which forms and duties the actor's organisation would meet with, and by which row.

    With the least change that would allow it, in the `form` and for the term that are wanted.
    """
    if actor.organisation_id is None:
        raise Forbidden(_("Only members of an organisation may ask this."), rule="authorization.member_needed")
    if purpose is not None and purpose not in Purpose.values:
        raise InvalidInput.of("/purpose", _("Not a purpose: choose one of %(known)s."), known=", ".join(Purpose.values))
    version = catalog.current_version(actor, listing_id)
    buyer = Organisation.objects.get(pk=actor.organisation_id)
    level = catalog.level_of(version)
    if level is None:
        raise Conflict(_("The data's level is being decided anew: ask again when it is decided."))
    ruling = rule_on(version, level=level, buyer=buyer, purpose=purpose, person_id=actor.user_id)
    remedy = _remedy(version, ruling, Wanted(form, term_days, frozenset(DELIVERABLE)))
    try:
        parties = frozenset({buyer.pk, version.listing.organisation_id})
        return Explained(version, ruling, chain.plan(ruling, parties=parties), remedy)
    except Conflict as missing:
        return Explained(version, ruling, (), remedy, missing)


def _remedy(version: ListingVersion, ruling: Ruling, wanted: Wanted) -> Remedy:
    """Of what people can change only what there is: purposes that the terms allow, scenarios that have levels."""
    table, facts = ruling.rulebook.rules, ruling.facts
    options = changeable(table, facts)
    barred = []
    if version.purposes:
        allowed = {table.inputs["purpose"].read(purpose) for purpose in version.purposes}
        options["purpose"] = tuple(purpose for purpose in options["purpose"] if purpose in allowed)
        # whatever the table says, a request for a purpose that the terms do not allow is refused
        barred = ["purpose"] if facts.purpose is not None and facts.purpose not in version.purposes else []
    coded = {table.inputs["scenario"].read(code) for code in _scenarios_with_levels()} | {NO_SCENARIO}
    options["scenario"] = tuple(code for code in options["scenario"] if code in coded)
    return least_changes(table, facts, wanted, options, barred)


def _scenarios_with_levels() -> Iterable[str]:
    return Scenario.objects.filter(levels__isnull=False).distinct().values_list("code", flat=True)
