"""Which figures single out nobody. Pure.

A table parts one set of requests into cells. A cell of fewer than `fewest` buyers is not told but put together with
the others like it; where even these together are of fewer, the smallest cell beside them joins, so that what is missing
from the sum is never one small cell. Where all of it is of fewer nothing is told, the sum neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

K = TypeVar("K")


class Counted(Protocol):
    """A number of requests and (some of) the buyers they are of."""

    @property
    def requests(self) -> int:
        """How many."""

    @property
    def buyers(self) -> frozenset[int]:
        """Of whom."""


@dataclass(frozen=True, slots=True)
class Told(Generic[K]):
    """What of a table may be told: its cells, the others together (0: there are none), and the sum; None: nothing."""

    cells: Mapping[K, int]
    others: int
    total: int | None


def tell(cells: Mapping[K, Counted], *, fewest: int) -> Told[K]:
    """What of a table of disjoint cells may be told to everybody."""
    hidden = {key for key, cell in cells.items() if len(cell.buyers) < fewest}
    buyers = frozenset[int]().union(*(cells[key].buyers for key in hidden))
    order = list(cells)
    joining = sorted(
        (key for key in cells if key not in hidden), key=lambda key: (cells[key].requests, order.index(key))
    )
    if hidden and len(buyers) < fewest:
        if not joining:
            return Told({}, 0, None)
        hidden.add(joining[0])  # has enough buyers by itself
    return Told(
        cells={key: cell.requests for key, cell in cells.items() if key not in hidden},
        others=sum(cells[key].requests for key in hidden),
        total=sum(cell.requests for cell in cells.values()),
    )
