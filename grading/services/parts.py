"""A long file is examined in parts: each a job that gathers what is in it, and a merge that judges the whole.

What a part gathered waits in the vault, named by the part's result, until the examination has ended. Whatever keeps the
parts from making the file (quoting that is not clean, a part that asks for too much, one that is gone), the merge
reads the file whole, and its result says why: parts save time and change nothing.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import IO, Any, Final

from django.conf import settings

from foundation.jobs import services as jobs
from foundation.jobs.services import Outcome, Run
from foundation.vault import reading
from foundation.vault import services as vault
from foundation.vault.models import Blob
from grading.engine import confined
from grading.engine.plain import to_plain
from grading.engine.profile.split import Apart, Piece
from grading.engine.readers import UnreadableFile
from grading.models import DataAsset
from grading.reading import read_confined, seldom
from grading.services.recommend import ACTOR, Why
from grading.services.results import GONE
from grading.services.whole import Examined, Subject, examine_whole, write

EXAMINE_PART: Final = "grading.examine_part"
EXAMINE_MERGE: Final = "grading.examine_merge"
GATHER: Final = "grading.engine.confined:gather_confined"
MERGE: Final = "grading.engine.confined:merge_confined"
CARRIED_BYTES: Final = 1 << 30
"""Of a part; what it may keep (profile/gather.py) is a third of that."""
PIECE_BYTES: Final = 1 << 20
TAIL: Final = 8


def split_examination(run: Run, asset: DataAsset, pieces: Sequence[Piece]) -> Outcome:
    """End the attempt with a job for each piece; the last of them queues the merge."""
    return jobs.split(
        run,
        kind=EXAMINE_PART,
        parts=[{"subject_id": asset.pk, "piece": to_plain(piece)} for piece in pieces],
        then=EXAMINE_MERGE,
    )


def examine_part(run: Run, *, asset_id: int, piece: Mapping[str, Any]) -> Outcome:
    """Gather one part in a confined child and keep it for the merge; the part ends in the transaction that keeps it.

    Where it cannot be read as a part, its result says `whole`: why the file has to be read whole. Tampered for a
    damaged file.
    """
    asset = DataAsset.objects.select_related("blob").filter(pk=asset_id).first()
    if asset is None:
        return GONE
    (wanted,) = confined.pieces([piece], asset.blob.size)
    order = {"filename": asset.filename, "size": asset.blob.size, "piece": to_plain(wanted)}
    with tempfile.TemporaryFile(dir=settings.STATE_DIR) as sink:  # it has no name: a kill leaves nothing behind
        try:
            with run.heartbeat():
                answer = read_confined(
                    GATHER,
                    order,
                    blob=asset.blob,
                    ranges=(*wanted.opening, wanted.content),
                    outputs={"sink": sink.fileno()},
                    report=seldom(run.progress),
                )
            confined.require_read(answer)
        except UnreadableFile as problem:
            return {"whole": problem.code}
        if os.fstat(sink.fileno()).st_size > CARRIED_BYTES:
            return {"whole": "large_part"}
        with (
            run.heartbeat(),
            vault.receive(chunks=_bytes_of(sink), limit=CARRIED_BYTES) as incoming,
            run.commit(),
        ):
            return jobs.succeed(run, {"blob": vault.keep(actor=ACTOR, incoming=incoming).pk})


def merge_parts(run: Run, *, asset_id: int, why: Why) -> Outcome:
    """Put the parts together and judge, in one confined child; write the results as an examination in one go does.

    Where the provider declares rules, the child has the whole file, to hold it against them.
    Where the parts do not make the file, it is examined whole; the job's result says why, as `read_whole`.
    """
    asset = DataAsset.objects.select_related("blob").filter(pk=asset_id).first()
    if asset is None:
        return GONE
    return write(run, asset, partial(_merged_or_whole, run, asset), why=why, besides=partial(_release_all, run))


def _merged_or_whole(run: Run, asset: DataAsset) -> Examined:
    try:
        return _merged(run, asset)
    except (Apart, UnreadableFile) as problem:
        why = problem.code if isinstance(problem, UnreadableFile) else str(problem)
    return examine_whole(run, asset, why=why)


def _merged(run: Run, asset: DataAsset) -> Examined:
    """Raises Apart and UnreadableFile, after which the file is worth being read whole."""
    parts = jobs.results_of_parts(run)
    for part in parts:
        if "whole" in (part.result or {}):
            raise Apart(str((part.result or {})["whole"]))
    kept = Blob.objects.in_bulk([(part.result or {}).get("blob") for part in parts])
    if not parts or len(kept) != len(parts):
        raise Apart("parts_missing")
    carried = [kept[(part.result or {})["blob"]] for part in parts]
    size = asset.blob.size
    (first,) = confined.pieces([parts[0].arguments["piece"]], size)
    subject = Subject.of(asset)
    with run.heartbeat(), reading.plaintext_file(*carried) as path:
        answer = read_confined(
            MERGE,
            subject.order(sizes=[blob.size for blob in carried]),
            blob=asset.blob,
            ranges=None if "table_schema" in asset.declared else (*first.opening, (max(0, size - TAIL), size)),
            inputs={"parts": int(path.name)},
            report=seldom(run.progress),
        )
    return Examined(subject, confined.result(answer), {"parts": len(parts)})


def release_part(result: Mapping[str, Any]) -> None:
    """Remove what a part gathered, if that is still there: its merge has ended, or never will be."""
    blob = Blob.objects.filter(pk=result.get("blob") or 0).first()
    if blob is not None:
        vault.delete(actor=ACTOR, blob=blob)


def _release_all(run: Run) -> None:
    for part in jobs.results_of_parts(run):
        release_part(part.result or {})


def _bytes_of(sink: IO[bytes]) -> Iterator[bytes]:
    sink.seek(0)
    while piece := sink.read(PIECE_BYTES):
        yield piece
