"""What matching knows of a demand and of a listing: plain data, gathered by the caller."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """A demand. None (or an empty tuple) states no wish. Budget in the exchange's currency; quality from 0 to 1.

    `organisation` identifies the buyer, compared for equality only. `supply_modes` are the acceptable ones.
    """

    text: str
    organisation: str
    sector: str | None = None
    region: str | None = None
    supply_modes: tuple[str, ...] = ()
    purpose: str | None = None
    scenario: str | None = None
    budget: Decimal | None = None
    minimum_quality: float | None = None


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """A published listing. `price` None: on request; `quality` None: not scored.

    `regions` are those that the data covers. `purposes` and `scenario` are restrictions of its terms: empty allows all.
    `freshness_on` is the day to which the data is current (or its publication, where that is not known).
    """

    listing_id: str
    organisation: str
    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    columns: tuple[str, ...] = ()
    sector: str | None = None
    regions: tuple[str, ...] = ()
    supply_mode: str | None = None
    purposes: tuple[str, ...] = ()
    scenario: str | None = None
    price: Decimal | None = None
    quality: float | None = None
    grade_decided: bool = False
    freshness_on: date | None = None

    def text_fields(self) -> dict[str, str]:
        """The searchable text by field; list entries stand on lines of their own, so that no pair spans two of them."""
        return {
            "title": self.title,
            "description": self.description,
            "tags": "\n".join(self.tags),
            "category": self.category,
            "columns": "\n".join(self.columns),
        }
