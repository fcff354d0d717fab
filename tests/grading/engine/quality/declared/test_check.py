"""A whole file against its schema: exact counts and rows, whichever way its values become known."""

import csv
import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.profile import study_table
from grading.engine.quality.declared import check, parse_schema
from grading.engine.quality.declared.check import Checked
from grading.engine.quality.declared.columns import ColumnCheck
from grading.engine.quality.declared.outcome import INDICATORS, findings_of, measured_with
from grading.engine.readers import open_table


def checked(path: Path, schema: Mapping[str, Any]) -> Checked:
    with open_table(path, filename=path.name, trusting=True) as table:
        return check.check_table(table, study_table(table), parse_schema(schema))


def written(tmp_path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], name: str = "t.csv") -> Path:
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return path


def broken(found: Checked) -> dict[tuple[str, ...], tuple[int, int]]:
    """(code, columns, how many, the first row) of each rule that is broken."""
    return {
        (tally.code, *tally.columns): (tally.broken, min(item.row for item in tally.examples.values()))
        for tally in found.tallies
        if tally.broken
    }


@pytest.fixture(params=["values", "rows"])
def way(request, monkeypatch):
    """By the distinct values of the study, or row by row in another pass."""
    if request.param == "rows":
        monkeypatch.setattr(check, "CERTAINLY_KEPT", -1)
        monkeypatch.setattr(check, "TOGETHER", 1)
    return request.param


CONSTRAINTS = [
    ("integer", {"minimum": 2}, ["2", "3"], "1", "rule_minimum"),
    ("integer", {"maximum": "20"}, ["9", "20"], "21", "rule_maximum"),
    ("number", {"exclusiveMinimum": 0.1}, ["0.10000000000000000001"], "0.1", "rule_above"),
    ("number", {"exclusiveMaximum": "1e400"}, ["5", "1e399"], "1E+400", "rule_below"),
    ("number", {"minimum": 0}, ["0", "INF"], "NaN", "rule_minimum"),
    ("date", {"minimum": "2024-01-01"}, ["2024-01-01"], "2023-12-31", "rule_minimum"),
    ("time", {"maximum": "12:00:00"}, ["11:59:59"], "12:00:01", "rule_maximum"),
    (
        "datetime", {"maximum": "2024-01-01T00:00:00Z"},
        ["2024-01-01T01:00:00+01:00"], "2024-01-01T00:00:01Z", "rule_maximum",
    ),
    ("year", {"exclusiveMinimum": 1999}, ["2000"], "1999", "rule_above"),
    ("yearmonth", {"maximum": "2024-02"}, ["2024-02"], "2024-03", "rule_maximum"),
    ("duration", {"minimum": "PT1M"}, ["PT60S", "P1M"], "PT59S", "rule_minimum"),
    ("string", {"minLength": 2}, ["数据"], "数", "rule_min_length"),
    ("string", {"maxLength": 2}, ["ab", "数据"], "abc", "rule_max_length"),
    ("array", {"maxLength": 1}, ["[1]", "[]"], "[1, 2]", "rule_max_length"),
    ("object", {"minLength": 1}, ['{"a": 1}'], "{}", "rule_min_length"),
    ("string", {"pattern": "[a-z-[x]]{2}"}, ["ab"], "abc", "rule_pattern"),
    ("string", {"enum": ["a", "b"]}, ["a", "b"], "A", "rule_enum"),
    ("integer", {"enum": [1, "2"]}, ["1", "02"], "3", "rule_enum"),
    ("boolean", {"enum": [True]}, ["true", "1"], "0", "rule_enum"),
    ("any", {"enum": ["x"]}, ["x"], "y", "rule_enum"),
    ("integer", {}, ["1"], "one", "rule_type"),
    ("any", {"required": True}, ["x"], "", "rule_required"),
    ("integer", {"unique": True}, ["1", "2"], "01", "rule_unique"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "constraints", "good", "bad", "code"), CONSTRAINTS)
def test_each_constraint(tmp_path, kind, constraints, good, bad, code, way):
    path = written(tmp_path, ["n", "x"], [[n, value] for n, value in enumerate([*good, bad])])
    schema = {"fields": [{"name": "n"}, {"name": "x", "type": kind, "constraints": constraints}]}
    assert broken(checked(path, schema)) == {(code, "x"): (1, len(good))}


KEYED = {
    "fields": [
        {"name": "id", "type": "integer"},
        {"name": "kind", "type": "string"},
        {"name": "up", "type": "integer"},
    ],
    "primaryKey": ["id", "kind"],
    "uniqueKeys": [["kind", "up"]],
    "foreignKeys": [{"fields": ["up"], "reference": {"resource": "", "fields": ["id"]}}],
}


