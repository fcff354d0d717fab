"""UTF-16 without a mark: found where it is, and nowhere else."""

import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.readers import UnreadableFile
from grading.engine.readers.encodings import utf16_without_mark
from tests.grading.engine.readers.conftest import Open, RowsOf
from tests.grading.hostile import parquet

CHINESE = "姓名,城市,备注\n" + "张伟,贵阳市,一切正常。\n" * 40


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        CHINESE,
        CHINESE.replace("\n", "\r\n"),
        CHINESE.replace(",", "\t"),
        "姓名,城市\n张伟,贵阳市\n",
        "名称;数量\n" + "①号（大）；№ 5;12㎡\n".replace("㎡", "") * 9,
        "id,name\n" + "1,abc\n" * 40,
    ],
)
def test_tables_in_utf16_are_recognised(codec: str, text: str) -> None:
    assert utf16_without_mark(text.encode(codec)) == codec


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_a_chinese_table_in_utf16_without_a_mark_is_read(opened: Open, rows_of: RowsOf, codec: str) -> None:
    table = opened(CHINESE.encode(codec))
    assert (table.encoding, table.names, table.records) == ("utf-16", ("姓名", "城市", "备注"), 40)
    assert set(rows_of(table)) == {("张伟", "贵阳市", "一切正常。")}


NOISE = zlib.compress(os.urandom(30_000))


@pytest.mark.parametrize(
    "content",
    [
        CHINESE.encode(),
        CHINESE.encode("gb18030"),
        CHINESE.replace("张", "\x00").encode(),
        b"one,two,three\n\x00,\x00,\x00\n",
        b"one,two,three\n,\x00,\x00\n\x00,\x00,\x00\n",
        b"one;two;three\r\n" + b"\x00;\x00;\x00\r\n" * 40,
        "名称,数量\n".encode() + b"\x00,\x00\n" * 40,
        b"a,b\n1,2\n" * 100,
        NOISE,
        b"\x00,\x00\n" + NOISE,
        b",\x00\n\x00" + NOISE,
        b",\x00\n\x00" + bytes(range(256)) * 40,
        bytes(8000),
        parquet(),
        CHINESE.replace(",", "").encode("utf-16-le"),
        CHINESE.replace("张", "\x01").encode("utf-16-le"),
    ],
)
def test_nothing_else_is_taken_for_utf16(content: bytes) -> None:
    assert utf16_without_mark(content) is None


@given(
    st.sampled_from(["utf-16-le", "utf-16-be"]),
    st.lists(st.text(st.sampled_from("abcXYZ019_ 年上名称数量"), min_size=1), min_size=2, max_size=5),
    st.sampled_from(",;\t|"),
)
def test_whatever_columns_are_called_utf16_is_recognised(codec: str, names: list[str], delimiter: str) -> None:
    lines = [delimiter.join(names), *[delimiter.join("1" for _name in names)] * 40]
    assert utf16_without_mark("\n".join(lines).encode(codec)) == codec


@given(st.binary(min_size=200, max_size=2000))
def test_random_bytes_are_never_taken_for_utf16(content: bytes) -> None:
    if content.count(0) < len(content) * 0.1:
        assert utf16_without_mark(b"\x00,\x00\n" + content) is None
        assert utf16_without_mark(b",\x00\n\x00" + content) is None


def test_binary_content_is_refused_with_or_without_line_ends(opened: Open) -> None:
    for content in (NOISE, b",\x00\n\x00" + NOISE):
        with pytest.raises(UnreadableFile) as caught:
            opened(content)
        assert (caught.value.code, caught.value.params) == ("unsupported_format", {"detected": "binary"})
