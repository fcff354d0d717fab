"""Access across regions: the level as the schemes of both sides read it; the stricter counts (P07).

A region grades by its own scheme. The data's national level is put into the words of each side's scheme, never into a
laxer level, and back by its crosswalk; where that level may stand for several national ones, its strictest counts.
That data is important or core is decided by reviewers alone: no reading makes it so, general 4 is the most.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

from grading.engine.ladders.crosswalk import across, rank, stricter, translate
from grading.engine.ladders.ladder import NATIONAL, LevelScheme
from grading.engine.ladders.library import Library
from grading.engine.levels.elements import GENERAL_LEVELS
from grading.rules.level_schemes import covers, schemes

PROVIDER: Final = "provider"
BUYER: Final = "buyer"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one side's scheme says: what the level is called there, and which national levels that means.

    `level` is empty where the scheme has none as strict as the national one. `strictest` is what it may be at most,
    `counted` what counts.
    """

    side: str
    region: str
    scheme: str
    version: str
    level: str
    strictest: str
    counted: str


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


def read_across(decided: str, *, provider_region: str, buyer_region: str) -> Readings:
    """How data of a decided national level counts between two regions (GB/T 2260, six digits each).

    Within one province the decided level counts as it is.
    """
    if province(provider_region) == province(buyer_region):
        return Readings(decided, decided)
    known = schemes()
    sides = tuple(
        _read(known, found, decided, side, region)
        for side, region in ((PROVIDER, provider_region), (BUYER, buyer_region))
        for found in known.schemes.values()
        if covers(found, region=region)
    )
    level = decided
    for side in sides:
        level = stricter(level, side.counted)
    return Readings(decided, level, sides)


def _read(known: Library, scheme: LevelScheme, decided: str, side: str, region: str) -> Reading:
    level = translate(known.scheme(NATIONAL), decided, scheme).level
    strictest = decided
    if level is not None:
        strictest = across(known.scheme(NATIONAL), decided, scheme, level).national
    ceiling = GENERAL_LEVELS[-1] if decided in GENERAL_LEVELS else decided
    counted = strictest if rank(strictest) <= rank(ceiling) else ceiling
    return Reading(side, province(region), scheme.code, scheme.version, level or "", strictest, counted)
