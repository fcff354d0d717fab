"""gzip and zstd files: what is in them, how far they may unpack, what is damaged."""

import gzip
import io
import os
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.engine.profile import study_table
from grading.engine.readers import UnreadableFile, open_table
from grading.engine.readers.errors import UNREADABLE
from grading.engine.readers.packing import inner_name, packing_of, unpacked_limit
from tests.grading import workbooks
from tests.grading.engine.readers.conftest import Open, RowsOf
from tests.grading.hostile import MIB, zstd_bomb
from tests.grading.packed import PACK, zstd_packed

CSV = b"id,name\n1,a\n2,b\n"


def parquet() -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame({"id": [1, 2], "name": ["a", "b"]}).write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
@pytest.mark.parametrize(
    ("content", "filename", "form", "rows"),
    [
        (CSV, "t.csv", "csv", [("1", "a"), ("2", "b")]),
        (CSV.replace(b",", b"\t"), "t.tsv", "tsv", [("1", "a"), ("2", "b")]),
        (b'{"id":1,"name":"a"}\n{"id":2,"name":"b"}\n', "t.jsonl", "jsonl", [("1", "a"), ("2", "b")]),
        (CSV.decode().encode("utf-16"), "t.csv", "csv", [("1", "a"), ("2", "b")]),
        (b'id,name\n1,"a"b\n2,b\n', "t.csv", "csv", [("1", "ab"), ("2", "b")]),
        (parquet(), "t.parquet", "parquet", [(1, "a"), (2, "b")]),
    ],
)
def test_what_is_packed_is_read_as_what_it_is(
    opened: Open, rows_of: RowsOf, packing: str, content: bytes, filename: str, form: str, rows: Any
) -> None:
    packed = PACK[packing](content)
    table = opened(packed, f"{filename}.{packing}")
    assert (table.format, table.packing, table.names) == (form, packing, ("id", "name"))
    assert (rows_of(table), table.size_bytes) == (rows, len(packed))


def test_the_repaired_table_says_how_it_was_packed(opened: Open, rows_of: RowsOf) -> None:
    table = opened(gzip.compress(CSV), "t.csv.gz")
    assert table.repair is not None
    again = table.repair()
    assert (again.packing, rows_of(again)) == ("gzip", [("1", "a"), ("2", "b")])


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_members_and_frames_in_a_row_are_one_file(opened: Open, rows_of: RowsOf, packing: str) -> None:
    pack = PACK[packing]
    assert rows_of(opened(pack(CSV[:11]) + pack(CSV[11:]), "t.csv.gz")) == [("1", "a"), ("2", "b")]


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_a_stream_that_is_cut_off_or_damaged_is_refused(opened: Open, packing: str) -> None:
    noise = PACK[packing](b"a,b\n" + os.urandom(3000).hex().encode())
    damaged = bytearray(noise)
    damaged[len(noise) // 2] ^= 0xFF
    refused = []
    for content in (noise[:-1], noise[:100], noise[:9], bytes(damaged)):
        with pytest.raises(UnreadableFile) as caught:
            opened(content, "t.csv.gz")
        refused.append((caught.value.code, caught.value.params))
    assert refused == [("damaged_file", {"format": packing})] * 4


@pytest.mark.parametrize("outer", ["gzip", "zstd"])
@pytest.mark.parametrize(
    ("content", "detected"),
    [
        (gzip.compress(CSV), "gzip"),
        (zstd_packed(CSV), "zstd"),
        (workbooks.table([["a"], [1]]), "zip"),
        (b"x" * 257 + b"ustar\x0000" + bytes(249), "tar"),
    ],
)
def test_an_archive_in_an_archive_is_refused(opened: Open, outer: str, content: bytes, detected: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        opened(PACK[outer](content), "t.csv.gz")
    assert (caught.value.code, caught.value.params) == ("packed_twice", {"detected": detected})


@pytest.mark.parametrize("pack", [gzip.compress, zstd_packed])
def test_a_bomb_is_given_up_at_its_limit(opened: Open, tmp_path: Path, pack: Any) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(UnreadableFile) as caught:
        opened(pack(b"a,b\n" * MIB), "t.csv", scratch=scratch, limit=MIB)
    assert (caught.value.code, caught.value.params) == ("expands", {"limit": 1})
    assert os.listdir(scratch) == []


def test_without_a_limit_there_is_one_all_the_same(opened: Open) -> None:
    with pytest.raises(UnreadableFile) as caught:
        opened(zstd_bomb(), "t.csv.zst")  # 11 KiB for 125 MiB
    assert (caught.value.code, caught.value.params) == ("expands", {"limit": 64})
    assert unpacked_limit(10 * MIB) == 264 * MIB


def test_unpacking_reports_how_far_it_is(tmp_path: Path) -> None:
    lines = b"a,b\n" + (b"x" * 180 + b",1\n") * 15_000
    (tmp_path / "t").write_bytes(gzip.compress(lines, compresslevel=0))
    told: list[tuple[float, str]] = []
    with open_table(tmp_path / "t", filename="t.csv.gz", progress=lambda share, stage: told.append((share, stage))):
        pass
    shares = [share for share, _ in told]
    assert {stage for _, stage in told} == {"unpacking"}
    assert (len(shares) > 2, shares == sorted(shares), shares[-1]) == (True, True, 1.0)


@pytest.mark.parametrize(
    ("filename", "inner"),
    [("a.csv.gz", "a.csv"), ("a.CSV.ZST", "a.CSV"), ("a.csv", "a.csv"), ("gz", "gz"), ("a.gz", "a"), (".gz", ".gz")],
)
def test_the_inner_name_has_no_suffix_of_the_packing(filename: str, inner: str) -> None:
    assert inner_name(filename) == inner


def test_nothing_else_is_taken_for_packed() -> None:
    assert [packing_of(head) for head in (b"", b"\x1f", b"PK\x03\x04", b"\x28\xb5\x2f\xfe")] == [None] * 4


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=120), packing=st.sampled_from(["gzip", "zstd"]), cut=st.integers(0, 40))
def test_whatever_is_packed_is_a_table_or_the_readers_own_error(
    tmp_path: Path, content: bytes, packing: str, cut: int
) -> None:
    packed = PACK[packing](content)
    read = outcome(tmp_path, packed[: len(packed) - cut] + content[:cut], "t.csv.gz")
    if cut == 0:
        assert read in (outcome(tmp_path, content, "t.csv"), "packed_twice")
    else:
        assert isinstance(read, int) or read in UNREADABLE


def outcome(folder: Path, content: bytes, filename: str) -> int | str:
    """How many rows there are, or why they are not read."""
    (folder / "t").write_bytes(content)
    try:
        with open_table(folder / "t", filename=filename) as table:
            return study_table(table).profile.rows
    except UnreadableFile as error:
        return error.code
