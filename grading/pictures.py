"""Stored profiles and assessments as pictures, with their words in the active language."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grading import drawing, wording
from grading.engine.redact import value_shape

PATTERNS: Final = 8
"""Shapes that are drawn of a column whose values are not shown."""

COLUMNS: Final = 60
"""Columns whose quality is drawn; a picture says how many others there are."""
CONFORMITY: Final = frozenset({"data_standards", "format_compliance", "business_rules"})
"""Sub-indicators of single columns that ask whether values are as they should be."""


def radar_of(data: Mapping[str, Any]) -> str:
    """The dimensions of a stored assessment (its `data`); empty where it is stored in a form of before."""
    marks = dimensions_of(data)
    return drawing.radar(marks, title=_title(), missing=_("not assessed")) if len(marks) > 2 else ""


def bars_of(data: Mapping[str, Any]) -> str:
    """The same as bars; empty where it is stored in a form of before."""
    marks = dimensions_of(data)
    return drawing.bars(marks, title=_title(), missing=_("not assessed")) if marks else ""


def dimensions_of(data: Mapping[str, Any]) -> list[drawing.Mark]:
    """The scores with their intervals."""
    return [
        drawing.Mark(
            wording.name(item["dimension"]), item["score"]["value"], item["score"]["low"], item["score"]["high"]
        )
        for item in data.get("dimensions", ())
    ]


def columns_of(data: Mapping[str, Any]) -> str:
    """Completeness and conformity of the columns of a stored assessment, in the order of the file."""
    measures = data.get("measures", ())
    counted: dict[str, dict[str, list[float]]] = {
        item["column"]: {} for item in measures if item["indicator"] == "data_elements" and item["column"] is not None
    }
    for item in measures:
        kind = "complete" if item["indicator"] == "data_elements" else "conforming"
        if item["column"] is None or (kind == "conforming" and item["indicator"] not in CONFORMITY):
            continue
        if item["value"] is not None:
            totals = counted.setdefault(item["column"], {}).setdefault(kind, [0, 0])
            totals[0] += item["satisfied"]
            totals[1] += item["examined"]
    more = len(counted) - COLUMNS
    return drawing.columns(
        [
            drawing.ColumnMark(name, *(_ratio(found.get(kind)) for kind in ("complete", "conforming")))
            for name, found in list(counted.items())[:COLUMNS]
        ],
        title=_("Quality by column"),
        words=drawing.ColumnWords(
            complete=_("cells with a value"),
            conforming=_("values as they should be"),
            missing=_("not assessed"),
            more=_more(more) if more > 0 else "",
        ),
    )


def _more(count: int) -> str:
    return ngettext("%(count)s more column", "%(count)s more columns", count) % {"count": count}


def _title() -> str:
    return _("Quality by dimension (GB/T 36344-2018)")


def _ratio(counted: list[float] | None) -> float | None:
    return counted[0] / counted[1] if counted and counted[1] else None


def distribution_of(column: Mapping[str, Any], *, personal: Collection[str] = ()) -> drawing.Distribution:
    """What is drawn of a column of a stored profile (`data["columns"][n]`).

    Of columns in `personal` the profile holds shapes of values instead of values: the picture says so.
    """
    shapes = column["name"] in personal and bool(column.get("patterns"))
    values = column.get("values", 0)
    top = _shapes(column) if shapes else _top(column, shaped=column["name"] in personal)
    bins = [item for item in column.get("histogram", ()) if None not in (item["low"], item["high"])]
    return drawing.Distribution(
        title=column["name"],
        summary=_summary(column, shapes=shapes),
        words=drawing.Words(
            values=_("values"),
            placeholders=_("placeholders"),
            missing=_("missing"),
            others=_("other shapes") if shapes else _("other values"),
            nothing=_("There are no values.") if not values else _("The values are not shown."),
            highest=_("up to %(count)s"),
        ),
        cells=column.get("rows", 0),
        missing=column.get("nulls", 0),
        placeholders=column.get("placeholders", 0),
        bins=tuple(drawing.Bin(item["low"], item["high"], item["count"]) for item in bins),
        time=column["inferred_type"] in ("date", "datetime"),
        middle=_middle(column),
        top=top,
        others=max(0, values - sum(item.count for item in top)),
        note=_note(column),
    )


def _top(column: Mapping[str, Any], *, shaped: bool) -> tuple[drawing.Share, ...]:
    """The most frequent values without placeholders; shapes of several values that look alike are one."""
    absent = {item["value"] for item in column.get("placeholder_values", ())}
    if shaped:
        absent = set(map(value_shape, absent))
    counted: Counter[str] = Counter()
    for item in column.get("top_values", ()):
        if item["value"] not in absent:
            counted[item["value"]] += item["count"]
    return tuple(drawing.Share(value, count) for value, count in counted.most_common())


def _shapes(column: Mapping[str, Any]) -> tuple[drawing.Share, ...]:
    return tuple(drawing.Share(item["pattern"], item["count"]) for item in column["patterns"][:PATTERNS])


def _summary(column: Mapping[str, Any], *, shapes: bool) -> str:
    distinct = column.get("distinct") or {}
    parts = [wording.name(column["inferred_type"]), _("%(count)s cells") % {"count": f"{column.get('rows', 0):,}"}]
    if distinct:
        about = "" if distinct.get("exact", True) else "≈ "
        parts.append(_("%(count)s distinct") % {"count": f"{about}{distinct['value']:,}"})
    if shapes:
        parts.append(_("shapes of the values"))
    elif "histogram" in column.get("estimated", ()):
        parts.append(_("estimated from a sample"))
    return " · ".join(parts)


def _middle(column: Mapping[str, Any]) -> tuple[float, float, float] | None:
    numbers = column.get("numbers") or {}
    middle = numbers.get("q1"), numbers.get("median"), numbers.get("q3")
    return None if None in middle else middle  # type: ignore[return-value]


def _note(column: Mapping[str, Any]) -> str:
    if period := column.get("period"):
        return f"{period['earliest']} – {period['latest']}"
    middle = _middle(column)
    if middle is None:
        return ""
    first, median, third = (drawing.number(value) for value in middle)
    return _("median %(median)s, half of the values from %(first)s to %(third)s") % {
        "median": median,
        "first": first,
        "third": third,
    }
