"""Formats, encodings, dialects and hostile files."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from grading.engine.profile import study_table
from grading.engine.readers import Table, UnreadableFile, open_table
from grading.engine.readers.errors import parser_detail

Open = Callable[..., Table]


def rows_of(table: Table) -> list[tuple[object, ...]]:
    return [row for batch in table.batches() for row in batch.rows()]


def kinds_of(table: Table) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(finding.kind, finding.count, finding.rows) for finding in table.findings]


def test_plain_csv_is_read_as_raw_text(opened: Open) -> None:
    table = opened(b"id,postcode\n1,00501\n2,\n")

    assert (table.format, table.encoding, table.names) == ("csv", "utf-8", ("id", "postcode"))
    assert rows_of(table) == [("1", "00501"), ("2", None)]
    assert table.records == 2
    assert table.findings == ()


@pytest.mark.parametrize(
    ("content", "delimiter", "form"),
    [
        (b"a;b\r\n1;2,5\r\n3;4\r\n", ";", "csv"),
        (b"a\tb\n1\t2,5\n3\t4\n", "\t", "tsv"),
        (b"a|b\n1|2,5\n3|4\n", "|", "csv"),
        (b'a,b\n1,"2,5"\n3,4\n', ",", "csv"),
    ],
)
def test_the_delimiter_is_found(opened: Open, content: bytes, delimiter: str, form: str) -> None:
    table = opened(content)

    assert table.dialect is not None
    assert (table.dialect.delimiter, table.format) == (delimiter, form)
    assert rows_of(table) == [("1", "2,5"), ("3", "4")]


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("gb18030", "gb18030"),
    ],
)
def test_chinese_text_in_four_encodings(opened: Open, codec: str, encoding: str) -> None:
    table = opened("姓名,城市\n张伟,贵阳\n李娜,上海\n".encode(codec))

    assert table.encoding == encoding
    assert table.names == ("姓名", "城市")
    assert rows_of(table) == [("张伟", "贵阳"), ("李娜", "上海")]


def test_western_text_is_not_taken_for_chinese(opened: Open) -> None:
    table = opened("name,town\nJosé,Málaga\nÉric,Nîmes\n".encode("cp1252"))

    assert table.encoding == "windows-1252"
    assert rows_of(table) == [("José", "Málaga"), ("Éric", "Nîmes")]


def test_a_few_broken_bytes_do_not_change_the_encoding(opened: Open) -> None:
    table = opened("城市\n".encode() + "贵阳市云岩区中山路\n".encode() * 50 + b"\xff\xfe\n")

    assert table.encoding == "utf-8"
    assert kinds_of(table) == [("broken_encoding", 2, ())]
    assert rows_of(table)[-1] == ("\ufffd\ufffd",)


def test_ragged_and_blank_rows_are_counted_with_their_numbers(opened: Open) -> None:
    table = opened(b"a,b,c\n1,2\n4,5,6,7,8\n\n7,8,9\n7\n")

    assert rows_of(table) == [
        ("1", "2", None),
        ("4", "5", "6"),
        (None, None, None),
        ("7", "8", "9"),
        ("7", None, None),
    ]
    assert kinds_of(table) == [("ragged_row", 1, (1,)), ("ragged_row", 2, (0, 4)), ("blank_row", 1, (2,))]
    assert [finding.params for finding in table.findings[:2]] == [{"fields": "long"}, {"fields": "short"}]


def test_quoted_line_breaks_and_delimiters_are_no_defects(opened: Open) -> None:
    table = opened(b'a,"b\nq",c\n1,"2\nx,y",3\n4,"say ""hi""",6\n')

    assert table.names == ("a", "b\nq", "c")
    assert rows_of(table) == [("1", "2\nx,y", "3"), ("4", 'say "hi"', "6")]
    assert (table.records, table.findings) == (2, ())


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b'a,b,c\n1,2"x,3\n4,5,6\n', [("1", '2"x', "3"), ("4", "5", "6")]),
        (b'a,b,c\n1,"x"y,3\n4,5,6\n', [("1", "xy", "3"), ("4", "5", "6")]),
        (b'a,b,c\n1,"2,3\n4,5,6\n', [("1", '"2', "3"), ("4", "5", "6")]),
    ],
)
def test_irregular_quotes_are_read_the_forgiving_way(opened: Open, content: bytes, rows: list[tuple[str, ...]]) -> None:
    table = opened(content)

    assert rows_of(table) == rows
    assert ("irregular_quoting", 1, ()) in kinds_of(table)


def test_duplicate_and_empty_headers_get_names_of_their_own(opened: Open) -> None:
    table = opened(b"a,a,,^.*$,*,a_2\n1,2,3,4,5,6\n")

    assert table.names == ("a", "a_3", "column_3", "^.*$", "*", "a_2")
    assert rows_of(table) == [("1", "2", "3", "4", "5", "6")]
    assert [(finding.kind, finding.params["name"]) for finding in table.findings] == [
        ("duplicate_header", "a_3"),
        ("empty_header", "column_3"),
    ]


def test_nul_bytes_are_reported_and_kept(opened: Open) -> None:
    table = opened(b"a,b\n1,x\x00y\n")

    assert kinds_of(table) == [("nul_bytes", 1, ())]
    assert rows_of(table) == [("1", "x\x00y")]


