"""Files handed to a confined child: how much it may use, and what its end means for the file."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from foundation import confined
from foundation.confined import Broken, Exceeded, Killed, Limits
from foundation.jobs.services import Retryable
from foundation.vault import reading
from foundation.vault.models import Blob
from grading.engine.readers import UnreadableFile

MIB: Final = 1 << 20
REPORT_SECONDS: Final = 0.5
"""Progress is written at most this often: a table may have thousands of columns."""
PROBLEMS: Final[Mapping[str, str]] = {"memory": "needs_memory", "cpu": "needs_time", "time": "needs_time"}
"""Resource that ran out → code of UnreadableFile; what was written or said too much is a file that expands."""


def limits_for(byte_size: int) -> Limits:
    """What work on a file of this size may use: time and space grow with it, memory does not."""
    mib = byte_size / MIB
    cpu = settings.FILE_CPU_SECONDS + mib * settings.FILE_CPU_SECONDS_PER_MIB
    return Limits(
        memory_bytes=settings.FILE_MEMORY_BYTES,
        cpu_seconds=round(cpu),
        wall_seconds=min(4 * cpu, settings.FILE_WALL_SECONDS),
        scratch_bytes=settings.FILE_SCRATCH_BYTES + settings.FILE_EXPANSION * byte_size,
    )


def read_confined(
    function: str,
    request: Mapping[str, Any],
    *,
    blob: Blob,
    ranges: Sequence[tuple[int, int]] | None = None,
    inputs: Mapping[str, int] | None = None,
    outputs: Mapping[str, int] | None = None,
    report: Callable[[float, str], None] | None = None,
) -> Any:
    """Run `function` over the decrypted file (`files["source"]`) in a confined child; what it returns.

    With `ranges` the child has only those bytes of it, and is given the time and room for so many.
    UnreadableFile as `call_over`. Retryable where the child was killed from outside. Tampered for a damaged file. What
    `report` raises ends the child.
    """
    byte_size = blob.size if ranges is None else sum(end - begin for begin, end in ranges)
    with reading.plaintext_file(blob, ranges=ranges) as path:
        try:
            return call_over(
                function,
                request,
                source=int(path.name),
                byte_size=byte_size,
                inputs=inputs,
                outputs=outputs,
                report=report,
            )
        except Killed as error:
            raise Retryable(f"the confined process ended: {error.reason}") from error


def call_over(
    function: str,
    request: Mapping[str, Any],
    *,
    source: int,
    byte_size: int,
    inputs: Mapping[str, int] | None = None,
    outputs: Mapping[str, int] | None = None,
    report: Callable[[float, str], None] | None = None,
) -> Any:
    """Run `function` over the open file `source` (`files["source"]`) in a confined child; what it returns.

    UnreadableFile where the file asks for more than a file may, or breaks its reader. Killed where the child was ended
    from outside. Needs no database.
    """
    try:
        return confined.call(
            function,
            request,
            inputs={"source": source, **(inputs or {})},
            outputs=outputs or {},
            limits=limits_for(byte_size),
            scratch=Path(settings.STATE_DIR) / "scratch",
            report=report,
        )
    except Exceeded as error:
        code = PROBLEMS.get(error.resource, "expands")
        raise UnreadableFile(code, limit=round(error.limit / (1 if code == "needs_time" else MIB))) from error
    except Broken as error:
        raise UnreadableFile("parser_broken") from error


def seldom(report: Callable[[float, str], None]) -> Callable[[float, str], None]:
    """`report`, called at most every REPORT_SECONDS."""
    last = -REPORT_SECONDS

    def progress(share: float, note: str) -> None:
        nonlocal last
        if time.monotonic() - last >= REPORT_SECONDS:
            report(share, note)
            last = time.monotonic()

    return progress
