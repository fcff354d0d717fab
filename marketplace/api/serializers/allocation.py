"""The allocation of exclusive rights on the wire."""

from typing import Any

from rest_framework import serializers

from marketplace.authorization.models import AllotmentState
from marketplace.matching import allocations
from marketplace.matching.models import AllocationRound, Award, Dormancy
from marketplace.matching.steps import in_steps


class CadenceOut(serializers.Serializer[Any]):
    """When exclusive rights are allotted, and by how much."""

    every_hours = serializers.IntegerField()
    last_due_at = serializers.DateTimeField()
    next_due_at = serializers.DateTimeField()
    candidates = serializers.IntegerField(help_text="Best matches of a demand that are considered.")
    days = serializers.IntegerField(help_text="For which a buyer can ask for what it is allotted.")


class AllocationRoundOut(serializers.ModelSerializer[AllocationRound]):
    """One round. `total` is the sum of the values awarded, in billionths of a score; the digest is of all inputs."""

    class Meta:
        model = AllocationRound
        fields = [
            "id", "due_at", "claims", "candidates", "awarded", "passed_over", "total", "candidates_each", "days",
            "inputs_sha256", "created_at",
        ]  # fmt: skip
        read_only_fields = fields


class AllotmentOut(serializers.ModelSerializer[Award]):
    """An exclusive right that is kept for a buyer. Who it is, and for which demand, the provider is not told."""

    id = serializers.IntegerField(source="allotment_id", read_only=True)
    state = serializers.ChoiceField(source="allotment.state", choices=AllotmentState.choices, read_only=True)
    listing = serializers.IntegerField(source="allotment.listing_id", read_only=True)
    title = serializers.CharField(source="version.title", read_only=True)
    title_zh = serializers.CharField(source="version.title_zh", read_only=True)
    organisation = serializers.SerializerMethodField()
    demand = serializers.SerializerMethodField()
    next_demand = serializers.SerializerMethodField()
    otherwise = serializers.SerializerMethodField()
    access_request = serializers.SerializerMethodField()
    ends_at = serializers.DateTimeField(source="allotment.ends_at", read_only=True)
    created_at = serializers.DateTimeField(source="allotment.created_at", read_only=True)
    closed_at = serializers.DateTimeField(source="allotment.closed_at", read_only=True, allow_null=True)

    class Meta:
        model = Award
        fields = [
            "id", "state", "listing", "version", "title", "title_zh", "organisation", "demand", "round", "value",
            "next_demand", "others_lose", "otherwise", "access_request", "ends_at", "created_at", "closed_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_organisation(self, award: Award) -> int | None:
        """The buyer, for itself and the exchange."""
        return award.allotment.organisation_id if self._sees(award) else None

    def get_demand(self, award: Award) -> int | None:
        """The demand, for its buyer and the exchange."""
        return award.demand_id if self._sees(award) else None

    def get_next_demand(self, award: Award) -> int | None:
        """The demand that would have got it otherwise, for its buyer and the exchange."""
        return allocations.next_demand_of(self.context["actor"], award)

    def get_otherwise(self, award: Award) -> str:
        """What would be so without the demand, in words."""
        return allocations.otherwise(self.context["actor"], award)

    def get_access_request(self, award: Award) -> int | None:
        """The request by which it was taken up, for the buyer and the exchange."""
        return award.allotment.request_id if self._sees(award) else None

    def _sees(self, award: Award) -> bool:
        return allocations.sees_demands(self.context["actor"], award)


class DormancyOut(serializers.ModelSerializer[Dormancy]):
    """A published listing that nobody used; `ended_at` is when it was found used again, published anew, or gone."""

    provider = serializers.IntegerField(source="listing.organisation_id", read_only=True)
    offers = serializers.SerializerMethodField(help_text="To how many demands it was offered, in steps: <5, 5+, 10+.")
    near_misses = serializers.SerializerMethodField(
        help_text="How many demands miss it by a condition, in steps: <5, 5+, 10+, 20+, 50+, 100+."
    )

    class Meta:
        model = Dormancy
        fields = ["id", "listing", "provider", "unused_since", "offers", "near_misses", "found_at", "ended_at"]
        read_only_fields = fields

    def get_offers(self, dormancy: Dormancy) -> str:
        """In steps."""
        return in_steps(dormancy.offers)

    def get_near_misses(self, dormancy: Dormancy) -> str:
        """In steps."""
        return in_steps(dormancy.near_misses)
