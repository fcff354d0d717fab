"""Masking as a confined child runs it: plain data in, the masked file in the given sink, a report out."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grading.engine.readers import UnreadableFile
from marketplace.delivery.engine.masking import MaskingError, MaskReport, mask_file


def order(*, filename: str, columns: Mapping[str, str | None], key: bytes) -> dict[str, Any]:
    """The request of `mask_confined`."""
    return {"filename": filename, "columns": dict(columns), "key": key.hex()}


def mask_confined(
    request: Mapping[str, Any],
    *,
    files: Mapping[str, Path],
    scratch: Path,
    report: Callable[[float, str], None],
) -> dict[str, Any]:
    """Write the masked form of `files["source"]` to `files["sink"]`: `{"report": …}`, or why it cannot be masked."""
    report(0.1, "masking")
    try:
        masked = mask_file(
            files["source"],
            filename=request["filename"],
            columns=request["columns"],
            key=bytes.fromhex(request["key"]),
            sink_path=files["sink"],
            scratch=scratch,
        )
    except MaskingError as problem:
        return {"problem": {"code": problem.code, "columns": list(problem.columns)}}
    except UnreadableFile as problem:
        return {"unreadable": {"code": problem.code, "params": problem.params}}
    return {"report": asdict(masked)}


def result(answer: Mapping[str, Any]) -> MaskReport:
    """What `mask_confined` answered. Raises MaskingError or UnreadableFile where that is the answer."""
    if "problem" in answer:
        raise MaskingError(answer["problem"]["code"], answer["problem"]["columns"])
    if "unreadable" in answer:
        raise UnreadableFile(answer["unreadable"]["code"], **answer["unreadable"]["params"])
    return MaskReport(**answer["report"])
