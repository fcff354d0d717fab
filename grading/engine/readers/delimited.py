"""CSV, TSV and their relatives (RFC 4180, W3C CSVW) as tables of raw text."""

import csv
from dataclasses import dataclass
from functools import partial

import polars as pl

from grading.engine.readers.encodings import encoding_name
from grading.engine.readers.errors import UnreadableFile
from grading.engine.readers.lines import Rewritten, rewrite, transcode
from grading.engine.readers.scratch import Scratch, descriptor_path
from grading.engine.readers.sniff import (
    TABLE_SUFFIXES,
    Survey,
    sample_rows,
    sniff_delimiter,
    suffix_of,
)
from grading.engine.readers.structure import Structure, survey_structure
from grading.engine.readers.table import (
    MAX_COLUMNS,
    ColumnHeading,
    Dialect,
    ReaderFinding,
    Table,
    Text,
    unique_headings,
)


@dataclass(frozen=True)
class Source:
    """Where a delimited file is and what was learned of it so far."""

    path: str
    filename: str
    size_bytes: int
    sample: str
    survey: Survey
    scratch: Scratch
    #: All bytes were looked at for `survey`; else only the first, and who reads on must notice what they did not show.
    surveyed: bool = True


def open_delimited(source: Source) -> Table:
    """The fast way for well-formed files; the forgiving way where quoting or line ends are broken."""
    delimiter = sniff_delimiter(source.sample, source.filename)
    if delimiter is None:
        if suffix_of(source.filename) not in TABLE_SUFFIXES:
            raise UnreadableFile("not_a_table")
        delimiter = "\t" if suffix_of(source.filename) in {".tsv", ".tab"} else ","
    survey = source.survey
    originals, findings = _header(source.sample, delimiter)
    findings += unique_headings(originals)[1]
    path = source.path
    if not survey.utf8_as_is or survey.lone_returns:
        handle = transcode(source.path, survey.encoding, source.scratch, lone_returns=survey.lone_returns > 0)
        path = descriptor_path(handle)
    if survey.nul_bytes:
        findings.append(ReaderFinding("nul_bytes", survey.nul_bytes))
    if survey.undecodable:
        findings.append(ReaderFinding("broken_encoding", survey.undecodable, (), {"encoding": survey.encoding}))
    quotes = survey.quotes > 0
    structure = survey_structure(path, delimiter, len(originals), quotes=quotes) if source.surveyed else Structure()
    forgiving = partial(_open_rewritten, path, source, delimiter, originals, tuple(findings))
    if structure.suspicious or not source.sample.splitlines()[0].strip():
        return forgiving()
    headings, frame = text_frame(path, originals, delimiter, header_rows=1)
    return Table(
        format="tsv" if delimiter == "\t" else "csv",
        encoding=encoding_name(survey.encoding),
        dialect=Dialect(delimiter),
        columns=headings,
        frame=frame,
        findings=(*findings, *_ragged(structure)),
        size_bytes=source.size_bytes,
        records=structure.records if source.surveyed else None,
        repair=forgiving,
        scratch=source.scratch,
        text=Text(path, delimiter, begin=3 if path == source.path and survey.encoding == "utf-8-sig" else 0),
    )


def _header(sample: str, delimiter: str) -> tuple[list[str], list[ReaderFinding]]:
    rows = [row for row in sample_rows(sample, delimiter) if row]
    if not rows:
        raise UnreadableFile("no_header")
    header = rows[0]
    if len(header) > MAX_COLUMNS:
        raise UnreadableFile("too_many_columns", columns=len(header), limit=MAX_COLUMNS)
    findings: list[ReaderFinding] = []
    widths = [len(row) for row in rows[1:]]
    # Tables written with row names have one heading fewer than fields in nearly every record.
    if widths and sum(width == len(header) + 1 for width in widths) > 0.9 * len(widths):
        findings.append(ReaderFinding("short_header", 1, (), {"headings": len(header), "fields": len(header) + 1}))
        header = ["", *header]
    return header, findings


def text_frame(
    path: str, originals: list[str], delimiter: str, *, header_rows: int
) -> tuple[tuple[ColumnHeading, ...], pl.LazyFrame]:
    """The headings of a UTF-8 file whose column names are known, and its records as a lazy frame of raw text."""
    names, _ = unique_headings(originals)
    headings = tuple(
        ColumnHeading(f"c{position}", name, original, None)
        for position, (name, original) in enumerate(zip(names, originals, strict=True))
    )
    frame = pl.scan_csv(
        path,
        has_header=False,
        skip_rows=header_rows,
        separator=delimiter,
        schema={heading.key: pl.String for heading in headings},
        extra_columns="ignore",
        missing_columns="insert",
        truncate_ragged_lines=True,
        raise_if_empty=False,
        glob=False,
    )
    return headings, frame


def _open_rewritten(
    path: str,
    source: Source,
    delimiter: str,
    originals: list[str],
    findings: tuple[ReaderFinding, ...],
) -> Table:
    # Once transcoded the text is UTF-8, whatever it was before.
    encoding = "utf-8-sig" if path != source.path or source.survey.utf8_as_is else source.survey.encoding
    quoted = True
    try:
        handle, report = rewrite(path, encoding, source.scratch, delimiter=delimiter, quoted=True, width=len(originals))
        if report.counts["short"] == 1 and report.rows["short"] == [report.records - 1]:
            raise csv.Error("an unclosed quote swallowed the end of the file")
    except csv.Error:
        quoted = False
        try:
            handle, report = rewrite(
                path, encoding, source.scratch, delimiter=delimiter, quoted=False, width=len(originals)
            )
        except csv.Error as error:
            raise UnreadableFile("malformed_table", format="csv", detail=str(error)[:200]) from error
    headings, frame = text_frame(descriptor_path(handle), originals, ",", header_rows=0)
    irregular = ReaderFinding("irregular_quoting", 1, (), {"read_with_quotes": "yes" if quoted else "no"})
    return Table(
        format="tsv" if delimiter == "\t" else "csv",
        encoding=encoding_name(source.survey.encoding),
        dialect=Dialect(delimiter, '"' if quoted else None),
        columns=headings,
        frame=frame,
        findings=(*findings, irregular, *_rewritten_findings(report)),
        size_bytes=source.size_bytes,
        records=report.records,
        scratch=source.scratch,
        text=Text(descriptor_path(handle), ",", header=0, original=False),
    )


def _ragged(structure: Structure) -> list[ReaderFinding]:
    found = (("long", structure.long), ("short", structure.short), ("blank", structure.blank))
    return [_row_finding(kind, len_count, rows) for kind, (len_count, rows) in found if len_count]


def _rewritten_findings(report: Rewritten) -> list[ReaderFinding]:
    return [_row_finding(kind, count, tuple(report.rows[kind])) for kind, count in report.counts.items() if count]


def _row_finding(kind: str, count: int, rows: tuple[int, ...]) -> ReaderFinding:
    if kind == "blank":
        return ReaderFinding("blank_row", count, rows)
    return ReaderFinding("ragged_row", count, rows, {"fields": kind})
