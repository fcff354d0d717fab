"""The allocation of exclusive rights, its cadence, rounds and allotments; and listings that nobody uses."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.api.base import ReadByAll, View
from marketplace.api.serializers import allocation as wire
from marketplace.authorization.models import AllotmentState
from marketplace.authorization.services import decline_allotment
from marketplace.matching import allocations
from marketplace.matching.dormancies import visible_dormancies


class Cadence(ReadByAll):
    """`/allocation`."""

    @extend_schema(responses=wire.CadenceOut)
    def get(self, request: Request) -> Response:
        """Read when exclusive rights are allotted next, and how long they are kept."""
        return self.answer(allocations.cadence(), wire.CadenceOut)


class Rounds(ReadByAll):
    """`/allocation/rounds`."""

    @extend_schema(responses=wire.AllocationRoundOut(many=True))
    def get(self, request: Request) -> Response:
        """List the rounds that were computed, newest first."""
        return self.page(allocations.rounds(), wire.AllocationRoundOut)


class Round(ReadByAll):
    """`/allocation/rounds/{id}`."""

    @extend_schema(responses=wire.AllocationRoundOut)
    def get(self, request: Request, round_id: int) -> Response:
        """Read one round."""
        return self.answer(allocations.allocation_round(round_id), wire.AllocationRoundOut)


class Allotments(View):
    """`/allotments`."""

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=AllotmentState.values), OpenApiParameter("listing", int)],
        responses=wire.AllotmentOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List what was allotted to you and of your listings (the exchange: all), newest first."""
        rows = self.narrowed(
            allocations.visible_awards(self.actor), state="allotment__state", listing="allotment__listing_id"
        )
        return self.page(rows, wire.AllotmentOut)


class Allotment(View):
    """`/allotments/{id}`."""

    @extend_schema(responses=wire.AllotmentOut)
    def get(self, request: Request, allotment_id: int) -> Response:
        """Read one allotment, with what would be so without the demand that it went to."""
        return self.answer(allocations.award_of(self.actor, allotment_id), wire.AllotmentOut)


class Decline(View):
    """`/allotments/{id}/actions/decline`."""

    @extend_schema(request=None, responses=wire.AllotmentOut)
    def post(self, request: Request, allotment_id: int) -> Response:
        """Give back what was allotted to you: others may ask for it at once."""
        decline_allotment(actor=self.actor, allotment_id=allotment_id)
        return self.answer(allocations.award_of(self.actor, allotment_id), wire.AllotmentOut)


class DormantListings(View):
    """`/dormant-listings`."""

    @extend_schema(
        parameters=[OpenApiParameter("listing", int)],
        responses=wire.DormancyOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List which of your listings nobody uses or used (the exchange: all), newest first."""
        return self.page(self.narrowed(visible_dormancies(self.actor), listing="listing_id"), wire.DormancyOut)


urls = [
    path("allocation", Cadence.as_view()),
    path("allocation/rounds", Rounds.as_view()),
    path("allocation/rounds/<int:round_id>", Round.as_view()),
    path("allotments", Allotments.as_view()),
    path("allotments/<int:allotment_id>", Allotment.as_view()),
    path("allotments/<int:allotment_id>/actions/decline", Decline.as_view()),
    path("dormant-listings", DormantListings.as_view()),
]
