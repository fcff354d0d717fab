"""What matching knows of a demand and of a listing: plain data, gathered by the caller."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from marketplace.matching.engine.columns import beside

SAMPLE_WORDS: Final = 20
"""So many names of a sample's columns are searched for: about as many words as a demand says, which a table of hundreds
of columns must not drown. How rare a name is decides what it weighs, as with every word."""


@dataclass(frozen=True, slots=True)
class DemandFacts:
    """A demand. What is None or empty states no wish. Quality from 0 to 100, budget in `currency` (ISO 4217).

    `organisation` identifies the buyer. `supply_modes`, `formats` and `regions` (division codes of GB/T 2260) are the
    acceptable ones. The names of wanted `columns` count as words of the demand; `column_types` says of which type
    (`grading.engine.profile`) some of them should be. `sample` has the columns of a file like the one wanted, in their
    order, each with its type or an empty text: they count beside those that are named. `covers_from` and
    `covers_until` are the first and last day that the data must cover; `maximum_age_days` how old its last change may
    be. `exclusive`: a licence beside which no other stands.
    """

    text: str
    organisation: int
    columns: tuple[str, ...] = ()
    column_types: Mapping[str, str] = field(default_factory=dict)
    sample: Mapping[str, str] = field(default_factory=dict)
    sector: str | None = None
    regions: tuple[str, ...] = ()
    covers_from: date | None = None
    covers_until: date | None = None
    formats: tuple[str, ...] = ()
    supply_modes: tuple[str, ...] = ()
    purpose: str | None = None
    scenario: str | None = None
    exclusive: bool = False
    budget: Decimal | None = None
    currency: str = "CNY"
    minimum_quality: float | None = None
    maximum_age_days: int | None = None

    def words(self) -> str:
        """What the demand asks for, as text to search with: what is said, and names of columns."""
        return "\n".join((self.text, *self.columns, *list(beside(self.columns, self.sample))[:SAMPLE_WORDS]))


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """A published listing. `price` None: on request; `quality` (0 to 100) None: not scored.

    `quality_low` is the lower end of the score's interval. `level` is the decided level, None while a grade is open.
    `regions` are the division codes that the data covers, `covers_from` and `covers_until` the days. `purposes` and
    `scenario` restrict its use: empty allows all. `freshness_on` is the day to which the data is current (or its
    publication, where that is not known). `licensed_until` and `exclusive_until` are the last days of the licences, and
    of the exclusive ones, that stand now; `allotted_to` are the buyers for whom the exclusive right is kept. Of the
    provider's requests that were decided, `requests_granted` of `requests_decided` led to a grant that was not taken
    back.
    """

    listing_id: int
    organisation: int
    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    category: str = ""
    columns: tuple[str, ...] = ()
    column_types: Mapping[str, str] = field(default_factory=dict)
    sector: str | None = None
    regions: tuple[str, ...] = ()
    covers_from: date | None = None
    covers_until: date | None = None
    formats: tuple[str, ...] = ()
    supply_mode: str | None = None
    purposes: tuple[str, ...] = ()
    scenario: str | None = None
    price: Decimal | None = None
    currency: str = "CNY"
    quality: float | None = None
    quality_low: float | None = None
    level: str | None = None
    freshness_on: date | None = None
    exclusive_offered: bool = False
    licensed_until: date | None = None
    exclusive_until: date | None = None
    allotted_to: tuple[int, ...] = ()
    requests_decided: int = 0
    requests_granted: int = 0

    def text_fields(self) -> dict[str, str]:
        """The searchable text by field; list entries stand on lines of their own, so that no pair spans two of them."""
        return {
            "title": self.title,
            "description": self.description,
            "tags": "\n".join(self.tags),
            "category": self.category,
            "columns": "\n".join(self.columns),
        }


@dataclass(frozen=True, slots=True)
class Access:
    """What the decision table answers to this buyer about this listing: mode, rule, and the reason in its own words."""

    mode: str
    rule: str
    possible: bool
    reason_en: str = ""
    reason_zh: str = ""
