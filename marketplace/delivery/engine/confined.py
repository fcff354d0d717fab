"""Masking and extracting as a confined child runs it: plain data in, the file in the given sink, a report out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from grading.engine.readers import UnreadableFile
from marketplace.delivery.engine.extracting import ExtractReport, extract_file
from marketplace.delivery.engine.masking import MaskingError, MaskReport, mask_file

Report = MaskReport | ExtractReport


def masking_order(
    *, filename: str, columns: Mapping[str, str | None], kept: Sequence[str] | None, key: bytes
) -> dict[str, Any]:
    """The request of `mask_confined`."""
    return {"filename": filename, "columns": dict(columns), "kept": kept and list(kept), "key": key.hex()}


def extracting_order(*, filename: str, kept: Sequence[str]) -> dict[str, Any]:
    """The request of `extract_confined`."""
    return {"filename": filename, "kept": list(kept)}


def mask_confined(
    request: Mapping[str, Any],
    *,
    files: Mapping[str, Path],
    scratch: Path,
    report: Callable[[float, str], None],
) -> dict[str, Any]:
    """Write the masked form of `files["source"]` to `files["sink"]`: `{"masked": …}`, or why it cannot be masked."""
    report(0.1, "masking")
    return _answered(
        "masked",
        lambda: mask_file(
            files["source"],
            filename=request["filename"],
            columns=request["columns"],
            kept=request["kept"],
            key=bytes.fromhex(request["key"]),
            sink_path=files["sink"],
            scratch=scratch,
        ),
    )


def extract_confined(
    request: Mapping[str, Any],
    *,
    files: Mapping[str, Path],
    scratch: Path,
    report: Callable[[float, str], None],
) -> dict[str, Any]:
    """Write some columns of `files["source"]` to `files["sink"]`: `{"extracted": …}`, or why that cannot be."""
    report(0.1, "extracting")
    return _answered(
        "extracted",
        lambda: extract_file(
            files["source"],
            filename=request["filename"],
            kept=request["kept"],
            sink_path=files["sink"],
            scratch=scratch,
        ),
    )


def _answered(name: str, make: Callable[[], Report]) -> dict[str, Any]:
    try:
        return {name: asdict(make())}
    except MaskingError as problem:
        return {"problem": {"code": problem.code, "columns": list(problem.columns)}}
    except UnreadableFile as problem:
        return {"unreadable": {"code": problem.code, "params": problem.params}}


def result(answer: Mapping[str, Any]) -> Report:
    """What the child answered. Raises MaskingError or UnreadableFile where that is the answer."""
    if "problem" in answer:
        raise MaskingError(answer["problem"]["code"], answer["problem"]["columns"])
    if "unreadable" in answer:
        raise UnreadableFile(answer["unreadable"]["code"], **answer["unreadable"]["params"])
    if "masked" in answer:
        return MaskReport(**answer["masked"])
    return ExtractReport(**answer["extracted"])