def test_keys(tmp_path, way):
    rows = [["1", "a", ""], ["01", "b", "1"], ["1", "a", "2"], ["2", "", "+1"], ["x", "b", "1"], ["2", "c", "1"]]
    found = checked(written(tmp_path, ["id", "kind", "up"], rows), KEYED)
    assert broken(found) == {
        ("rule_type", "id"): (1, 4),
        ("primary_key", "id", "kind"): (1, 2),
        ("primary_key_missing", "id", "kind"): (1, 3),
        ("rule_unique_together", "kind", "up"): (1, 4),
    }
    rows[5][2] = "3"
    found = checked(written(tmp_path, ["id", "kind", "up"], rows), KEYED)
    assert broken(found)["foreign_key", "up"] == (1, 5)


def test_a_primary_key_of_one_column(tmp_path, way):
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "x"}], "primaryKey": "id"}
    assert broken(checked(written(tmp_path, ["id", "x"], [["1", "a"], ["2", "b"], ["", "c"]]), schema)) == {
        ("primary_key_missing", "id"): (1, 2)
    }
    rows = [["1", "a"], ["2", "b"], ["1.", "c"], ["2", "c"]]
    assert broken(checked(written(tmp_path, ["id", "x"], rows), schema)) == {
        ("rule_type", "id"): (1, 2),
        ("primary_key", "id"): (1, 3),
    }


MATCHES = {
    ("exact", "a,b"): [],
    ("exact", "b,a"): ["field_order"],
    ("exact", "a"): ["field_missing"],
    ("exact", "a,b,c"): ["field_undeclared"],
    ("exact", "a,c"): ["field_renamed"],
    ("equal", "b,a"): [],
    ("equal", "a,c"): ["field_missing", "field_undeclared"],
    ("subset", "c,b,a"): [],
    ("subset", "a,c"): ["field_missing"],
    ("superset", "b"): [],
    ("superset", "b,c"): ["field_undeclared"],
    ("partial", "c,b"): [],
    ("partial", "c,d"): ["fields_unknown"],
}


@pytest.mark.parametrize(("match", "header"), MATCHES)
def test_fields_and_columns(tmp_path, match, header):
    names = header.split(",")
    path = written(tmp_path, names, [["1"] * len(names)])
    schema = {"fields": [{"name": "a"}, {"name": "b", "type": "integer"}], "fieldsMatch": match}
    found = checked(path, schema)
    assert [item.code for item in found.differences] == MATCHES[match, header]
    examined = [tally.columns for tally in found.tallies if tally.code == "rule_type"]
    assert examined == ([("b",)] if "b" in names else [("c",)] if (match, header) == ("exact", "a,c") else [])


def test_a_key_without_its_column_or_its_file_is_said_to_be_unchecked(tmp_path):
    schema = {
        "fields": [{"name": "a"}, {"name": "b"}],
        "fieldsMatch": "superset",
        "primaryKey": "b",
        "foreignKeys": [{"fields": "a", "reference": {"resource": "other", "fields": "x"}}],
    }
    found = checked(written(tmp_path, ["a"], [["1"]]), schema)
    assert found.unchecked == ("resource_not_given", "key_without_column")
    assert [item.evidence_code for item in findings_of(found)[0]] == ["resource_not_given", "key_without_column"]


def test_missing_values(tmp_path, way):
    path = written(tmp_path, ["n", "x", "y", "z"], [["0", "-9", "", ""], ["1", "", "-9", "3"]])
    schema = {
        "missingValues": ["-9"],
        "fields": [
            {"name": "n"},
            {"name": "x", "constraints": {"required": True}},
            {"name": "y", "type": "integer"},
            {"name": "z", "type": "integer", "missingValues": [""], "constraints": {"required": True}},
        ],
    }
    # an empty text is a value where it is not declared to be none
    assert broken(checked(path, schema)) == {
        ("rule_required", "x"): (1, 0),
        ("rule_type", "y"): (1, 0),
        ("rule_required", "z"): (1, 0),
    }


