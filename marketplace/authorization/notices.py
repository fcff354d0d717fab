"""What those who ask, those who approve and those who provide are told of requests and grants."""

from collections.abc import Callable, Collection, Iterable

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.notifications.registry import Audience, Kind, Words, register
from foundation.participants.models import MemberRole
from marketplace.authorization import policies, selectors
from marketplace.authorization.models import AccessRequest, ApprovalStep, Grant
from marketplace.authorization.wording import cause_in_words
from marketplace.catalog.notices import title_of
from marketplace.catalog.policies import PROVIDERS_ROLES


def _approvers(step_id: int) -> Iterable[Audience]:
    owners = ApprovalStep.objects.filter(pk=step_id).values_list("organisation_id", flat=True)
    return [Audience(owner, (MemberRole.APPROVER,)) for owner in owners]


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
        row.pk: {"title": title_of(row.request.version), "buyer": row.request.organisation.name}
        for row in selectors.visible_steps(actor).filter(pk__in=ids)
    }


def _request_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    return {
        row.pk: {"title": title_of(row.version), "reason": cause_in_words(row.outcome_cause)}
        for row in selectors.visible_requests(actor).prefetch_related(None).filter(pk__in=ids)
    }


def _grant_words(actor: Actor, ids: Collection[int]) -> dict[int, Words]:
    return {
        row.pk: {
            "title": title_of(row.version),
            "holder": row.organisation.name,
            "until": localtime(row.ends_at).strftime("%Y-%m-%d %H:%M %z"),
            "reason": cause_in_words(row.state_cause) or gettext("The reason stands with the grant."),
        }
        for row in selectors.visible_grants(actor).filter(pk__in=ids)
    }


def _request(name: str, label: Promise, title: Promise, text: Promise) -> Kind:
    return Kind(
        name=f"authorization.{name}",
        subject_type="access_request",
        label=label,
        title=title,
        text=text,
        audience=_requester,
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
    Kind(
        name="authorization.step_opened",
        subject_type="approval_step",
        label=_("An access request waits for your approval"),
        title=_("To be decided: %(title)s"),
        text=_("%(buyer)s asks for access to '%(title)s'. It is your organisation's turn to decide."),
        audience=_approvers,
        words=_step_words,
        link="/api/v1/approval-steps",
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
        "grant_expired",
        _("A grant has ended"),
        _("Ended: access to %(title)s"),
        _("The term of the grant of '%(title)s' to %(holder)s ended at %(until)s."),
    ),
)
