"""JSON Lines as a table of raw text: one object a line, the union of their keys as columns."""

from typing import IO

import polars as pl

from grading.engine.readers.encodings import encoding_name
from grading.engine.readers.errors import UnreadableFile
from grading.engine.readers.keys import is_object, survey_keys
from grading.engine.readers.lines import transcode
from grading.engine.readers.scratch import Scratch, descriptor_path
from grading.engine.readers.sniff import Survey
from grading.engine.readers.table import (
    ColumnHeading,
    ReaderFinding,
    Table,
    unique_headings,
)


def open_json_lines(path: str, size_bytes: int, survey: Survey, scratch: Scratch) -> Table:
    """Cells are String (nested values as JSON text); `declared_type` is the JSON type the values agree on.

    Lines that are no JSON object are left out and reported; if they are the majority this is not a table.
    """
    findings: list[ReaderFinding] = []
    if not survey.utf8_as_is or survey.encoding == "utf-8-sig":
        handle = transcode(path, survey.encoding, scratch, lone_returns=False)
        path = descriptor_path(handle)
    keys = survey_keys(path)
    if keys.bad > keys.good:
        raise UnreadableFile("not_a_table")
    if keys.bad:
        path = descriptor_path(_without_bad_lines(path, scratch))
        findings.append(ReaderFinding("malformed_line", keys.bad, keys.bad_rows))
    if not keys.types:
        raise UnreadableFile("no_header")
    if survey.nul_bytes:
        findings.append(ReaderFinding("nul_bytes", survey.nul_bytes))
    if survey.undecodable:
        findings.append(ReaderFinding("broken_encoding", survey.undecodable, (), {"encoding": survey.encoding}))
    originals = list(keys.types)
    names, renamed = unique_headings(originals)
    headings = tuple(
        ColumnHeading(f"c{position}", name, original, keys.types[original])
        for position, (name, original) in enumerate(zip(names, originals, strict=True))
    )
    frame = pl.scan_ndjson(path, schema=dict.fromkeys(originals, pl.String())).select(
        pl.nth(position).alias(heading.key) for position, heading in enumerate(headings)
    )
    return Table(
        format="jsonl",
        encoding=encoding_name(survey.encoding),
        dialect=None,
        columns=headings,
        frame=frame,
        findings=(*findings, *renamed),
        size_bytes=size_bytes,
        unreadable_records=keys.bad,
        scratch=scratch,
    )


def _without_bad_lines(path: str, scratch: Scratch) -> IO[bytes]:
    handle = scratch.new()
    with open(path, "rb") as source:
        for line in source:
            if is_object(line):
                handle.write(line.rstrip(b"\r\n") + b"\n")
    handle.flush()
    return handle
