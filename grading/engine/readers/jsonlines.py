"""JSON Lines as a table of raw text: one object a line, the union of their keys as columns."""

import json
from typing import IO

import polars as pl

from grading.engine.readers.errors import UnreadableFile, parser_detail
from grading.engine.readers.lines import good_json_lines, transcode
from grading.engine.readers.scratch import Scratch, descriptor_path
from grading.engine.readers.sniff import Survey
from grading.engine.readers.table import (
    MAX_COLUMNS,
    ROWS_KEPT,
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
    unreadable = 0
    try:
        schema = _schema(path)
    except pl.exceptions.PolarsError:
        handle, unreadable, rows = _without_bad_lines(path, scratch)
        path = descriptor_path(handle)
        findings.append(ReaderFinding("malformed_line", unreadable, rows))
        try:
            schema = _schema(path)
        except pl.exceptions.PolarsError as error:
            raise UnreadableFile("malformed_table", format="jsonl", detail=parser_detail(error)) from error
    if not schema:
        raise UnreadableFile("no_header")
    if len(schema) > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", columns=len(schema), limit=MAX_COLUMNS)
    if survey.nul_bytes:
        findings.append(ReaderFinding("nul_bytes", survey.nul_bytes))
    originals = list(schema)
    names, renamed = unique_headings(originals)
    headings = tuple(
        ColumnHeading(f"c{position}", name, original, json_type(schema[original]))
        for position, (name, original) in enumerate(zip(names, originals, strict=True))
    )
    frame = pl.scan_ndjson(path, schema=dict.fromkeys(originals, pl.String())).select(
        pl.nth(position).alias(heading.key) for position, heading in enumerate(headings)
    )
    return Table(
        format="jsonl",
        encoding="utf-8" if survey.encoding == "utf-8-sig" else survey.encoding,
        dialect=None,
        columns=headings,
        frame=frame,
        findings=(*findings, *renamed),
        size_bytes=size_bytes,
        unreadable_records=unreadable,
        scratch=scratch,
    )


def json_type(dtype: pl.DataType) -> str | None:
    """The JSON Schema name of what the values are; None where they are all null or of several kinds."""
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Boolean:
        return "boolean"
    if dtype == pl.String:
        return "string"
    if dtype.is_nested():
        return "object" if dtype == pl.Struct else "array"
    return None


def _schema(path: str) -> dict[str, pl.DataType]:
    return dict(pl.scan_ndjson(path, infer_schema_length=None).collect_schema())


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _without_bad_lines(path: str, scratch: Scratch) -> tuple[IO[bytes], int, tuple[int, ...]]:
    handle = scratch.new()
    good = bad = 0
    rows: list[int] = []
    for number, line in good_json_lines(path, "utf-8", _is_object):
        if line is None:
            bad += 1
            if len(rows) < ROWS_KEPT:
                rows.append(number)
        else:
            good += 1
            handle.write(line.rstrip("\r\n").encode("utf-8", "replace") + b"\n")
    handle.flush()
    if bad > good:
        raise UnreadableFile("not_a_table")
    return handle, bad, tuple(rows)