def test_old_mac_line_ends(opened: Open) -> None:
    assert rows_of(opened(b"a,b\r1,2\r3,4\r")) == [("1", "2"), ("3", "4")]


def test_row_names_without_a_heading_get_a_column(opened: Open) -> None:
    table = opened(b"x,y\nr1,1,2\nr2,3,4\n")

    assert table.names == ("column_1", "x", "y")
    assert rows_of(table)[0] == ("r1", "1", "2")


def test_json_lines_keep_what_changes_type_midway(opened: Open) -> None:
    lines = b'{"a": 1, "b": {"x": [1]}}\n{"a": "many", "c": true}\n\n{"a": null}\n'
    table = opened(lines, "events.jsonl")

    assert (table.format, table.names) == ("jsonl", ("a", "b", "c"))
    assert rows_of(table) == [("1", '{"x": [1]}', None), ("many", None, "true"), (None, None, None)]


def test_json_lines_cut_off_in_the_last_line_lose_that_line_only(opened: Open) -> None:
    table = opened(b'{"a": 1}\n{"a": 2}\n{"a":', "events.jsonl")

    assert rows_of(table) == [("1",), ("2",)]
    assert kinds_of(table) == [("malformed_line", 1, (2,))]
    assert table.unreadable_records == 1


def test_parquet_has_declared_types(opened: Open, tmp_path: Path) -> None:
    frame = pl.DataFrame({"*": [1, None], "when": ["2024-01-01", None], "tags": [[1, 2], None]}).with_columns(
        pl.col("when").str.to_date()
    )
    frame.write_parquet(tmp_path / "made")
    table = opened((tmp_path / "made").read_bytes(), "anything.csv")

    assert table.format == "parquet"
    assert [column.declared_type for column in table.columns] == ["int64", "date", "list(int64)"]
    assert next(iter(table.batches())).get_column("c2").to_list() == ['{"value":[1,2]}', None]


def test_parquet_with_damaged_pages_is_not_taken_for_complete(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": list(range(3000)), "b": [f"v{number * 7919 % 3001}" for number in range(3000)]})
    frame.write_parquet(tmp_path / "made", row_group_size=1000, compression="uncompressed")
    content = bytearray((tmp_path / "made").read_bytes())
    refused = 0
    for place in range(8, 12_000, 600):
        damaged = bytearray(content)
        damaged[place : place + 40] = b"\xff" * 40
        (tmp_path / "damaged").write_bytes(damaged)
        try:
            with open_table(tmp_path / "damaged", filename="t.parquet") as table:
                assert study_table(table).profile.rows == 3000
        except UnreadableFile as error:
            refused += error.code in ("malformed_table", "truncated_parquet")

    assert refused > 0


def test_an_unlinked_file_is_read_by_its_descriptor() -> None:
    with tempfile.TemporaryFile() as handle:
        handle.write(b"a,b\n1,2\n")
        handle.flush()
        with open_table(f"/proc/self/fd/{handle.fileno()}", filename="x.csv") as table:
            assert rows_of(table) == [("1", "2")]


def test_transcoding_leaves_nothing_in_the_scratch_folder(tmp_path: Path) -> None:
    path = tmp_path / "source"
    path.write_bytes("姓名,年龄\n张伟,3\n".encode("gb18030"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with open_table(path, filename="x.csv", scratch=scratch) as table:
        assert os.listdir(scratch) == []
        assert rows_of(table) == [("张伟", "3")]


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [
        (b"", "x.csv", "empty_file"),
        (b"\n \n", "x.csv", "empty_file"),
        (b"\xef\xbb\xbf", "x.csv", "empty_file"),
        (b"PAR1 and no end", "x.parquet", "truncated_parquet"),
        (b"PAR1" + b"\x00" * 40 + b"PAR1", "x.parquet", "truncated_parquet"),
        (b"\x89PNG\r\n\x1a\n", "x.csv", "unsupported_format"),
        (b"PK\x03\x04....", "x.xlsx", "damaged_file"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "x.xls", "unsupported_format"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "x.xlsx", "protected_workbook"),
        (b"x" * 257 + b"ustar\x0000", "x.tar", "unsupported_format"),
        (bytes(range(256)) * 20, "x.csv", "unsupported_format"),
        (b"<!DOCTYPE html><html></html>", "x.csv", "unsupported_format"),
        (b"[[1, 2]]", "x.json", "unsupported_format"),
        (b'{\n "a": 1\n}', "x.json", "unsupported_format"),
        (b"just some words\nand more\n", "x.md", "not_a_table"),
        (b'{"a": 1}\nno\nno\n', "x.jsonl", "not_a_table"),
        (b",".join(b"c%d" % place for place in range(5000)) + b"\n", "x.csv", "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_with_a_code(opened: Open, content: bytes, filename: str, code: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        opened(content, filename)

    assert caught.value.code == code


def test_a_parsers_message_is_kept_without_the_data_it_quotes() -> None:
    error = ValueError("could not parse `张三,520102` as dtype `str`\nmore 张三")

    assert parser_detail(error) == "could not parse …"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="cannot be opened"):
        open_table(tmp_path / "nowhere", filename="x.csv")
