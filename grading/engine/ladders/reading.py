"""Reading the text of a scheme: what it says of itself, each fault with its path, all of them at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from grading.engine.forms import CODE, Faults, Form
from grading.engine.ladders.ladder import NATIONAL, Criteria, Level, Named

RESERVED: Final = ("crosswalk",)
"""Codes that are addresses of the REST API."""
_REGION: Final = re.compile(r"\d{2}(\d{2}){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """A row as written: which national levels a level may be, and why. `path` is where it stands."""

    path: str
    level: str
    lowest: str
    strictest: str
    rationale: str
    rationale_zh: str
    source: str
    certainty: str
    clause: str


@dataclass(frozen=True, slots=True)
class SchemeText:
    """A text on its own. What it leaves to the scheme that it extends is empty; `library` fills that in."""

    code: str
    version: str
    standard: str
    title: str
    title_zh: str
    source: str
    certainty: str
    extends: str
    regions: tuple[str, ...]
    sectors: tuple[str, ...]
    levels: tuple[Level, ...]
    criteria: Criteria | None
    criteria_unknown: str
    criteria_unknown_zh: str
    criteria_elsewhere: str
    crosswalk: tuple[CrosswalkRow, ...]


def read_text(data: Mapping[str, Any]) -> tuple[SchemeText, list[str]]:
    """The text that parsed TOML holds, with everything that is wrong with its form.

    What is wrong between its parts, `ladder_checks` says; what with the schemes that it is based on, `library`.
    """
    form = Form(data, "", Faults())
    form.only(
        "code", "version", "standard", "title", "title_zh", "source", "certainty", "extends", "regions", "sectors",
        "levels", "criteria", "criteria_unknown", "criteria_unknown_zh", "criteria_elsewhere", "crosswalk",
    )  # fmt: skip
    code = form.code("code")
    if code in RESERVED:
        form.fault("code", f"'{code}' is taken by an address")
    certainty = form.certainty()
    unknown, unknown_zh = form.both("criteria_unknown")
    text = SchemeText(
        code=code,
        version=form.text("version"),
        standard=form.text("standard"),
        title=form.english("title"),
        title_zh=form.chinese("title_zh"),
        source=form.text("source"),
        certainty=certainty,
        extends=form.code("extends") if "extends" in data else "",
        regions=form.codes("regions", _REGION, "two, four or six digits of GB/T 2260"),
        sectors=form.codes("sectors", CODE, "a code in lower case"),
        levels=tuple(_level(row, certainty) for row in form.rows("levels")),
        criteria=_criteria(form) if "criteria" in data else None,
        criteria_unknown=unknown,
        criteria_unknown_zh=unknown_zh,
        criteria_elsewhere=form.code("criteria_elsewhere") if "criteria_elsewhere" in data else "",
        crosswalk=tuple(_row(row) for row in form.rows("crosswalk")),
    )
    if text.extends == NATIONAL:
        form.fault("extends", "a crosswalk leads to the national levels: give the rows instead")
    _one_statement_on_criteria(form, text)
    return text, form.faults.found


def _one_statement_on_criteria(form: Form, text: SchemeText) -> None:
    """A reader must learn which harm leads to which level, or that this is not known."""
    said = [key for key in ("criteria", "criteria_unknown", "criteria_elsewhere") if key in form.data]
    if len(said) > 1:
        form.fault("criteria", f"say one of {', '.join(said)}")
    elif not said and not text.extends:
        form.fault("criteria", "is missing: give the table, or say in criteria_unknown why there is none")
    if text.criteria_elsewhere and text.code != NATIONAL:
        form.fault("criteria_elsewhere", "only the national scheme has its criteria elsewhere")


def _level(form: Form, certainty: str) -> Level:
    form.only("code", "title", "title_zh", "certainty", "description", "description_zh")
    description, description_zh = form.both("description")
    return Level(
        code=form.code("code"),
        title=form.english("title"),
        title_zh=form.chinese("title_zh"),
        certainty=form.certainty() if "certainty" in form.data else certainty,
        description=description,
        description_zh=description_zh,
    )


def _criteria(whole: Form) -> Criteria | None:
    given = whole.data["criteria"]
    if not isinstance(given, Mapping):
        whole.fault("criteria", "must be a table")
        return None
    form = Form(given, "criteria/", whole.faults)
    form.only("objects", "degrees", "table", "source", "certainty", "clause")
    objects, degrees = _names(form, "objects"), _names(form, "degrees")
    source, certainty = form.text("source"), form.certainty()
    clause = form.clause()
    table = given.get("table")
    if not isinstance(table, Mapping) or not all(isinstance(row, Mapping) for row in table.values()):
        form.fault("table", "must have a table for each object: degree = level")
        return None
    plain = {str(harmed): {str(degree): str(level) for degree, level in row.items()} for harmed, row in table.items()}
    return Criteria(objects, degrees, plain, source, certainty, clause)


def _names(form: Form, key: str) -> tuple[Named, ...]:
    rows = form.rows(key)
    if not rows:
        form.fault(key, "is missing")
    for row in rows:
        row.only("code", "title", "title_zh")
    return tuple(Named(row.code("code"), row.english("title"), row.chinese("title_zh")) for row in rows)


def _row(form: Form) -> CrosswalkRow:
    form.only("level", "from", "to", "rationale", "rationale_zh", "source", "certainty", "clause")
    certainty = form.certainty()
    return CrosswalkRow(
        path=form.path.rstrip("/"),
        level=form.text("level"),
        lowest=form.text("from"),
        strictest=form.text("to"),
        rationale=form.english("rationale"),
        rationale_zh=form.chinese("rationale_zh"),
        source=form.text("source"),
        certainty=certainty,
        clause=form.clause(),
    )
