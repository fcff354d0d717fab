"""Values of sensitive columns taken out of stored results for readers who may see the results and not the values.

Personal values were never stored (`engine.redact`). What is left are values of sensitive columns that are about nobody,
such as licence plates of a fleet or coordinates: they are shown as shapes to those whom `policies.sees_values` leaves
out, counts stay. Results of every form that was ever stored are taken: what is not there needs no mask.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from grading.engine.redact import shown, value_shape

EXAMPLES: Final = (
    "top_values", "exceptions", "outlier_examples", "broken_examples", "variant_examples", "formula_examples",
)  # fmt: skip
HIDDEN: Final = "–"


def masked_findings(findings: Iterable[Mapping[str, Any]], hidden: Collection[str]) -> list[dict[str, Any]]:
    """The findings, with shapes instead of values wherever one of the hidden columns is spoken of."""
    return [_masked(item) if _speaks_of(item, hidden) else dict(item) for item in findings]


def masked_profile(data: Mapping[str, Any], hidden: Collection[str]) -> dict[str, Any]:
    """The profile (`Profile.data`) without values of the hidden columns, and without what describes them closely."""
    columns = data.get("columns", ())
    return {**data, "columns": [_column(one) if one["name"] in hidden else one for one in columns]}


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


def _column(column: Mapping[str, Any]) -> dict[str, Any]:
    kept = {**column, "numbers": None, "histogram": []}
    for name in EXAMPLES:
        if name in column:
            kept[name] = [{**item, "value": value_shape(str(item["value"]))} for item in column[name]]
    if period := column.get("period"):
        kept["period"] = {**period, "earliest": period["earliest"][:4], "latest": period["latest"][:4]}
    return kept
