"""Write the Chinese evaluation set of sensitive columns: python -m bench.sensitivity.chinese_columns."""

from __future__ import annotations

from pathlib import Path

from bench.sensitivity import (
    care_tables,
    client_tables,
    firm_tables,
    odd_tables,
    serial_tables,
    single_columns,
    statistic_tables,
    thing_tables,
)
from bench.sensitivity.columns import Column, build, counts, lines

PATH = Path(__file__).parent / "chinese_columns.jsonl"
ROOMS = (
    care_tables,
    client_tables,
    firm_tables,
    statistic_tables,
    serial_tables,
    thing_tables,
    odd_tables,
    single_columns,
)


def columns() -> list[Column]:
    """Every column of the set."""
    return build([maker for room in ROOMS for maker in room.MAKERS])


if __name__ == "__main__":
    made = columns()
    PATH.write_text(lines(made), encoding="utf-8")
    print(counts(made))
