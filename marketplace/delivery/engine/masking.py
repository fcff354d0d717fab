"""Masking a table file into CSV, batch by batch, in bounded memory.

Fails closed: a column that nobody assessed stops the work; a sensitive type without a rule is redacted; a value that
does not look like its type is redacted. The work of a technique is done once per distinct value of a batch.

What one column hides must not stand in another: a kept cell is redacted where it holds a number or address that proves
to be a person's, or what an identifying column says in the same row (the patient's name in the remarks).

What leaves is opened in spreadsheets: a cell that one of them would run as a formula (it begins with = + - @, their
full-width forms, a tab or a return, holds a letter or digit, and is no number) gets a leading apostrophe, in kept
columns too, and the report counts them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl

from grading.engine.formulas import would_run
from grading.engine.readers import Table, UnreadableFile, open_table
from marketplace.delivery.engine.leaks import IDENTIFYING, hiding
from marketplace.delivery.engine.rules import KEEP, REDACT, TERM, MaskingRules, load_rules
from marketplace.delivery.engine.techniques import REDACTED, Technique, normalise


class MaskingError(ValueError):
    """A file that cannot be masked as asked. `code` is stable, `columns` are those concerned.

    Codes: column_not_assessed (the file has a column without an entry), column_unknown (an entry or a kept column that
    the file does not have), nothing_kept.
    """

    def __init__(self, code: str, columns: Iterable[str] = ()) -> None:
        self.code = code
        self.columns = tuple(columns)
        super().__init__(f"{code}: {', '.join(self.columns)}" if self.columns else code)


@dataclass(frozen=True, slots=True)
class MaskReport:
    """What was done.

    `columns`: the technique of each column that left (`keep` for those not sensitive). `misfits`: how many of its
    values did not look like their type and were redacted. `hidden`: cells of kept columns that were redacted because
    they hold what another column hides. `neutralised`: cells that a spreadsheet would have run.
    """

    rows: int
    columns: Mapping[str, str]
    misfits: Mapping[str, int]
    hidden: Mapping[str, int]
    neutralised: int
    rules_code: str
    rules_version: str


@dataclass(frozen=True, slots=True)
class _Column:
    key: str
    name: str
    technique: str
    mask: Technique | None
    watched: bool = False


def mask_file(
    source_path: Path | str,
    *,
    filename: str,
    columns: Mapping[str, str | None],
    key: bytes,
    sink_path: Path | str,
    kept: Sequence[str] | None = None,
    rules: MaskingRules | None = None,
    scratch: Path | None = None,
) -> MaskReport:
    """Write the masked form of a table file that `open_table` reads to `sink_path`, as UTF-8 CSV.

    `columns` has an entry for every column of the file: its sensitive type, or None for what is not sensitive.
    Only `kept` columns leave (all, when None), in the order of the file. `key` is the grant's own: pseudonyms agree
    within it and cannot be linked between grants. `filename` and `scratch` as in `open_table`.
    Raises MaskingError, UnreadableFile, and ValueError for a key that is too short; nothing is left in the sink then.
    """
    rules = rules or load_rules()
    with open(sink_path, "wb") as sink:
        try:
            with open_table(source_path, filename=filename, scratch=scratch) as table:
                plan = _plan(table, columns, kept, rules, key)
                sources = [heading.key for heading in table.columns if columns[heading.name] in IDENTIFYING]
                return _write_or_repair(table, plan, sources, sink, rules)
        except BaseException:
            sink.seek(0)
            sink.truncate()
            raise


def _plan(
    table: Table,
    columns: Mapping[str, str | None],
    kept: Sequence[str] | None,
    rules: MaskingRules,
    key: bytes,
) -> list[_Column]:
    names = table.names
    if missing := [name for name in names if name not in columns]:
        raise MaskingError("column_not_assessed", missing)
    if unknown := sorted({*columns, *(kept or ())} - set(names)):
        raise MaskingError("column_unknown", unknown)
    plan: list[_Column] = []
    for heading in table.columns:
        if kept is not None and heading.name not in kept:
            continue
        sensitive_type = columns[heading.name]
        if sensitive_type is None:
            plan.append(_Column(heading.key, heading.name, KEEP, None, watched=True))
            continue
        technique = rules.rule_for(sensitive_type).technique
        mask = None if technique == KEEP else rules.technique_for(sensitive_type, key)
        plan.append(_Column(heading.key, heading.name, technique, mask, watched=technique == TERM))
    if not plan:
        raise MaskingError("nothing_kept")
    return plan


def _write_or_repair(
    table: Table, plan: list[_Column], sources: list[str], sink: IO[bytes], rules: MaskingRules
) -> MaskReport:
    try:
        return _write(table, plan, sources, sink, rules)
    except UnreadableFile:
        if table.repair is None:
            raise
    sink.seek(0)
    sink.truncate()
    # The forgiving reader gives the same headings; only the rows are read another way.
    with table.repair() as repaired:
        return _write(repaired, plan, sources, sink, rules)


def _write(table: Table, plan: list[_Column], sources: list[str], sink: IO[bytes], rules: MaskingRules) -> MaskReport:
    rows = neutralised = 0
    misfits = {column.name: 0 for column in plan if column.technique not in (KEEP, REDACT)}
    hidden: dict[str, int] = {}
    header, _ = _neutralise(pl.Series([column.name for column in plan], dtype=pl.String))
    pl.DataFrame([pl.Series(str(place), [text]) for place, text in enumerate(header)]).write_csv(
        sink, include_header=False
    )
    for batch in table.batches():
        masked: list[pl.Series] = []
        watched = {column.name: as_text(batch.get_column(column.key)) for column in plan if column.watched}
        leaks = hiding(watched, [as_text(batch.get_column(key)) for key in sources])
        for column in plan:
            text = as_text(batch.get_column(column.key))
            if column.mask is not None:
                text = _masked(text, column.mask)
                if column.name in misfits:
                    misfits[column.name] += int((text == REDACTED).sum())
            if column.watched and (count := int(leaks[column.name].sum())):
                hidden[column.name] = hidden.get(column.name, 0) + count
                text = _redacted(text, leaks[column.name])
            text, harmless = _neutralise(text)
            neutralised += harmless
            masked.append(text)
        frame = pl.DataFrame(masked)
        rows += frame.height
        frame.write_csv(sink, include_header=False)
    return MaskReport(
        rows=rows,
        columns={column.name: column.technique for column in plan},
        misfits=misfits,
        hidden=hidden,
        neutralised=neutralised,
        rules_code=rules.code,
        rules_version=rules.version,
    )


def as_text(values: pl.Series) -> pl.Series:
    """Every cell as text. Readers hand over scalars only; nested and binary cells are text already."""
    if values.dtype == pl.Duration:
        return values.dt.to_string("iso")
    return values if values.dtype == pl.String else values.cast(pl.String)


def _masked(values: pl.Series, mask: Technique) -> pl.Series:
    """The masked values; null and blank cells become null."""
    distinct = values.drop_nulls().unique()
    if distinct.is_empty():
        return values
    results = [mask(normal) if (normal := normalise(value)) else None for value in distinct]
    return values.replace_strict(distinct, pl.Series(results, dtype=pl.String), default=None, return_dtype=pl.String)


def _redacted(values: pl.Series, where: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"text": values, "where": where})
    text = frame.select(pl.when("where").then(pl.lit(REDACTED)).otherwise("text").alias(values.name))
    return text.to_series()


def _neutralise(values: pl.Series) -> tuple[pl.Series, int]:
    """The cells with an apostrophe before what a spreadsheet would run, and how many those are."""
    dangerous = would_run(values)
    count = int(dangerous.sum())
    if not count:
        return values, 0
    frame = pl.DataFrame({"text": values, "dangerous": dangerous})
    text = frame.select(
        pl.when(pl.col("dangerous")).then(pl.concat_str(pl.lit("'"), "text")).otherwise("text").alias(values.name)
    )
    return text.to_series(), count
