"""Access across regions: the level as the schemes of both sides read it; the stricter counts (P07).

A region grades by its own scheme. The data's national level is put into the words of each side's scheme, never into a
laxer level, and back by its crosswalk; where that level may stand for several national ones, its strictest counts.
A side whose scheme cannot be read counts as the strictest: nobody is let through because rules are broken.
That data is important or core is decided by reviewers alone: no reading makes it so, general 4 is the most.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from grading.engine.ladders.crosswalk import across, rank, stricter, translate
from grading.engine.ladders.ladder import NATIONAL, LevelScheme
from grading.engine.ladders.library import Library
from grading.engine.levels.elements import GENERAL_LEVELS, NATIONAL_LEVELS
from grading.rules.level_schemes import covers, schemes, unusable_for, usable

PROVIDER: Final = "provider"
BUYER: Final = "buyer"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one side's scheme says: what the level is called there, and which national levels that means.

    `level` is empty where the scheme has none as strict as the national one. `strictest` is what it may be at most,
    `counted` what counts. What a scheme says that cannot be read (`readable`) nobody knows: it may be the strictest.
    """

    side: str
    region: str
    scheme: str
    version: str
    level: str
    strictest: str
    counted: str
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Readings:
    """The level that counts, and how both sides read the one that was decided; no sides within one province."""

    decided: str
    level: str
    sides: tuple[Reading, ...] = ()

    def as_record(self) -> dict[str, Any]:
        """JSON-ready data for the record of a decision."""
        return asdict(self) | {"sides": [asdict(side) for side in self.sides]}


def province(region: str) -> str:
    """The first two digits of a GB/T 2260 code: provinces set grading schemes (DB33/T 2351, DB52/T 1123)."""
    return region[:2]


def read_across(decided: str, *, provider_region: str, buyer_region: str, known: Library | None = None) -> Readings:
    """How data of a decided national level counts between two regions (GB/T 2260, six digits each).

    Within one province the decided level counts as it is. `known` are the schemes, where the caller has them. Conflict
    where the national scheme cannot be used.
    """
    if province(provider_region) == province(buyer_region):
        return Readings(decided, decided)
    known = schemes() if known is None else known
    sides = tuple(
        reading
        for side, region in ((PROVIDER, provider_region), (BUYER, buyer_region))
        for reading in _of_side(known, decided, side, region)
    )
    level = decided
    for side in sides:
        level = stricter(level, side.counted)
    return Readings(decided, level, sides)


def _of_side(known: Library, decided: str, side: str, region: str) -> Iterator[Reading]:
    for scheme in known.schemes.values():
        if covers(scheme, region=region):
            yield _read(known, scheme, decided, side, region)
    for code in unusable_for(known, region):
        if code != NATIONAL:
            unknown = NATIONAL_LEVELS[-1]
            yield Reading(side, province(region), code, "", "", unknown, _at_most(decided, unknown), readable=False)


def _read(known: Library, scheme: LevelScheme, decided: str, side: str, region: str) -> Reading:
    national = usable(known, NATIONAL)
    level = translate(national, decided, scheme).level
    strictest = decided if level is None else across(national, decided, scheme, level).national
    counted = _at_most(decided, strictest)
    return Reading(side, province(region), scheme.code, scheme.version, level or "", strictest, counted)


def _at_most(decided: str, strictest: str) -> str:
    """A reading as far as it counts: no further than general 4 for what reviewers did not decide to be graver."""
    ceiling = GENERAL_LEVELS[-1] if decided in GENERAL_LEVELS else decided
    return strictest if rank(strictest) <= rank(ceiling) else ceiling
