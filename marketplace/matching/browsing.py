"""The public catalogue for people who browse: filters, search by words, and how many listings each filter would leave.

Everything here is of published listings, which everybody may see; it is read from the index.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import reduce
from operator import and_
from typing import Any, Final

from django.db.models import Case, CharField, Count, Expression, F, Func, Q, Value, When

from foundation.rulebooks.in_force import in_force
from marketplace.catalog.bulk import one_of
from marketplace.catalog.models import Listing
from marketplace.matching import index
from marketplace.matching.models import IndexedListing
from marketplace.matching.rulebook import MATCHING_WEIGHTS

MOST_FOUND: Final = 1_000
"""A search by words leaves so many listings, the most relevant; filters and counts are of these."""

QUALITY: Final[Mapping[str, Q]] = {
    "from_90": Q(quality__gte=90),
    "from_75": Q(quality__gte=75, quality__lt=90),
    "from_60": Q(quality__gte=60, quality__lt=75),
    "below_60": Q(quality__lt=60),
    "unscored": Q(quality=None),
}
PRICE: Final[Mapping[str, Q]] = {
    "free": Q(price=0),
    "to_1000": Q(currency="CNY", price__gt=0, price__lte=1_000),
    "to_10000": Q(currency="CNY", price__gt=1_000, price__lte=10_000),
    "to_100000": Q(currency="CNY", price__gt=10_000, price__lte=100_000),
    "above_100000": Q(currency="CNY", price__gt=100_000),
    "other_currency": ~Q(currency="CNY") & Q(price__gt=0),
    "on_request": Q(price=None),
}
"""Bands, in yuan: each listing is in exactly one."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrows the catalogue to; empty does not. `quality` and `price` name a band."""

    q: str = ""
    sector: str = ""
    origin: str = ""
    region: str = ""
    supply_mode: str = ""
    level: str = ""
    format: str = ""
    quality: str = ""
    price: str = ""

    def conditions(self) -> dict[str, Q]:
        """Filter → what a row of the index must be, for those that are set; but for the words."""
        said = {name: value for name, value in asdict(self).items() if value and name != "q"}
        return {name: _condition(name, value) for name, value in said.items()}


def _condition(name: str, value: str) -> Q:
    if name == "format":
        return Q(formats__contains=[value])
    if name in ("quality", "price"):
        return (QUALITY if name == "quality" else PRICE)[value]
    return Q(**{name: value})


def _band(bands: Mapping[str, Q]) -> Case:
    return Case(*(When(condition, then=Value(name)) for name, condition in bands.items()), output_field=CharField())


FACETS: Final[Mapping[str, Expression | F]] = {
    "sector": F("sector"),
    "region": F("region"),
    "supply_mode": F("supply_mode"),
    "level": F("level"),
    "format": Func(F("formats"), function="unnest", output_field=CharField()),
    "quality": _band(QUALITY),
    "price": _band(PRICE),
}


def ranked(filters: Filters) -> list[int]:
    """The listings that the words find and the filters leave, the most relevant first."""
    found = _found(filters.q)
    if not (wanted := filters.conditions()):
        return found
    left = set(_rows(wanted.values(), found).values_list("pk", flat=True))
    return [listing_id for listing_id in found if listing_id in left]


def in_order(listing_ids: list[int]) -> list[Listing]:
    """These listings with their providers, in this order."""
    rows = Listing.objects.select_related("organisation").filter(pk__in=one_of(listing_ids)).order_by()
    known = {row.pk: row for row in rows}
    return [known[listing_id] for listing_id in listing_ids if listing_id in known]


def narrowed(filters: Filters) -> Any:
    """The listings that the filters leave, as a query; words are for `ranked`."""
    left = _rows(filters.conditions().values(), None).values("pk")
    return Listing.objects.filter(pk__in=left).select_related("organisation")


def facets(filters: Filters) -> dict[str, dict[str, int]]:
    """Facet → value → how many listings, most first: those that all filters but the facet's own leave.

    A listing with files of several formats counts for each of them. A grade that is open is no level.
    """
    found = _found(filters.q) if filters.q else None
    wanted = filters.conditions()
    return {name: _counts(name, {**wanted}, found) for name in FACETS}


def _counts(facet: str, wanted: dict[str, Q], found: list[int] | None) -> dict[str, int]:
    wanted.pop(facet, None)
    rows = _rows(wanted.values(), found).annotate(said=FACETS[facet]).order_by()
    counted = rows.values("said").annotate(listings=Count("pk")).values_list("said", "listings")
    return dict(sorted(((value, n) for value, n in counted if value), key=lambda one: (-one[1], one[0])))


def _rows(wanted: Any, found: list[int] | None) -> Any:
    rows = IndexedListing.objects.filter(reduce(and_, wanted, Q()))
    return rows if found is None else rows.filter(pk__in=one_of(found))


def _found(words: str) -> list[int]:
    weights = in_force(MATCHING_WEIGHTS).rules.text
    return [hit.listing_id for hit in index.search(words, weights=weights, limit=MOST_FOUND, explained=0)]
