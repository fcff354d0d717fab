"""Values of sensitive columns taken out of stored results for readers who may see the results and not the values.

Values of columns that were found to be personal were not stored (`engine.redact`). What is left are values of sensitive
columns that are about nobody, such as licence plates of a fleet or coordinates: they are shown as shapes to those whom
`policies.sees_values` leaves out, counts stay. And values of columns that only a newer examination found to be
personal: older results show them, and what is rare beside them, to nobody any more. Results of every form that was ever
stored are taken: what is not there needs no mask.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from grading.engine.redact import COMMON, beside_personal, shown, value_shape

EXAMPLES: Final = (
    "top_values", "exceptions", "outlier_examples", "broken_examples", "variant_examples", "formula_examples",
)  # fmt: skip
HIDDEN: Final = "–"
SCHEMA_PARTS: Final = ("fieldsMatch", "primaryKey", "uniqueKeys")
FIELD_PARTS: Final = ("name", "type", "format")
WRITTEN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "integer": ("groupChar", "bareNumber"),
    "number": ("groupChar", "decimalChar", "bareNumber"),
    "boolean": ("trueValues", "falseValues"),
    "list": ("delimiter", "itemType"),
}
"""What is checked of a field beside FIELD_PARTS, by its type: how its values are written."""
SAY_VALUES: Final = frozenset({"trueValues", "falseValues", "missingValues"})
SAY_NONE: Final = ("required", "unique", "minLength", "maxLength")
"""Constraints without a value of the column in them."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """The columns of which nothing is shown, and whether what is rare in the others is not shown either."""

    columns: frozenset[str] = frozenset()
    rare: bool = False


def masked_findings(findings: Iterable[Mapping[str, Any]], hidden: Hidden) -> list[dict[str, Any]]:
    """The findings, with shapes instead of values wherever one of the hidden columns is spoken of."""
    return [
        _masked(item) if _speaks_of(item, hidden.columns) else _without_rare(item) if hidden.rare else dict(item)
        for item in findings
    ]


def masked_profile(data: Mapping[str, Any], hidden: Hidden) -> dict[str, Any]:
    """The profile (`Profile.data`) without values of the hidden columns, and without what describes them closely."""

    def masked(column: Mapping[str, Any]) -> Mapping[str, Any]:
        if column["name"] in hidden.columns:
            return _column(column)
        return _shaped(column, least=COMMON) if hidden.rare else column

    return {**data, "columns": [masked(one) for one in data.get("columns", ())]}


def masked_schema(descriptor: Mapping[str, Any], shown_columns: Collection[str]) -> dict[str, Any]:
    """A Table Schema (one that was accepted) for readers who do not handle the file.

    Only what the cells are held against: titles, examples and whatever else a provider writes there was checked by
    nobody. And values (`enum`, categories, limits, patterns) only of `shown_columns`.
    """
    kept: dict[str, Any] = {"fields": [_field(one, one["name"] in shown_columns) for one in descriptor["fields"]]}
    kept |= {name: descriptor[name] for name in SCHEMA_PARTS if name in descriptor}
    if "missingValues" in descriptor:
        kept["missingValues"] = _bare(descriptor["missingValues"])
    if "foreignKeys" in descriptor:
        kept["foreignKeys"] = [
            {"fields": one["fields"], "reference": _chosen(one["reference"], ("resource", "fields"))}
            for one in descriptor["foreignKeys"]
        ]
    return kept


def brief_declaration(declared: Mapping[str, Any]) -> dict[str, Any]:
    """What is declared, with the SHA-256 of its Table Schema (JSON, names sorted, without spaces) in its place.

    A schema is long, and its values are for fewer readers: it has an address of its own.
    """
    if not isinstance(schema := declared.get("table_schema"), Mapping):
        return dict(declared)
    text = json.dumps(schema, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**declared, "table_schema": {"sha256": sha256(text.encode()).hexdigest()}}


def _field(field: Mapping[str, Any], whole: bool) -> dict[str, Any]:
    written = (*WRITTEN_BY.get(field.get("type", "any"), ()), "missingValues")
    kept = _chosen(field, (*FIELD_PARTS, *(name for name in written if whole or name not in SAY_VALUES)))
    if "constraints" in field:
        kept["constraints"] = dict(field["constraints"]) if whole else _chosen(field["constraints"], SAY_NONE)
    if whole and "categories" in field:
        kept["categories"] = field["categories"]
    return {name: _bare(value) if name in ("missingValues", "categories") else value for name, value in kept.items()}


def _chosen(given: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}


def _bare(values: Iterable[Any]) -> list[Any]:
    """Values without their labels, which say nothing of the cells."""
    return [item.get("value") if isinstance(item, Mapping) else item for item in values]


def _speaks_of(item: Mapping[str, Any], hidden: Collection[str]) -> bool:
    """A finding about one column may name values of others that it was judged by."""
    return item["column"] in hidden or any(
        isinstance(value, str) and value in hidden for value in item["params"].values()
    )


def _masked(item: Mapping[str, Any]) -> dict[str, Any]:
    return {**item, "params": {key: _shown(key, value) for key, value in item["params"].items()}}


def _shown(key: str, value: Any) -> Any:
    """Counts and rows are whole numbers; other numbers are values of the column, or their quartiles."""
    return HIDDEN if isinstance(value, float) else shown(key, value)


def _without_rare(item: Mapping[str, Any]) -> dict[str, Any]:
    count = int(item["count"])
    seen = min(count, len(item.get("rows", ()))) if item.get("estimated") else count
    return {**item, "params": beside_personal(item["kind"], item["params"], seen)}


def _column(column: Mapping[str, Any]) -> dict[str, Any]:
    kept = {**_shaped(column, least=None), "numbers": None, "histogram": []}
    if period := column.get("period"):
        kept["period"] = {**period, "earliest": period["earliest"][:4], "latest": period["latest"][:4]}
    return kept


def _shaped(column: Mapping[str, Any], *, least: int | None) -> dict[str, Any]:
    """Values that fewer than `least` cells hold (None: all) as shapes."""
    kept = dict(column)
    for name in EXAMPLES:
        if name in column:
            kept[name] = [
                item
                if least is not None and item["count"] >= least
                else {**item, "value": value_shape(str(item["value"]))}
                for item in column[name]
            ]
    return kept
