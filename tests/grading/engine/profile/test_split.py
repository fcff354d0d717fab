"""A long file read in parts, each from the bytes that it takes alone, is examined as if it were read whole."""

import gzip
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from grading.engine.examine import Large, examine, examine_parts
from grading.engine.levels import Facts
from grading.engine.profile.carry import from_bytes, to_bytes
from grading.engine.profile.gather import Irregular, RowRange, Section
from grading.engine.profile.parts import TablePart
from grading.engine.profile.split import MOST_PARTS, Apart, Piece, gather_piece, pieces_of, put_together
from grading.engine.quality import Metadata
from grading.engine.readers import open_table
from grading.rules.shipped import shipped_rules

SUBJECT: dict[str, Any] = {"metadata": Metadata(), "facts": Facts(), "today": date(2026, 7, 1)}
KIB = 1024


def people(rows: int) -> list[tuple[str, str, str, str, str]]:
    draw = random.Random(7)
    return [
        (f"{n}", f"王{draw.randrange(99)}", f"139{draw.randrange(10**8):08}", f'"{draw.choice("甲乙丙")},乙"',
         f"{draw.gauss(50, 9):.3f}" if n % 50 else "")
        for n in range(rows)
    ]  # fmt: skip


def csv_of(rows: int) -> bytes:
    lines = ["编号,姓名,手机号,备注,数值", *(",".join(row) for row in people(rows))]
    return ("\ufeff" + "\n".join([*lines, *lines[1:20], "only,one"])).encode()


def parquet_of(rows: int, folder: Path) -> bytes:
    frame = pl.DataFrame(people(rows), schema=["编号", "姓名", "手机号", "备注", "数值"], orient="row")
    typed = frame.with_columns(
        pl.col("编号").cast(pl.Int64), pl.col("数值").cast(pl.Float64, strict=False), days=pl.col("编号").cast(pl.Int32)
    ).with_columns(pl.from_epoch("days", "d").alias("days"))
    typed.write_parquet(folder / "made", row_group_size=3_000)
    return (folder / "made").read_bytes()


def taken(path: Path, piece: Piece, size: int) -> TablePart:
    """What a process finds that has nothing of the file but what the piece takes of it."""
    content = path.read_bytes()
    alone = path.with_name("alone")
    ranges = (*piece.opening, piece.content)
    with alone.open("wb") as file:
        for begin, end in ranges:
            file.seek(begin)
            file.write(content[begin:end])
    with open_table(alone, filename=path.name, trusting=True) as table:
        part = gather_piece(table, piece, size=size, progress=lambda _share: None)
    return from_bytes(to_bytes(part))


def cut(path: Path, part_bytes: int) -> tuple[Piece, ...]:
    with open_table(path, filename=path.name, trusting=True) as table:
        return pieces_of(table, path, part_bytes)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_parts_from_their_own_bytes_are_examined_as_the_whole(tmp_path: Path, kind: str, monkeypatch) -> None:
    monkeypatch.setattr("grading.engine.profile.split.AFTER", 1 << 10)
    content = csv_of(20_000) if kind == "csv" else parquet_of(20_000, tmp_path)
    path = tmp_path / f"t.{kind}"
    path.write_bytes(content)
    rules = shipped_rules()
    with pytest.raises(Large) as large:
        examine(path, filename=path.name, rules=rules, part_bytes=len(content) // 5, **SUBJECT)
    pieces = large.value.pieces
    assert len(pieces) >= 4
    assert max(end - begin for begin, end in (piece.content for piece in pieces)) < len(content) // 2

    parts = [taken(path, piece, len(content)) for piece in reversed(pieces)][::-1]
    found = examine_parts(path, parts, filename=path.name, rules=rules, **SUBJECT)

    whole = examine(path, filename=path.name, rules=rules, **SUBJECT)
    assert found.to_dict() == whole.to_dict()
    assert whole.profile.rows == (20_020 if kind == "csv" else 20_000)
    assert {verdict.sensitive_type for verdict in whole.verdicts} >= {"mobile_phone"}


def joined(path: Path, parts: list[TablePart]) -> TablePart:
    with open_table(path, filename=path.name, trusting=True) as table:
        return put_together(table, parts)


def test_parts_that_do_not_make_the_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(csv_of(2_000))
    size = path.stat().st_size
    first, second, third = (taken(path, piece, size) for piece in cut(path, size // 3 + 1))
    assert joined(path, [first, second, third]).rows == 2_020
    for parts, why in (
        ([], "parts_missing"),
        ([first, second], "parts_missing"),
        ([second, third], "parts_missing"),
        ([first, third], "ranges_disagree"),
        ([first, second, second, third], "ranges_disagree"),
        ([second, first, third], "ranges_disagree"),
    ):
        with pytest.raises(Apart, match=why):
            joined(path, parts)
    path.write_bytes(b"a,b\n" + b"1,2\n" * 9)
    with pytest.raises(Apart, match="other_columns"):
        joined(path, [first, second, third])


def test_a_record_longer_than_what_follows_its_section_is_no_part(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("grading.engine.profile.split.AFTER", KIB)
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 75_000 + b"x" * 100 * KIB + b",y\n" + b"1,2\n" * 75_000)
    size = path.stat().st_size
    pieces = cut(path, size // 2 + 1)
    with pytest.raises(Irregular):
        [taken(path, piece, size) for piece in pieces]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: gzip.compress(csv_of(400)), "t.csv.gz"),
        (lambda: csv_of(400).decode().removeprefix("\ufeff").encode("gb18030"), "t.csv"),
        (lambda: csv_of(400).decode().encode("utf-16"), "t.csv"),
        (lambda: b'{"a": 1}\n' * 900, "t.jsonl"),
        (lambda: b"a,b\r1,2\r" * 400, "t.csv"),
        (lambda: b'a,b\n1,"2" 3\n' * 400, "t.csv"),
        (lambda: b"a,b\n", "t.csv"),
    ],
    ids=["packed", "gb18030", "utf-16", "json", "lone returns", "quotes", "short"],
)
def test_what_cannot_be_read_as_it_stands_is_not_cut(tmp_path: Path, make: Callable[[], bytes], name: str) -> None:
    path = tmp_path / name
    path.write_bytes(make())
    if name == "t.csv" and b'"2" 3' in path.read_bytes():  # nothing shows it before it is read
        with pytest.raises(Irregular):
            taken(path, cut(path, 1_000)[0], path.stat().st_size)
        return
    assert cut(path, 1_000) == ()


def test_parts_are_few_and_cover_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(csv_of(2_000))
    size = path.stat().st_size
    pieces = cut(path, 100)
    assert len(pieces) == MOST_PARTS
    sections = [piece.section for piece in pieces if isinstance(piece.section, Section)]
    assert len(sections) == len(pieces)
    assert (sections[0].begin, sections[-1].end) == (3, size)
    assert [section.begin for section in sections[1:]] == [section.end for section in sections[:-1]]
    assert cut(path, size) == ()

    path = tmp_path / "t.parquet"
    path.write_bytes(parquet_of(7_000, tmp_path))
    assert [piece.section for piece in cut(path, 1)] == [
        RowRange(0, 3_000), RowRange(3_000, 3_000), RowRange(6_000, 1_000)
    ]  # fmt: skip
    assert cut(path, 1 << 30) == ()
