"""How many cells are wrong where dissent shows it, and none where what dissents is true."""

import random

import numpy as np
import pytest

from grading.engine.quality.detection.contradictions import related_columns
from grading.engine.quality.detection.dependencies import Association
from grading.engine.quality.detection.dependencies_dissent import usual_dissent
from grading.engine.quality.detection.dependencies_shares import wrong_shares
from tests.grading.engine.quality.detection.generated import DOMAINS, Cells, sheet, with_swaps


def holds(one: int, other: int, dissent: float | None) -> Association:
    return Association(one, other, 0.7, 100, dissent)


def sites(rows: int = 1_000) -> tuple[list[str], Cells]:
    """Fifty sites, which decide four columns of as many values; and one column of anything."""
    rng = random.Random(8)
    return ["site", "phone", "street", "head", "post", "n"], [
        [*(f"{kind}{(n % 50) * 17 % 89}" for kind in "sptho"), str(rng.randint(1, 9))] for n in range(rows)
    ]


def test_more_wrong_cells_are_always_more_expected_ones_though_dependencies_weaken() -> None:
    header, clean = sites()
    expected = []
    for share in (0.0, 0.05, 0.1, 0.15, 0.2, 0.25):
        made = with_swaps(header, clean, [0, 1, 2, 3, 4], share, random.Random(2))
        found = related_columns(sheet(header, made.dirty))
        assert set(found) == set(header[:5])
        expected.append(sum(found.values()) / 5)
    assert expected == sorted(set(expected))
    assert expected[0] == 0
    assert expected[2:] == pytest.approx([0.1, 0.15, 0.2, 0.25], abs=0.03)


def test_two_columns_that_name_each_other_are_told_from_two_that_go_together() -> None:
    header, clean = sites()
    made = with_swaps(header, clean, [0, 1], 0.22, random.Random(2))
    found = related_columns(sheet(header[:2], [row[:2] for row in made.dirty]))
    assert found == pytest.approx({"site": 0.22, "phone": 0.22}, abs=0.03)
    rng = random.Random(5)
    levels = [(level := rng.randint(1, 5), max(1, min(5, level + rng.choice((-1, 0, 0, 0, 1))))) for _ in range(600)]
    assert not any(
        related_columns(sheet(["before", "after"], [[f"L{one}", f"M{two}"] for one, two in levels])).values()
    )


def test_the_column_to_blame_is_what_the_pairs_have_in_common() -> None:
    header, clean = sites()
    made = with_swaps(header, clean, [3], 0.2, random.Random(2))
    found = related_columns(sheet(header, made.dirty))
    assert found.pop("head") == pytest.approx(0.2, abs=0.03)
    assert set(found.values()) == {0.0}


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_right_tables_have_hardly_any(domain: str) -> None:
    # Persons: of a post code with several towns some are rare.
    found = related_columns(sheet(*DOMAINS[domain](random.Random(21))))
    assert max(found.values(), default=0.0) <= (0.005 if domain == "persons" else 0.0)


def test_shares_are_those_that_explain_all_pairs() -> None:
    wrong = [0.1, 0.0, 0.3]
    found = [
        holds(one, other, 1 - (1 - wrong[one]) * (1 - wrong[other]))
        for one in range(3)
        for other in range(3)
        if one != other
    ]
    assert wrong_shares(4, found) == pytest.approx({0: 0.1, 1: 0.0, 2: 0.3}, abs=1e-6)


def test_two_columns_share_the_blame() -> None:
    assert wrong_shares(2, [holds(0, 1, 0.36)]) == pytest.approx({0: 0.2, 1: 0.2})
    assert wrong_shares(2, [holds(0, 1, None)]) == {0: 0.0, 1: 0.0}
    assert wrong_shares(3, []) == {}


def dissent(*groups: dict[int, int]) -> float | None:
    """Of keys, each with its values and their numbers of rows."""
    cells = [(key, value, count) for key, group in enumerate(groups) for value, count in sorted(group.items())]
    key, value, count = (np.array(part, dtype=np.int64) for part in zip(*cells, strict=True))
    most = np.array([max(group.values()) for group in groups], dtype=np.int64)
    top = np.array([max(group, key=lambda value: group[value]) for group in groups], dtype=np.int64)
    return usual_dissent(key, value, count, most, top)


def test_errors_dissent_under_the_usual_key_and_each_in_its_own_way() -> None:
    errors = [{10 * n: 8, 10 * n + 1: 1, 10 * n + 2: 1} for n in range(8)]
    assert dissent(*errors) == pytest.approx(0.2)
    # Under few keys only; the same again; too few keys; small keys.
    assert dissent(*errors[:3], *({10 * n: 10} for n in range(3, 8))) == 0.0
    assert dissent(*({10 * n: 8, 10 * n + 1: 2} for n in range(8))) == 0.0
    assert dissent(*errors[:7]) is None
    assert dissent(*({10 * n: 2, 10 * n + 1: 1} for n in range(8))) is None
    # Of two values the second is always the same, for whatever reason.
    assert dissent(*({n % 2: 8, 1 - n % 2: 2} for n in range(8))) == 0.0
