"""How columns that stand alone are written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple

from bench.sensitivity.columns import Maker, Table
from bench.sensitivity.sectors.folk import pick

Values = Callable[[Random, int], list[str]]


class Alone(NamedTuple):
    """A column: its header, what it is or what it looks like, how its cells are made, and why."""

    header: str
    kind: str
    values: Values
    note: str


def each(make: Callable[[Random], str]) -> Values:
    """Cells made one by one."""
    return lambda rng, n: [make(rng) for _ in range(n)]


def any_of(text: str) -> Values:
    """Cells out of a list of words."""
    return lambda rng, n: pick(rng, n, text)


def makers(way: str, columns: Sequence[Alone]) -> tuple[Maker, ...]:
    """A table for each column, personal, business or alike."""
    return tuple(_maker(alone, place, way) for place, alone in enumerate(columns))


def _maker(alone: Alone, place: int, way: str) -> Maker:
    def make(table: Table) -> None:
        count = table.rng.randint(20, 60)
        values = alone.values(table.rng, count)
        {"personal": table.personal, "business": table.business, "alike": table.alike}[way](
            alone.header, alone.kind, values, alone.note
        )

    make.__module__, make.__name__ = "alone", f"{way}_{place}"
    return make
