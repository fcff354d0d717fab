"""Demands and matches on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.matching.models import Demand, DismissalReason, Match
from marketplace.matching.services import DemandDraft
from marketplace.matching.wording import reasons


class DemandIn(serializers.Serializer[Any]):
    """What is looked for. Wishes that are left out are none; `open` matches it at once.

    Codes, lengths and amounts are checked by the service, which names every wrong field at once.
    """

    text = serializers.CharField()
    sector = serializers.CharField(default="", allow_blank=True)
    region = serializers.CharField(default="", allow_blank=True, help_text="Division code of GB/T 2260.")
    purpose = serializers.CharField(default="", allow_blank=True)
    scenario = serializers.CharField(default="", allow_blank=True)
    supply_modes = serializers.ListField(child=serializers.CharField(), default=list)
    columns = serializers.ListField(child=serializers.CharField(), default=list)
    budget = serializers.DecimalField(max_digits=14, decimal_places=2, default=None, allow_null=True)
    currency = serializers.CharField(default="CNY", help_text="ISO 4217.")
    minimum_quality = serializers.FloatField(default=None, allow_null=True, help_text="0 to 100.")
    expires_on = serializers.DateField(default=None, allow_null=True, help_text="Open until the end of this day.")
    open = serializers.BooleanField(default=False)


def draft_of(data: dict[str, Any]) -> DemandDraft:
    """The draft that a validated `DemandIn` states."""
    return DemandDraft(**{name: data[name] for name in DemandDraft.__slots__})


class DemandOut(serializers.ModelSerializer[Demand]):
    """A demand. `matched_at` is null before its first matching."""

    class Meta:
        model = Demand
        fields = [
            "id", "organisation", "state", "text", "sector", "region", "purpose", "scenario", "supply_modes", "columns",
            "budget", "currency", "minimum_quality", "expires_on", "matched_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class ConstraintOut(serializers.Serializer[Any]):
    """One constraint of the demand: what it wants and what the listing has (text, number, list or null)."""

    code = serializers.CharField()
    met = serializers.BooleanField()
    wanted = serializers.JSONField()
    actual = serializers.JSONField()


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
    """A listing proposed for a demand. `features` sum to `score`; near misses (`eligible` false) come last."""

    title = serializers.CharField(source="version.title", read_only=True)
    title_zh = serializers.CharField(source="version.title_zh", read_only=True)
    provider = serializers.IntegerField(source="version.listing.organisation_id", read_only=True)
    features = serializers.DictField(child=serializers.FloatField(), read_only=True)
    terms = TermOut(many=True, read_only=True)
    constraints = ConstraintOut(source="constraints_report", many=True, read_only=True)
    reasons = serializers.SerializerMethodField()

    class Meta:
        model = Match
        fields = [
            "id", "demand", "listing", "version", "title", "title_zh", "provider", "state", "eligible", "rank", "score",
            "features", "terms", "constraints", "reasons", "weights_version", "dismissal_reason", "created_at",
            "updated_at",
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
