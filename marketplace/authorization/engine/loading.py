"""Reading a decision table from TOML, refusing the ones that are not sound.

All problems of a text are reported together, each naming the rows it concerns.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marketplace.authorization.engine.checks import Laid, TableError, TableProblem, check_row, check_together
from marketplace.authorization.engine.diagram import TooLarge, build
from marketplace.authorization.engine.table import (
    ANY,
    HIT_POLICIES,
    STEP_DAYS,
    Decision,
    DecisionTable,
    InputSpec,
    Row,
    forms_left,
)
from marketplace.authorization.engine.vocabulary import (
    CATEGORY,
    CHANGED_BY,
    FORMS,
    INPUTS,
    LEVEL,
    LEVELS,
    NEEDED_INPUTS,
    NOT_ACCREDITED,
    SEVERAL_CATEGORIES,
    SUPPLY_MODE,
)

DEFAULT_TABLE = Path(__file__).resolve().parent.parent / "rules" / "national_default.toml"

_TEXTS = ("code", "version", "title_en", "title_zh", "standard", "source", "certainty", "hit_policy")
_KEYS = frozenset((*_TEXTS, "title", "inputs", "accreditations", "supply_mode_forms", "rows"))
_ROW_KEYS = frozenset(Row.__dataclass_fields__)
_SPEC_KEYS = frozenset(("values", "otherwise"))
MOST_NODES = 200_000
"""Of the diagram of a table, before equal ones are found."""
MOST_ROWS = 5_000
MOST_ACCREDITATIONS = 20
LONGEST_ID = 80
LONGEST_REASON = 1_000
LONGEST_TERM = 36_500
"""Days: a hundred years."""
_DIGITS = 4
"""Of the level of an accreditation."""


def load_table(source: str | Path) -> DecisionTable:
    """A sound table from TOML text, or from the file at a path.

    Raises TableError with every problem found: unknown codes, gaps, contradictions, unreachable rows, rows that ask
    less of a higher level than of a lower one, or more of a buyer with the better accreditation.
    """
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError([TableProblem("not_toml", detail=str(error))]) from error
    return table_from_data(data)


def table_from_data(data: Mapping[str, Any]) -> DecisionTable:
    """The same from the parsed mapping, as a rulebook version stores it."""
    problems = [TableProblem("unknown_code", detail=f"key {key!r}") for key in data if key not in _KEYS]
    texts = {name: _text(data, name, problems) for name in _TEXTS}
    if texts["hit_policy"] not in HIT_POLICIES:
        problems.append(TableProblem("unknown_code", detail=f"hit_policy {texts['hit_policy']!r}"))
    inputs = _accreditations(data.get("accreditations", {}), problems) | _inputs(data.get("inputs"), problems)
    caps = _caps(data.get("supply_mode_forms", {}), inputs, problems)
    rows = _rows(data.get("rows"), inputs, problems)
    if problems:
        raise TableError(problems)

    names = list(inputs)
    conditions = [{names.index(name): wanted for name, wanted in row.when.items()} for row in rows]
    try:
        diagram = build([spec.values for spec in inputs.values()], conditions, most_nodes=MOST_NODES)
    except TooLarge as error:
        raise TableError(
            [TableProblem("too_large", detail=f"the rows tell more than {error} kinds of cases apart")]
        ) from error
    problems = check_together(Laid(inputs, rows, caps, texts["hit_policy"], diagram))
    if problems:
        raise TableError(problems)
    answers = tuple(
        {supply: _answer(row, caps, supply, texts) for supply in inputs[SUPPLY_MODE].values} for row in rows
    )
    return DecisionTable(inputs=inputs, rows=rows, supply_mode_forms=caps, diagram=diagram, answers=answers, **texts)


def _answer(row: Row, caps: Mapping[str, frozenset[str]], supply_mode: str, texts: Mapping[str, str]) -> Decision:
    return Decision(
        mode=row.mode,
        approvals=row.approvals,
        forms=forms_left(row, caps, supply_mode),
        obligations=row.obligations,
        longest_term_days=row.longest_term_days,
        rule_id=row.id,
        table_code=texts["code"],
        table_version=texts["version"],
        reason_en=row.reason_en,
        reason_zh=row.reason_zh,
        quorum=row.quorum,
        together=row.together,
        step_days=row.step_days,
    )


def _text(data: Mapping[str, Any], name: str, problems: list[TableProblem]) -> str:
    value = data.get(name)
    if isinstance(value, str) and value.strip():
        return value
    problems.append(TableProblem("missing", detail=name))
    return ""


def _codes(value: object) -> tuple[str, ...] | None:
    """A list of distinct, non-empty strings, or None."""
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        return None
    return tuple(value) if len(set(value)) == len(value) else None


def _inputs(data: object, problems: list[TableProblem]) -> dict[str, InputSpec]:
    given = data if isinstance(data, dict) else {}
    problems += [TableProblem("unknown_code", detail=f"input {name!r}") for name in given if name not in INPUTS]
    specs: dict[str, InputSpec] = {}
    for name in INPUTS:
        if name not in given and name not in NEEDED_INPUTS:
            specs[name] = InputSpec((ANY,), ANY)
            continue
        spec = given.get(name)
        values = _codes(spec.get("values")) if isinstance(spec, dict) else None
        if not isinstance(spec, dict) or not values:
            problems.append(TableProblem("missing", detail=f"inputs.{name}.values, a list of distinct codes"))
            specs[name] = InputSpec(())
            continue
        unknown = [f"inputs.{name}.{key}" for key in spec if key not in _SPEC_KEYS]
        problems += [TableProblem("unknown_code", detail=key) for key in unknown]
        otherwise = spec.get("otherwise")
        if otherwise is not None and otherwise not in values:
            problems.append(TableProblem("unknown_code", detail=f"inputs.{name}.otherwise {otherwise!r}"))
        specs[name] = InputSpec(values, otherwise, path=name == CATEGORY)
    if specs[LEVEL].values not in ((), LEVELS):
        problems.append(TableProblem("unknown_code", detail=f"inputs.level.values must be {', '.join(LEVELS)}"))
    # A level nobody knows must never be read as one that somebody does.
    if specs[LEVEL].otherwise is not None:
        problems.append(TableProblem("unknown_code", detail="inputs.level.otherwise is not allowed"))
    # Files of two categories in one listing must not slip past rows on each: the table says what counts for them.
    if CATEGORY in given and SEVERAL_CATEGORIES not in specs[CATEGORY].values:
        problems.append(TableProblem("missing", detail=f"inputs.category.values without {SEVERAL_CATEGORIES!r}"))
    return specs


def _accreditations(data: object, problems: list[TableProblem]) -> dict[str, InputSpec]:
    if not isinstance(data, dict):
        problems.append(TableProblem("missing", detail="accreditations, a table of kinds"))
        return {}
    if len(data) > MOST_ACCREDITATIONS:
        problems.append(TableProblem("too_large", detail=f"{len(data)} accreditations, {MOST_ACCREDITATIONS} at most"))
        return {}
    specs: dict[str, InputSpec] = {}
    for kind, spec in data.items():
        values = _codes(spec.get("values")) if isinstance(spec, dict) else None
        levels = values[1:] if values and values[0] == NOT_ACCREDITED else ()
        rising = [int(level) for level in levels if level.isascii() and level.isdecimal() and len(level) <= _DIGITS]
        if (
            kind in INPUTS
            or kind in CHANGED_BY
            or set(spec if isinstance(spec, dict) else ()) != {"values"}
            or not rising
        ):
            problems.append(TableProblem("unknown_code", detail=f"accreditations.{kind}"))
        elif len(rising) < len(levels) or rising != sorted(set(rising)) or rising[0] < 1:
            detail = f"accreditations.{kind}.values must be 'none' and levels, lowest first"
            problems.append(TableProblem("unknown_code", detail=detail))
        else:
            specs[kind] = InputSpec(values or (), graded=True)
    return specs


def _caps(data: object, inputs: Mapping[str, InputSpec], problems: list[TableProblem]) -> dict[str, frozenset[str]]:
    if not isinstance(data, dict):
        problems.append(TableProblem("missing", detail="supply_mode_forms, a table of lists"))
        return {}
    caps: dict[str, frozenset[str]] = {}
    for mode, value in data.items():
        forms = _codes(value)
        if mode not in inputs[SUPPLY_MODE].values or forms is None or not set(forms) <= set(FORMS):
            problems.append(TableProblem("unknown_code", detail=f"supply_mode_forms.{mode}"))
        else:
            caps[mode] = frozenset(forms)
    return caps


def _rows(data: object, inputs: Mapping[str, InputSpec], problems: list[TableProblem]) -> tuple[Row, ...]:
    rows: list[Row] = []
    seen: set[str] = set()
    given = data if isinstance(data, list) else []
    if len(given) > MOST_ROWS:
        problems.append(TableProblem("too_large", detail=f"{len(given)} rows, {MOST_ROWS} at most"))
        return ()
    for number, item in enumerate(given, start=1):
        row = _row(item, f"row {number}", inputs, problems)
        if row is None:
            continue
        if row.id in seen:
            problems.append(TableProblem("duplicate_id", (row.id,)))
        seen.add(row.id)
        rows.append(row)
    if not rows:
        problems.append(TableProblem("missing", detail="rows"))
    return tuple(rows)


def _row(item: object, place: str, inputs: Mapping[str, InputSpec], problems: list[TableProblem]) -> Row | None:
    found = len(problems)
    if not isinstance(item, dict):
        problems.append(TableProblem("missing", (place,), "a table of conditions and outputs"))
        return None
    given = item.get("id")
    name = given if isinstance(given, str) and given and given.isprintable() and len(given) <= LONGEST_ID else place
    if isinstance(given, str) and name != given:
        problems.append(TableProblem("unknown_code", (place,), f"id: up to {LONGEST_ID} printable characters"))
    problems += [TableProblem("unknown_code", (name,), f"key {key!r}") for key in item if key not in _ROW_KEYS]
    problems += [
        TableProblem("missing", (name,), key)
        for key in ("id", "mode", "reason_en", "reason_zh")
        if not isinstance(item.get(key), str) or not item[key].strip()
    ]
    problems += [
        TableProblem("too_large", (name,), f"{key}: {LONGEST_REASON} characters at most")
        for key in ("reason_en", "reason_zh")
        if isinstance(item.get(key), str) and len(item[key]) > LONGEST_REASON
    ]
    lists: dict[str, tuple[str, ...]] = {}
    for key in ("approvals", "forms", "obligations"):
        codes = _codes(item.get(key, []))
        if codes is None:
            problems.append(TableProblem("unknown_code", (name,), f"{key} must be a list of distinct codes"))
        lists[key] = codes or ()
    term = item.get("longest_term_days", 0)
    if isinstance(term, bool) or not isinstance(term, int) or not 0 <= term <= LONGEST_TERM:
        detail = f"longest_term_days must be a whole number of days, {LONGEST_TERM} at most"
        problems.append(TableProblem("unknown_code", (name,), detail))
    quorum = item.get("quorum", {})
    if not isinstance(quorum, dict) or not all(type(votes) is int for votes in quorum.values()):
        problems.append(TableProblem("unknown_code", (name,), "quorum must be a table of whole numbers of people"))
    together, step_days = item.get("together", False), item.get("step_days", STEP_DAYS)
    if not isinstance(together, bool):
        problems.append(TableProblem("unknown_code", (name,), "together must be true or false"))
    if type(step_days) is not int:
        problems.append(TableProblem("unknown_code", (name,), "step_days must be a whole number of days"))
    when = _conditions(item.get("when", {}), name, inputs, problems)
    if len(problems) > found:
        return None
    row = Row(
        id=name,
        when=when,
        mode=item["mode"],
        reason_en=item["reason_en"],
        reason_zh=item["reason_zh"],
        longest_term_days=term,
        quorum=quorum,
        together=together,
        step_days=step_days,
        **lists,
    )
    problems += check_row(row)
    return row


def _conditions(
    data: object, name: str, inputs: Mapping[str, InputSpec], problems: list[TableProblem]
) -> dict[str, frozenset[str]]:
    if not isinstance(data, dict):
        problems.append(TableProblem("missing", (name,), "when, a table of lists"))
        return {}
    when: dict[str, frozenset[str]] = {}
    for key, value in data.items():
        codes = _codes(value)
        if key not in inputs or not codes:
            problems.append(TableProblem("unknown_code", (name,), f"when.{key}"))
            continue
        problems += [
            TableProblem("unknown_code", (name,), f"when.{key} {code!r}")
            for code in codes
            if code not in inputs[key].values
        ]
        when[key] = frozenset(codes)
    return when
