"""Grading schemes as data: the matrix of GB/T 43697-2024, floors, rules by element and flags; checked when loaded."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grading.engine.forms import Faults, Form
from grading.engine.levels.elements import AREAS, GENERAL_LEVELS, GROUPS, PROCESSING
from grading.engine.levels.extents import Extents, parse_extents
from grading.engine.levels.rule import CONDITIONS, DEGREES, FLAGS, HARMED_OBJECTS, InvalidScheme, Rule, parse_rule

__all__ = [
    "CELLS",
    "CONDITIONS",
    "DEGREES",
    "FLAGS",
    "HARMED_OBJECTS",
    "InvalidScheme",
    "Lowering",
    "Rule",
    "Scheme",
    "load_scheme",
    "parse_scheme",
]

CELLS = ("general", "important", "core")
#: No harm at all, then the degrees of harm.
NO_HARM = "none"
#: Whom harm to leaves data general, however grave it is.
PRIVATE = ("organisation_rights", "individual_rights")
#: What a flag says, as a cell of the matrix.
CELL_OF_FLAG: Mapping[str, str] = {"possibly_important": "important", "possibly_core": "core"}
#: Gravity of groups and areas that a scheme may give.
GRAVEST = 9
#: Rules in one list of a scheme.
MOST_RULES = 300
MOST_REVIEW_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Lowering:
    """How many levels below its sources data may be after this processing, where the provider states a reason."""

    code: str
    lowers: int
    source: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What a statement of a scheme rests on."""

    source: str = ""
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A version of a grading scheme. `matrix[object][degree]` is core, important or general.

    `groups` and `areas`: how grave harm to them is, from 0; those that are left out count as 0. `lowerings`: what
    processing may bring derived data below its sources; none may that is left out. `flagged`: why what is flagged is of
    the highest general level, which it is whatever a scheme says. `review_days`: how many days after a decision data
    of a level is examined again; never where the level is left out.
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
    extents: Extents = field(default_factory=Extents)
    flagged: Basis = field(default_factory=Basis)
    review_days: Mapping[str, int] = field(default_factory=dict)

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
    """Check plain data (as of the TOML file) and make a Scheme of it. InvalidScheme with all that is wrong in its form.

    What is wrong between its parts is looked for when each of them is right, and named one at a time.
    """
    form = Form(data, "", Faults())
    said = {key: form.text(key) for key in ("code", "version", "standard", "title", "title_zh", "source")}
    certainty = form.certainty(cited=True)
    rules = tuple(parse_rule(row) for key in ("floors", "scale", "elements") for row in form.rows(key, MOST_RULES))
    flags = tuple(parse_rule(row, flag=True) for row in form.rows("flags", MOST_RULES))
    groups, areas = _gravity(form.table("groups"), GROUPS), _gravity(form.table("areas"), AREAS)
    lowerings = tuple(_lowering(row) for row in form.rows("derivation"))
    extents, flagged = parse_extents(form.table("extents")), _basis(form, "flagged")
    matrix, general = form.table("matrix"), form.table("general_levels")
    for table, key in ((matrix, "matrix"), (general, "general_levels")):
        if not table.data:
            form.fault(key, "is missing")
    if form.faults.found:
        raise InvalidScheme(*form.faults.found)
    cells = _checked_matrix(matrix.data)
    _check_cells(cells, rules, flags)
    _check_reachable(rules + flags, groups, areas)
    _check_once("derivation", [item.code for item in lowerings])
    return Scheme(
        **said,
        certainty=certainty,
        matrix=cells,
        general_levels=_checked_levels(general.data),
        rules=rules,
        flags=flags,
        groups=groups,
        areas=areas,
        lowerings=lowerings,
        extents=extents,
        flagged=flagged,
        review_days=_review_days(data.get("review", {})),
    )


def _review_days(given: Mapping[str, Any]) -> Mapping[str, int]:
    """Level → days after which what was decided is looked at again; a level may be left out."""
    known = (*GENERAL_LEVELS, "important", "core")
    for level, days in given.items():
        if level not in known:
            raise InvalidScheme(f"review: there is no level '{level}'; known are {', '.join(known)}")
        if type(days) is not int or not 1 <= days <= MOST_REVIEW_DAYS:
            raise InvalidScheme(f"review: {level} has to be 1 to {MOST_REVIEW_DAYS} days")
    return dict(given)


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
    _check_once("rules", [rule.code for rule in (*rules, *flags)])


def _check_reachable(rules: tuple[Rule, ...], groups: Mapping[str, int], areas: Mapping[str, int]) -> None:
    for rule in rules:
        for key, least, known in (
            ("group_at_least", rule.group_at_least, groups),
            ("area_at_least", rule.area_at_least, areas),
        ):
            if least > max(known.values(), default=0):
                raise InvalidScheme(f"rule {rule.code}: nothing has the gravity {least} of {key}")


def _check_once(key: str, codes: Collection[str]) -> None:
    if len(codes) != len(set(codes)):
        raise InvalidScheme(f"{key}: two have the same code")


def _gravity(form: Form, known: tuple[str, ...]) -> Mapping[str, int]:
    """How grave harm to each of these is."""
    form.only(*known)
    return {code: form.whole(code, least=0, most=GRAVEST) or 0 for code in form.data if code in known}


def _lowering(form: Form) -> Lowering:
    form.only("code", "lowers", "source", "certainty", "note")
    if "lowers" not in form.data:
        form.fault("lowers", "is missing")
    return Lowering(
        code=form.needed("code", PROCESSING),
        lowers=form.whole("lowers", least=0, most=len(GENERAL_LEVELS) - 1) or 0,
        source=form.text("source"),
        certainty=form.certainty(cited=True),
    )


def _basis(whole: Form, key: str) -> Basis:
    form = whole.table(key)
    if not form.data:
        return Basis()
    form.only("source", "certainty")
    return Basis(form.text("source"), form.certainty())
