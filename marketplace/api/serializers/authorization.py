"""Scenarios, requests, approvals and grants on the wire."""

from functools import cached_property
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation.audit.models import Event
from marketplace.api.serializers.catalog import PartyOut
from marketplace.authorization.chain import PlannedStep
from marketplace.authorization.engine.explain import Change, Remedy, Way
from marketplace.authorization.engine.vocabulary import BUYER, PROVIDER
from marketplace.authorization.models import (
    AccessRequest,
    ApprovalStep,
    Form,
    Grant,
    InformationRound,
    Mode,
    RequestAppeal,
    RequestState,
    Scenario,
    ScenarioLevel,
    Verdict,
)
from marketplace.authorization.selectors import Confidence, Explained
from marketplace.authorization.wording import cause_in_words
from marketplace.catalog.models import Purpose


class IdField(serializers.IntegerField):
    """An identifier: what a bigint column can hold."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)


class ScenarioLevelIn(serializers.Serializer[Any]):
    """One level: who decides there."""

    title = serializers.CharField(max_length=200)
    organisation = IdField()
    stage = serializers.IntegerField(
        min_value=1, max_value=20, required=False, help_text="Levels of one stage are asked together; none: the next."
    )
    quorum = serializers.IntegerField(min_value=1, max_value=20, default=1, help_text="How many people approve.")


class ScenarioIn(serializers.Serializer[Any]):
    """A scenario; its levels in the order in which they decide."""

    code = serializers.CharField(max_length=60)
    name = serializers.CharField(max_length=200)
    name_zh = serializers.CharField(max_length=200, default="", allow_blank=True)
    levels = ScenarioLevelIn(many=True, allow_empty=False)


class ScenarioLevelOut(serializers.ModelSerializer[ScenarioLevel]):
    """One level."""

    organisation = PartyOut(read_only=True)

    class Meta:
        model = ScenarioLevel
        fields = ["level", "stage", "title", "organisation", "quorum"]
        read_only_fields = fields


class ScenarioOut(serializers.ModelSerializer[Scenario]):
    """A scenario."""

    levels = ScenarioLevelOut(many=True, read_only=True)

    class Meta:
        model = Scenario
        fields = ["id", "code", "name", "name_zh", "levels", "created_at"]
        read_only_fields = fields


class AccessRequestIn(serializers.Serializer[Any]):
    """What is asked for: a listing (its published version), or one version of it."""

    listing = IdField(required=False)
    version = IdField(required=False)
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    form = serializers.ChoiceField(choices=Form.choices)
    term_days = serializers.IntegerField(min_value=1, max_value=36_500)
    download_limit = serializers.IntegerField(min_value=1, max_value=1_000_000, required=False, allow_null=True)
    exclusive = serializers.BooleanField(
        default=False, help_text="A licence beside which no other of the listing stands."
    )
    justification = serializers.CharField(max_length=5000, default="", allow_blank=True)
    scenario = serializers.CharField(
        max_length=60, default="", allow_blank=True, help_text="One that the listing allows; empty for its own."
    )
    columns = serializers.ListField(
        child=serializers.CharField(trim_whitespace=False),
        default=list,
        help_text="Names as the listing's files have them; none for all.",
    )
    row_limit = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, allow_null=True)
    byte_limit = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, allow_null=True)
    answers = serializers.DictField(default=dict, help_text="To the listing's questions (`questions` of its version).")


class RulesOut(serializers.Serializer[Any]):
    """Which rules: `GET /rulebooks/{kind}/versions/{number}` has the text, and for number 0 `…/{kind}/shipped`."""

    kind = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)
    number = serializers.IntegerField()
    sha256 = serializers.CharField()


class AnswerOut(serializers.Serializer[Any]):
    """What a decision table says of a case, with the row and version that say so."""

    mode = serializers.ChoiceField(choices=Mode.choices)
    approvals = serializers.ListField(child=serializers.CharField())
    forms = serializers.ListField(child=serializers.CharField())
    obligations = serializers.ListField(child=serializers.CharField())
    longest_term_days = serializers.IntegerField()
    quorum = serializers.DictField(
        child=serializers.IntegerField(), required=False, help_text="How many people; one of approvers not named."
    )
    together = serializers.BooleanField(required=False, help_text="All approvers are asked at once.")
    step_days = serializers.IntegerField(required=False, help_text="Days that an approver has.")
    rule_id = serializers.CharField()
    table_code = serializers.CharField()
    table_version = serializers.CharField()
    reason_en = serializers.CharField()
    reason_zh = serializers.CharField()


class DecisionOut(AnswerOut):
    """What the decision table said of an access, and the inputs that it rests on."""

    rulebook = RulesOut(required=False, help_text="Absent in decisions of before rules were released.")
    inputs = serializers.DictField()
    readings = serializers.DictField(
        required=False, help_text="How both regions' grading schemes read the decided level; the strictest counts."
    )


class ApprovalStepOut(serializers.ModelSerializer[ApprovalStep]):
    """One step of a chain: where it stands, and who has to decide.

    `votes` of the `quorum` have approved. Steps of one `stage` are open together.
    """

    organisation = PartyOut(read_only=True)
    votes = serializers.SerializerMethodField()

    class Meta:
        model = ApprovalStep
        fields = [
            "id", "request", "position", "stage", "approver", "title", "organisation", "quorum", "votes", "state",
            "opened_at", "due_at", "escalated_at", "decided_at", "ground", "reason",
        ]  # fmt: skip
        read_only_fields = fields

    def get_votes(self, row: ApprovalStep) -> int:
        """How many have approved so far."""
        return sum(vote.verdict == Verdict.APPROVE for vote in row.votes.all())


class RoundOut(serializers.ModelSerializer[InformationRound]):
    """A question of an approver and the buyer's answer."""

    class Meta:
        model = InformationRound
        fields = ["id", "step", "question", "asked_at", "answer", "answered_at"]
        read_only_fields = fields


