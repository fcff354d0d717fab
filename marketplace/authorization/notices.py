"""What those who ask, those who approve and those who provide are told of requests and grants."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words, register
from foundation.participants.models import MemberRole, Role
from foundation.participants.selectors import organisations_with_role
from marketplace.authorization import policies, selectors, states
from marketplace.authorization.models import AccessRequest, ApprovalDelegation, ApprovalStep, Grant
from marketplace.authorization.wording import cause_in_words
from marketplace.catalog.notices import title_of
from marketplace.catalog.policies import PROVIDERS_ROLES


def _approvers(step_id: int) -> Iterable[Audience]:
    owners = ApprovalStep.objects.filter(pk=step_id).values_list("organisation_id", flat=True)
    return [Audience(owner, (MemberRole.APPROVER,)) for owner in owners]


def _overseers(step_id: int) -> Iterable[Audience]:
    """Who can see to it that an overdue step is decided: they cannot decide on it in its body's place."""
    owners = list(ApprovalStep.objects.filter(pk=step_id).values_list("organisation_id", flat=True))
    keepers = organisations_with_role(Role.EXCHANGE).values_list("pk", flat=True)
    return [Audience(owner, (MemberRole.ADMINISTRATOR,)) for owner in dict.fromkeys([*owners, *keepers])]


def _deciders(request_id: int) -> Iterable[Audience]:
    """Approvers of the steps that are open."""
    opened = ApprovalStep.objects.filter(request=request_id, state=states.OPEN)
    owners = opened.values_list("organisation_id", flat=True)
    return [Audience(owner, (MemberRole.APPROVER,)) for owner in dict.fromkeys(owners)]


def _bystanders(request_id: int) -> Iterable[Audience]:
    """The provider, and whose approvers were asked."""
    steps = ApprovalStep.objects.filter(request=request_id).exclude(opened_at=None)
    approvers = [Audience(owner, (MemberRole.APPROVER,)) for owner in set(steps.values_list("organisation", flat=True))]
    return [*_provider(request_id), *approvers]


def _provider(request_id: int) -> Iterable[Audience]:
    owners = AccessRequest.objects.filter(pk=request_id).values_list("version__listing__organisation_id", flat=True)
    return [Audience(owner, PROVIDERS_ROLES) for owner in owners]


def _delegate(delegation_id: int) -> Iterable[Audience]:
    rows = ApprovalDelegation.objects.filter(pk=delegation_id).values_list("organisation_id", "delegate_id")
    return [Audience(owner, (), person) for owner, person in rows]


def _requester(request_id: int) -> Iterable[Audience]:
    owners = AccessRequest.objects.filter(pk=request_id).values_list("organisation_id", flat=True)
    return [Audience(owner, policies.BUYING) for owner in owners]


def _holder(grant_id: int) -> Iterable[Audience]:
    owners = Grant.objects.filter(pk=grant_id).values_list("organisation_id", flat=True)
    return [Audience(owner, policies.BUYING) for owner in owners]


def _parties(grant_id: int) -> Iterable[Audience]:
    owners = Grant.objects.filter(pk=grant_id).values_list("listing__organisation_id", flat=True)
    return [*_holder(grant_id), *(Audience(owner, PROVIDERS_ROLES) for owner in owners)]


def _step_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    return {
        row.pk: {
            "title": title_of(row.request.version),
            "buyer": row.request.organisation.name,
            "holder": row.organisation.name,
            "until": _at(row.due_at),
        }
        for row in selectors.visible_steps(actor).filter(pk__in=ids)
    }


def _request_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    return {
        row.pk: {
            "title": title_of(row.version),
            "buyer": row.organisation.name,
            "reason": cause_in_words(row.outcome_cause),
        }
        for row in selectors.visible_requests(actor).prefetch_related(None).filter(pk__in=ids)
    }


def _delegation_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    rows = selectors.visible_delegations(actor).filter(pk__in=ids)
    return {row.pk: {"username": row.delegator.username, "until": _at(row.ends_at)} for row in rows}


def _at(instant: datetime | None) -> str:
    return "-" if instant is None else localtime(instant).strftime("%Y-%m-%d %H:%M %z")


def _grant_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    return {
        row.pk: {
            "title": title_of(row.version),
            "holder": row.organisation.name,
            "until": _at(row.ends_at),
            "reason": cause_in_words(row.state_cause) or gettext("The reason stands with the grant."),
        }
        for row in selectors.visible_grants(actor).filter(pk__in=ids)
    }


def _step(
    name: str, label: Promise, title: Promise, text: Promise, audience: Callable[[int], Iterable[Audience]]
) -> Kind:
    return Kind(
        name=f"authorization.{name}",
        subject_type="approval_step",
        label=label,
        title=title,
        text=text,
        audience=audience,
        words=_step_words,
        link="/api/v1/approval-steps",
    )


def _request(
    name: str,
    label: Promise,
    title: Promise,
    text: Promise,
    audience: Callable[[int], Iterable[Audience]] | None = None,
) -> Kind:
    return Kind(
        name=f"authorization.{name}",
        subject_type="access_request",
        label=label,
        title=title,
        text=text,
        audience=audience or _requester,
        words=_request_words,
        link="/api/v1/access-requests/%(id)s",
    )


