"""Values of sensitive columns taken out of stored results for readers who may see the results and not the values.

Values of columns that were found to be personal were not stored (`engine.redact`). What is left are values of sensitive
columns that are about nobody, such as licence plates of a fleet or coordinates: they are shown as shapes to those whom
`policies.sees_values` leaves out, counts stay. And values of columns that only a newer examination found to be
personal: older results show them, and what is rare beside them, to nobody any more. Results of every form that was ever
stored are taken: what is not there needs no mask.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grading.engine.redact import COMMON, beside_personal, shown, value_shape

EXAMPLES: Final = (
    "top_values", "exceptions", "outlier_examples", "broken_examples", "variant_examples", "formula_examples",
)  # fmt: skip
HIDDEN: Final = "–"


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
