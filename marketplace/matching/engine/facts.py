"""What matching knows of a demand and of a listing: plain data, gathered by the caller."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """A demand. What is None or empty states no wish. Quality from 0 to 100, budget in `currency` (ISO 4217).

    `organisation` identifies the buyer. `supply_modes` are the acceptable ones. The names of wanted `columns`
    count as words of the demand. `region` is a division code of GB/T 2260.
    """

    text: str
    organisation: int
    columns: tuple[str, ...] = ()
    sector: str | None = None
    region: str | None = None
    supply_modes: tuple[str, ...] = ()
    purpose: str | None = None
    scenario: str | None = None
    budget: Decimal | None = None
    currency: str = "CNY"
    minimum_quality: float | None = None

    def words(self) -> str:
        """What the demand asks for, as text to search with."""
        return "\n".join((self.text, *self.columns))


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """A published listing. `price` None: on request; `quality` (0 to 100) None: not scored.

    `regions` are the division codes that the data covers. `purposes` and `scenario` restrict its use: empty allows all.
    `freshness_on` is the day to which the data is current (or its publication, where that is not known).
    """

    listing_id: int
    organisation: int
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
    currency: str = "CNY"
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