def _grant(
    name: str, label: Promise, title: Promise, text: Promise, audience: Callable[[int], Iterable[Audience]] = _parties
) -> Kind:
    return Kind(
        name=f"authorization.{name}",
        subject_type="grant",
        label=label,
        title=title,
        text=text,
        audience=audience,
        words=_grant_words,
        link="/api/v1/grants/%(id)s",
    )


register(
    _step(
        "step_opened",
        _("An access request waits for your approval"),
        _("To be decided: %(title)s"),
        _("%(buyer)s asks for access to '%(title)s'. It is your organisation's turn to decide."),
        _approvers,
    ),
    _step(
        "step_due_soon",
        _("An access request has waited long for your approval"),
        _("To be decided soon: %(title)s"),
        _("%(buyer)s asks for access to '%(title)s'. Your organisation has until %(until)s to decide."),
        _approvers,
    ),
    _step(
        "step_overdue",
        _("An approval is overdue"),
        _("Overdue: approval of access to %(title)s"),
        _("%(holder)s had until %(until)s to decide on access of %(buyer)s to '%(title)s'. Nobody decides for it."),
        _overseers,
    ),
    Kind(
        name="authorization.delegation_given",
        subject_type="approval_delegation",
        label=_("Somebody lets you decide in their place"),
        title=_("You act for %(username)s"),
        text=_("Until %(until)s you may decide on access requests in the place of %(username)s."),
        audience=_delegate,
        words=_delegation_words,
        link="/api/v1/approval-delegations",
    ),
    _request(
        "request_submitted",
        _("Access to a listing of yours is asked for"),
        _("Asked for: %(title)s"),
        _("%(buyer)s asks for access to '%(title)s'. You see where the request stands, and decide nothing."),
        _provider,
    ),
    _request(
        "request_asked",
        _("An approver asks a question about an access request of yours"),
        _("To be answered: your request for %(title)s"),
        _("An approver of your request for access to '%(title)s' asks for more information. Nobody decides before."),
    ),
    _request(
        "request_answered",
        _("A buyer has answered a question about an access request"),
        _("Answered: %(buyer)s on %(title)s"),
        _("%(buyer)s has answered the question about access to '%(title)s': it can be decided."),
        _deciders,
    ),
    _request(
        "request_appealed",
        _("A refusal is appealed"),
        _("Appealed: the refusal of access to %(title)s"),
        _("%(buyer)s appeals against the refusal of access to '%(title)s'. Others decide on it."),
        _bystanders,
    ),
    _request(
        "appeal_dismissed",
        _("An appeal of yours against the decision table was dismissed"),
        _("Dismissed: your appeal for %(title)s"),
        _("On today's facts the decision table refuses access to '%(title)s' again. The appeal names the row."),
    ),
    _request(
        "request_expired",
        _("An access request of yours has expired"),
        _("Expired: your request for %(title)s"),
        _("Your request for access to '%(title)s' was not decided in time. Ask again if you still need it."),
    ),
    _request(
        "request_ended",
        _("An access request that concerns you has ended without a grant"),
        _("Ended: the request of %(buyer)s for %(title)s"),
        _("%(buyer)s gets no access to '%(title)s' by this request. How it ended stands with it."),
        _bystanders,
    ),
    _request(
        "request_approved",
        _("An access request of yours was approved"),
        _("Approved: access to %(title)s"),
        _("Your request for access to '%(title)s' is approved and the grant is issued."),
    ),
    _request(
        "request_rejected",
        _("An access request of yours was rejected"),
        _("Rejected: access to %(title)s"),
        _("Your request for access to '%(title)s' was rejected. The reason stands with the request."),
    ),
    _request(
        "request_lapsed",
        _("An open access request of yours was closed by a higher level"),
        _("Closed: access to %(title)s"),
        _("Your request for access to '%(title)s' is closed. %(reason)s"),
    ),
    _grant(
        "grant_issued",
        _("A grant was issued"),
        _("Granted: %(title)s"),
        _("%(holder)s may receive '%(title)s' until %(until)s."),
    ),
    _grant(
        "grant_suspended",
        _("A grant was suspended"),
        _("Grant suspended: %(title)s"),
        _("Nothing of '%(title)s' is delivered to %(holder)s for now. %(reason)s"),
    ),
    _grant(
        "grant_resumed",
        _("A grant was resumed"),
        _("Grant resumed: %(title)s"),
        _("%(holder)s may receive '%(title)s' again, until %(until)s."),
    ),
    _grant(
        "grant_revoked",
        _("A grant was revoked"),
        _("Grant revoked: %(title)s"),
        _("The grant of '%(title)s' to %(holder)s is revoked for good. The reason stands with the grant."),
    ),
    _grant(
        "grant_expiring",
        _("A grant of yours ends soon"),
        _("Ends soon: access to %(title)s"),
        _("Your access to '%(title)s' ends at %(until)s. Ask again in time if you still need it."),
        _holder,
    ),
    _grant(
        "grant_terms_waiting",
        _("The terms of a grant of yours wait to be accepted"),
        _("To be accepted: the terms for %(title)s"),
        _("Nothing of '%(title)s' is handed over before your organisation has read the terms and accepted them."),
        _holder,
    ),
    _grant(
        "grant_expired",
        _("A grant has ended"),
        _("Ended: access to %(title)s"),
        _("The term of the grant of '%(title)s' to %(holder)s ended at %(until)s."),
    ),
)
