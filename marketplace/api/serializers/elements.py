"""Elements of grading, origin of derived data and levels of other schemes on the wire, as owners declare them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grading.declaring.elements import (
    LARGEST_AREA_KM2,
    LARGEST_NUMBER,
    LONGEST_CODE,
    LONGEST_NAME,
    LONGEST_REASON,
    MOST_SOURCES,
    VOCABULARY,
)
from grading.models import Level


def _words(field: str, *, required: bool = True) -> serializers.ListField:
    """A list of codes of a vocabulary, each once."""
    child = serializers.ChoiceField(choices=VOCABULARY[field])
    return serializers.ListField(child=child, max_length=len(VOCABULARY[field]), required=required)


class CoverageIn(serializers.Serializer[Any]):
    """How much of its field or region the data covers: `share` of what there is in `extent`, and the area."""

    extent = serializers.ChoiceField(choices=VOCABULARY["extent"], required=False)
    share = serializers.FloatField(min_value=0, max_value=1, required=False)
    area_km2 = serializers.FloatField(min_value=0, max_value=LARGEST_AREA_KM2, required=False)


class ElementsIn(serializers.Serializer[Any]):
    """Elements of grading that no machine can know (GB/T 43697-2024: group, region, importance, depth, coverage)."""

    groups = _words("groups", required=False)
    areas = _words("areas", required=False)
    importance = _words("importance", required=False)
    depth = serializers.ChoiceField(choices=VOCABULARY["depth"], required=False)
    coverage = CoverageIn(required=False)


class SourceIn(serializers.Serializer[Any]):
    """Data that others were derived from: an `asset` that you see, or a `level` with a `name`."""

    asset = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, required=False)
    level = serializers.ChoiceField(choices=Level.choices, required=False)
    name = serializers.CharField(max_length=LONGEST_NAME, required=False)


class DerivationIn(serializers.Serializer[Any]):
    """Where derived data comes from and what was done; without a `reason` it is not graded below its sources."""

    sources = serializers.ListField(child=SourceIn(), max_length=MOST_SOURCES)
    processing = _words("processing")
    reason = serializers.CharField(max_length=LONGEST_REASON, required=False)


class ElsewhereIn(serializers.Serializer[Any]):
    """The level that the data has in a scheme of its own (`/schemes`): it raises the recommendation, never lowers."""

    scheme = serializers.CharField(max_length=LONGEST_CODE)
    level = serializers.CharField(max_length=LONGEST_CODE)


@extend_schema_field(ElementsIn)
class ElementsField(serializers.DictField):
    """Elements of grading; grading checks them, so that every surface gives the same answer."""


@extend_schema_field(DerivationIn)
class DerivationField(serializers.DictField):
    """Where derived data comes from; checked by grading as well."""


@extend_schema_field(ElsewhereIn)
class ElsewhereField(serializers.DictField):
    """Scheme and level; checked by grading against the schemes in force."""


class DeclareIn(serializers.Serializer[Any]):
    """Elements of grading, origin of derived data, level in another scheme; null takes back what was declared."""

    elements = ElementsField(required=False, allow_null=True)
    derivation = DerivationField(required=False, allow_null=True)
    graded_elsewhere = ElsewhereField(required=False, allow_null=True)
