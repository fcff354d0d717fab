"""JSON Lines and arrays of objects: their keys, the types of their values, what is malformed."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.engine.readers import Table, UnreadableFile, jsonarray, open_table
from grading.engine.readers.keys import BLOCK_LINES, common_type, survey_keys
from tests.grading.engine.readers.conftest import Open, RowsOf
from tests.grading.hostile import many_keys, nested


def kinds(table: Table) -> list[tuple[Any, ...]]:
    return [(found.kind, found.count, found.rows) for found in table.findings]


def test_too_many_keys_are_refused_as_soon_as_they_are_seen(opened: Open) -> None:
    with pytest.raises(UnreadableFile) as caught:
        opened(many_keys(50_000), "t.jsonl")
    # At the block that goes over the limit, not at the end of the file.
    assert (caught.value.code, caught.value.params) == ("too_many_columns", {"columns": 5 * BLOCK_LINES, "limit": 4096})


def test_keys_below_the_limit_are_all_found_whatever_block_they_are_in(opened: Open, rows_of: RowsOf) -> None:
    lines = [{"id": number, f"extra{number // 1000}": "x"} for number in range(3000)]
    table = opened("".join(json.dumps(line) + "\n" for line in lines).encode(), "t.jsonl")
    assert table.names == ("id", "extra0", "extra1", "extra2")
    assert rows_of(table)[2999] == ("2999", None, None, "x")


def test_values_of_kinds_that_do_not_mix_are_read_as_they_are(opened: Open, rows_of: RowsOf) -> None:
    table = opened(b'{"a":1,"b":1}\n{"a":[1],"b":2.5}\n{"a":true,"b":null}\n{"a":{"x":"y"}}\n', "t.jsonl")
    assert [heading.declared_type for heading in table.columns] == [None, "number"]
    assert rows_of(table) == [("1", "1"), ("[1]", "2.5"), ("true", None), ('{"x": "y"}', None)]
    assert kinds(table) == []


@pytest.mark.parametrize(
    ("types", "common"),
    [
        ([], None),
        (["boolean"], "boolean"),
        (["integer", "number"], "number"),
        (["boolean", "integer"], "integer"),
        (["array", "string"], "string"),
        (["array", "object"], None),
        (["object", "integer"], None),
    ],
)
def test_the_type_that_holds_values_of_several(types: list[str], common: str | None) -> None:
    assert common_type(types) == common


def test_lines_that_are_no_objects_are_found_wherever_they_are(opened: Open, rows_of: RowsOf) -> None:
    lines = [b'{"a":%d}\n' % number for number in range(3000)]
    for place, bad in {7: b"5\n", 1500: b"null\n", 1501: b'{"a":NaN}\n', 2999: b'{"a":', 2000: b"[1]\n"}.items():
        lines[place] = bad
    table = opened(b"\n".join(lines), "t.jsonl")  # every second line is blank
    assert kinds(table) == [("malformed_line", 5, (7, 1500, 1501, 2000, 2999))]
    assert (len(rows_of(table)), table.unreadable_records) == (2995, 5)


def test_more_bad_lines_than_good_ones_are_no_table(opened: Open) -> None:
    with pytest.raises(UnreadableFile, match="not a table"):
        opened(b'{"a":1}\n' + b'{"a":NaN}\n' * 2, "t.jsonl")


def test_broken_characters_are_counted(opened: Open) -> None:
    content = '{"名":"甲乙丙丁戊己庚辛壬癸"}\n'.encode() * 20 + b'{"x":"\xff"}\n'
    assert [(found.kind, found.count) for found in opened(content, "t.jsonl").findings] == [("broken_encoding", 1)]


def test_an_array_of_objects_is_a_table(opened: Open, rows_of: RowsOf) -> None:
    table = opened(b'\n[ {"a":1,"b":"x\\ny"} ,\r\n  {"b":\n  "[,]"}, {"a":1.10,"c":[1,\n2]} ]\n', "t.json")
    assert (table.format, table.encoding, table.names) == ("json", "utf-8", ("a", "b", "c"))
    assert [row[:2] for row in rows_of(table)] == [("1", "x\ny"), (None, "[,]"), ("1.1", None)]
    assert [heading.declared_type for heading in table.columns] == ["number", "string", "array"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_an_array_in_another_encoding(opened: Open, rows_of: RowsOf, encoding: str) -> None:
    content = json.dumps([{"姓名": "张伟", "城市": "贵阳市"}] * 20, ensure_ascii=False).encode(encoding)
    table = opened(content, "t.json")
    assert (table.encoding, table.names) == (encoding.removesuffix("-sig"), ("姓名", "城市"))
    assert rows_of(table) == [("张伟", "贵阳市")] * 20


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b'[{"a":1}', "the array is cut off or malformed"),
        (b'[{"a":1},', "the array is cut off or malformed"),
        (b'[{"a":1},]', "the array is cut off or malformed"),
        (b'[{"a":1} {"a":2}]', "elements are not separated by commas"),
        (b'[{"a":1}] {"a":2}', "the document goes on after the array"),
        (b'[{"a":' + nested().encode() + b"}]", "an element is nested too deeply"),
    ],
)
def test_a_broken_array_is_refused(opened: Open, content: bytes, detail: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        opened(content, "t.json")
    assert (caught.value.code, caught.value.params) == ("malformed_table", {"format": "json", "detail": detail})


def test_elements_that_are_no_objects_are_left_out(opened: Open, rows_of: RowsOf) -> None:
    table = opened(b'[{"a":1}, 5, {"a":2}]', "t.json")
    assert (rows_of(table), kinds(table)) == ([("1",), ("2",)], [("malformed_line", 1, (1,))])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(alphabet='a"\\ \n{}[],张😀', max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(alphabet="xy", max_size=2), inner, max_size=2),
    max_leaves=5,
)
RECORD = st.dictionaries(st.text(alphabet="abc", min_size=1, max_size=2), JSON, max_size=3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(RECORD, min_size=1, max_size=8),
    indent=st.sampled_from([None, 0, 2]),
    piece=st.integers(1, 30),
)
def test_an_array_is_the_lines_of_its_elements(tmp_path: Path, records: Any, indent: int | None, piece: int) -> None:
    (tmp_path / "t").write_text(json.dumps(records, indent=indent, ensure_ascii=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonarray, "PIECE_CHARACTERS", piece)
        elements = list(jsonarray._elements(str(tmp_path / "t"), "utf-8"))
    assert [json.loads(element) for element in elements] == records


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(records=st.lists(RECORD, min_size=1, max_size=9))
def test_every_key_of_every_record_is_found(tmp_path: Path, records: Any) -> None:
    (tmp_path / "t").write_text("".join(json.dumps(record) + "\n" for record in records))
    keys = survey_keys(str(tmp_path / "t"))
    assert (set(keys.types), keys.good, keys.bad) == ({key for record in records for key in record}, len(records), 0)


def test_an_array_longer_than_a_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonarray, "PIECE_CHARACTERS", 4096)
    (tmp_path / "t").write_bytes(b"[" + b",".join(b'{"n":%d}' % number for number in range(20_000)) + b"]")
    with open_table(tmp_path / "t", filename="t.json") as table:
        total = sum(int(batch.get_column("c0").cast(int).sum()) for batch in table.batches())
    assert total == 199_990_000
