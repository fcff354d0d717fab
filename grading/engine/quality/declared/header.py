"""The fields of a schema and the columns of a file: which is which, and what either lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grading.engine.quality.declared.model import TableSchema


@dataclass(frozen=True, slots=True)
class Difference:
    """`code` of the sentence, and the names it speaks of."""

    code: str
    params: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Matched:
    """`columns`: place of the column of each field, by the field's place. `names`: how many were compared."""

    columns: Mapping[int, int]
    differences: tuple[Difference, ...]
    names: int


def match_header(schema: TableSchema, headings: Sequence[str]) -> Matched:
    """Fields find their columns by name, each once; the last in `exact` by place, so that a renamed one is checked too.

    What `fieldsMatch` does not allow is a difference: fields without a column, columns without a field, another order.
    """
    free: dict[str, list[int]] = {}
    for place, name in reversed(list(enumerate(headings))):
        free.setdefault(name.strip(), []).append(place)
    columns: dict[int, int] = {}
    for field in schema.fields:
        if places := free.get(field.name.strip()):
            columns[field.place] = places.pop()
    match = schema.fields_match
    left = {place for places in free.values() for place in places}
    absent = [field for field in schema.fields if field.place not in columns]
    differences: list[Difference] = []
    if match == "exact":
        for field in list(absent):
            if field.place in left:
                left.remove(field.place)
                absent.remove(field)
                columns[field.place] = field.place
                differences.append(
                    Difference(
                        "field_renamed",
                        {"name": field.name, "header": headings[field.place], "position": field.place + 1},
                    )
                )
        moved = [field for field in schema.fields if columns.get(field.place, field.place) != field.place]
        order = [columns[field.place] for field in schema.fields if field.place in columns]
        if order != sorted(order):
            name = moved[0].name
            differences.append(Difference("field_order", {"name": name, "position": moved[0].place + 1}))
    if match in ("exact", "equal", "subset"):
        differences += [Difference("field_missing", {"name": field.name}) for field in absent]
    if match in ("exact", "equal", "superset"):
        differences += [Difference("field_undeclared", {"name": headings[place]}) for place in sorted(left)]
    if match == "partial" and not columns:
        differences.append(Difference("fields_unknown", {"count": len(schema.fields)}))
    return Matched(columns, tuple(differences), max(len(schema.fields), len(headings)))
