"""Listings, versions and files on the wire."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from foundation.jobs.models import Job
from foundation.participants.models import Organisation
from grading.models import Level
from marketplace.catalog.drafts import TERMS, DeclaredRight, DeclaredStep, Draft
from marketplace.catalog.models import (
    ConsentKind,
    Frequency,
    ListingVersion,
    Origin,
    PriceUnit,
    ProvenanceStep,
    Purpose,
    Right,
    RightDeclaration,
    Sector,
    StepKind,
    SupplyMode,
)
from marketplace.catalog.reasons import in_words
from marketplace.matching import browsing
from marketplace.matching.services.drafts import FORMATS


class NarrowedQuery(serializers.Serializer[Any]):
    """Filters of the public catalogue: values of the published version. A filter that is left out does not narrow."""

    q = serializers.CharField(
        required=False, max_length=500, help_text="Words; of what they find the most relevant 1,000 listings count."
    )
    sector = serializers.ChoiceField(choices=Sector.choices, required=False)
    origin = serializers.ChoiceField(choices=Origin.choices, required=False)
    region = serializers.RegexField(r"^[0-9]{6}$", required=False)
    supply_mode = serializers.ChoiceField(choices=SupplyMode.choices, required=False)
    level = serializers.ChoiceField(choices=Level.choices, required=False)
    format = serializers.ChoiceField(choices=FORMATS, required=False, help_text="One of its files has it.")
    quality = serializers.ChoiceField(choices=tuple(browsing.QUALITY), required=False, help_text="A band of scores.")
    price = serializers.ChoiceField(choices=tuple(browsing.PRICE), required=False, help_text="A band, in yuan.")


class CatalogueQuery(NarrowedQuery):
    """The same for lists of listings."""

    mine = serializers.BooleanField(default=False, help_text="Your organisation's listings in every state instead.")


class FacetsOut(serializers.Serializer[Any]):
    """Facet → value → how many listings would be left: those that all filters but the facet's own leave."""

    sector = serializers.DictField(child=serializers.IntegerField())
    region = serializers.DictField(child=serializers.IntegerField())
    supply_mode = serializers.DictField(child=serializers.IntegerField())
    level = serializers.DictField(child=serializers.IntegerField())
    format = serializers.DictField(
        child=serializers.IntegerField(), help_text="A listing with files of several formats counts for each."
    )
    quality = serializers.DictField(child=serializers.IntegerField())
    price = serializers.DictField(child=serializers.IntegerField())


class TermsField(serializers.Serializer[Any]):
    """The terms in words: what for, how far, which duties, who answers."""

    purpose = serializers.CharField(required=False, allow_blank=True)
    scope = serializers.CharField(required=False, allow_blank=True)
    duties = serializers.CharField(required=False, allow_blank=True)
    liability = serializers.CharField(required=False, allow_blank=True)


class RightIn(serializers.Serializer[Any]):
    """Who holds one of the three rights, on what basis, with what evidence."""

    right = serializers.ChoiceField(choices=Right.choices)
    holder = serializers.IntegerField(help_text="The organisation's id.", min_value=1, max_value=2**63 - 1)
    basis = serializers.CharField(max_length=300)
    evidence = serializers.CharField(max_length=500)


class StepIn(serializers.Serializer[Any]):
    """One step of the provenance."""

    kind = serializers.ChoiceField(choices=StepKind.choices)
    performed_by = serializers.CharField(max_length=200)
    performed_on = serializers.DateField()
    lawful_basis = serializers.CharField(max_length=300)
    evidence = serializers.CharField(max_length=500)


