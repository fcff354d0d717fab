"""Demands and matches on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.api.serializers.samples import SampleColumnOut
from marketplace.matching.loosening import in_words
from marketplace.matching.models import Demand, DismissalReason, Match
from marketplace.matching.services import DemandDraft
from marketplace.matching.wording import reasons


class DemandIn(serializers.Serializer[Any]):
    """What is looked for. Wishes that are left out are none; `open` matches it at once.

    Codes, lengths and amounts are checked by the service, which names every wrong field at once.
    """

    text = serializers.CharField()
    sector = serializers.CharField(default="", allow_blank=True)
    regions = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="Division codes of GB/T 2260; one of them will do."
    )
    covers_from = serializers.DateField(default=None, allow_null=True, help_text="First day that the data must cover.")
    covers_until = serializers.DateField(default=None, allow_null=True, help_text="Last day that the data must cover.")
    purpose = serializers.CharField(default="", allow_blank=True)
    scenario = serializers.CharField(default="", allow_blank=True)
    supply_modes = serializers.ListField(child=serializers.CharField(), default=list)
    formats = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="csv, tsv, json, jsonl, parquet, xlsx."
    )
    columns = serializers.ListField(child=serializers.CharField(), default=list, help_text="Names of columns wanted.")
    column_types = serializers.DictField(
        child=serializers.CharField(),
        default=dict,
        help_text="Types of some of them: boolean, integer, decimal, date, datetime, time, text.",
    )
    exclusive = serializers.BooleanField(
        default=False, help_text="Only listings of which an exclusive licence is free."
    )
    budget = serializers.DecimalField(max_digits=14, decimal_places=2, default=None, allow_null=True)
    currency = serializers.CharField(default="CNY", help_text="ISO 4217.")
    minimum_quality = serializers.FloatField(default=None, allow_null=True, help_text="0 to 100.")
    maximum_age_days = serializers.IntegerField(
        default=None, allow_null=True, help_text="The data was last changed at most so many days ago."
    )
    expires_on = serializers.DateField(default=None, allow_null=True, help_text="Open until the end of this day.")
    open = serializers.BooleanField(default=False)


def draft_of(data: dict[str, Any]) -> DemandDraft:
    """The draft that a validated `DemandIn` states."""
    return DemandDraft(**{name: data[name] for name in DemandDraft.__slots__})


class RelaxationOut(serializers.Serializer[Any]):
    """One wish, loosened alone: what it would have to allow, by how much, and how many listings that would bring in."""

    code = serializers.CharField(help_text="As of a constraint.")
    to = serializers.JSONField(help_text="What such a listing has: text, number, list or null.")
    by = serializers.FloatField(
        allow_null=True,
        help_text="Budget: share of itself; quality: points; freshness and time span: days; null: not measured.",
    )
    gained = serializers.IntegerField()
    text = serializers.SerializerMethodField(help_text="The sentence, in the reader's language.")

    def get_text(self, step: dict[str, Any]) -> str:
        """In words."""
        return in_words(step)


class DemandOut(serializers.ModelSerializer[Demand]):
    """A demand. `matched_at` is null before its first matching, and until its next one where its sample was removed.

    While nothing meets every wish, `relaxations` say what loosening one of them would bring in, the smallest first.
    """

    relaxations = RelaxationOut(many=True, read_only=True)
    column_types = serializers.DictField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Demand
        fields = [
            "id", "organisation", "state", "text", "sector", "regions", "covers_from", "covers_until", "purpose",
            "scenario", "supply_modes", "formats", "columns", "column_types", "exclusive", "budget", "currency",
            "minimum_quality", "maximum_age_days", "expires_on", "matched_at", "relaxations", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class ConstraintOut(serializers.Serializer[Any]):
    """One constraint of the demand: what it wants and what the listing has (text, number, list or null)."""

    code = serializers.CharField()
    met = serializers.BooleanField()
    wanted = serializers.JSONField()
    actual = serializers.JSONField()
    shortfall = serializers.FloatField(
        allow_null=True,
        default=None,
        help_text="By how much it is failed, where that is measured; in the units of a relaxation.",
    )
    rule = serializers.CharField(required=False, help_text="Of authorization: the row of the decision table.")


class TermOut(serializers.Serializer[Any]):
    """A word in common; the shares of all of them sum to the relevance."""

    term = serializers.CharField()
    stream = serializers.CharField(help_text="surface: as written; stem: by its stem.")
    share = serializers.FloatField()


class ReasonOut(serializers.Serializer[Any]):
    """One sentence of the explanation, in the reader's language."""

    kind = serializers.CharField(help_text="relevance, feature or constraint.")
    code = serializers.CharField()
    met = serializers.BooleanField(allow_null=True)
    text = serializers.CharField()


class MatchOut(serializers.ModelSerializer[Match]):
    """A listing proposed for a demand. `features` sum to `score`; near misses (`eligible` false) come last.

    `stages` made it relevant: `lexical`, and `semantic:` with the label of a model where meaning had a say.

    `grant` is the one that a `converted` match led to.
    """

    title = serializers.CharField(source="version.title", read_only=True)
    title_zh = serializers.CharField(source="version.title_zh", read_only=True)
    provider = serializers.IntegerField(source="version.listing.organisation_id", read_only=True)
    features = serializers.DictField(child=serializers.FloatField(), read_only=True)
    terms = TermOut(many=True, read_only=True)
    constraints = ConstraintOut(source="constraints_report", many=True, read_only=True)
    sample_found = SampleColumnOut(many=True, read_only=True, help_text="Of the sample, beside those that were named.")
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = Match
        fields = [
            "id", "demand", "listing", "version", "title", "title_zh", "provider", "state", "eligible", "rank", "score",
            "features", "stages", "terms", "columns_found", "sample_found", "constraints", "reasons", "weights_version",
            "dismissal_reason", "grant", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ReasonOut(many=True))
    def get_reasons(self, match: Match) -> Any:
        """The explanation, sentence by sentence."""
        return ReasonOut(reasons(match), many=True).data


class DismissalIn(serializers.Serializer[Any]):
    """Why a match is dismissed."""

    reason = serializers.CharField()
    code = serializers.ChoiceField(
        choices=DismissalReason.choices, default=DismissalReason.OTHER, help_text="Matching is measured on it."
    )
