"""A private folder with a short path for a Unix socket.

A socket's path may have about 100 characters, and the folder stands where other users of the machine may write:
one that is found there is used only if it is our own and closed to everybody else.
"""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from foundation.embedded.state import EmbeddedError

SOCKET_PATH_LIMIT = 100
LONGEST_FILE_NAME = ".s.PGSQL.5432.lock"


def is_private(folder: Path, owner: int) -> bool:
    """Whether it is a real folder (not a link) of that user, closed to all others."""
    with suppress(OSError):
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077
    return False


def private_folder(name: str) -> Path:
    """Make, or find, a folder called ``name`` that only the caller can enter; another name if that one is taken.

    Raises:
        EmbeddedError: no folder for temporary files has a path that is short enough.
    """
    for parent in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - made private below
        if not parent or not os.access(parent, os.W_OK | os.X_OK) or set(parent) & {"'", ","}:
            continue
        if len(os.fsencode(f"{parent}/{name}-12345678/{LONGEST_FILE_NAME}")) > SOCKET_PATH_LIMIT:
            continue
        folder = Path(parent, name)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            if not is_private(folder, os.geteuid()):  # perhaps made by somebody who waits for our password
                return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
        return folder
    raise EmbeddedError("no folder with a short path for the database socket: set TMPDIR to one, for instance /tmp")
