"""What a version says of its files, handed to their examination."""

from datetime import date
from typing import Any, Final

from django.db.models import Max
from django.utils import timezone

from foundation.actors import Actor
from grading import services as grading
from marketplace.catalog.models import ListingVersion, StepKind

DATING: Final = (StepKind.COLLECTION, StepKind.CLEANING)
"""Steps that bring data up to date; labels, products and a change of hands make no older data younger."""


def declared_of(version: ListingVersion) -> dict[str, Any]:
    """What a version says of its files: dates in ISO 8601, empty where nothing is said.

    Where the listing does not say when its data was last modified, the provenance does (P02).
    """
    return {
        "title": version.title,
        "description": version.description,
        "keywords": list(version.tags),
        "sector": version.sector,
        "origin": version.origin,
        "region": version.region,
        "update_frequency": version.update_frequency,
        "licence": version.licence,
        "modified_on": _iso(version.modified_on or _newest_step(version)),
        "temporal_start": _iso(version.temporal_start),
        "temporal_end": _iso(version.temporal_end),
    }


def declare_anew(*, actor: Actor, version: ListingVersion) -> int:
    """Have the files examined again of which the version says something else than when they came; how many.

    What the owner declared of a file itself (its columns, say) stays. In the caller's transaction.
    """
    said = declared_of(version)
    files = version.distributions.order_by("asset_id").values_list("asset_id", flat=True)
    return sum(grading.redeclare(actor=actor, asset_id=asset_id, said=said) is not None for asset_id in list(files))


def _newest_step(version: ListingVersion) -> date | None:
    """The last day on which the data was collected or cleaned, by its provenance; what is yet to come says nothing."""
    known = version.provenance.filter(kind__in=DATING, performed_on__lte=timezone.localdate())
    newest: date | None = known.aggregate(day=Max("performed_on"))["day"]
    return newest


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
