"""Levels of a grading scheme as data: their order, their criteria where stated, and their national counterparts.

A scheme is a *ladder* of levels, least first. Regions and sectors have their own (P07: so that data cannot cross); each
is tied to the national levels of GB/T 43697-2024 by a crosswalk, a row a level.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from grading.engine.plain import to_plain

NATIONAL: Final = "national"


class InvalidLadder(ValueError):
    """A scheme that cannot be used; `problems` names all that was found, each as `path: what is wrong`."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class UnknownScheme(LookupError):
    """There is no scheme of this code. Never taken for any other."""

    def __init__(self, scheme: str, known: tuple[str, ...]) -> None:
        self.scheme, self.known = scheme, known
        super().__init__(f"there is no scheme '{scheme}'; known: {', '.join(known)}")


class UnknownLevel(LookupError):
    """The scheme has no such level. Never taken for the lowest."""

    def __init__(self, scheme: str, level: str, known: tuple[str, ...]) -> None:
        self.scheme, self.level, self.known = scheme, level, known
        super().__init__(f"the scheme '{scheme}' has no level '{level}'; known: {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its names: an object that may be harmed, or a degree of harm."""

    code: str
    title: str
    title_zh: str


@dataclass(frozen=True, slots=True)
class Level:
    """One level. `certainty` is about its name; descriptions may be empty."""

    code: str
    title: str
    title_zh: str
    certainty: str
    description: str = ""
    description_zh: str = ""


@dataclass(frozen=True, slots=True)
class Criteria:
    """Truth table of a scheme: `table[object][degree]` is a level; `degrees` least first."""

    objects: tuple[Named, ...]
    degrees: tuple[Named, ...]
    table: Mapping[str, Mapping[str, str]]
    source: str
    certainty: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The national levels that a level may be, from `lowest` to `strictest`; the strictest counts."""

    scheme: str
    version: str
    level: str
    lowest: str
    strictest: str
    rationale: str
    rationale_zh: str
    source: str
    certainty: str
    clause: str = ""

    @property
    def counted(self) -> str:
        """The national level that is reckoned with."""
        return self.strictest

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe plain data, with the level that counts."""
        return {**to_plain(self), "counted": self.counted}


@dataclass(frozen=True)
class LevelScheme:
    """A checked scheme. `criteria` None where only the order is known; `criteria_unknown` then says why.

    `criteria_elsewhere` names the kind of rules that holds the criteria (the national matrix). `extends` is the code of
    the scheme that it is based on. `regions`: GB/T 2260 codes of two to six digits; `sectors`: the catalogue's codes.
    """

    code: str
    version: str
    standard: str
    title: str
    title_zh: str
    source: str
    certainty: str
    levels: tuple[Level, ...]
    crosswalk: Mapping[str, Counterpart]
    criteria: Criteria | None = None
    criteria_unknown: str = ""
    criteria_unknown_zh: str = ""
    criteria_elsewhere: str = ""
    extends: str = ""
    regions: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Codes of the levels, least first."""
        return tuple(level.code for level in self.levels)

    def level(self, code: str) -> Level:
        """A level by its code. UnknownLevel."""
        return self.levels[self.rank(code)]

    def rank(self, code: str) -> int:
        """Place of a level, 0 for the least. UnknownLevel."""
        if code not in self.codes:
            raise UnknownLevel(self.code, code, self.codes)
        return self.codes.index(code)
