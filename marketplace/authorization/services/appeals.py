"""The appeal against a refusal: once, within `settings.REQUEST_APPEAL_DAYS`, decided by others.

Against people, other people of the same body decide, none of whom took part in the chain: the table names the body
that is competent, and nobody else takes its competence over, not on appeal either. Their approval stands in the place
of the refused one, and what was not decided yet is asked then. Against the decision table itself no person is competent
to decide: the facts are checked anew, and the table says what it says today.
"""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict
from foundation.events import services as events
from marketplace.authorization import chain, policies, states
from marketplace.authorization.chain import PlannedStep
from marketplace.authorization.decisions import Ruling, rule_on_request
from marketplace.authorization.engine.stricter import stricter
from marketplace.authorization.engine.vocabulary import REFUSED
from marketplace.authorization.models import AccessRequest, ApprovalStep, RequestAppeal
from marketplace.authorization.rises import held_by
from marketplace.authorization.services.routing import lock_request, planned_again, route
from marketplace.authorization.texts import LONGEST_TEXT, stated
from marketplace.authorization.wishes import impossible, require_approvers
from marketplace.catalog import selectors as catalog
from marketplace.catalog import states as catalog_states
from marketplace.catalog.models import ListingVersion

APPEAL = "appeal"
"""The `approver` of a step by which others of a body decide on its refusal."""


@transaction.atomic
def appeal_request(*, actor: Actor, request_id: int, grounds: str) -> RequestAppeal:
    """Appeal against the refusal of a request (the buyer).

    Refused by people: goes to others of the same body, with the quorum of the step that was refused. Conflict where
    the table asks for more today than when it was decided, which a new request would meet.

    Refused by the table: is decided anew on today's facts. Where that refuses again the request stays rejected, and
    the appeal says by which row; else it takes the way of today's row. InvalidInput for an exclusive licence that
    nobody would have to approve today.

    Conflict for a second appeal, one that comes too late, a version no longer published, and where another request for
    the same is open. IllegalTransition for what is not rejected.
    """
    request = lock_request(actor, request_id)
    policies.require_requester(actor, request)
    _buyer_id, person_id = policies.require_buyer(actor)
    states.ACCESS_REQUEST.target("appeal", request.state)
    said = stated("/grounds", grounds, longest=LONGEST_TEXT, missing=_("Say what is wrong with the refusal."))
    _require_in_time(request)
    ruling = _rule_today(request)
    appeal = RequestAppeal(request=request, grounds=said, filed_by_id=person_id, decision=ruling.as_record())
    subject = ("access_request", request.pk)
    steps: list[PlannedStep] = []
    if request.mode == REFUSED:
        if ruling.decision.refused or impossible(ruling, form=request.form, term_days=request.term_days):
            appeal.save()
            data = {"rule": ruling.decision.rule_id, "version": ruling.decision.table_version}
            audit.record(actor=actor, action="access_request.appeal_dismissed", subject=subject, data=data)
            events.emit(name="access_request.appeal_dismissed", subject=subject)
            return appeal
        steps += chain.plan(ruling, parties=_parties(request))
        require_approvers(ruling, steps, exclusive=request.exclusive)
    else:
        refused = ApprovalStep.objects.filter(request=request, state=states.STEP_REJECTED)
        appeal.refused_step = refused.latest("position")
        steps += _again(request, appeal.refused_step, ruling)
    audit.record(actor=actor, action="access_request.appealed", subject=subject, data=_against(appeal))
    _reopen(actor, request, ruling, steps)
    if appeal.refused_step is not None:
        appeal.step = ApprovalStep.objects.get(request=request, approver=APPEAL)
    appeal.save()
    events.emit(name="access_request.appealed", subject=subject)
    return appeal


def _require_in_time(request: AccessRequest) -> None:
    if RequestAppeal.objects.filter(request=request).exists():
        raise Conflict(_("A refusal can be appealed once, and this one was: ask for access again."))
    days = settings.REQUEST_APPEAL_DAYS
    if request.closed_at is None or timezone.now() > request.closed_at + timedelta(days=days):
        raise Conflict(_("A refusal can be appealed within %(days)s days: ask for access again."), days=days)


def _rule_today(request: AccessRequest) -> Ruling:
    """Today's answer; the version is locked, so that it stays published until the appeal is committed."""
    locked = ListingVersion.objects.select_for_update(of=("self",), no_key=True).select_related("listing__organisation")
    version = request.version = locked.get(pk=request.version_id)
    if version.state != catalog_states.PUBLISHED:
        raise Conflict(_("Only a published version can be asked for; this one is '%(state)s'."), state=version.state)
    level = catalog.level_of(version)
    if level is None:
        raise Conflict(_("The data's level is being decided anew: appeal when it is decided."))
    return rule_on_request(request, level=level)


def _parties(request: AccessRequest) -> frozenset[int]:
    return frozenset((request.organisation_id, request.version.listing.organisation_id))


def _again(request: AccessRequest, refused: ApprovalStep, ruling: Ruling) -> list[PlannedStep]:
    """The appeal's own step, then those that the refusal left undecided."""
    if stricter(held_by(request), ruling.decision):
        message = _("By row '%(rule)s' of the decision table access is under other conditions today: ask for it again.")
        raise Conflict(message, rule=ruling.decision.rule_id)
    left = ApprovalStep.objects.filter(request=request, state=states.VOID).select_related("organisation")
    steps = [
        PlannedStep(APPEAL, refused.organisation, refused.title, 1, refused.quorum),
        *planned_again(left.order_by("position")),
    ]
    for step in steps:
        chain.require_able(step.organisation, _parties(request))
    return steps


def _reopen(actor: Actor, request: AccessRequest, ruling: Ruling, steps: list[PlannedStep]) -> None:
    """The way of the appeal, by today's answer. Its level counts from now on: that is what people are asked about."""
    changed = {
        "mode": ruling.decision.mode,
        "decision": ruling.as_record(),
        "closed_at": None,
        "outcome_reason": "",
        "outcome_ground": "",
    }
    try:
        with transaction.atomic():
            AccessRequest.objects.filter(pk=request.pk).update(state=states.IN_APPROVAL)
    except IntegrityError as error:
        raise Conflict(_("Your organisation has an open request for this already: withdraw it first.")) from error
    route(actor, request, "appeal", steps, **changed)


def _against(appeal: RequestAppeal) -> dict[str, object]:
    if appeal.refused_step is None:
        return {"against": "table", "rule": appeal.request.decision["rule_id"]}
    return {"against": "people", "step": appeal.refused_step.pk, "ground": appeal.refused_step.ground}
