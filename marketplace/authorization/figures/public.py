"""Requests in figures for everybody: of calendar quarters that have ended, and of no cell that singles out a buyer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.errors import InvalidInput
from marketplace.authorization.figures.disclosure import Told, tell
from marketplace.authorization.figures.gathering import FEWEST, Cell, Figures, Ground, Times, gather

_WRITTEN: Final = re.compile(r"(20[0-9]{2})-Q([1-4])", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter in the exchange's time zone."""

    year: int
    number: int

    @classmethod
    def read(cls, written: str) -> Self:
        """`2026-Q3`, one that has ended; InvalidInput at /quarter otherwise."""
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise InvalidInput.of("/quarter", _("Write a quarter as in 2026-Q3."))
        quarter = cls(int(found[1]), int(found[2]))
        if quarter.until > timezone.now():
            raise InvalidInput.of("/quarter", _("This quarter has not ended: its figures are told when it has."))
        return quarter

    @classmethod
    def last(cls) -> Self:
        """The newest that has ended."""
        today = timezone.localdate()
        place = today.year * 4 + (today.month - 1) // 3 - 1
        return cls(place // 4, place % 4 + 1)

    @property
    def since(self) -> datetime:
        """Its first instant."""
        return timezone.make_aware(datetime(self.year, 3 * self.number - 2, 1))  # noqa: DTZ001 - made aware

    @property
    def until(self) -> datetime:
        """The first instant after it."""
        place = self.year * 4 + self.number
        return timezone.make_aware(datetime(place // 4, 3 * (place % 4) + 1, 1))  # noqa: DTZ001 - made aware

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


@dataclass(frozen=True, slots=True)
class Typical:
    """Whole hours that half and nine of ten things took at most."""

    median_hours: int
    p90_hours: int


@dataclass(frozen=True, slots=True)
class PublicFigures:
    """Of a quarter; every number rests on `fewest_buyers` at least.

    `submitted` is None, and with it everything is empty, where the requests that were submitted, that ended or that
    were open at the end are of fewer buyers: of three totals that belong together the third could be reckoned. `rows`
    and `grounds` part the refused and the rejected, and are empty where those are not told.
    """

    quarter: str
    since: datetime
    until: datetime
    fewest_buyers: int
    submitted: int | None
    outcomes: Told[str]
    rows: Told[Ground]
    grounds: Told[Ground]
    words: Mapping[Ground, tuple[str, str]]
    to_grant: Mapping[str, Typical]
    steps: Mapping[tuple[str, str], Typical]
    open_by_age: Told[int]


def public_figures(quarter: Quarter | None = None) -> PublicFigures:
    """What everybody may know of a quarter, the last one that has ended by default."""
    chosen = quarter or Quarter.last()
    return disclosed(gather(chosen.since, chosen.until), chosen)


def disclosed(found: Figures, quarter: Quarter) -> PublicFigures:
    """Of the exchange's figures those that single out nobody."""
    nothing: Told[Ground] = Told({}, 0, None)
    outcomes = tell(found.outcomes, fewest=FEWEST)
    open_by_age = tell(found.open_by_age, fewest=FEWEST)
    submitted = tell({"": found.submitted} if found.submitted.requests else {}, fewest=FEWEST).total
    told = None not in (outcomes.total, open_by_age.total, submitted)
    return PublicFigures(
        quarter=str(quarter),
        since=found.since,
        until=found.until,
        fewest_buyers=FEWEST,
        submitted=submitted if told else None,
        outcomes=outcomes if told else Told({}, 0, None),
        rows=_part(found, "row") if told and "refused" in outcomes.cells else nothing,
        grounds=_part(found, "ground") if told and "rejected" in outcomes.cells else nothing,
        words=found.words,
        to_grant={mode: _typical(times) for mode, times in found.to_grant.items() if told and _enough(times)},
        steps={place: _typical(times) for place, times in found.steps.items() if told and _enough(times)},
        open_by_age=open_by_age if told else Told({}, 0, None),
    )


def _part(found: Figures, by: str) -> Told[Ground]:
    cells: dict[Ground, Cell] = {ground: cell for ground, cell in found.refusals.items() if ground.by == by}
    return tell(cells, fewest=FEWEST)


def _enough(times: Times) -> bool:
    return len(times.buyers) >= FEWEST


def _typical(times: Times) -> Typical:
    return Typical(round(times.median_hours), round(times.p90_hours))
