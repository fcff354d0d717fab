"""The way in: a file is unpacked if it is packed, told what it is, and handed to the reader of its format."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from grading.engine.readers.archive import stored_workbook
from grading.engine.readers.delimited import Source, open_delimited
from grading.engine.readers.encodings import encoding_name
from grading.engine.readers.errors import UnreadableFile
from grading.engine.readers.jsonarray import array_as_lines
from grading.engine.readers.jsonlines import open_json_lines
from grading.engine.readers.packing import Progress, inner_name, packing_of, unpack, unpacked_limit
from grading.engine.readers.parquet import open_parquet
from grading.engine.readers.scratch import Scratch, descriptor_path
from grading.engine.readers.sniff import (
    ARCHIVES,
    SAMPLE_BYTES,
    binary_format,
    decode_sample,
    glance_text,
    known_binary,
    looks_like_json_array,
    looks_like_json_lines,
    survey_text,
)
from grading.engine.readers.table import Table
from grading.engine.readers.workbook import open_workbook


@dataclass(frozen=True, slots=True)
class _File:
    """An open file: where it is, what it is called, how large the file that was stored is, what it may unpack to."""

    handle: IO[bytes]
    path: str
    filename: str
    size_bytes: int
    scratch: Scratch
    limit: int


def open_table(
    path: Path | str,
    *,
    filename: str,
    scratch: Path | None = None,
    limit: int | None = None,
    progress: Progress | None = None,
    trusting: bool = False,
) -> Table:
    """Open a CSV, TSV, JSON Lines, Parquet or XLSX file, recognised by its content and then by `filename`.

    Also a JSON array of objects; and all but XLSX packed with gzip or zstd. `path` may be `/proc/self/fd/N` of an
    unlinked file; it must stay open while the Table is used. What is unpacked or rewritten goes into unlinked files in
    the folder `scratch` (default: the system's temporary folder), where a file unpacks to at most `limit` bytes
    (default: what the process may write to a file, or else 64 MiB and 20 times the size). While a packed file is
    unpacked, `progress` gets a share from 0 to 1 and the stage `unpacking`.

    `trusting`: a delimited file whose beginning is clean UTF-8 is not looked through first, for a caller who reads
    `text` with the kernel and turns to `repair` where it stops. Raises UnreadableFile.
    """
    location = str(path)
    try:
        file = open(location, "rb")  # noqa: SIM115 - entered below, so that only opening is guarded
    except OSError as error:
        raise UnreadableFile("missing_file") from error
    files = Scratch(scratch)
    try:
        with file:
            size = file.seek(0, 2)
            file.seek(0)
            packing = packing_of(file.read(4))
            limit = unpacked_limit(size) if limit is None else limit
            if packing is None:
                return _open(_File(file, location, filename, size, files, limit), trusting)
            inner = unpack(file, packing, files, limit=limit, progress=progress)
            _refuse_archives(inner)
            table = _open(_File(inner, descriptor_path(inner), inner_name(filename), size, files, limit), trusting)
            return _packed(table, packing)
    except BaseException:
        files.close()
        raise


def _refuse_archives(inner: IO[bytes]) -> None:
    inner.seek(0)
    head = inner.read(SAMPLE_BYTES)
    if (detected := packing_of(head) or known_binary(head)) in ARCHIVES:
        raise UnreadableFile("packed_twice", detected=str(detected))


def _packed(table: Table, packing: str) -> Table:
    repair = table.repair
    again = None if repair is None else lambda: replace(repair(), packing=packing)
    return replace(table, packing=packing, repair=again)


def _reopen(file: _File) -> Table:
    with open(file.path, "rb") as handle:
        return _open(replace(file, handle=handle), trusting=False)


def _open(file: _File, trusting: bool) -> Table:
    handle = file.handle
    handle.seek(0)
    head = handle.read(SAMPLE_BYTES)
    if not head:
        raise UnreadableFile("empty_file")
    handle.seek(max(0, handle.seek(0, 2) - 8))
    match binary_format(head, handle.read()):
        case "parquet":
            return open_parquet(file.path, file.size_bytes, file.scratch)
        case "zip":
            stored = stored_workbook(handle, file.scratch, limit=file.limit)
            return open_workbook(stored, file.size_bytes, file.scratch, limit=file.limit)
    glance = glance_text(head) if trusting else None
    survey = glance or survey_text(handle)
    sample = decode_sample(head, survey.encoding).removeprefix("\ufeff")
    if not sample.strip():
        raise UnreadableFile("empty_file")
    if glance is not None and (looks_like_json_array(sample) or looks_like_json_lines(sample, file.filename)):
        glance, survey = None, survey_text(handle)
    if looks_like_json_array(sample):
        lines = array_as_lines(file.path, survey.encoding, file.scratch)
        plain = replace(survey, encoding="utf-8", utf8_as_is=True)
        table = open_json_lines(descriptor_path(lines), file.size_bytes, plain, file.scratch)
        return replace(table, format="json", encoding=encoding_name(survey.encoding))
    if looks_like_json_lines(sample, file.filename):
        return open_json_lines(file.path, file.size_bytes, survey, file.scratch)
    source = Source(file.path, file.filename, file.size_bytes, sample, survey, file.scratch, surveyed=glance is None)
    table = open_delimited(source)
    return table if glance is None else replace(table, repair=lambda: _reopen(file))
