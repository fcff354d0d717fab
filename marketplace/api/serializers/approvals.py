"""Votes, questions, appeals and delegations on the wire."""

from typing import Any

from rest_framework import serializers

from marketplace.api.serializers.authorization import IdField
from marketplace.authorization.grounds import Ground
from marketplace.authorization.models import ApprovalDelegation


class VoteIn(serializers.Serializer[Any]):
    """In whose place you decide; none for your own, or for the only approver who lets you act."""

    delegation = IdField(required=False, allow_null=True)


class OpinionIn(VoteIn):
    """What the approver says to it; may be left out."""

    reason = serializers.CharField(max_length=2000, default="", allow_blank=True)


class RejectionIn(VoteIn):
    """Why it is refused: a ground of `GET /refusal-grounds`, and a reason in words that the buyer reads."""

    ground = serializers.CharField(max_length=60)
    reason = serializers.CharField(max_length=2000)


class QuestionIn(VoteIn):
    """What the approver needs to know of the buyer."""

    question = serializers.CharField(max_length=5000)


class AnswerIn(serializers.Serializer[Any]):
    """What the buyer answers."""

    answer = serializers.CharField(max_length=5000)


class RequestAppealIn(serializers.Serializer[Any]):
    """What is wrong with the refusal."""

    grounds = serializers.CharField(max_length=5000)


class RefusalGroundOut(serializers.Serializer[Ground]):
    """A ground of refusal, and what the buyer can do about it."""

    code = serializers.CharField()
    words_en = serializers.CharField()
    words_zh = serializers.CharField()
    remedy_en = serializers.CharField()
    remedy_zh = serializers.CharField()


class DelegationIn(serializers.Serializer[Any]):
    """A colleague who decides in your place, from now or `starts_at` on."""

    membership = IdField(help_text="Of `GET /organisations/{id}/members`.")
    starts_at = serializers.DateTimeField(required=False, allow_null=True)
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField(max_length=500)


class DelegationOut(serializers.ModelSerializer[ApprovalDelegation]):
    """Who acts for whom, until when."""

    delegator = serializers.CharField(source="delegator.username", read_only=True)
    delegate = serializers.CharField(source="delegate.username", read_only=True)

    class Meta:
        model = ApprovalDelegation
        fields = [
            "id", "organisation", "delegator", "delegate", "reason", "starts_at", "ends_at", "revoked_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields
