"""What a buyer says it looks for, checked field by field."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.errors import FieldError, InvalidInput
from marketplace.catalog.models import Purpose, Sector, SupplyMode
from marketplace.matching.engine.text import analyse

LONGEST_TEXT: Final = 5_000
LONGEST_NAME: Final = 100
LONGEST_SCENARIO: Final = 60
MOST_COLUMNS: Final = 200
LARGEST_BUDGET: Final = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True)
class DemandDraft:
    """A demand as the buyer states it. Empty and None state no wish; `minimum_quality` is 0 to 100.

    `region` is a division code of GB/T 2260, `budget` an amount in `currency` (ISO 4217) with two decimals at most;
    the demand is open until the end of `expires_on`, the exchange's time.
    """

    text: str
    sector: str = ""
    region: str = ""
    purpose: str = ""
    scenario: str = ""
    supply_modes: Sequence[str] = ()
    columns: Sequence[str] = ()
    budget: Decimal | None = None
    currency: str = "CNY"
    minimum_quality: float | None = None
    expires_on: date | None = None


def require_valid(draft: DemandDraft, *, today: date) -> None:
    """InvalidInput with every field that is wrong, and what to do about it."""
    errors = [*_of_words(draft), *_of_codes(draft), *_of_figures(draft)]
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
    if len(draft.columns) > MOST_COLUMNS:
        yield FieldError("/columns", _("Name at most %(limit)s columns."), {"limit": MOST_COLUMNS})
    for place, name in enumerate(draft.columns[:MOST_COLUMNS]):
        if not name.strip() or _unfit(name, LONGEST_NAME):
            message = _("Give a name of 1 to %(limit)s characters, without NUL.")
            yield FieldError(f"/columns/{place}", message, {"limit": LONGEST_NAME})
    if _unfit(draft.scenario, LONGEST_SCENARIO):
        yield FieldError("/scenario", too_long, {"limit": LONGEST_SCENARIO})


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
    if draft.region and not re.fullmatch("[0-9]{6}", draft.region):
        yield FieldError("/region", _("Give the six-digit division code (GB/T 2260), e.g. 210200."))
    if not re.fullmatch("[A-Z]{3}", draft.currency):
        yield FieldError("/currency", _("Give the three-letter code of the currency (ISO 4217), e.g. CNY."))


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
