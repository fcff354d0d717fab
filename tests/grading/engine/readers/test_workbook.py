"""XLSX: which sheet and row a table begins with, what its cells are as text, what is refused."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grading.engine.profile import study_table
from grading.engine.readers import Table, UnreadableFile, open_table
from grading.engine.readers.errors import UNREADABLE
from grading.engine.readers.workbook import canonical
from tests.grading.engine.readers.conftest import Open, RowsOf
from tests.grading.hostile import MIB
from tests.grading.workbooks import Xml, sheet, table, workbook

ERROR = Xml('<c r="@" t="e"><v>#REF!</v></c>')
FORMULA = Xml('<c r="@"><f>A1*2</f><v>42</v></c>')
TEXT_FORMULA = Xml('<c r="@" t="str"><f>A1</f><v>hi</v></c>')
NOON = Xml('<c r="@" s="3"><v>0.5</v></c>')
LONG = Xml('<c r="@" s="4"><v>1.5</v></c>')


def kinds(opened_table: Table) -> list[tuple[Any, ...]]:
    return [(found.kind, found.count, found.rows, dict(found.params)) for found in opened_table.findings]


def refused(opened: Open, content: bytes, **options: Any) -> tuple[str, dict[str, Any]]:
    with pytest.raises(UnreadableFile) as caught:
        opened(content, "t.xlsx", **options)
    return caught.value.code, caught.value.params


def test_cells_become_canonical_text(opened: Open, rows_of: RowsOf) -> None:
    found = opened(
        table(
            [
                ["id", "text", "date", "number", "truth", "other"],
                [1, "张伟", date(2020, 2, 29), 1.5, True, ERROR],
                [-2.0, 'a "b",\nc', datetime.fromisoformat("2020-01-02T03:04:05"), 1e16, False, FORMULA],
                [6222021234567890123, None, date(1999, 12, 31), 0.1, None, TEXT_FORMULA],
                [1e300, "1.0", NOON, 1e-7, None, LONG],
            ]
        ),
        "t.xlsx",
    )
    assert (found.format, found.encoding, found.dialect, found.packing) == ("xlsx", None, None, None)
    assert (found.names, found.records, kinds(found)) == (("id", "text", "date", "number", "truth", "other"), 4, [])
    assert rows_of(found) == [
        ("1", "张伟", "2020-02-29", "1.5", "true", "#REF!"),
        ("-2", 'a "b",\nc', "2020-01-02T03:04:05", "10000000000000000", "false", "42"),
        ("6222021234567889920", None, "1999-12-31", "0.1", None, "hi"),  # the double that Excel itself would keep
        ("1e+300", "1.0", "12:00:00", "1e-07", None, "PT36H0M0S"),
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (timedelta(hours=1, minutes=2, seconds=3), "PT1H2M3S"),
        (timedelta(seconds=-1.5), "-PT0H0M1.5S"),
        (timedelta(days=100), "PT2400H0M0S"),
        (time(1, 2, 3), "01:02:03"),
        (-0.0, "0"),
        (True, "true"),
        (7, "7"),
    ],
)
def test_the_text_of_a_value(cell: Any, text: str) -> None:
    assert canonical(cell) == text


def test_the_profile_knows_what_the_cells_are(opened: Open) -> None:
    rows: list[list[object]] = [["id", "on", "share"], *([n, date(2020, 1, 1 + n % 28), n / 7] for n in range(1, 60))]
    profile = study_table(opened(table(rows), "t.xlsx")).profile
    assert [column.inferred_type for column in profile.columns] == ["integer", "date", "decimal"]
    assert (profile.rows, profile.format) == (59, "xlsx")


def test_the_first_visible_sheet_with_data_is_read(opened: Open, rows_of: RowsOf) -> None:
    sheets = {"notes": sheet([]), "hidden": sheet([["x"], [1]]), "data": sheet([["a"], [7]]), "more": sheet([["b"]])}
    found = opened(workbook(sheets, hidden=["hidden"]), "t.xlsx")
    assert (found.names, rows_of(found)) == (("a",), [("7",)])
    assert kinds(found) == [("other_sheets", 3, (), {"position": 3})]
    found = opened(workbook({"张伟": sheet([["x"], [1]])}, hidden=["张伟"]), "t.xlsx")
    assert (found.names, kinds(found)) == (("x",), [])


def test_titles_above_the_header_are_skipped(opened: Open, rows_of: RowsOf) -> None:
    rows: list[list[object]] = [
        ["Table 5: 2023"],
        [],
        [None, "in 万元"],
        ["year", "city", "sum"],
        [2023, "贵阳", 1],
        ["total", None, 1],
    ]
    found = opened(table(rows), "t.xlsx")
    assert (found.names, rows_of(found)) == (
        ("year", "city", "sum"),
        [("2023", "贵阳", "1"), ("total", None, "1")],
    )
    assert kinds(found) == [("rows_above_header", 2, (), {"row": 3})]


def test_empty_rows_and_columns_before_the_table_are_not_part_of_it(opened: Open, rows_of: RowsOf) -> None:
    rows: list[list[object]] = [[], [], [None, None, "a", "b"], [None, None, 1, 2]]
    found = opened(table(rows), "t.xlsx")
    assert (found.names, rows_of(found), kinds(found)) == (("a", "b"), [("1", "2")], [])


def test_a_single_column_keeps_its_empty_cells(opened: Open, rows_of: RowsOf) -> None:
    found = opened(table([["a"], [1], [None], [3]]), "t.xlsx")
    assert [row[0] or None for row in rows_of(found)] == ["1", None, "3"]
    assert (found.records, kinds(found)) == (3, [("blank_row", 1, (1,), {})])


def test_merged_cells_and_odd_headers_are_findings(opened: Open, rows_of: RowsOf) -> None:
    xml = sheet([["a", "a", None], [1, 2, 3], [None, 5, 6]], merged=["A1:C1", "A2:A3"])
    found = opened(workbook({"s": xml}), "t.xlsx")
    assert found.names == ("a", "a_2", "column_3")
    assert rows_of(found) == [("1", "2", "3"), (None, "5", "6")]
    assert [kind[:3] for kind in kinds(found)] == [
        ("duplicate_header", 1, ()),
        ("empty_header", 1, ()),
        ("merged_cells", 1, (0,)),
    ]


@pytest.mark.parametrize(
    ("far", "cells"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', 17_179_869_184),
        ('<row r="4000000000"><c><v>1</v></c></row>', 4_000_000_000),
        ("<row\tr='1048576'><c\nr = 'XFD1048576'><v>1</v></c></row>", 17_179_869_184),
        ('<row r="9"><c r="xfd4294967295"><v>1</v></c></row>', 16384 * 4294967295),
    ],
)
def test_a_cell_far_away_is_refused_before_the_sheet_is_laid_out(opened: Open, far: str, cells: int) -> None:
    xml = sheet([["a"], [1]]).replace("</sheetData>", far + "</sheetData>")
    assert refused(opened, workbook({"s": xml})) == ("sheet_too_large", {"cells": cells, "limit": 20_000_000})


def test_too_many_columns_are_refused(opened: Open) -> None:
    assert refused(opened, table([["x"] * 5000])) == ("too_many_columns", {"columns": 5000, "limit": 4096})


def test_a_part_that_grows_is_given_up(opened: Open) -> None:
    big = workbook({"s": sheet([["a"], [1]])}, parts={"xl/sharedStrings.xml": b" " * (2 * MIB)})
    assert refused(opened, big, limit=MIB) == ("expands", {"limit": 1})
    # The directory may lie: then it is noticed while the part is unpacked.
    assert refused(opened, big.replace((2 * MIB).to_bytes(4, "little"), (9).to_bytes(4, "little")), limit=MIB)[0] in (
        "damaged_file",
        "expands",
    )


def test_a_string_that_is_stored_once_and_shown_often_is_counted_each_time(opened: Open) -> None:
    shared = (
        f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"x" * 30_000}</t></si></sst>'
    )
    rows: list[Sequence[object]] = [["a"], *([Xml('<c r="@" t="s"><v>0</v></c>')] for _ in range(100))]
    content = workbook({"s": sheet(rows)}, parts={"xl/sharedStrings.xml": shared})
    assert opened(content, "t.xlsx").records == 100
    assert refused(opened, content, limit=2 * MIB) == ("expands", {"limit": 2})


@pytest.mark.parametrize(
    ("parts", "code", "params"),
    [
        (["xl/workbook.bin"], "unsupported_format", {"detected": "xlsb"}),
        (["content.xml"], "unsupported_format", {"detected": "ods"}),
        (["word/document.xml"], "unsupported_format", {"detected": "docx"}),
        (["table.csv"], "unsupported_format", {"detected": "zip"}),
        (["xl/workbook.xml"], "malformed_table", None),
    ],
)
def test_other_archives_are_called_by_their_name(
    opened: Open, parts: list[str], code: str, params: dict[str, Any] | None
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part in parts:
            archive.writestr(part, "a,b\n1,2\n")
    found = refused(opened, buffer.getvalue())
    assert found[0] == code
    assert params is None or found[1] == params


def test_a_workbook_without_data_is_empty(opened: Open) -> None:
    assert refused(opened, table([])) == ("empty_file", {})


def test_a_damaged_archive_is_refused(opened: Open) -> None:
    content = table([["a"], *([n] for n in range(300))])
    assert refused(opened, content[:-30]) == ("damaged_file", {"format": "xlsx"})
    place = content.index(b"sheet1.xml") + 60
    assert refused(opened, content[:place] + b"\xff" * 40 + content[place + 40 :]) == (
        "damaged_file",
        {"format": "xlsx"},
    )


CELL = st.none() | st.integers(-(10**9), 10**9) | st.text(alphabet='a1,;"\n 张é-=', max_size=5).filter(str.strip)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8))
def test_written_sheets_come_back(tmp_path: Path, rows: list[list[object]]) -> None:
    rows = [*rows, [1, 2, 3]]  # trailing empty rows are no part of a sheet
    (tmp_path / "t").write_bytes(table([["first", "second", "third"], *rows]))
    with open_table(tmp_path / "t", filename="t.xlsx") as found:
        read = [row for batch in found.batches() for row in batch.rows()]
    assert read == [tuple(None if cell is None else str(cell) for cell in row) for row in rows]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 4000), junk=st.binary(min_size=1, max_size=30))
@example(place=-3, junk=b"\x01")  # the directory begins later than it does, so that parts begin before the file
def test_a_workbook_with_any_bytes_in_it_raises_nothing_else(tmp_path: Path, place: int, junk: bytes) -> None:
    content = table([["a", "b"], [1, "x"], [2, "y"]])
    place %= len(content)
    (tmp_path / "t").write_bytes(content[:place] + junk + content[place + len(junk) :])
    try:
        with open_table(tmp_path / "t", filename="t.xlsx") as found:
            end = {batch.width for batch in found.batches()} <= {len(found.columns)}
    except UnreadableFile as error:
        end = error.code in UNREADABLE.keys() - {"parser_broken"}
    assert end
