"""Incidents on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.api.serializers.authorization import IdField
from marketplace.api.serializers.catalog import PartyOut
from marketplace.incidents import selectors
from marketplace.incidents.models import Incident, IncidentKind, IncidentSubject


class IncidentIn(serializers.Serializer[Any]):
    """What has happened, or may have, and to what; `suspend` is for the exchange's approvers and administrators."""

    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    description = serializers.CharField(max_length=5000)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)
    listings = serializers.ListField(child=IdField(), required=False, default=list, max_length=100)
    grants = serializers.ListField(child=IdField(), required=False, default=list, max_length=100)
    deliveries = serializers.ListField(child=IdField(), required=False, default=list, max_length=100)
    suspend = serializers.BooleanField(required=False, default=False)


class InvestigationIn(serializers.Serializer[Any]):
    """Whether what the incident concerns is suspended at once."""

    suspend = serializers.BooleanField(required=False, default=True)


class IncidentSubjectOut(serializers.ModelSerializer[IncidentSubject]):
    """A listing, a grant or a delivery; `suspended_at` where this incident has suspended it."""

    class Meta:
        model = IncidentSubject
        fields = ["listing", "grant", "delivery", "suspended_at"]
        read_only_fields = fields


class IncidentOut(serializers.ModelSerializer[Incident]):
    """An incident: where it stands, what it concerns, and what was found in the end.

    Providers read of it what concerns their listings. `organisation`, whose member reported it, is for itself and the
    exchange; null for others.
    """

    organisation = serializers.SerializerMethodField()
    subjects = serializers.SerializerMethodField()

    class Meta:
        model = Incident
        fields = [
            "id", "kind", "description", "occurred_at", "state", "organisation", "subjects", "reported_at",
            "investigated_at", "closed_at", "outcome",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PartyOut(allow_null=True))
    def get_organisation(self, row: Incident) -> Any:
        """Who reported it, for whom that is."""
        return PartyOut(row.organisation).data if selectors.knows_all(self.context["actor"], row) else None

    @extend_schema_field(IncidentSubjectOut(many=True))
    def get_subjects(self, row: Incident) -> Any:
        """What of it the reader may know."""
        return IncidentSubjectOut(selectors.shown_subjects(self.context["actor"], row), many=True).data
