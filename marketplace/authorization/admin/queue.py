"""The queue of requests: in what order they wait, for whom, and the filters of the list, each line with its count."""

from datetime import timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.actors import Actor
from foundation.participants.admin_base import admin_actor
from foundation.participants.admin_counting import Choice, CountedFilter
from foundation.participants.models import MemberRole, Membership
from marketplace.authorization import states
from marketplace.authorization.models import AccessRequest, ApprovalStep, ApprovalVote, Mode, RequestState
from marketplace.authorization.seats import usable
from marketplace.catalog.models import Purpose

ORDER: Final = ("pk",)
"""Numbers rise with time: the lowest waits longest."""


def decidable_by(actor: Actor) -> Q:
    """Requests with an open step on which this person will not be refused for who they are (`seats.require_seat`)."""
    if actor.user_id is None or not actor.organisation_verified:
        return Q(pk__in=[])
    seats = {row.delegator_id for row in usable(actor, now=timezone.now())}
    if MemberRole.APPROVER in actor.member_roles:
        seats.add(actor.user_id)
    found = Q(pk__in=[])
    for holder in seats:
        people = [actor.user_id, holder]
        of = Membership.objects.filter(user__in=people).values("organisation_id")
        voted = ApprovalVote.objects.filter(Q(voter__in=people) | Q(seat__in=people)).values("request")
        decided = ApprovalStep.objects.filter(decided_by__in=people).values("request")
        impartial = ~Q(organisation__in=of) & ~Q(version__listing__organisation__in=of)
        found |= impartial & ~Q(pk__in=voted) & ~Q(pk__in=decided)
    return Q(state=states.IN_APPROVAL, pk__in=waiting_for(actor.organisation_id or 0)) & found


def waiting_for(organisation_id: int) -> QuerySet[ApprovalStep, Any]:
    """The requests with an open step of this organisation."""
    return ApprovalStep.objects.filter(state=states.OPEN, organisation=organisation_id).values("request")


class StateFilter(CountedFilter):
    """What waits, unless something else is asked for; what has ended grows for ever and is not counted."""

    title = _("state")
    parameter_name = "state"
    beside_all = (_("Waiting now"), Q(state__in=states.PENDING))

    def options(self, request: HttpRequest) -> list[Choice]:
        """Every state, and all of them."""
        each = [Choice(str(value), label, Q(state=value)) for value, label in RequestState.choices]
        return [*each, Choice("all", _("all"), Q())]

    @property
    def shows_queue(self) -> bool:
        """Whether the rows shown wait."""
        return self.condition() == self.beside_all[1] or self.value() in states.PENDING

    def counts_line(self, value: str) -> bool:
        """All that wait, and each state of those."""
        return value in ("", *states.PENDING)


class WaitingFilter(CountedFilter):
    """By whose turn it is."""

    title = _("waiting for")
    parameter_name = "waiting"

    def options(self, request: HttpRequest) -> list[Choice]:
        """Me, others of my organisation, other organisations, the buyer."""
        actor = admin_actor(request)
        mine, ours = decidable_by(actor), Q(pk__in=waiting_for(actor.organisation_id or 0))
        asked = Q(state=states.MORE_INFORMATION)
        return [
            Choice("me", _("me"), mine),
            Choice("ours", _("others of my organisation"), ours & ~mine & ~asked),
            Choice("others", _("other organisations"), ~ours & ~asked),
            Choice("buyer", _("the buyer's answer"), asked),
        ]


class ModeFilter(CountedFilter):
    """By the way of authorization."""

    title = _("authorization mode")
    parameter_name = "mode"
    lines_without_rows = False

    def options(self, request: HttpRequest) -> list[Choice]:
        """Every mode."""
        return [Choice(str(value), label, Q(mode=value)) for value, label in Mode.choices]


class AgeFilter(CountedFilter):
    """By the days since the request."""

    title = _("age")
    parameter_name = "older_than"

    def options(self, request: HttpRequest) -> list[Choice]:
        """Days, and steps whose time is over."""
        now = timezone.now()
        late = ApprovalStep.objects.filter(state=states.OPEN, due_at__lt=now).values("request")
        named = [(7, _("more than a week")), (30, _("more than 30 days"))]
        return [
            *(Choice(str(days), label, Q(created_at__lt=now - timedelta(days=days))) for days, label in named),
            Choice("due", _("a step is overdue"), Q(pk__in=late)),
        ]


class PurposeFilter(CountedFilter):
    """By what the data is wanted for."""

    title = _("purpose")
    parameter_name = "purpose"
    lines_without_rows = False

    def options(self, request: HttpRequest) -> list[Choice]:
        """Every purpose."""
        return [Choice(str(value), label, Q(purpose=value)) for value, label in Purpose.choices]


FILTERS: Final = (StateFilter, WaitingFilter, ModeFilter, AgeFilter, PurposeFilter)


def beside(rows: QuerySet[AccessRequest], request_id: int) -> tuple[int | None, int | None]:
    """The numbers before and after this one among these rows."""
    others = rows.exclude(pk=request_id).order_by("pk").values_list("pk", flat=True)
    return others.filter(pk__lt=request_id).last(), others.filter(pk__gt=request_id).first()
