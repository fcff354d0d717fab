"""Bytes that are no text are noticed wherever they stand: sixteen are looked at together."""

from pathlib import Path

import pytest

from grading.engine.kernel import Bounds, Kernel, Status, Stopped, TableTotals, Type

PLACES = [(size, place) for size in (*range(1, 20), 31, 32, 33, 48) for place in range(size)]


def read(path: Path, content: bytes) -> TableTotals:
    path.write_bytes(content)
    with path.open("rb") as file, Kernel([Type.TEXT], words=(), bounds=Bounds(values=16, rows=4, records=16)) as kernel:
        kernel.read(file.fileno(), delimiter=",", quote='"', header=0, step=lambda _position: None)
        found = kernel.table()
    assert found.rows == 1
    return found


@pytest.mark.parametrize("filler", ["x", "中"])
def test_bytes_that_are_not_utf8_end_the_reading(tmp_path: Path, filler: str) -> None:
    for size, place in PLACES:
        for bad in (b"\xff", b"\xc3", b"\xe4\xb8", b"\xed\xa0\x80", b"\x80"):
            content = filler.encode() * place + bad + filler.encode() * (size - place - 1)
            with pytest.raises(Stopped) as stopped:
                read(tmp_path / "t", content)
            assert stopped.value.status == Status.NOT_UTF8, (filler, size, place, bad)


@pytest.mark.parametrize("filler", ["x", "中"])
def test_nul_bytes_are_counted(tmp_path: Path, filler: str) -> None:
    for size, place in PLACES:
        content = filler * place + "\x00" + filler * (size - place - 1)
        assert read(tmp_path / "t", content.encode()).nul_bytes == 1, (filler, size, place)
