"""The matrix of GB/T 43697-2024 as the scheme of a grade has it; marked are the cells that the recommendation names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.rulebooks.in_force import in_force
from foundation.rulebooks.models import RulebookVersion
from grading import wording
from grading.engine.levels import Scheme, parse_scheme
from grading.engine.levels.rule import DEGREES, HARMED_OBJECTS
from grading.models import Grade
from grading.rulebook import SCHEME


@dataclass(frozen=True, slots=True)
class Cell:
    """What the matrix says of an object and a degree of harm; `level` of general data alone."""

    code: str
    name: str
    level: str
    recommended: bool
    flags: list[str]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Names of the degrees, a row of cells an object; `same`: it is of the very text that the grade rests on."""

    degrees: list[str]
    rows: list[tuple[str, list[Cell]]]
    same: bool


def matrix_of(grade: Grade) -> Matrix:
    """The matrix behind a recommendation: of the rules that it names, else of those in force now."""
    scheme, same = _scheme_of(grade)
    found = grade.recommendation
    recommended = (found.get("harmed_object"), found.get("degree"))
    flags: dict[tuple[str, str], list[str]] = {}
    for flag in found.get("flags", ()):
        flags.setdefault((flag["harmed_object"], flag["degree"]), []).append(wording.name(flag["code"]))

    def cell(harmed: str, degree: str) -> Cell:
        code = scheme.cell(harmed, degree)
        level = wording.level_name(scheme.general_levels[degree]) if code == "general" else ""
        marked = (harmed, degree) == recommended
        return Cell(code, wording.cell_name(code), level, marked, flags.get((harmed, degree), []))

    return Matrix(
        degrees=[wording.name(degree) for degree in DEGREES],
        rows=[(wording.name(harmed), [cell(harmed, degree) for degree in DEGREES]) for harmed in HARMED_OBJECTS],
        same=same,
    )


def _scheme_of(grade: Grade) -> tuple[Scheme, bool]:
    """The scheme whose text the grade names by its SHA-256, and whether it was found."""
    recorded: Mapping[str, Any] = grade.recommendation.get("rulebook") or {}
    wanted, now = recorded.get("sha256", ""), in_force(SCHEME)
    if now.content.sha256 == wanted:
        return now.rules, True
    kept = RulebookVersion.objects.filter(rulebook__kind=SCHEME, sha256=wanted).values_list("data", flat=True).first()
    return (now.rules, False) if kept is None else (parse_scheme(kept), True)
