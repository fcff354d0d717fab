"""Files packed with gzip (RFC 1952) or zstd (RFC 8878), unpacked into scratch files that cannot grow without bounds."""

import gzip
import os
import resource
import sys
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, BinaryIO, Final

from grading.engine.readers.errors import UnreadableFile
from grading.engine.readers.scratch import Scratch

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Progress = Callable[[float, str], None]

MIB: Final = 1 << 20
PIECE: Final = MIB
UNPACKED_BYTES: Final = 64 * MIB
UNPACKED_TIMES: Final = 20
"""What a packed file may unpack to where nobody has said: so much for any file, and so many times its size."""
SUFFIXES: Final = {".gz", ".gzip", ".zst", ".zstd"}
PACKINGS: Final[dict[bytes, str]] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


def packing_of(head: bytes) -> str | None:
    """`gzip` or `zstd` by the first bytes, else None."""
    return next((name for magic, name in PACKINGS.items() if head.startswith(magic)), None)


def inner_name(filename: str) -> str:
    """The name without the suffix of its packing."""
    path = Path(filename.replace("\x00", ""))
    return path.stem if path.suffix.lower() in SUFFIXES else filename


def unpacked_limit(packed_bytes: int) -> int:
    """How many bytes a file of this size may unpack to: what the process may write to a file, if that is bounded."""
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return UNPACKED_BYTES + UNPACKED_TIMES * packed_bytes if allowed == resource.RLIM_INFINITY else allowed


class Meter:
    """Counts what is unpacked. `add` raises UnreadableFile past `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0

    def add(self, count: int) -> None:
        """So many bytes more."""
        self._bytes += count
        if self._bytes > self._limit:
            raise UnreadableFile("expands", limit=round(self._limit / MIB))


def unpack(
    file: BinaryIO, packing: str, scratch: Scratch, *, limit: int | None = None, progress: Progress | None = None
) -> IO[bytes]:
    """The content of `file` in an unlinked file: all members or frames, in bounded memory.

    `limit` in bytes, else that of `unpacked_limit`. `progress` gets shares of the packed bytes, stage `unpacking`.
    Raises UnreadableFile: expands, damaged_file (cut off, wrong checksum, a window beyond 128 MiB).
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    meter = Meter(unpacked_limit(size) if limit is None else limit)
    handle = scratch.new()
    try:
        with _opened(file, packing) as source:
            while piece := source.read(PIECE):
                meter.add(len(piece))
                handle.write(piece)
                if progress is not None:
                    progress(min(1.0, file.tell() / max(1, size)), "unpacking")
    except (EOFError, zlib.error, zstd.ZstdError, gzip.BadGzipFile) as error:
        raise UnreadableFile("damaged_file", format=packing) from error
    handle.flush()
    return handle


def _opened(file: BinaryIO, packing: str) -> AbstractContextManager[IO[bytes]]:
    if packing == "gzip":
        return gzip.GzipFile(fileobj=file, mode="rb")  # type: ignore[return-value]
    return zstd.ZstdFile(file, mode="rb")  # type: ignore[return-value]
