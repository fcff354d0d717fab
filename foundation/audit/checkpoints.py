"""Signed checkpoints in a folder outside the database: `settings.AUDIT_CHECKPOINT_DIR`, a file each.

The log in the database cannot show by itself that its newest seals were removed together with their events, nor that
all of it was replaced by another with the same keys. A checkpoint can: whoever holds one, here or elsewhere, knows how
many positions there were and what their root was. So a new one is signed only where the log still contains the last.

A file is named by the size of the log in twenty digits, so that names sort as the log grows. The newest thousand are
kept, and of older ones the last of each day.
"""

import logging
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from django.conf import settings

from foundation.audit import keys, sealing
from foundation.audit.errors import LogDamaged
from foundation.audit.models import Seal
from foundation.audit.notes import Checkpoint
from foundation.errors import _

SUFFIX: Final = ".checkpoint"
KEPT: Final = 1_000
_LIMIT: Final = 20_000  # bytes of a file that are read

log = logging.getLogger(__name__)


def write() -> Checkpoint | None:
    """Sign the newest seal and keep the checkpoint, durably; None where there is nothing new.

    LogDamaged, and nothing signed, where that seal is not of the exchange's making or the log no longer contains what
    the newest checkpoint of the folder says. OSError where the folder cannot be written.
    """
    seal = Seal.objects.order_by("-number").first()
    known = newest()
    if known is not None and not _contains(known):
        raise LogDamaged(
            _("The audit log no longer contains what its checkpoint of size %(size)s says: nothing is signed."),
            size=known.size,
        )
    if seal is None or seal.tree_root is None or (known is not None and seal.last <= known.size):
        return None
    if not sealing.authentic(seal):
        raise LogDamaged(_("Seal %(number)s of the audit log was altered: nothing is signed."), number=seal.number)
    made = Checkpoint.signed(
        origin=settings.AUDIT_ORIGIN, size=seal.last, root=bytes(seal.tree_root), signers=keys.signers()
    )
    _store(made)
    _thin()
    return made


def newest() -> Checkpoint | None:
    """The newest checkpoint of the folder that is genuine; None where there is none. Others are named in the log."""
    for name, found in kept(newest_first=True):
        if found is not None:
            return found
        log.error("checkpoint %s is not one that this exchange signed", name)
    return None


def set_aside(now: datetime) -> tuple[Path, int] | None:
    """Move the checkpoints that the log no longer contains into a dated folder beside the others; where, and how many.

    None where it contains the newest. For after a restore: what came after the backup is not in the log, and nothing
    would be signed until these are out of the way. They remain evidence of what was lost. OSError where the folder
    cannot be written. Newest first: whoever is killed in between leaves a folder for which this is true again.
    """
    strange: list[str] = []
    for name, found in kept(newest_first=True):
        if found is not None and _contains(found):
            break
        if found is not None:
            strange.append(name)
    if not strange:
        return None
    folder = Path(settings.AUDIT_CHECKPOINT_DIR)
    aside = folder / f"not-in-the-log-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    aside.mkdir(mode=0o700)
    for name in strange:
        (folder / name).rename(aside / name)
    return aside, len(strange)


def kept(path: Path | None = None, *, newest_first: bool = False) -> Iterator[tuple[str, Checkpoint | None]]:
    """Name and content of every checkpoint of a folder, or of one file; None for what is not a genuine one.

    Without `path`: those of this installation's own folder, which may not be there yet. OSError for unreadable ones.
    """
    trusted = keys.public_keys()
    for file in sorted(_files(path), reverse=newest_first):
        with open(file, "rb") as stream:
            note = stream.read(_LIMIT)
        try:
            yield file.name, Checkpoint.opened(note.decode(), trusted)
        except ValueError:
            yield file.name, None


def _files(path: Path | None) -> Sequence[Path]:
    if path is not None and not path.is_dir():
        return [path]
    return list((path or Path(settings.AUDIT_CHECKPOINT_DIR)).glob(f"*{SUFFIX}"))


def _contains(known: Checkpoint) -> bool:
    """Whether there is a genuine seal that ends where the checkpoint does, with the same root.

    The exchange grew every later root from that one, so the log of the newest seal continues the checkpoint's.
    """
    seals = Seal.objects.filter(last=known.size, tree_root=known.root)
    return any(sealing.authentic(seal) for seal in seals)


def _store(made: Checkpoint) -> None:
    folder = Path(settings.AUDIT_CHECKPOINT_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = folder / f".{made.size}-{os.getpid()}"
    with open(unfinished, "w", encoding="utf-8") as stream:
        stream.write(made.note)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(folder / f"{made.size:020}{SUFFIX}")
    directory = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _thin() -> None:
    """Remove what is neither new nor the last of its day; a folder that does not allow it keeps everything."""
    old = sorted(_files(None))[:-KEPT]
    for file, following in pairwise(old):
        try:
            if _day(file) == _day(following):
                file.unlink()
        except OSError:
            return


def _day(file: Path) -> object:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
