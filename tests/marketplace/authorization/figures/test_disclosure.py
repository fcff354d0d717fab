"""What of a table is told: no cell of few buyers, by itself or by subtraction."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from marketplace.authorization.figures.disclosure import Told, tell
from marketplace.authorization.figures.gathering import Cell

FEWEST = 3


def cell(requests: int, *buyers: int) -> Cell:
    return Cell(requests, frozenset(buyers))


def test_cells_of_enough_buyers_are_told() -> None:
    assert tell({"a": cell(9, 1, 2, 3), "b": cell(4, 4, 5, 6)}, fewest=FEWEST) == Told({"a": 9, "b": 4}, 0, 13)
    assert tell({}, fewest=FEWEST) == Told({}, 0, 0)


def test_small_cells_are_told_together() -> None:
    cells = {"a": cell(9, 1, 2, 3), "b": cell(2, 1, 2), "c": cell(1, 3)}
    assert tell(cells, fewest=FEWEST) == Told({"a": 9}, 3, 12)


def test_one_small_cell_takes_the_smallest_other_with_it() -> None:
    cells = {"a": cell(90, 1, 2, 3), "b": cell(5, 1, 2, 3), "c": cell(1, 1)}
    assert tell(cells, fewest=FEWEST) == Told({"a": 90}, 6, 96)


def test_what_is_of_few_altogether_is_not_told_even_as_a_sum() -> None:
    assert tell({"a": cell(9, 1, 2), "b": cell(1, 1)}, fewest=FEWEST) == Told({}, 0, None)


@given(
    st.dictionaries(
        st.integers(0, 8),
        st.builds(Cell, st.integers(1, 50), st.frozensets(st.integers(1, 6), min_size=1, max_size=4)),
    )
)
def test_whatever_can_be_reckoned_is_of_enough_buyers(cells: dict[int, Cell]) -> None:
    told = tell(cells, fewest=FEWEST)
    if told.total is None:
        assert (told.cells, told.others) == ({}, 0)
        return
    assert told.total == sum(one.requests for one in cells.values()) == sum(told.cells.values()) + told.others
    hidden = [cells[key] for key in cells if key not in told.cells]
    parts = [{key} for key in told.cells] + ([{key for key in cells if key not in told.cells}] if hidden else [])
    for count in range(1, len(parts) + 1):
        for chosen in combinations(parts, count):  # every sum or difference that a reader can make
            people = frozenset[int]().union(*(cells[key].buyers for part in chosen for key in part))
            assert len(people) >= FEWEST
