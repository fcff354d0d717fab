"""Reviewers' queue and figures, low grades in bulk, owners' appeals; the steps on one grade are in `views.grading`."""

from datetime import timedelta
from typing import Final

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from foundation.wording import detail
from grading import selectors, services, wording
from grading.models import PLACE, AppealState, Cause
from grading.reviewing.permitted import permitted
from grading.reviewing.queue import review_queue
from grading.reviewing.similar import similar_decided
from grading.reviewing.statistics import review_statistics
from marketplace.api.base import PERIOD, View
from marketplace.api.idempotency import creates
from marketplace.api.pagination import NewestFirst
from marketplace.api.problems import body_of
from marketplace.api.serializers import reviews as wire
from marketplace.api.views.jobs import JobOut

GRAVEST: Final = 6
APPEAL_STATE: Final = OpenApiParameter("state", str, enum=AppealState.values)


class GravestFirst(NewestFirst):
    """The gravest first, then the oldest."""

    ordering = "place"
    orderings = ()


class Reviews(View):
    """`/reviews`."""

    pagination_class = GravestFirst

    @extend_schema(
        parameters=[
            OpenApiParameter("risk", {"type": "integer", "minimum": 0, "maximum": GRAVEST}),
            OpenApiParameter(
                "older_than", {"type": "integer", "minimum": 0, "maximum": 36500}, description="Days of waiting."
            ),
            OpenApiParameter("state", str, enum=["recommended", "confirmed"]),
            OpenApiParameter("cause", str, enum=Cause.values),
            OpenApiParameter("only", str, enum=["appeals", "differing"]),
        ],
        responses=wire.WaitingGradeOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the grades that wait for reviewers, the gravest first, then the oldest (the exchange)."""
        rows = self.narrowed(review_queue(self.actor), risk="risk", state="state", cause="cause")
        if days := self.asked("older_than"):
            rows = rows.filter(created_at__lt=timezone.now() - timedelta(days=int(days)))
        if only := self.asked("only"):
            rows = rows.filter(appeal_id__isnull=False) if only == "appeals" else rows.filter(difference__differs=True)
        return self.page(rows.annotate(place=PLACE), wire.WaitingGradeOut)


class Review(View):
    """`/reviews/{id}`."""

    @extend_schema(responses=wire.ReviewOut)
    def get(self, request: Request, grade_id: int) -> Response:
        """Read all that a reviewer decides by: the recommendation, what differs, the appeal, similar decided data."""
        review_queue(self.actor)  # for the exchange only
        grade = selectors.grade(self.actor, grade_id)
        found = permitted(self.actor, grade)
        refusal = None if found.refusal is None else {"rule": found.refusal.rule, "detail": detail(found.refusal)}
        review = {
            "grade": grade,
            "difference": wording.difference_lines(grade.difference),
            "appeal": found.appeal,
            "similar": similar_decided(self.actor, grade),
            "history": selectors.grade_history(grade.asset_id).defer("recommendation"),
            "steps": found.steps,
            "refusal": refusal,
        }
        return self.answer(review, wire.ReviewOut)


class ConfirmLow(View):
    """`/reviews/actions/confirm-low`."""

    @extend_schema(request=wire.BulkIn, responses=wire.BulkOut)
    def post(self, request: Request) -> Response:
        """Decide grades of general 1 and 2 as they are recommended, each by itself (reviewers).

        Without flags, appeals, and what would lower a decided level; a refused grade stays as it was.
        """
        outcomes = services.confirm_low_grades(actor=self.actor, grade_ids=self.read(wire.BulkIn)["grades"])
        results = [
            {
                "grade": one.grade_id,
                "decided": one.decided,
                "problem": None if one.error is None else body_of(one.error),
            }
            for one in outcomes
        ]
        return self.answer({"results": results}, wire.BulkOut)


class Statistics(View):
    """`/reviews/statistics`."""

    @extend_schema(parameters=[*PERIOD], responses=wire.StatisticsOut)
    def get(self, request: Request) -> Response:
        """Read reviewers' work in figures: decisions, departures, waiting times, appeals, the queue (the exchange)."""
        since, until = self.asked_period()
        return self.answer(review_statistics(self.actor, since=since, until=until), wire.StatisticsOut)


class AssetAppeals(View):
    """`/assets/{id}/appeals`."""

    @extend_schema(responses=wire.AppealOut(many=True))
    def get(self, request: Request, asset_id: int) -> Response:
        """List the appeals against grades of a file, newest first."""
        asset = selectors.asset(self.actor, asset_id)
        return self.page(selectors.appeals(self.actor).filter(asset=asset), wire.AppealOut)

    @extend_schema(request=wire.AppealIn, responses={201: wire.AppealOut})
    @creates
    def post(self, request: Request, asset_id: int) -> Response:
        """Appeal the decided grade of a file to reviewers who did not take the decision (its owner).

        In time, once a decision; the grade stands until they decide.
        """
        said = self.read(wire.AppealIn)
        row = services.file_appeal(
            actor=self.actor, asset_id=asset_id, grounds=said["grounds"], grade_id=said.get("grade")
        )
        return self.answer(row, wire.AppealOut, status=201)


class Appeals(View):
    """`/appeals`."""

    @extend_schema(parameters=[APPEAL_STATE], responses=wire.AppealOut(many=True))
    def get(self, request: Request) -> Response:
        """List appeals against grades, newest first: the exchange sees all, owners those of their data."""
        return self.page(self.narrowed(selectors.appeals(self.actor), state="state"), wire.AppealOut)


class Appeal(View):
    """`/appeals/{id}`."""

    @extend_schema(responses=wire.AppealOut)
    def get(self, request: Request, appeal_id: int) -> Response:
        """Read one appeal."""
        return self.answer(selectors.appeal(self.actor, appeal_id), wire.AppealOut)


class Withdraw(View):
    """`/appeals/{id}/actions/withdraw`."""

    @extend_schema(request=None, responses=wire.AppealOut)
    def post(self, request: Request, appeal_id: int) -> Response:
        """Take an appeal back before it is decided (its owner)."""
        return self.answer(services.withdraw_appeal(actor=self.actor, appeal_id=appeal_id), wire.AppealOut)


class Regrade(View):
    """`/assets/{id}/actions/regrade`."""

    @extend_schema(request=wire.RegradeIn, responses={201: JobOut})
    @creates
    def post(self, request: Request, asset_id: int) -> Response:
        """Have a file graded again after an incident or for another reason (the exchange); a decided grade stays."""
        job = services.request_regrading(actor=self.actor, asset_id=asset_id, **self.read(wire.RegradeIn))
        return self.answer(job, JobOut, status=201)


urls = [
    path("reviews", Reviews.as_view()),
    path("reviews/statistics", Statistics.as_view()),
    path("reviews/actions/confirm-low", ConfirmLow.as_view()),
    path("reviews/<int:grade_id>", Review.as_view()),
    path("assets/<int:asset_id>/appeals", AssetAppeals.as_view()),
    path("assets/<int:asset_id>/actions/regrade", Regrade.as_view()),
    path("appeals", Appeals.as_view()),
    path("appeals/<int:appeal_id>", Appeal.as_view()),
    path("appeals/<int:appeal_id>/actions/withdraw", Withdraw.as_view()),
]
