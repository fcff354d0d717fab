"""Grading schemes as data: the matrix of GB/T 43697-2024, floors, rules by element and flags; checked when loaded."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grading.engine.levels.elements import AREAS, GROUPS, PROCESSING
from grading.engine.levels.rule import CONDITIONS, DEGREES, FLAGS, HARMED_OBJECTS, InvalidScheme, Rule, parse_rule

__all__ = [
    "CELLS",
    "CONDITIONS",
    "DEGREES",
    "FLAGS",
    "GENERAL_LEVELS",
    "HARMED_OBJECTS",
    "InvalidScheme",
    "Lowering",
    "Rule",
    "Scheme",
    "load_scheme",
    "parse_scheme",
]

CELLS = ("general", "important", "core")
GENERAL_LEVELS = ("general_1", "general_2", "general_3", "general_4")
#: No harm at all, then the degrees of harm.
NO_HARM = "none"
#: Whom harm to leaves data general, however grave it is.
PRIVATE = ("organisation_rights", "individual_rights")
#: What a flag says, as a cell of the matrix.
CELL_OF_FLAG: Mapping[str, str] = {"possibly_important": "important", "possibly_core": "core"}
#: Gravity of groups and areas that a scheme may give.
GRAVEST = 9


@dataclass(frozen=True, slots=True)
class Lowering:
    """How many levels below its sources data may be after this processing, where the provider states a reason."""

    code: str
    lowers: int
    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """A version of a grading scheme. `matrix[object][degree]` is core, important or general.

    `groups` and `areas`: how grave harm to them is, from 0; those that are left out count as 0. `lowerings`: what
    processing may bring derived data below its sources; none may that is left out.
    """

    code: str
    version: str
    standard: str
    title: str
    title_zh: str
    source: str
    certainty: str
    matrix: Mapping[str, Mapping[str, str]]
    general_levels: Mapping[str, str]
    rules: tuple[Rule, ...]
    flags: tuple[Rule, ...]
    groups: Mapping[str, int] = field(default_factory=dict)
    areas: Mapping[str, int] = field(default_factory=dict)
    lowerings: tuple[Lowering, ...] = ()

    def cell(self, harmed_object: str, degree: str) -> str:
        """`core`, `important` or `general`; without harm, general."""
        return "general" if degree == NO_HARM else self.matrix[harmed_object][degree]

    def rank(self, degree: str) -> int:
        """The place in GENERAL_LEVELS of general data whose harm is of this degree."""
        return GENERAL_LEVELS.index(self.general_levels[degree])

    def degree_reaching(self, rank: int) -> str:
        """The least degree of harm whose general level is at least that place; the gravest where none is."""
        return next((degree for degree in (NO_HARM, *DEGREES) if self.rank(degree) >= rank), DEGREES[-1])

    def lowering(self, processing: Iterable[str]) -> Lowering | None:
        """What of all this may bring data farthest below its sources; None where nothing may."""
        done = set(processing)
        listed = (item for item in self.lowerings if item.code in done and item.lowers)
        return max(listed, key=lambda item: item.lowers, default=None)


def load_scheme(path: Path | str) -> Scheme:
    """Read a scheme file. Raises InvalidScheme naming what is missing or out of order."""
    return parse_scheme(tomllib.loads(Path(path).read_text(encoding="utf-8")))


def parse_scheme(data: Mapping[str, Any]) -> Scheme:
    """Check plain data (as of the TOML file) and make a Scheme of it."""
    for key in ("code", "version", "standard", "title", "title_zh", "source", "certainty", "matrix", "general_levels"):
        if not data.get(key):
            raise InvalidScheme(f"{key} is missing")
    matrix = _checked_matrix(data["matrix"])
    rules = tuple(
        parse_rule(item) for item in (*data.get("floors", ()), *data.get("scale", ()), *data.get("elements", ()))
    )
    flags = tuple(parse_rule(item, flag=True) for item in data.get("flags", ()))
    _check_cells(matrix, rules, flags)
    groups, areas = _gravity(data, "groups", GROUPS), _gravity(data, "areas", AREAS)
    _check_reachable(rules + flags, groups, areas)
    return Scheme(
        code=data["code"],
        version=str(data["version"]),
        standard=data["standard"],
        title=data["title"],
        title_zh=data["title_zh"],
        source=data["source"],
        certainty=data["certainty"],
        matrix=matrix,
        general_levels=_checked_levels(data["general_levels"]),
        rules=rules,
        flags=flags,
        groups=groups,
        areas=areas,
        lowerings=_lowerings(data.get("derivation", ())),
    )


def _checked_levels(given: Mapping[str, str]) -> Mapping[str, str]:
    general = dict(given)
    if set(general) != {NO_HARM, *DEGREES}:
        raise InvalidScheme(f"general_levels must have exactly {NO_HARM}, {', '.join(DEGREES)}")
    for level in general.values():
        if level not in GENERAL_LEVELS:
            raise InvalidScheme(f"general level {level} is unknown")
    places = [GENERAL_LEVELS.index(general[degree]) for degree in (NO_HARM, *DEGREES)]
    if places != sorted(places):
        raise InvalidScheme("general_levels must not fall with graver harm")
    return general


def _checked_matrix(given: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    if set(given) != set(HARMED_OBJECTS):
        raise InvalidScheme(f"matrix must have exactly {', '.join(HARMED_OBJECTS)}")
    for harmed, row in given.items():
        if set(row) != set(DEGREES) or any(cell not in CELLS for cell in row.values()):
            raise InvalidScheme(f"matrix.{harmed} must give core, important or general for {', '.join(DEGREES)}")
        order = [CELLS.index(row[degree]) for degree in DEGREES]
        if order != sorted(order):
            raise InvalidScheme(f"matrix.{harmed} must not fall with graver harm")
    for harmed in PRIVATE:
        if set(given[harmed].values()) != {"general"}:
            raise InvalidScheme(f"matrix.{harmed} must be general throughout: general_levels grade that harm")
    return {harmed: dict(row) for harmed, row in given.items()}


def _check_cells(matrix: Mapping[str, Mapping[str, str]], rules: tuple[Rule, ...], flags: tuple[Rule, ...]) -> None:
    """Rules lead to general data, flags to what they say: the matrix and the words never disagree."""
    for rule in rules:
        if matrix[rule.harmed_object][rule.degree] != "general":
            raise InvalidScheme(f"rule {rule.code} leads to important or core data: only people decide that")
    for rule in flags:
        cell = matrix[rule.harmed_object][rule.degree]
        if cell != CELL_OF_FLAG[str(rule.flag)]:
            raise InvalidScheme(f"rule {rule.code}: flag is {rule.flag}, and the matrix says {cell} there")
    codes = [rule.code for rule in (*rules, *flags)]
    if len(codes) != len(set(codes)):
        raise InvalidScheme("two rules have the same code")


def _check_reachable(rules: tuple[Rule, ...], groups: Mapping[str, int], areas: Mapping[str, int]) -> None:
    for rule in rules:
        for key, least, known in (
            ("group_at_least", rule.group_at_least, groups),
            ("area_at_least", rule.area_at_least, areas),
        ):
            if least > max(known.values(), default=0):
                raise InvalidScheme(f"rule {rule.code}: nothing has the gravity {least} of {key}")


def _gravity(data: Mapping[str, Any], key: str, known: tuple[str, ...]) -> Mapping[str, int]:
    given = data.get(key, {})
    if not isinstance(given, Mapping) or not set(given) <= set(known):
        raise InvalidScheme(f"{key} must be a table of {', '.join(known)}")
    for code, gravity in given.items():
        if type(gravity) is not int or not 0 <= gravity <= GRAVEST:
            raise InvalidScheme(f"{key}.{code} must be a whole number from 0 to {GRAVEST}, not {gravity!r}")
    return dict(given)


def _lowerings(given: Iterable[Any]) -> tuple[Lowering, ...]:
    found: list[Lowering] = []
    for item in given:
        code = str(item.get("code", "?")) if isinstance(item, Mapping) else "?"
        if code not in PROCESSING or any(code == other.code for other in found):
            raise InvalidScheme(f"derivation.{code}: code must be another of {', '.join(PROCESSING)}")
        if not item.get("source") or not item.get("certainty"):
            raise InvalidScheme(f"derivation.{code}: source and certainty are needed")
        lowers = item.get("lowers")
        if type(lowers) is not int or not 0 <= lowers < len(GENERAL_LEVELS):
            raise InvalidScheme(f"derivation.{code}: lowers must be a whole number from 0 to 3, not {lowers!r}")
        found.append(Lowering(code, lowers, item["source"], item["certainty"]))
    return tuple(found)
