"""The records of a delimited file counted without parsing them: ragged, blank and badly quoted ones.

Works on whole lines with vectorised counts. A line belongs to a quoted field that began earlier when the number
of quotes before it is odd; the separators of all lines of one record are summed.
"""

import re
from dataclasses import dataclass, field

import polars as pl

LINES_PER_BATCH = 262_144
ROWS_KEPT = 200


@dataclass
class Structure:
    """`long`, `short`, `blank`: (how many records, data rows from 0 of the first ones). Header not counted."""

    records: int = 0
    long: tuple[int, tuple[int, ...]] = (0, ())
    short: tuple[int, tuple[int, ...]] = (0, ())
    blank: tuple[int, tuple[int, ...]] = (0, ())
    suspicious: bool = False
    rows: dict[str, list[int]] = field(default_factory=lambda: {"long": [], "short": [], "blank": []})
    counts: dict[str, int] = field(default_factory=lambda: {"long": 0, "short": 0, "blank": 0})


def survey_structure(path: str, delimiter: str, width: int, *, quotes: bool) -> Structure:
    """Count the records of the UTF-8 file at `path`. `suspicious` when its quoting cannot be trusted."""
    result = Structure()
    first_record = 0
    inside = False
    carried = 0
    stray = f'[^{re.escape(delimiter)}"]"[^{re.escape(delimiter)}"]'
    lines = pl.scan_lines(path, name="line", glob=False)
    for batch in lines.collect_batches(chunk_size=LINES_PER_BATCH, maintain_order=True, engine="streaming", lazy=True):
        line = batch.get_column("line").str.strip_chars_end("\r")
        if quotes and (inside or line.str.contains('"', literal=True).any()):
            separators, empty, inside, carried, bad = _quoted_records(line, delimiter, stray, inside, carried)
            if bad:
                result.suspicious = True
                return result
        else:
            separators = line.str.count_matches(delimiter, literal=True).cast(pl.Int64)
            empty = line.str.len_bytes() == 0
        _note(result, separators, empty, first_record, width)
        first_record += len(separators)
    result.suspicious = inside
    result.records = max(0, first_record - 1)
    for kind in ("long", "short", "blank"):
        setattr(result, kind, (result.counts[kind], tuple(result.rows[kind])))
    return result


def _quoted_records(
    line: pl.Series, delimiter: str, stray: str, inside: bool, carried: int
) -> tuple[pl.Series, pl.Series, bool, int, bool]:
    frame = pl.DataFrame({"line": line}).with_columns(
        quotes=pl.col("line").str.count_matches('"', literal=True).cast(pl.Int64)
    )
    frame = frame.with_columns(after=(pl.col("quotes").cum_sum() + int(inside)) % 2 == 1)
    frame = frame.with_columns(before=pl.col("after").shift(1, fill_value=inside))
    plain = (pl.col("quotes") == 0) & ~pl.col("before")
    bad = frame.select(((pl.col("quotes") > 0) & ~pl.col("before") & pl.col("line").str.contains(stray)).any()).item()
    text = (
        pl.when(pl.col("before")).then(pl.lit('"')).otherwise(pl.lit(""))
        + pl.col("line")
        + pl.when(pl.col("after")).then(pl.lit('"')).otherwise(pl.lit(""))
    )
    outside = pl.when(plain).then(pl.col("line")).otherwise(text.str.replace_all('"[^"]*"', ""))
    frame = frame.with_columns(
        separators=outside.str.count_matches(delimiter, literal=True).cast(pl.Int64),
        record=(~pl.col("before")).cum_sum() - (0 if inside else 1),
        empty=plain & (pl.col("line").str.len_bytes() == 0),
    )
    records = frame.group_by("record", maintain_order=True).agg(pl.col("separators").sum(), pl.col("empty").all())
    separators, empty = records.get_column("separators"), records.get_column("empty")
    if inside and carried:
        separators = (
            separators.to_frame()
            .with_columns(
                pl.when(pl.int_range(pl.len()) == 0)
                .then(pl.col("separators") + carried)
                .otherwise(pl.col("separators"))
            )
            .to_series()
        )
    still_inside = bool(frame.get_column("after")[-1])
    if still_inside:
        carried = int(separators[-1])
        separators, empty = separators[:-1], empty[:-1]
    else:
        carried = 0
    return separators, empty, still_inside, carried, bool(bad)


def _note(result: Structure, separators: pl.Series, empty: pl.Series, first_record: int, width: int) -> None:
    kinds = {
        "long": separators > width - 1,
        "short": (separators < width - 1) & ~empty,
        # An empty line is a record with a missing value where there is one column only.
        "blank": empty if width > 1 else empty & False,
    }
    for kind, mask in kinds.items():
        # Record 0 of the file is the header.
        places = [place + first_record - 1 for place in mask.arg_true().head(ROWS_KEPT + 1).to_list()]
        places = [place for place in places if place >= 0]
        total = int(mask.sum()) - (1 if first_record == 0 and len(mask) and bool(mask[0]) else 0)
        result.counts[kind] += total
        room = ROWS_KEPT - len(result.rows[kind])
        result.rows[kind].extend(places[:room])