def test_columns_with_types_of_their_own(tmp_path, way):
    frame = pl.DataFrame(
        {
            "i": [1, 2, None],
            "f": [1.0, 2.5, float("nan")],
            "d": ["2024-01-01", "2024-01-02", None],
            "t": ["2024-01-01T10:00:00", "2024-01-02T10:00:00", None],
            "b": [True, False, None],
            "s": ["x", "", None],
        }
    ).with_columns(pl.col("d").str.to_date(), pl.col("t").str.to_datetime())
    path = tmp_path / "t.parquet"
    frame.write_parquet(path)
    schema = {
        "fields": [
            {"name": "i", "type": "integer", "constraints": {"required": True}},
            {"name": "f", "type": "integer"},
            {"name": "d", "type": "date", "format": "%d.%m.%Y", "constraints": {"maximum": "01.01.2024"}},
            {"name": "t", "type": "datetime", "constraints": {"minimum": "2024-01-02T00:00:00"}},
            {"name": "b", "type": "boolean", "trueValues": ["Y"], "falseValues": ["N"], "constraints": {"enum": ["Y"]}},
            {"name": "s", "constraints": {"required": True}},
        ]
    }
    assert broken(checked(path, schema)) == {
        ("rule_required", "i"): (1, 2),
        ("rule_type", "f"): (2, 1),
        ("rule_maximum", "d"): (1, 1),
        ("rule_minimum", "t"): (1, 0),
        ("rule_enum", "b"): (1, 1),
        ("rule_required", "s"): (2, 1),
    }


def test_json_lines(tmp_path, way):
    path = tmp_path / "t.jsonl"
    path.write_text('{"a": 1, "b": {"x": 1}}\n{"a": "1", "b": [1]}\n{"b": null}\n', encoding="utf-8")
    schema = {
        "fields": [{"name": "a", "type": "integer", "constraints": {"required": True}}, {"name": "b", "type": "object"}]
    }
    assert broken(checked(path, schema)) == {("rule_required", "a"): (1, 2), ("rule_type", "b"): (1, 1)}


IRREGULAR = 'id,x\n1,a\n\n2,b,c\n3\n4,"p ""q""\nr"\n2,z\n'


@pytest.mark.parametrize("text", [IRREGULAR, IRREGULAR.replace('"p', "p")], ids=["ragged", "quoting"])
def test_an_irregular_file_is_counted_as_it_was_studied(tmp_path, text, way):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    schema = {
        "fields": [{"name": "id", "type": "integer", "constraints": {"unique": True}}, {"name": "x"}],
        "primaryKey": "id",
    }
    with open_table(path, filename=path.name, trusting=True) as table:
        study = study_table(table)
        found = check.check_table(table, study, parse_schema(schema))
    cells = study.rows.sort("row").get_column("c0").to_list()
    assert found.unchecked == ()
    assert broken(found)["rule_unique", "id"] == (1, [row for row, cell in enumerate(cells) if cell == "2"][1])
    missing = [row for row, cell in enumerate(cells) if cell is None]
    assert broken(found).get(("primary_key_missing", "id"), (0, 0)) == (len(missing), [*missing, 0][0])


def test_values_are_counted_and_the_first_kept(tmp_path, way):
    rows = [[n, f"bad {n % 30:02}"] for n in range(90)]
    found = checked(
        written(tmp_path, ["n", "x"], rows),
        {"fields": [{"name": "n"}, {"name": "x", "type": "string", "constraints": {"maxLength": 3}}]},
    )
    findings, totals = findings_of(found)
    assert totals == {"rule_length": 90}
    assert [(item.row, item.count, item.params.get("value")) for item in findings] == [
        *((n, 3, f"bad {n:02}") for n in range(20)),
        (None, 30, None),
    ]
    assert {item.confidence for item in findings} == {1.0}


def test_measures_take_the_place_of_what_could_not_be_assessed(tmp_path):
    rows = [["1", ""], ["1", "2"], ["x", "7"]]
    found = checked(
        written(tmp_path, ["id", "up"], rows),
        {
            "fields": [
                {"name": "id", "type": "integer", "constraints": {"unique": True, "maximum": 5}},
                {"name": "up", "type": "integer"},
            ],
            "foreignKeys": [{"fields": "up", "reference": {"fields": "id"}}],
        },
    )
    measures = measured_with((), found)
    told = {(item.indicator, item.metric, item.column): (item.satisfied, item.examined) for item in measures}
    assert told == {
        ("data_model", "declared_fields", None): (2, 2),
        ("data_standards", "rule_type", "id"): (2, 3),
        ("data_standards", "rule_type", "up"): (2, 2),
        ("business_rules", "rule_maximum", "id"): (2, 2),
        ("uniqueness", "rule_unique", "id"): (1, 2),
        ("related_data", "foreign_key", "up"): (0, 2),
    }
    assert {tally.kind for tally in found.tallies} <= set(INDICATORS)


VALUES = {
    "integer": st.integers(-5, 5).map(str),
    "number": st.decimals(-5, 5, places=1).map(str),
    "date": st.dates().map(lambda day: day.isoformat().rjust(10, "0")),
    "boolean": st.sampled_from(["true", "0"]),
    "string": st.text("abc文 ", max_size=4),
    "array": st.lists(st.integers(0, 9), max_size=2).map(json.dumps),
}


