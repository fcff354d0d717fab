"""Asking for access, and withdrawing what was asked."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, FieldError, InvalidInput
from foundation.events import services as events
from foundation.participants.models import Organisation
from marketplace.authorization import chain, policies, selectors, states
from marketplace.authorization.decisions import Ruling, rule_on
from marketplace.authorization.exclusivity import require_free
from marketplace.authorization.models import AccessRequest, ApprovalStep, Form
from marketplace.authorization.services.allotments import take_up_allotment
from marketplace.authorization.services.grants import issue_grant
from marketplace.catalog import selectors as catalog
from marketplace.catalog import states as catalog_states
from marketplace.catalog.models import ListingVersion, Purpose


@dataclass(frozen=True, slots=True)
class Wish:
    """What a buyer asks for. `term_days` from 1; `download_limit` None for as many as the grant allows."""

    purpose: str
    form: str
    term_days: int
    justification: str = ""
    download_limit: int | None = None
    exclusive: bool = False


@transaction.atomic
def request_access(
    *,
    actor: Actor,
    purpose: str,
    form: str,
    term_days: int,
    listing_id: int | None = None,
    version_id: int | None = None,
    justification: str = "",
    download_limit: int | None = None,
    exclusive: bool = False,
) -> AccessRequest:
    """Ask for access to a listing's published version, or to one version by its number.

    The decision table decides at once: open mode → approved with its grant; refused → rejected with its rule; else a
    chain of approvals whose first step is open. The request keeps the decision's inputs, row and version.

    An `exclusive` licence goes the same way, where the listing offers one; an allotment of it is taken up. Conflict,
    saying until when, where it is allotted to another buyer or another licence
    is in the way of the term if it began now: a request is not carried through its chain to end at that.
    """
    organisation_id, user_id = policies.require_buyer(actor)
    wish = Wish(purpose, form, term_days, justification.strip(), download_limit, exclusive)
    version = _wanted_version(actor, listing_id, version_id)
    provider_id = version.listing.organisation_id
    policies.require_not_own(actor, provider_id)
    buyer = Organisation.objects.get(pk=organisation_id)
    _require_sensible(wish, version)
    level = catalog.level_of(version)
    if level is None:
        raise Conflict(_("The data's level is being decided anew: ask again when it is decided."))
    ruling = rule_on(version, level=level, buyer=buyer, purpose=purpose, person_id=user_id)
    steps: tuple[chain.PlannedStep, ...] = ()
    if not ruling.decision.refused:
        _require_possible(wish, ruling)
        steps = chain.plan(ruling, parties=frozenset({buyer.pk, provider_id}))
        _require_approvers(wish, ruling, steps)
        now = timezone.now()
        require_free(
            actor,
            listing_id=version.listing_id,
            buyer_id=buyer.pk,
            exclusive=wish.exclusive,
            starts_at=now,
            ends_at=now + timedelta(days=wish.term_days),
        )
    request = _create(actor, user_id, buyer, version, wish, ruling)
    if ruling.decision.refused:
        return _refuse(actor, request, ruling)
    if request.exclusive:
        take_up_allotment(actor=actor, request=request, listing_id=version.listing_id)
    if not steps:
        return _grant_at_once(actor, request)
    return _route(actor, request, steps)


def _wanted_version(actor: Actor, listing_id: int | None, version_id: int | None) -> ListingVersion:
    """The published version, locked so that it stays so until the request is committed."""
    if version_id is not None and listing_id is None:
        found = catalog.version(actor, version_id)
    elif listing_id is not None and version_id is None:
        found = catalog.current_version(actor, listing_id)
    else:
        raise InvalidInput.of("/listing", _("Name either a listing or a version."))
    locked = ListingVersion.objects.select_for_update(of=("self",), no_key=True)
    version = locked.select_related("listing").get(pk=found.pk)
    if version.state != catalog_states.PUBLISHED:
        raise Conflict(_("Only a published version can be asked for; this one is '%(state)s'."), state=version.state)
    return version


def _require_sensible(wish: Wish, version: ListingVersion) -> None:
    errors = []
    allowed = version.purposes or Purpose.values
    if wish.purpose not in allowed:
        message = _("Not a purpose that the listing's terms allow: %(allowed)s.")
        errors.append(FieldError("/purpose", message, {"allowed": ", ".join(allowed)}))
    if wish.form not in Form.values:
        errors.append(FieldError("/form", _("Not a form: choose one of %(forms)s."), {"forms": ", ".join(Form.values)}))
    if wish.term_days < 1:
        errors.append(FieldError("/term_days", _("Ask for at least one day.")))
    if wish.download_limit is not None and wish.download_limit < 1:
        errors.append(FieldError("/download_limit", _("Ask for at least one download, or leave the limit out.")))
    if wish.exclusive and not version.exclusive_offered:
        errors.append(FieldError("/exclusive", _("The listing offers no exclusive licence: ask for another.")))
    if errors:
        raise InvalidInput(errors)


def _require_approvers(wish: Wish, ruling: Ruling, steps: tuple[chain.PlannedStep, ...]) -> None:
    """Nobody shuts all others out without anybody's approval."""
    if wish.exclusive and not steps:
        message = _(
            "By row '%(rule)s' of the decision table everybody may have this at once: no licence excludes others."
        )
        raise InvalidInput.of("/exclusive", message, rule=ruling.decision.rule_id)


