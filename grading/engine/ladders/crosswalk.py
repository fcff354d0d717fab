"""From one scheme to another by way of the national levels: the stricter wins (P07; GB/T 43697-2024: 就高从严).

An unknown scheme or level is an error, never the lowest.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grading.engine.ladders.ladder import (
    NATIONAL,
    Counterpart,
    InvalidLadder,
    LevelScheme,
    UnknownLevel,
)
from grading.engine.levels.elements import NATIONAL_LEVELS
from grading.engine.plain import to_plain

REASONS: Final[Mapping[str, str]] = {
    "counterpart": "%(scheme)s %(level)s is national %(national)s.",
    "range_counted_strictest": "%(scheme)s %(level)s may be national %(lowest)s to %(national)s: the strictest counts.",
    "stricter_wins": "%(scheme)s %(level)s is the stricter: national %(national)s counts.",
    "equally_strict": "Both sides are national %(national)s.",
}
"""Codes of reasons with their English message templates."""


@dataclass(frozen=True, slots=True)
class CrossingReason:
    """`code` is a key of REASONS; `params` fill its message."""

    code: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Crossing:
    """What counts where data of one scheme meet another: a national level, both sides, and why.

    `decided_by` holds the sides that are as strict as the result: the place in `sides` of one, or of both.
    """

    national: str
    sides: tuple[Counterpart, Counterpart]
    decided_by: tuple[int, ...]
    reasons: tuple[CrossingReason, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe plain data, for the record of a decision."""
        plain: dict[str, Any] = to_plain(self)
        return {**plain, "sides": [side.to_dict() for side in self.sides]}


@dataclass(frozen=True, slots=True)
class Translation:
    """A level in the words of another scheme. `possible` are all levels that it may be there, least first.

    `level` is the least level there that is as strict as what counts here; None where none is strict enough.
    """

    source: Counterpart
    scheme: str
    version: str
    possible: tuple[str, ...]
    level: str | None
    reasons: tuple[CrossingReason, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The level of data by whom harm would meet and how badly; `decided_by` are the gravest (object, degree) pairs."""

    level: str
    decided_by: tuple[tuple[str, str], ...]


def rank(level: str) -> int:
    """Place of a national level, 0 for the least. UnknownLevel."""
    if level not in NATIONAL_LEVELS:
        raise UnknownLevel(NATIONAL, level, NATIONAL_LEVELS)
    return NATIONAL_LEVELS.index(level)


def stricter(a: str, b: str) -> str:
    """The stricter of two national levels. UnknownLevel."""
    return a if rank(a) >= rank(b) else b


def to_national(scheme: LevelScheme, level: str) -> Counterpart:
    """The national counterpart of a scheme's level. UnknownLevel."""
    scheme.rank(level)
    return scheme.crosswalk[level]


def across(scheme_a: LevelScheme, level_a: str, scheme_b: LevelScheme, level_b: str) -> Crossing:
    """What counts where both schemes speak of the same data: the stricter of their national counterparts.

    UnknownLevel where a scheme has no such level.
    """
    sides = to_national(scheme_a, level_a), to_national(scheme_b, level_b)
    national = stricter(sides[0].counted, sides[1].counted)
    decided_by = tuple(place for place, side in enumerate(sides) if side.counted == national)
    reasons = [_told(side) for side in sides]
    if len(decided_by) == 2:
        reasons.append(CrossingReason("equally_strict", {"national": national}))
    else:
        winner = sides[decided_by[0]]
        params = {"scheme": winner.scheme, "level": winner.level, "national": national}
        reasons.append(CrossingReason("stricter_wins", params))
    return Crossing(national, sides, decided_by, tuple(reasons))


def translate(scheme: LevelScheme, level: str, target: LevelScheme) -> Translation:
    """What a level is called in another scheme, never a laxer one. UnknownLevel."""
    source = to_national(scheme, level)
    counted, lowest = rank(source.counted), rank(source.lowest)
    spans = {code: (rank(target.crosswalk[code].lowest), rank(target.crosswalk[code].counted)) for code in target.codes}
    return Translation(
        source=source,
        scheme=target.code,
        version=target.version,
        possible=tuple(code for code, (low, high) in spans.items() if low <= counted and high >= lowest),
        level=next((code for code, (_low, high) in spans.items() if high >= counted), None),
        reasons=(_told(source),),
    )


def judge(scheme: LevelScheme, harms: Iterable[tuple[str, str]]) -> Judgement:
    """The level that a scheme's own criteria give for (object, degree) pairs: the highest of them.

    InvalidLadder for a scheme whose criteria are not known; LookupError naming an object or degree that it has not;
    ValueError without any pair: that nobody is harmed has to be said.
    """
    if scheme.criteria is None:
        raise InvalidLadder((f"{scheme.code}/criteria: {scheme.criteria_unknown or 'are kept elsewhere'}",))
    table = scheme.criteria.table
    levels: dict[tuple[str, str], str] = {}
    for harmed, degree in harms:
        if degree not in table.get(harmed, {}):
            raise LookupError(f"the scheme '{scheme.code}' has no criterion for {harmed}, {degree}")
        levels[harmed, degree] = table[harmed][degree]
    if not levels:
        raise ValueError("say at least for one object how badly it would be harmed")
    level = max(levels.values(), key=scheme.rank)
    return Judgement(level, tuple(harm for harm, found in levels.items() if found == level))


def _told(side: Counterpart) -> CrossingReason:
    params = {"scheme": side.scheme, "level": side.level, "national": side.counted}
    if side.lowest == side.strictest:
        return CrossingReason("counterpart", params)
    return CrossingReason("range_counted_strictest", {**params, "lowest": side.lowest})
