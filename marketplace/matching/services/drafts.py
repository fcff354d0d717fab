"""What a buyer says it looks for, checked field by field."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.errors import FieldError, InvalidInput, step
from marketplace.catalog.models import Purpose, Sector, SupplyMode
from marketplace.matching.engine.text import analyse

LONGEST_TEXT: Final = 5_000
LONGEST_NAME: Final = 100
LONGEST_SCENARIO: Final = 60
MOST_COLUMNS: Final = 200
MOST_REGIONS: Final = 50
LONGEST_AGE: Final = 36_500
FORMATS: Final = ("csv", "tsv", "json", "jsonl", "parquet", "xlsx")
"""What examinations call the formats that they read (docs/formats.md)."""
COLUMN_TYPES: Final = ("boolean", "integer", "decimal", "date", "datetime", "time", "text")
"""What examinations call the types of columns."""
LARGEST_BUDGET: Final = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True)
class DemandDraft:
    """A demand as the buyer states it. Empty and None state no wish; `minimum_quality` is 0 to 100.

    `regions` are division codes of GB/T 2260: data of one of them will do, as will data of one of `formats` and
    `supply_modes`. `column_types` has the types of some of `columns`. The data must cover the days from `covers_from`
    to `covers_until`, both included, and be as of `maximum_age_days` ago or later. `budget` is an amount in `currency`
    (ISO 4217) with two decimals at most; the demand is open until the end of `expires_on`, the exchange's time.
    """

    text: str
    sector: str = ""
    regions: Sequence[str] = ()
    covers_from: date | None = None
    covers_until: date | None = None
    purpose: str = ""
    scenario: str = ""
    supply_modes: Sequence[str] = ()
    formats: Sequence[str] = ()
    columns: Sequence[str] = ()
    column_types: Mapping[str, str] = field(default_factory=dict)
    exclusive: bool = False
    budget: Decimal | None = None
    currency: str = "CNY"
    minimum_quality: float | None = None
    maximum_age_days: int | None = None
    expires_on: date | None = None


def require_valid(draft: DemandDraft, *, today: date) -> None:
    """InvalidInput with every field that is wrong, and what to do about it."""
    errors = [*_of_words(draft), *_of_columns(draft), *_of_codes(draft), *_of_regions(draft), *_of_figures(draft)]
    if draft.expires_on is not None and draft.expires_on < today:
        errors.append(past_last_day())
    if errors:
        raise InvalidInput(errors)


def past_last_day() -> FieldError:
    """The error of a demand whose last day is over."""
    return FieldError("/expires_on", _("This day is over: name today or a later day, or none."))


def _of_words(draft: DemandDraft) -> Iterator[FieldError]:
    too_long = _("Use at most %(limit)s characters, and no NUL.")
    if _unfit(draft.text, LONGEST_TEXT):
        yield FieldError("/text", too_long, {"limit": LONGEST_TEXT})
    elif not analyse(draft.text).surface:
        yield FieldError("/text", _("Say in words what you look for."))
    if _unfit(draft.scenario, LONGEST_SCENARIO):
        yield FieldError("/scenario", too_long, {"limit": LONGEST_SCENARIO})


def _of_columns(draft: DemandDraft) -> Iterator[FieldError]:
    if len(draft.columns) > MOST_COLUMNS:
        yield FieldError("/columns", _("Name at most %(limit)s columns."), {"limit": MOST_COLUMNS})
    for place, name in enumerate(draft.columns[:MOST_COLUMNS]):
        if not name.strip() or _unfit(name, LONGEST_NAME):
            message = _("Give a name of 1 to %(limit)s characters, without NUL.")
            yield FieldError(f"/columns/{place}", message, {"limit": LONGEST_NAME})
    for name, kind in draft.column_types.items():
        pointer = f"/column_types/{step(name)}"
        if name not in draft.columns:
            yield FieldError(pointer, _("Name it among the columns first."))
        elif kind not in COLUMN_TYPES:
            yield FieldError(pointer, _("Choose one of: %(known)s."), {"known": ", ".join(COLUMN_TYPES)})


def _unfit(text: str, limit: int) -> bool:
    return len(text) > limit or "\x00" in text


def _of_codes(draft: DemandDraft) -> Iterator[FieldError]:
    unknown = _("Choose one of: %(known)s.")
    if draft.sector and draft.sector not in Sector.values:
        yield FieldError("/sector", unknown, {"known": ", ".join(Sector.values)})
    if draft.purpose and draft.purpose not in Purpose.values:
        yield FieldError("/purpose", unknown, {"known": ", ".join(Purpose.values)})
    for place, mode in enumerate(draft.supply_modes):
        if mode not in SupplyMode.values:
            yield FieldError(f"/supply_modes/{place}", unknown, {"known": ", ".join(SupplyMode.values)})
    for place, format_ in enumerate(draft.formats):
        if format_ not in FORMATS:
            yield FieldError(f"/formats/{place}", unknown, {"known": ", ".join(FORMATS)})
    if not re.fullmatch("[A-Z]{3}", draft.currency):
        yield FieldError("/currency", _("Give the three-letter code of the currency (ISO 4217), e.g. CNY."))


def _of_regions(draft: DemandDraft) -> Iterator[FieldError]:
    if len(draft.regions) > MOST_REGIONS:
        yield FieldError("/regions", _("Name at most %(limit)s regions."), {"limit": MOST_REGIONS})
    for place, region in enumerate(draft.regions[:MOST_REGIONS]):
        if not re.fullmatch("[0-9]{6}", region):
            yield FieldError(f"/regions/{place}", _("Give the six-digit division code (GB/T 2260), e.g. 210200."))


def _of_figures(draft: DemandDraft) -> Iterator[FieldError]:
    if draft.budget is not None and not (
        draft.budget.is_finite()
        and 0 <= draft.budget <= LARGEST_BUDGET
        and draft.budget == draft.budget.quantize(Decimal("0.01"))
    ):
        yield FieldError(
            "/budget", _("Give an amount of 0 to %(most)s, two decimals at most."), {"most": LARGEST_BUDGET}
        )
    if draft.minimum_quality is not None and not (
        math.isfinite(draft.minimum_quality) and 0 <= draft.minimum_quality <= 100
    ):
        yield FieldError("/minimum_quality", _("Give a score of 0 to 100."))
    if draft.maximum_age_days is not None and not 0 <= draft.maximum_age_days <= LONGEST_AGE:
        yield FieldError("/maximum_age_days", _("Give a number of days from 0 to %(most)s."), {"most": LONGEST_AGE})
    if draft.covers_from is not None and draft.covers_until is not None and draft.covers_from > draft.covers_until:
        yield FieldError("/covers_until", _("The last day stands before the first."))
