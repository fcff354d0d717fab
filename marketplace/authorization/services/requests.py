"""Asking for access, and withdrawing what was asked."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, InvalidInput
from foundation.events import services as events
from foundation.participants.models import Organisation
from marketplace.authorization import chain, policies, states
from marketplace.authorization.decisions import Ruling, rule_on
from marketplace.authorization.exclusivity import require_free
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.services.allotments import take_up_allotment
from marketplace.authorization.services.routing import close, grant, lock_request, route, void_steps
from marketplace.authorization.wishes import Wish, impossible, require_approvers, require_sensible
from marketplace.catalog import selectors as catalog
from marketplace.catalog import states as catalog_states
from marketplace.catalog.models import ListingVersion


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
    scenario: str = "",
    columns: Sequence[str] = (),
    download_limit: int | None = None,
    row_limit: int | None = None,
    byte_limit: int | None = None,
    exclusive: bool = False,
    answers: Mapping[str, Any] | None = None,
    renews: Grant | None = None,
) -> AccessRequest:
    """Ask for access to a listing's published version, or to one version by its number.

    The decision table decides at once: open mode → approved with its grant; refused → rejected with its rule; else a
    chain of approvals whose first stage is open. The request keeps the decision's inputs, row and version.

    InvalidInput names every field in which the wish does not fit the listing: its purposes and scenario, the columns
    of its files, the questions it asks.

    An `exclusive` licence goes the same way, where the listing offers one; an allotment of it is taken up. Conflict,
    saying until when, where it is allotted to another buyer or another licence
    is in the way of the term if it began now: a request is not carried through its chain to end at that.
    """
    organisation_id, user_id = policies.require_buyer(actor)
    wish = Wish(
        purpose=purpose,
        form=form,
        term_days=term_days,
        justification=justification.strip(),
        scenario=scenario,
        columns=tuple(columns),
        download_limit=download_limit,
        row_limit=row_limit,
        byte_limit=byte_limit,
        exclusive=exclusive,
        answers=answers or {},
    )
    version = _wanted_version(actor, listing_id, version_id)
    provider_id = version.listing.organisation_id
    policies.require_not_own(actor, provider_id)
    buyer = Organisation.objects.get(pk=organisation_id)
    require_sensible(wish, version)
    level = catalog.level_of(version)
    if level is None:
        raise Conflict(_("The data's level is being decided anew: ask again when it is decided."))
    ruling = rule_on(version, level=level, buyer=buyer, purpose=purpose, person_id=user_id)
    steps: tuple[chain.PlannedStep, ...] = ()
    if not ruling.decision.refused:
        if errors := impossible(ruling, form=wish.form, term_days=wish.term_days):
            raise InvalidInput(errors)
        steps = chain.plan(ruling, parties=frozenset({buyer.pk, provider_id}))
        require_approvers(ruling, steps, exclusive=wish.exclusive)
        starts_at = timezone.now() if renews is None else max(timezone.now(), renews.ends_at)
        require_free(
            actor,
            listing_id=version.listing_id,
            buyer_id=buyer.pk,
            exclusive=wish.exclusive,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(days=wish.term_days),
        )
    request = _create(actor, user_id, buyer, version, wish, ruling, renews)
    if ruling.decision.refused:
        return _refuse(actor, request, ruling)
    if request.exclusive:
        take_up_allotment(actor=actor, request=request, listing_id=version.listing_id)
    if not steps:
        grant(actor, request)
        return request
    route(actor, request, "route", steps)
    return request


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


def _create(
    actor: Actor,
    user_id: int,
    buyer: Organisation,
    version: ListingVersion,
    wish: Wish,
    ruling: Ruling,
    renews: Grant | None,
) -> AccessRequest:
    try:
        with transaction.atomic():
            request = AccessRequest.objects.create(
                version=version,
                renews=renews,
                organisation=buyer,
                requested_by_id=user_id,
                purpose=wish.purpose,
                justification=wish.justification,
                scenario=version.scenario,
                answers=dict(wish.answers),
                form=wish.form,
                columns=list(wish.columns),
                term_days=wish.term_days,
                download_limit=wish.download_limit,
                row_limit=wish.row_limit,
                byte_limit=wish.byte_limit,
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
            "columns": list(wish.columns),
            "term_days": wish.term_days,
            "exclusive": wish.exclusive,
            "renews": None if renews is None else renews.pk,
            "decision": request.decision,
        },
    )
    events.emit(name="access_request.submitted", subject=("access_request", request.pk))
    return request


def _refuse(actor: Actor, request: AccessRequest, ruling: Ruling) -> AccessRequest:
    decision = ruling.decision
    request.outcome_reason = decision.reason_en
    close(request, "refuse", "outcome_reason")
    audit.record(
        actor=actor,
        action="access_request.refused",
        subject=("access_request", request.pk),
        data={"rule": decision.rule_id, "table": decision.table_code, "version": decision.table_version},
    )
    events.emit(name="access_request.rejected", subject=("access_request", request.pk))
    return request


@transaction.atomic
def withdraw_request(*, actor: Actor, request_id: int) -> AccessRequest:
    """Take back a request that is still open; its steps become void."""
    request = lock_request(actor, request_id)
    policies.require_requester(actor, request)
    close(request, "withdraw")
    void_steps(request)
    audit.record(actor=actor, action="access_request.withdrawn", subject=("access_request", request.pk))
    events.emit(name="access_request.withdrawn", subject=("access_request", request.pk))
    return request