class DraftIn(serializers.Serializer[Any]):
    """All that a provider writes; what is left out is empty. Completeness is asked for on submission."""

    title = serializers.CharField(max_length=300)
    title_zh = serializers.CharField(max_length=300, default="", allow_blank=True)
    description = serializers.CharField(default="", allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=60), default=list)
    sector = serializers.ChoiceField(choices=Sector.choices)
    origin = serializers.ChoiceField(choices=Origin.choices)
    region = serializers.CharField(max_length=6, help_text="GB/T 2260 division code, e.g. 210200.")
    supply_mode = serializers.ChoiceField(choices=SupplyMode.choices)
    exclusive_offered = serializers.BooleanField(
        default=False, help_text="Buyers may ask for an exclusive licence; never of open data."
    )
    scenario = serializers.CharField(max_length=60, default="", allow_blank=True)
    purposes = serializers.ListField(child=serializers.ChoiceField(choices=Purpose.choices), default=list)
    consent_kind = serializers.ChoiceField(choices=ConsentKind.choices, default="", allow_blank=True)
    consent_basis = serializers.CharField(max_length=500, default="", allow_blank=True)
    price = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, default=Decimal(0))
    price_unit = serializers.ChoiceField(choices=PriceUnit.choices, default=PriceUnit.LICENCE)
    currency = serializers.CharField(max_length=3, default="CNY")
    terms = TermsField(default=dict)
    questions = serializers.DictField(
        default=dict,
        help_text="What buyers have to answer: JSON Schema 2020-12, of which docs/requests.md names the part.",
    )
    licence = serializers.CharField(max_length=200, default="", allow_blank=True)
    update_frequency = serializers.ChoiceField(choices=Frequency.choices, default="", allow_blank=True)
    modified_on = serializers.DateField(default=None, allow_null=True)
    temporal_start = serializers.DateField(default=None, allow_null=True)
    temporal_end = serializers.DateField(default=None, allow_null=True)
    rights = RightIn(many=True, default=list)
    provenance = StepIn(many=True, default=list)


def draft_of(data: dict[str, Any]) -> Draft:
    """The service's value of a validated `DraftIn`."""
    plain = {name: value for name, value in data.items() if name not in ("rights", "provenance")}
    return Draft(
        **plain,
        rights=[
            DeclaredRight(right=r["right"], holder_id=r["holder"], basis=r["basis"], evidence=r["evidence"])
            for r in data["rights"]
        ],
        provenance=[DeclaredStep(**step) for step in data["provenance"]],
    )


class PartyOut(serializers.ModelSerializer[Organisation]):
    """An organisation by name."""

    class Meta:
        model = Organisation
        fields = ["id", "name", "name_zh"]
        read_only_fields = fields


class RightOut(serializers.ModelSerializer[RightDeclaration]):
    """A declared right."""

    holder = PartyOut(read_only=True)

    class Meta:
        model = RightDeclaration
        fields = ["right", "holder", "basis", "evidence"]
        read_only_fields = fields


class StepOut(serializers.ModelSerializer[ProvenanceStep]):
    """A step of the provenance."""

    class Meta:
        model = ProvenanceStep
        fields = ["position", "kind", "performed_by", "performed_on", "lawful_basis", "evidence"]
        read_only_fields = fields


class FileOut(serializers.Serializer[Any]):
    """A file: what is known about it, never a value of it. Null until it is examined or its grade is decided."""

    id = serializers.IntegerField(source="distribution.pk")
    title = serializers.CharField(source="distribution.title")
    media_type = serializers.CharField(source="distribution.media_type")
    filename = serializers.CharField(source="asset.filename")
    byte_size = serializers.IntegerField(source="asset.byte_size")
    asset = serializers.IntegerField(source="asset.pk")
    state = serializers.CharField(source="asset.state")
    rows = serializers.IntegerField(allow_null=True)
    columns = serializers.IntegerField(allow_null=True)
    quality = serializers.FloatField(allow_null=True)
    quality_coverage = serializers.FloatField(allow_null=True)
    level = serializers.CharField(allow_null=True)
    category = serializers.CharField()


class VersionSummaryOut(serializers.ModelSerializer[ListingVersion]):
    """A version in a list."""

    class Meta:
        model = ListingVersion
        fields = [
            "id", "listing", "number", "state", "revision", "title", "title_zh", "sector", "origin", "region",
            "supply_mode", "exclusive_offered", "price", "price_unit", "currency", "submitted_at", "published_at",
        ]  # fmt: skip
        read_only_fields = fields


