import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from foundation.vault import codec, reading, services, storage
from foundation.vault.errors import Tampered
from foundation.vault.models import Blob

from .conftest import ACTOR, files

pytestmark = pytest.mark.django_db

PLAIN = bytes(range(256)) * (10 * 1024)  # 2.5 MiB: three chunks
MIB = codec.CHUNK


@pytest.fixture
def blob() -> Blob:
    return services.store(actor=ACTOR, chunks=[PLAIN])


def read(blob: Blob, **part: int) -> bytes:
    return b"".join(reading.open_range(blob, **part))


@pytest.mark.parametrize(
    ("offset", "length"),
    [(0, None), (0, 0), (0, 1), (MIB - 1, 2), (MIB, 1), (MIB - 1, MIB + 2), (2 * MIB, None), (len(PLAIN) - 1, 1),
     (len(PLAIN) - 1, 100), (len(PLAIN), None), (len(PLAIN) + 5, 5), (5, len(PLAIN) * 2)],
)  # fmt: skip
def test_ranges_across_chunks(blob: Blob, offset: int, length: int | None) -> None:
    expected = PLAIN[offset:] if length is None else PLAIN[offset : offset + length]
    assert b"".join(reading.open_range(blob, offset=offset, length=length)) == expected


def test_pieces_are_at_most_a_chunk(blob: Blob) -> None:
    assert [len(piece) for piece in reading.open_range(blob)] == [MIB, MIB, MIB // 2]


def test_an_empty_file_is_a_file() -> None:
    blob = services.store(actor=ACTOR, chunks=[])
    assert (blob.size, read(blob)) == (0, b"")
    storage.blob_path(blob.uid).write_bytes(b"")
    with pytest.raises(Tampered):
        read(blob)


def test_negative_ranges_are_refused(blob: Blob) -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        reading.open_range(blob, offset=-1)


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[MIB] ^= 1
    path.write_bytes(content)


def _truncate(path: Path) -> None:
    os.truncate(path, codec.stored_size(2 * MIB))


def _extend(path: Path) -> None:
    with open(path, "ab") as file:
        file.write(bytes(32))


def _another(path: Path) -> None:
    """The same plaintext, stored again: same size, same address, another key."""
    other = services.store(actor=ACTOR, chunks=[PLAIN])
    shutil.copyfile(storage.blob_path(other.uid), path)


def _swap(path: Path) -> None:
    content, step = path.read_bytes(), MIB + codec.TAG_BYTES
    path.write_bytes(
        content[:16] + content[16 + step : 16 + 2 * step] + content[16 : 16 + step] + content[16 + 2 * step :]
    )


def _header(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[5] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [_flip, _truncate, _extend, _another, _swap, _header, Path.unlink])
def test_a_tampered_file_is_noticed(blob: Blob, damage: Callable[[Path], None]) -> None:
    damage(storage.blob_path(blob.uid))
    with pytest.raises(Tampered):
        read(blob)
    with pytest.raises(Tampered), reading.plaintext_file(blob):
        pytest.fail("a damaged file was given to an engine")


@pytest.mark.parametrize("damage", [_truncate, _extend, _header, Path.unlink])
def test_what_shows_without_reading_is_noticed_at_the_call(blob: Blob, damage: Callable[[Path], None]) -> None:
    damage(storage.blob_path(blob.uid))
    with pytest.raises(Tampered):
        reading.open_range(blob)


def test_the_pieces_before_a_damaged_one_are_given(blob: Blob) -> None:
    path = storage.blob_path(blob.uid)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    pieces = reading.open_range(blob)
    assert next(pieces) + next(pieces) == PLAIN[: 2 * MIB]
    with pytest.raises(Tampered):
        next(pieces)


def test_a_changed_row_is_noticed(blob: Blob) -> None:
    other = services.store(actor=ACTOR, chunks=[b"other"])
    row = {field.attname: getattr(blob, field.attname) for field in Blob._meta.fields}
    for changed in (
        {"size": blob.size - 1},
        {"address": other.address},
        {"wrapped_key": other.wrapped_key},
        {"uid": other.uid},
    ):
        with pytest.raises(Tampered):
            reading.open_range(Blob(**(row | changed)))
    assert read(blob) == PLAIN


def test_the_plaintext_file_is_private_nameless_and_gone_afterwards(blob: Blob, tmp_path: Path) -> None:
    with reading.plaintext_file(blob) as path:
        assert path.read_bytes() == PLAIN
        assert path.read_bytes() == PLAIN  # each opening starts at the beginning
        found = path.stat()
        assert (stat.S_IMODE(found.st_mode), found.st_nlink, found.st_size) == (0o600, 0, len(PLAIN))
        assert os.path.realpath(path).startswith(str(tmp_path / "plaintext"))
        assert files(tmp_path / "plaintext") == []
    assert not path.exists()


def test_a_child_process_reads_it_through_the_inherited_descriptor(blob: Blob) -> None:
    script = "import sys; data = open(sys.argv[1], 'rb').read(); print(len(data), data[:3].hex())"
    with reading.plaintext_file(blob) as path:
        done = subprocess.run(
            [sys.executable, "-c", script, str(path)], pass_fds=[int(path.name)], capture_output=True, check=True
        )
    assert done.stdout.decode().split() == [str(len(PLAIN)), "000102"]


def test_the_file_is_gone_after_an_error_too(blob: Blob) -> None:
    with pytest.raises(ZeroDivisionError), reading.plaintext_file(blob) as path:
        raise ZeroDivisionError
    assert not path.exists()
