"""Reading a decision table from TOML, refusing the ones that are not sound.

All problems of a text are reported together, each naming the rows it concerns.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marketplace.authorization.engine.checks import TableError, TableProblem, check_row, check_table
from marketplace.authorization.engine.table import HIT_POLICIES, DecisionTable, InputSpec, Row, build_grid
from marketplace.authorization.engine.vocabulary import FORMS, INPUTS, LEVELS

DEFAULT_TABLE = Path(__file__).resolve().parent.parent / "rules" / "national_default.toml"

_TEXTS = ("code", "version", "title_en", "title_zh", "standard", "source", "certainty", "hit_policy")
_ROW_KEYS = frozenset(Row.__dataclass_fields__)
MAX_CELLS = 5_000_000


def load_table(source: str | Path) -> DecisionTable:
    """A sound table from TOML text, or from the file at a path.

    Raises TableError with every problem found: unknown codes, gaps, contradictions, unreachable rows,
    rows that ask less of a higher level than of a lower one.
    """
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError([TableProblem("not_toml", detail=str(error))]) from error
    return table_from_data(data)


def table_from_data(data: Mapping[str, Any]) -> DecisionTable:
    """The same from the parsed mapping, as a rulebook version stores it."""
    problems: list[TableProblem] = []
    texts = {name: _text(data, name, problems) for name in _TEXTS}
    if texts["hit_policy"] not in HIT_POLICIES:
        problems.append(TableProblem("unknown_code", detail=f"hit_policy {texts['hit_policy']!r}"))
    inputs = _inputs(data.get("inputs"), problems)
    caps = _caps(data.get("supply_mode_forms", {}), inputs, problems)
    rows = _rows(data.get("rows"), inputs, problems)
    if problems:
        raise TableError(problems)

    cells = 1
    for name in INPUTS:
        cells *= len(inputs[name].values)
    if cells > MAX_CELLS:
        raise TableError([TableProblem("too_large", detail=f"{cells} cases, at most {MAX_CELLS}")])
    table = DecisionTable(inputs=inputs, rows=rows, supply_mode_forms=caps, grid=build_grid(inputs, rows), **texts)
    problems = check_table(table)
    if problems:
        raise TableError(problems)
    return table


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
        spec = given.get(name)
        values = _codes(spec.get("values")) if isinstance(spec, dict) else None
        if not isinstance(spec, dict) or not values:
            problems.append(TableProblem("missing", detail=f"inputs.{name}.values, a list of distinct codes"))
            specs[name] = InputSpec(())
            continue
        otherwise = spec.get("otherwise")
        if otherwise is not None and otherwise not in values:
            problems.append(TableProblem("unknown_code", detail=f"inputs.{name}.otherwise {otherwise!r}"))
        specs[name] = InputSpec(values, otherwise)
    if specs["level"].values not in ((), LEVELS):
        problems.append(TableProblem("unknown_code", detail=f"inputs.level.values must be {', '.join(LEVELS)}"))
    # A level nobody knows must never be read as one that somebody does.
    if specs["level"].otherwise is not None:
        problems.append(TableProblem("unknown_code", detail="inputs.level.otherwise is not allowed"))
    return specs


def _caps(data: object, inputs: Mapping[str, InputSpec], problems: list[TableProblem]) -> dict[str, frozenset[str]]:
    if not isinstance(data, dict):
        problems.append(TableProblem("missing", detail="supply_mode_forms, a table of lists"))
        return {}
    caps: dict[str, frozenset[str]] = {}
    for mode, value in data.items():
        forms = _codes(value)
        if mode not in inputs["supply_mode"].values or forms is None or not set(forms) <= set(FORMS):
            problems.append(TableProblem("unknown_code", detail=f"supply_mode_forms.{mode}"))
        else:
            caps[mode] = frozenset(forms)
    return caps


def _rows(data: object, inputs: Mapping[str, InputSpec], problems: list[TableProblem]) -> tuple[Row, ...]:
    rows: list[Row] = []
    seen: set[str] = set()
    for number, item in enumerate(data if isinstance(data, list) else [], start=1):
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
    name = given if isinstance(given, str) and given else place
    problems += [TableProblem("unknown_code", (name,), f"key {key!r}") for key in item if key not in _ROW_KEYS]
    problems += [
        TableProblem("missing", (name,), key)
        for key in ("id", "mode", "reason_en", "reason_zh")
        if not isinstance(item.get(key), str) or not item[key].strip()
    ]
    lists: dict[str, tuple[str, ...]] = {}
    for key in ("approvals", "forms", "obligations"):
        codes = _codes(item.get(key, []))
        if codes is None:
            problems.append(TableProblem("unknown_code", (name,), f"{key} must be a list of distinct codes"))
        lists[key] = codes or ()
    term = item.get("longest_term_days", 0)
    if isinstance(term, bool) or not isinstance(term, int) or term < 0:
        problems.append(TableProblem("unknown_code", (name,), "longest_term_days must be a whole number of days"))
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
        if key not in INPUTS or not codes:
            problems.append(TableProblem("unknown_code", (name,), f"when.{key}"))
            continue
        problems += [
            TableProblem("unknown_code", (name,), f"when.{key} {code!r}")
            for code in codes
            if code not in inputs[key].values
        ]
        when[key] = frozenset(codes)
    return when
