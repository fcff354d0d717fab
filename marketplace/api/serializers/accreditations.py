"""Accreditations and their kinds on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from foundation.participants.models import Accreditation
from foundation.participants.selectors import reads_certificate

LARGEST_ID = 2**63 - 1
CERTAINTY = "S: read in a public document; R: from memory, held to be right; U: uncertain."


class KindLevelOut(serializers.Serializer[Any]):
    """A level; higher is more."""

    level = serializers.IntegerField()
    name = serializers.CharField()
    name_zh = serializers.CharField()


class AccreditationKindOut(serializers.Serializer[Any]):
    """A kind with what it rests on."""

    code = serializers.CharField()
    name = serializers.CharField()
    name_zh = serializers.CharField()
    holder = serializers.ChoiceField(choices=["organisation", "person"])
    levels = KindLevelOut(many=True)
    scope_needed = serializers.BooleanField()
    standard = serializers.CharField()
    title = serializers.CharField()
    title_zh = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    certainty = serializers.CharField(help_text=CERTAINTY)
    longest_years = serializers.IntegerField()
    term_source = serializers.CharField()
    term_certainty = serializers.CharField(help_text=CERTAINTY)


class AccreditationIn(serializers.Serializer[Any]):
    """A certificate of your organisation, or with `user` of one of its members. `number` or `evidence` is needed."""

    kind = serializers.CharField(max_length=40, help_text="A code of `/accreditation-kinds`.")
    user = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    level = serializers.IntegerField(required=False, min_value=1, max_value=9)
    issuer = serializers.CharField(max_length=200)
    number = serializers.CharField(max_length=100, default="", allow_blank=True)
    scope = serializers.CharField(
        max_length=300, default="", allow_blank=True, help_text="Which system or site it covers, where the kind asks."
    )
    evidence = serializers.CharField(
        max_length=500, default="", allow_blank=True, help_text="Where it can be checked: a register, a file number."
    )
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(help_text="The last day.")


class CertificateOut(serializers.ModelSerializer[Accreditation]):
    """What only the holder and the exchange read."""

    class Meta:
        model = Accreditation
        fields = [
            "issuer", "number", "scope", "evidence", "valid_from", "state_reason", "claimed_via", "claimed_at",
            "decided_at", "ended_at", "superseded_by",
        ]  # fmt: skip
        read_only_fields = fields


class AccreditationOut(serializers.ModelSerializer[Accreditation]):
    """An accreditation. Other participants see that it counts, and until when; `certificate` is null for them."""

    certificate = serializers.SerializerMethodField()

    class Meta:
        model = Accreditation
        fields = ["id", "kind", "organisation", "user", "level", "valid_until", "state", "certificate"]
        read_only_fields = fields

    @extend_schema_field(CertificateOut(allow_null=True))
    def get_certificate(self, row: Accreditation) -> dict[str, Any] | None:
        """The certificate, for its holder and the exchange."""
        return dict(CertificateOut(row).data) if reads_certificate(self.context["actor"], row) else None
