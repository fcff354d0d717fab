"""Grading schemes on the wire: levels, criteria and national counterparts, each with its source and how sure it is."""

from typing import Any

from django.utils.translation import get_language
from rest_framework import serializers

from grading.models import Level
from grading.rules.level_schemes import Counterpart, Crossing, LevelScheme, Translation
from grading.wording.level_schemes import told

CERTAINTY = "S read in a public document, R from memory and held to be right, U uncertain."


def in_language(english: str, chinese: str) -> str:
    """The text in the reader's language."""
    return chinese if (get_language() or "").startswith("zh") else english


class NamedOut(serializers.Serializer[Any]):
    """A code with its names."""

    code = serializers.CharField()
    title = serializers.CharField()
    title_zh = serializers.CharField()


class CriteriaOut(serializers.Serializer[Any]):
    """Which harm leads to which level: `table[object][degree]`."""

    objects = NamedOut(many=True)
    degrees = NamedOut(many=True, help_text="Least first.")
    table = serializers.DictField(child=serializers.DictField(child=serializers.CharField()))
    source = serializers.CharField()  # type: ignore[assignment]
    certainty = serializers.CharField(help_text=CERTAINTY)
    clause = serializers.CharField(help_text="Empty where none is cited.")


class LevelOut(NamedOut):
    """A level."""

    description = serializers.CharField()
    description_zh = serializers.CharField()
    certainty = serializers.CharField(help_text=f"Of the names: {CERTAINTY}")


class SchemeOut(serializers.Serializer[Any]):
    """A grading scheme in force."""

    code = serializers.CharField()
    version = serializers.CharField()
    standard = serializers.CharField()
    title = serializers.CharField()
    title_zh = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    certainty = serializers.CharField(help_text=CERTAINTY)
    extends = serializers.CharField(help_text="The scheme that it is based on; empty: none.")
    regions = serializers.ListField(child=serializers.CharField(), help_text="GB/T 2260, two to six digits.")
    sectors = serializers.ListField(child=serializers.CharField())
    levels = serializers.ListField(child=serializers.CharField(), source="codes", help_text="Least first.")


class SchemeDetailOut(SchemeOut):
    """A grading scheme with its levels and criteria."""

    levels = LevelOut(many=True, help_text="Least first.")  # type: ignore[assignment]
    criteria = CriteriaOut(allow_null=True)
    criteria_unknown = serializers.SerializerMethodField(help_text="Why there are no criteria; empty where there are.")
    criteria_rulebook = serializers.CharField(
        source="criteria_elsewhere", help_text="The kind of rules at `/rulebooks` that holds them; empty: none."
    )

    def get_criteria_unknown(self, scheme: LevelScheme) -> str:
        """In the reader's language."""
        return in_language(scheme.criteria_unknown, scheme.criteria_unknown_zh)


class CounterpartOut(serializers.Serializer[Any]):
    """The national levels that a level may be; the strictest counts."""

    scheme = serializers.CharField()
    version = serializers.CharField()
    level = serializers.CharField()
    lowest = serializers.ChoiceField(choices=Level.choices)
    strictest = serializers.ChoiceField(choices=Level.choices)
    counted = serializers.ChoiceField(choices=Level.choices)
    rationale = serializers.SerializerMethodField()
    source = serializers.CharField()  # type: ignore[assignment]
    certainty = serializers.CharField(help_text=CERTAINTY)
    clause = serializers.CharField(help_text="Empty where none is cited.")

    def get_rationale(self, found: Counterpart) -> str:
        """In the reader's language."""
        return in_language(found.rationale, found.rationale_zh)


class CrossingOut(serializers.Serializer[Any]):
    """A level in the words of another scheme, and what counts where the two meet."""

    source = CounterpartOut(help_text="The level that was asked about.")  # type: ignore[assignment]
    to = serializers.CharField()
    to_version = serializers.CharField()
    possible = serializers.ListField(child=serializers.CharField(), help_text="All levels that it may be there.")
    level = serializers.CharField(
        allow_null=True, help_text="The least level there that is as strict; null where none is strict enough."
    )
    other = CounterpartOut(allow_null=True, help_text="The level `to_level`; null where it was not asked about.")
    national = serializers.ChoiceField(choices=Level.choices, help_text="What counts: the stricter of both.")
    reasons = serializers.ListField(child=serializers.CharField())


def crossing(translation: Translation, found: Crossing | None) -> dict[str, Any]:
    """What `CrossingOut` shows: a translation, and the meeting of both levels where both were named."""
    source = translation.source
    return {
        "source": source,
        "to": translation.scheme,
        "to_version": translation.version,
        "possible": translation.possible,
        "level": translation.level,
        "other": None if found is None else found.sides[1],
        "national": source.counted if found is None else found.national,
        "reasons": [told(reason) for reason in (translation.reasons if found is None else found.reasons)],
    }
