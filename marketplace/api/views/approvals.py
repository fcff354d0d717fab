"""Deciding on access requests: votes, questions, appeals, and who decides in whose place."""

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.api.base import ReadByAll, View
from marketplace.api.idempotency import creates
from marketplace.api.serializers import approvals as wire
from marketplace.api.serializers.authorization import AccessRequestOut, ApprovalStepOut
from marketplace.authorization import selectors, services
from marketplace.authorization.grounds import grounds
from marketplace.authorization.models import StepState


class ApprovalSteps(View):
    """`/approval-steps`."""

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=StepState.values)],
        responses=ApprovalStepOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the steps that are your organisation's to decide on."""
        return self.page(selectors.own_steps(self.actor, state=self.asked("state")), ApprovalStepOut)


class Approve(View):
    """`/approval-steps/{id}/actions/approve`."""

    @extend_schema(request=wire.OpinionIn, responses=ApprovalStepOut)
    def post(self, request: Request, step_id: int) -> Response:
        """Vote for an open step (approvers of its organisation); the last vote of the last step issues the grant."""
        data = self.read(wire.OpinionIn)
        step = services.approve_step(
            actor=self.actor, step_id=step_id, reason=data["reason"], delegation_id=data.get("delegation")
        )
        return self.answer(step, ApprovalStepOut)


class Reject(View):
    """`/approval-steps/{id}/actions/reject`."""

    @extend_schema(request=wire.RejectionIn, responses=ApprovalStepOut)
    def post(self, request: Request, step_id: int) -> Response:
        """Refuse an open step, and with it the request (approvers of its organisation)."""
        data = self.read(wire.RejectionIn)
        step = services.reject_step(
            actor=self.actor,
            step_id=step_id,
            ground=data["ground"],
            reason=data["reason"],
            delegation_id=data.get("delegation"),
        )
        return self.answer(step, ApprovalStepOut)


class Ask(View):
    """`/approval-steps/{id}/actions/ask`."""

    @extend_schema(request=wire.QuestionIn, responses=AccessRequestOut)
    def post(self, request: Request, step_id: int) -> Response:
        """Ask the buyer before deciding (whoever may vote on the step); every clock of the chain stops meanwhile."""
        data = self.read(wire.QuestionIn)
        asked = services.ask_for_information(
            actor=self.actor, step_id=step_id, question=data["question"], delegation_id=data.get("delegation")
        )
        return self.answer(selectors.access_request(self.actor, asked.request_id), AccessRequestOut)


class Answer(View):
    """`/access-requests/{id}/actions/answer`."""

    @extend_schema(request=wire.AnswerIn, responses=AccessRequestOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Answer the question that an approver has asked (the buyer)."""
        services.give_information(actor=self.actor, request_id=request_id, answer=self.read(wire.AnswerIn)["answer"])
        return self.answer(selectors.access_request(self.actor, request_id), AccessRequestOut)


class Appeal(View):
    """`/access-requests/{id}/actions/appeal`."""

    @extend_schema(request=wire.RequestAppealIn, responses=AccessRequestOut)
    def post(self, request: Request, request_id: int) -> Response:
        """Appeal against a refusal (the buyer, once): others of the body decide, or the table on today's facts."""
        services.appeal_request(
            actor=self.actor, request_id=request_id, grounds=self.read(wire.RequestAppealIn)["grounds"]
        )
        return self.answer(selectors.access_request(self.actor, request_id), AccessRequestOut)


class RefusalGrounds(ReadByAll):
    """`/refusal-grounds`."""

    pagination_class = None  # a handful

    @extend_schema(responses=wire.RefusalGroundOut(many=True))
    def get(self, request: Request) -> Response:
        """List the grounds on which approvers refuse, and what a buyer can do about each."""
        return Response([wire.RefusalGroundOut(ground).data for ground in grounds().values()])


class Delegations(View):
    """`/approval-delegations`."""

    @extend_schema(responses=wire.DelegationOut(many=True))
    def get(self, request: Request) -> Response:
        """List who decides in whose place in your organisation, newest first."""
        return self.page(selectors.visible_delegations(self.actor), wire.DelegationOut)

    @extend_schema(request=wire.DelegationIn, responses={201: wire.DelegationOut})
    @creates
    def post(self, request: Request) -> Response:
        """Let a colleague decide in your place for a while (approvers)."""
        data = self.read(wire.DelegationIn)
        row = services.delegate_approvals(
            actor=self.actor,
            membership_id=data["membership"],
            starts_at=data.get("starts_at"),
            ends_at=data["ends_at"],
            reason=data["reason"],
        )
        return self.answer(row, wire.DelegationOut, status=201)


class RevokeDelegation(View):
    """`/approval-delegations/{id}/actions/revoke`."""

    @extend_schema(request=None, responses=wire.DelegationOut)
    def post(self, request: Request, delegation_id: int) -> Response:
        """Take a delegation back (who gave it, administrators of the organisation)."""
        row = services.revoke_delegation(actor=self.actor, delegation_id=delegation_id)
        return self.answer(row, wire.DelegationOut)


urls = [
    path("approval-steps", ApprovalSteps.as_view()),
    path("approval-steps/<int:step_id>/actions/approve", Approve.as_view()),
    path("approval-steps/<int:step_id>/actions/reject", Reject.as_view()),
    path("approval-steps/<int:step_id>/actions/ask", Ask.as_view()),
    path("access-requests/<int:request_id>/actions/answer", Answer.as_view()),
    path("access-requests/<int:request_id>/actions/appeal", Appeal.as_view()),
    path("refusal-grounds", RefusalGrounds.as_view()),
    path("approval-delegations", Delegations.as_view()),
    path("approval-delegations/<int:delegation_id>/actions/revoke", RevokeDelegation.as_view()),
]
