"""Temporary files without a name: gone when closed, or when the process is."""

import os
import tempfile
from pathlib import Path
from typing import IO


class Scratch:
    """Makes unlinked files in a folder (default: the system's temporary folder) and closes them together."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._handles: list[IO[bytes]] = []

    def new(self) -> IO[bytes]:
        """An empty file, readable and writable, that no path leads to."""
        handle: IO[bytes] = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by close()
        self._handles.append(handle)
        return handle

    def close(self) -> None:
        """Close every file made; may be called again."""
        for handle in self._handles:
            handle.close()
        self._handles.clear()


def descriptor_path(handle: IO[bytes]) -> str:
    """A path to an open, possibly unlinked file of this process."""
    number = handle.fileno()
    return f"/proc/self/fd/{number}" if os.path.isdir("/proc/self/fd") else f"/dev/fd/{number}"
