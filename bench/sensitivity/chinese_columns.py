"""Write the Chinese evaluation set of sensitive columns: python -m bench.sensitivity.chinese_columns."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
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
from bench.sensitivity.columns import TYPES, Column, build

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


def lines(found: list[Column]) -> str:
    """The set as JSON lines."""
    return "".join(json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in found)


def counts(found: list[Column]) -> str:
    """A Markdown table: columns by type, personal ones, business's, and those that only look like it."""
    personal = Counter(each.type for each in found if each.personal)
    business = Counter(each.type for each in found if each.type and not each.personal)
    alike = Counter(each.note.split(":")[0].split()[-1] for each in found if each.note.startswith("look-alike"))
    rows = ["| type | personal | business | look-alikes |", "| --- | ---: | ---: | ---: |"]
    rows += [f"| {kind} | {personal[kind]} | {business[kind]} | {alike[kind]} |" for kind in sorted(TYPES)]
    rows.append(f"| all | {personal.total()} | {business.total()} | {alike.total()} |")
    plain = sum(each.note.startswith("plain") for each in found)
    return "\n".join([*rows, "", f"Plain columns: {plain}. All columns: {len(found)}."])


if __name__ == "__main__":
    made = columns()
    PATH.write_text(lines(made), encoding="utf-8")
    print(counts(made))