def _require_possible(wish: Wish, ruling: Ruling) -> None:
    errors = []
    if wish.form not in ruling.possible_forms:
        message = _("By row '%(rule)s' of the decision table this form cannot be had here; possible: %(forms)s.")
        params = {"rule": ruling.decision.rule_id, "forms": ", ".join(ruling.possible_forms) or "-"}
        errors.append(FieldError("/form", message, params))
    if wish.term_days > ruling.decision.longest_term_days:
        message = _("By row '%(rule)s' of the decision table the longest term is %(days)s days.")
        params = {"rule": ruling.decision.rule_id, "days": str(ruling.decision.longest_term_days)}
        errors.append(FieldError("/term_days", message, params))
    if errors:
        raise InvalidInput(errors)


def _create(
    actor: Actor, user_id: int, buyer: Organisation, version: ListingVersion, wish: Wish, ruling: Ruling
) -> AccessRequest:
    try:
        with transaction.atomic():
            request = AccessRequest.objects.create(
                version=version,
                organisation=buyer,
                requested_by_id=user_id,
                purpose=wish.purpose,
                justification=wish.justification,
                form=wish.form,
                term_days=wish.term_days,
                download_limit=wish.download_limit,
                exclusive=wish.exclusive,
                state=states.ACCESS_REQUEST.target("submit"),
                mode=ruling.decision.mode,
                decision=ruling.as_record(),
            )
    except IntegrityError as error:
        raise Conflict(_("Your organisation has an open request for this already: withdraw it first.")) from error
    audit.record(
        actor=actor,
        action="access_request.submitted",
        subject=("access_request", request.pk),
        data={
            "version": version.pk,
            "purpose": wish.purpose,
            "form": wish.form,
            "term_days": wish.term_days,
            "exclusive": wish.exclusive,
            "decision": request.decision,
        },
    )
    return request


def _refuse(actor: Actor, request: AccessRequest, ruling: Ruling) -> AccessRequest:
    decision = ruling.decision
    request.outcome_reason = decision.reason_en
    _close(request, "refuse", "outcome_reason")
    audit.record(
        actor=actor,
        action="access_request.refused",
        subject=("access_request", request.pk),
        data={"rule": decision.rule_id, "table": decision.table_code, "version": decision.table_version},
    )
    events.emit(name="access_request.rejected", subject=("access_request", request.pk))
    return request


def _grant_at_once(actor: Actor, request: AccessRequest) -> AccessRequest:
    _close(request, "grant")
    audit.record(
        actor=actor,
        action="access_request.approved",
        subject=("access_request", request.pk),
        data={"rule": request.decision["rule_id"]},
    )
    events.emit(name="access_request.approved", subject=("access_request", request.pk))
    issue_grant(actor=actor, request=request)
    return request


def _route(actor: Actor, request: AccessRequest, steps: tuple[chain.PlannedStep, ...]) -> AccessRequest:
    request.state = states.ACCESS_REQUEST.target("route", request.state)
    request.save(update_fields=["state"])
    rows = ApprovalStep.objects.bulk_create(
        ApprovalStep(
            request=request,
            position=position,
            approver=step.approver,
            title=step.title,
            organisation=step.organisation,
            state=states.APPROVAL_STEP.target("plan"),
        )
        for position, step in enumerate(steps, start=1)
    )
    rows[0].state = states.APPROVAL_STEP.target("open", rows[0].state)
    rows[0].save(update_fields=["state"])
    audit.record(
        actor=actor,
        action="access_request.routed",
        subject=("access_request", request.pk),
        data={"steps": [[row.pk, row.approver, row.organisation_id] for row in rows]},
    )
    events.emit(name="approval_step.opened", subject=("approval_step", rows[0].pk))
    return request


def _close(request: AccessRequest, event: str, *changed: str) -> None:
    request.state = states.ACCESS_REQUEST.target(event, request.state)
    request.closed_at = timezone.now()
    request.save(update_fields=["state", "closed_at", *changed])


@transaction.atomic
def withdraw_request(*, actor: Actor, request_id: int) -> AccessRequest:
    """Take back a request that is still open; its steps become void."""
    request = lock_request(actor, request_id)
    policies.require_requester(actor, request)
    _close(request, "withdraw")
    void_steps(request)
    audit.record(actor=actor, action="access_request.withdrawn", subject=("access_request", request.pk))
    return request


def lock_request(actor: Actor, request_id: int) -> AccessRequest:
    """The locked request, or NotFound where the actor may not see it."""
    selectors.access_request(actor, request_id)
    return AccessRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=request_id)


def void_steps(request: AccessRequest) -> None:
    """End every step that is not decided, with the request locked."""
    for step in ApprovalStep.objects.select_for_update().filter(
        request=request, state__in=[states.WAITING, states.OPEN]
    ):
        step.state = states.APPROVAL_STEP.target("void", step.state)
        step.save(update_fields=["state"])
