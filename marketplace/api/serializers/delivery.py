"""Deliveries, links and transfers on the wire."""

from typing import Any

from rest_framework import serializers

from marketplace.api.serializers.authorization import IdField
from marketplace.delivery.models import Delivery, Transfer
from marketplace.delivery.wording import problem_in_words


class DeliveryIn(serializers.Serializer[Any]):
    """Which file of the granted version."""

    distribution = IdField()


class DeliveryOut(serializers.ModelSerializer[Delivery]):
    """A file in its granted form; `report` says how each column was treated."""

    report = serializers.DictField(read_only=True)
    problem = serializers.SerializerMethodField()

    class Meta:
        model = Delivery
        fields = [
            "id", "grant", "distribution", "form", "state", "filename", "media_type", "report", "problem",
            "created_at", "ready_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_problem(self, row: Delivery) -> str:
        """Why it could not be made; empty when it could."""
        return problem_in_words(row.problem, row.report.get("problem", {}))


class LinkOut(serializers.Serializer[Any]):
    """An address on this host, good until then for beginning a download."""

    url = serializers.CharField(source="path", help_text="Path and token, without the host.")
    expires_at = serializers.DateTimeField()


class TransferOut(serializers.ModelSerializer[Transfer]):
    """One download: never more bytes or rows left than are counted here."""

    class Meta:
        model = Transfer
        fields = ["id", "delivery", "bytes_reserved", "rows_reserved", "started_at", "finished_at", "interrupted_by"]
        read_only_fields = fields
