"""Grants on the wire."""

from typing import Any

from rest_framework import serializers

from marketplace.api.serializers.catalog import PartyOut
from marketplace.authorization.agreement import terms_digest
from marketplace.authorization.models import Grant
from marketplace.authorization.wording import cause_in_words


class GrantOut(serializers.ModelSerializer[Grant]):
    """A grant with its agreement (ODRL, JSON-LD) and its meter.

    `columns` are none for all. `demanded` are the accreditations that must stand at each hand-over (kind → lowest
    level), each entry alone sufficing. Nothing is handed over before `accepted_at`.
    """

    organisation = PartyOut(read_only=True)
    state_reason = serializers.SerializerMethodField()
    agreement = serializers.DictField(read_only=True)
    agreement_sha256 = serializers.SerializerMethodField(help_text="What its holder names to accept it (RFC 8785).")
    demanded = serializers.SerializerMethodField()

    class Meta:
        model = Grant
        fields = [
            "id", "request", "listing", "version", "organisation", "state", "state_reason", "mode", "level", "forms",
            "columns", "obligations", "demanded", "agreement", "agreement_sha256", "accepted_at", "exclusive",
            "download_limit", "row_limit", "byte_limit", "downloads_used", "rows_sent", "bytes_sent", "starts_at",
            "ends_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_state_reason(self, row: Grant) -> str:
        """Why it is suspended or revoked; what no person has said is in the reader's language."""
        return cause_in_words(row.state_cause) or row.state_reason

    def get_agreement_sha256(self, row: Grant) -> str:
        """SHA-256 of the agreement's canonical form, in hex."""
        return terms_digest(row.agreement)

    def get_demanded(self, row: Grant) -> list[dict[str, int]]:
        """None where nothing is demanded."""
        return row.demanded or []


class AcceptanceIn(serializers.Serializer[Any]):
    """Which text is accepted."""

    sha256 = serializers.RegexField("^[0-9a-f]{64}$", help_text="`agreement_sha256` of the grant, as it was read.")


class RenewalIn(serializers.Serializer[Any]):
    """For how much longer. `answers` to the listing's questions are the former ones where they are left out."""

    term_days = serializers.IntegerField(min_value=1, max_value=36_500)
    justification = serializers.CharField(max_length=5000, default="", allow_blank=True)
    answers = serializers.DictField(required=False)
