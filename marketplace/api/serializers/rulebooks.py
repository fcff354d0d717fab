"""Rules on the wire: what was released is public, persons are not named."""

from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from foundation.rulebooks import registry
from foundation.rulebooks.in_force import InForce
from foundation.rulebooks.models import RulebookVersion


class RulebookOut(serializers.Serializer[Any]):
    """A kind of rules and which of its texts is in force."""

    kind = serializers.CharField()
    name = serializers.SerializerMethodField()
    number = serializers.IntegerField(help_text="0 for the file that is shipped, which counts until a release.")
    version = serializers.IntegerField(source="version_id", allow_null=True)
    code = serializers.CharField(source="content.code")
    label = serializers.CharField(  # type: ignore[assignment]
        source="content.label", help_text="The version that the text gives itself."
    )
    title = serializers.CharField(source="content.title")
    title_zh = serializers.CharField(source="content.title_zh")
    standard = serializers.CharField(source="content.standard")
    source = serializers.CharField(source="content.source")  # type: ignore[assignment]
    certainty = serializers.CharField(source="content.certainty")
    sha256 = serializers.CharField(source="content.sha256", help_text="Of the text in UTF-8.")

    def get_name(self, found: InForce) -> str:
        """The kind in the reader's language."""
        return gettext(registry.kind(found.kind).title)


class RulebookTextOut(RulebookOut):
    """Rules with their text (TOML 1.0), and the same parsed."""

    text = serializers.CharField(source="content.text")
    data = serializers.DictField(source="content.data")  # type: ignore[assignment]


class RulebookVersionOut(serializers.ModelSerializer[RulebookVersion]):
    """A version; in force from `valid_from` (included) to `valid_to` (excluded; null: until another is)."""

    kind = serializers.CharField(source="rulebook.kind")
    scope = serializers.CharField(source="rulebook.scope", help_text="Empty: the whole exchange.")

    class Meta:
        model = RulebookVersion
        fields = [
            "id", "kind", "scope", "number", "state", "code", "label", "title", "title_zh", "standard", "source",
            "certainty", "sha256", "note", "state_reason", "released_at", "valid_from", "valid_to",
        ]  # fmt: skip
        read_only_fields = fields


class RulebookVersionTextOut(RulebookVersionOut):
    """A version with its text (TOML 1.0), and the same parsed."""

    text = serializers.CharField(source="content")
    data = serializers.DictField()  # type: ignore[assignment]

    class Meta(RulebookVersionOut.Meta):
        fields = [*RulebookVersionOut.Meta.fields, "text", "data"]
        read_only_fields = fields
