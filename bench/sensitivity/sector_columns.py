"""Write the second Chinese set of sensitive columns, by sectors: python -m bench.sensitivity.sector_columns."""

from __future__ import annotations

from pathlib import Path

from bench.sensitivity.columns import Column, build, counts, lines
from bench.sensitivity.sectors import alike, alone, care, government, money, places, work

PATH = Path(__file__).parent / "sector_columns.jsonl"
ROOMS = (government, care, money, work, places, alone, alike)


def columns() -> list[Column]:
    """Every column of the set."""
    return build([maker for room in ROOMS for maker in room.MAKERS], "sector columns, edition 1")


if __name__ == "__main__":
    made = columns()
    PATH.write_text(lines(made), encoding="utf-8")
    print(counts(made))