@st.composite
def tables(draw):
    """(a descriptor, a header, rows that keep to it)"""
    kinds = draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=4))
    height = draw(st.integers(1, 12))
    fields = [{"name": f"f{place}", "type": kind} for place, kind in enumerate(kinds)]
    columns = [draw(st.lists(VALUES[kind], min_size=height, max_size=height)) for kind in kinds]
    numbers = [str(number) for number in range(height)]
    fields.append({"name": "id", "type": "integer", "constraints": {"required": True, "unique": True}})
    return {"fields": fields, "primaryKey": "id"}, [field["name"] for field in fields], [
        list(row) for row in zip(*columns, numbers, strict=True)
    ]  # fmt: skip


WRONG = {"integer": "1.5", "number": "1,5", "date": "2024-13-01", "boolean": "maybe", "array": "[1"}


@settings(deadline=None, max_examples=12)
@given(tables(), st.data())
def test_what_keeps_to_the_schema_breaks_no_rule_and_one_wrong_cell_is_found_where_it_is(tmp_path_factory, table, data):
    schema, header, rows = table
    folder = tmp_path_factory.mktemp("declared")
    assert broken(checked(written(folder, header, rows), schema)) == {}
    place = data.draw(st.integers(0, len(rows) - 1))
    kinds = [field["type"] for field in schema["fields"]]
    columns = [column for column, kind in enumerate(kinds) if kind in WRONG]
    column = data.draw(st.sampled_from(columns))
    rows[place][column] = WRONG[kinds[column]]
    assert broken(checked(written(folder, header, rows), schema)) == {("rule_type", header[column]): (1, place)}


CELLS = st.lists(st.none() | st.text("ab1", max_size=2), max_size=40)


@settings(deadline=None, max_examples=40)
@given(CELLS, st.lists(st.integers(0, 40), max_size=4), st.booleans())
def test_parts_say_what_the_whole_says(cells, cuts, native):
    field = {
        "name": "x", "type": "string",
        "constraints": {"required": True, "maxLength": 1, "enum": ["a", "1"], "pattern": "[ab]*"},
    }  # fmt: skip
    (declared,) = parse_schema({"fields": [field]}).fields

    def told(edges: Sequence[int]) -> object:
        column = ColumnCheck(declared, "x", native=native)
        for begin, end in itertools.pairwise(edges):
            some = pl.DataFrame({"value": pl.Series(cells[begin:end], dtype=pl.String)})
            some = some if native else some.fill_null("")
            column.add(
                some.with_row_index("row", offset=begin)
                .group_by("value")
                .agg(pl.len().cast(pl.Int64).alias("count"), pl.col("row").min().cast(pl.Int64))
            )
        return column.tallies()

    assert told(sorted({0, len(cells), *(cut for cut in cuts if cut < len(cells))})) == told([0, len(cells)])


def test_rows_are_counted_over_all_batches(tmp_path, way, monkeypatch):
    monkeypatch.setattr("grading.engine.readers.table.BATCH_ROWS", 256)
    rows = [[n, "x"] for n in range(700)]
    rows[600][0], rows[650][0] = 5, "?"
    schema = {"fields": [{"name": "n", "type": "integer", "constraints": {"unique": True}}, {"name": "x"}]}
    assert broken(checked(written(tmp_path, ["n", "x"], rows), schema)) == {
        ("rule_type", "n"): (1, 650),
        ("rule_unique", "n"): (1, 600),
    }


def test_fields_of_one_name_are_told_by_their_order(tmp_path):
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "a", "type": "date"}]}
    assert broken(checked(written(tmp_path, ["a", "a"], [["1", "2024-01-01"], ["2", "3"]]), schema)) == {
        ("rule_type", "a_2"): (1, 1)
    }


def test_long_texts_that_begin_alike_are_told_apart(tmp_path):
    texts = ["x" * 600 + end for end in "ab"]
    path = written(tmp_path, ["n", "x"], [[n, text] for n, text in enumerate([*texts, texts[0]])])
    rules = {"maxLength": 9, "unique": True}
    schema = {"fields": [{"name": "n"}, {"name": "x", "type": "string", "constraints": rules}]}
    found = checked(path, schema)
    assert broken(found) == {("rule_max_length", "x"): (3, 0), ("rule_unique", "x"): (1, 2)}
    assert [item.count for item in findings_of(found)[0]] == [2, 1, 1]
    assert max(len(str(item.params.get("value", ""))) for item in findings_of(found)[0]) < 150