class RequestAppealOut(serializers.ModelSerializer[RequestAppeal]):
    """An appeal: against a step, decided by another one; or against the table, decided anew at once."""

    decision = DecisionOut(read_only=True)

    class Meta:
        model = RequestAppeal
        fields = ["grounds", "filed_at", "refused_step", "step", "decision"]
        read_only_fields = fields


class AccessRequestOut(serializers.ModelSerializer[AccessRequest]):
    """A request with its decision and its chain."""

    listing = serializers.IntegerField(source="version.listing_id", read_only=True)
    organisation = PartyOut(read_only=True)
    decision = DecisionOut(read_only=True)
    outcome_reason = serializers.SerializerMethodField()
    steps = ApprovalStepOut(many=True, read_only=True)
    answers = serializers.SerializerMethodField(help_text="Null for who is neither of the buyer nor an approver.")
    rounds = serializers.SerializerMethodField(help_text="Null for who is neither of the buyer nor an approver.")
    appeal = serializers.SerializerMethodField()
    grant = serializers.SerializerMethodField()

    class Meta:
        model = AccessRequest
        fields = [
            "id", "listing", "version", "renews", "organisation", "purpose", "scenario", "form", "columns", "term_days",
            "download_limit", "row_limit", "byte_limit", "exclusive", "justification", "answers", "state", "mode",
            "decision", "outcome_ground", "outcome_reason", "steps", "rounds", "appeal", "grant", "created_at",
            "expires_at", "closed_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_outcome_reason(self, row: AccessRequest) -> str:
        """Why it ended as it did; what no person has said is in the reader's language."""
        if row.state == RequestState.REJECTED and row.mode == Mode.REFUSED:
            chinese = (get_language() or "").startswith("zh")
            return str(row.decision["reason_zh" if chinese else "reason_en"])
        return cause_in_words(row.outcome_cause) or row.outcome_reason

    @cached_property
    def _confidence(self) -> Confidence:
        """One a page: what it asks of the database is asked once."""
        return Confidence(self.context["actor"])

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_answers(self, row: AccessRequest) -> dict[str, Any] | None:
        """The answers to the listing's questions, in confidence."""
        return row.answers if self._confidence.covers(row) else None

    @extend_schema_field(RoundOut(many=True, allow_null=True))
    def get_rounds(self, row: AccessRequest) -> Any:
        """Questions and answers, in confidence."""
        return RoundOut(row.rounds.all(), many=True).data if self._confidence.covers(row) else None

    @extend_schema_field(RequestAppealOut(allow_null=True))
    def get_appeal(self, row: AccessRequest) -> Any:
        """The appeal against its refusal."""
        appeal = getattr(row, "appeal", None)
        return RequestAppealOut(appeal).data if isinstance(appeal, RequestAppeal) else None

    def get_grant(self, row: AccessRequest) -> int | None:
        """The grant that came of it."""
        grant = getattr(row, "grant", None)
        return grant.pk if isinstance(grant, Grant) else None


class RefusalIn(serializers.Serializer[Any]):
    """Why it is refused, suspended or revoked: the other side reads it."""

    reason = serializers.CharField(max_length=500)


class TimelineEventOut(serializers.ModelSerializer[Event]):
    """One thing that happened; persons are not named, their organisations are."""

    organisation = serializers.IntegerField(source="actor_organisation_id", allow_null=True, read_only=True)

    class Meta:
        model = Event
        fields = ["id", "at", "action", "subject_type", "subject_id", "organisation", "data"]
        read_only_fields = fields


class ExplainIn(serializers.Serializer[Any]):
    """Access to what, and what for."""

    listing = IdField()
    purpose = serializers.ChoiceField(choices=Purpose.choices, required=False)
    form = serializers.ChoiceField(choices=Form.choices, required=False)
    term_days = serializers.IntegerField(min_value=1, max_value=36_500, required=False)
    exclusive = serializers.BooleanField(
        default=False, help_text="A licence beside which no other of the listing stands."
    )


class PlannedStepOut(serializers.Serializer[PlannedStep]):
    """Who would have to approve, in which stage, with how many people."""

    approver = serializers.CharField()
    title = serializers.CharField()
    organisation = PartyOut()
    stage = serializers.IntegerField()
    quorum = serializers.IntegerField()


class ChangeOut(serializers.Serializer[Change]):
    """One thing that would have to be otherwise, and who can change it.

    `name` is an input of the decision, a kind of accreditation, `form` or `term_days`. Each value of `to` would do; of
    an accreditation that level or a higher one, of a term that or a shorter one.
    """

    name = serializers.CharField()
    now = serializers.CharField()
    to = serializers.ListField(child=serializers.CharField())
    by = serializers.ChoiceField(choices=[BUYER, PROVIDER])


class WayOut(serializers.Serializer[Way]):
    """Changes that together allow it, and what would be decided then."""

    changes = ChangeOut(many=True)
    decision = AnswerOut()


class RemedyOut(serializers.Serializer[Remedy]):
    """The ways that change the fewest things, the buyer's own first.

    None: whatever people change, it stays refused. One without changes: it can be had as it is.
    """

    ways = WayOut(many=True)
    more = serializers.BooleanField(help_text="There are other ways that change as few things.")


class InTheWayOut(serializers.Serializer[Any]):
    """A licence of the listing beside which this one cannot stand, or that is allotted to somebody."""

    message = serializers.CharField(help_text="Which it is, and until when; who may see the grant is told whose it is.")
    until = serializers.DateTimeField(allow_null=True)


class ExplainOut(serializers.Serializer[Explained]):
    """What a request would meet with; `missing` says why its chain cannot be set up at present."""

    version = serializers.IntegerField(source="version.pk")
    decision = serializers.SerializerMethodField()
    possible_forms = serializers.ListField(source="ruling.possible_forms", child=serializers.CharField())
    steps = PlannedStepOut(many=True)
    least_change = RemedyOut(source="remedy")
    missing = serializers.SerializerMethodField()
    in_the_way = serializers.SerializerMethodField()

    def get_decision(self, row: Explained) -> DecisionOut:
        """The decision as a request would store it."""
        return DecisionOut(row.ruling.as_record()).data  # type: ignore[return-value]

    @extend_schema_field(InTheWayOut(allow_null=True))
    def get_in_the_way(self, row: Explained) -> dict[str, Any] | None:
        """What excludes it for the wanted term if it began now; null where nothing does, or the rules refuse it."""
        if row.in_the_way is None:
            return None
        return {"message": str(row.in_the_way), "until": row.in_the_way.members.get("until")}

    def get_missing(self, row: Explained) -> str:
        """What is missing, in words; empty when nothing is."""
        return "" if row.missing is None else str(row.missing)