class StateReasonField(serializers.CharField):
    """Why a version is in its state; what the exchange itself has said is in the reader's language."""

    def to_representation(self, value: str) -> str:
        """The reason."""
        return in_words(value)


class VersionWordsOut(serializers.ModelSerializer[ListingVersion]):
    """All that a version says."""

    rights = RightOut(many=True, read_only=True)
    provenance = StepOut(many=True, read_only=True)
    provider = PartyOut(source="listing.organisation", read_only=True)
    state_reason = StateReasonField(read_only=True)
    terms = TermsField(read_only=True)

    class Meta:
        model = ListingVersion
        fields = [
            "id", "listing", "number", "state", "state_reason", "revision", "provider", "title", "title_zh",
            "description", "tags", "sector", "origin", "region", "supply_mode", "exclusive_offered", "scenario",
            "purposes", "consent_kind", "consent_basis", "price", "price_unit", "currency", "terms", "questions",
            "licence", "update_frequency",
            "modified_on", "temporal_start", "temporal_end", "rights", "provenance", "created_at", "submitted_at",
            "published_at",
        ]  # fmt: skip
        read_only_fields = fields


class VersionOut(VersionWordsOut):
    """A version with its files; `level` is the highest of theirs, `quality` the lowest."""

    level = serializers.CharField(allow_null=True, read_only=True)
    quality = serializers.FloatField(allow_null=True, read_only=True)
    files = FileOut(many=True, read_only=True)

    class Meta(VersionWordsOut.Meta):
        fields = [*VersionWordsOut.Meta.fields, "level", "quality", "files"]
        read_only_fields = fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Of `selectors.VersionFacts`: the version's words beside the facts of its files."""
        said: dict[str, Any] = VersionWordsOut(instance.version).data
        return {
            **said,
            "terms": {part: instance.version.terms.get(part, "") for part in TERMS},
            "level": instance.level,
            "quality": instance.quality,
            "files": FileOut(instance.files, many=True).data,
        }


class ListingOut(serializers.Serializer[Any]):
    """A listing with its public version, and for those who may see it the one that is not published yet."""

    id = serializers.IntegerField(source="listing.pk")
    provider = PartyOut(source="listing.organisation")
    downloads = serializers.IntegerField(source="listing.downloads")
    bytes_delivered = serializers.IntegerField(source="listing.bytes_delivered")
    last_used_at = serializers.DateTimeField(source="listing.last_used_at", allow_null=True)
    created_at = serializers.DateTimeField(source="listing.created_at")
    current = VersionSummaryOut(allow_null=True, help_text="Published or suspended.")
    open = VersionSummaryOut(allow_null=True, help_text="A draft or in review.")


class JobRefOut(serializers.ModelSerializer[Job]):
    """The job that examines the file: follow it at `/jobs/{id}`."""

    class Meta:
        model = Job
        fields = ["id", "kind", "state"]
        read_only_fields = fields


class UploadedOut(serializers.Serializer[Any]):
    """An accepted file. `sha256` is of the bytes that arrived."""

    id = serializers.IntegerField(source="distribution.pk")
    asset = serializers.IntegerField(source="distribution.asset_id")
    title = serializers.CharField(source="distribution.title")
    filename = serializers.CharField(source="distribution.asset.filename")
    media_type = serializers.CharField(source="distribution.media_type")
    byte_size = serializers.IntegerField(source="distribution.asset.byte_size")
    sha256 = serializers.CharField(source="distribution.asset.sha256")
    job = JobRefOut()


class TableSchemaOut(serializers.Serializer[Any]):
    """What a provider declares of the cells of a file, as far as the reader may know it; null where nothing is."""

    table_schema = serializers.DictField(allow_null=True)


class TableSchemaIn(serializers.Serializer[Any]):
    """A Table Schema descriptor; null takes back what was declared."""

    table_schema = serializers.DictField(allow_null=True)


class WithdrawIn(serializers.Serializer[Any]):
    """Why, if the provider says it."""

    reason = serializers.CharField(max_length=500, default="", allow_blank=True)
