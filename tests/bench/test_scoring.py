"""What the benchmark of the score rests on: errors where and as many as asked for, and a right rank correlation."""

import random
from pathlib import Path

import pytest

from bench.errors import BREAKS, can_have, dependencies, put_in
from bench.scoring import Pair, Point, falls, largest, scored, spearman

ROWS = [["id", "code", "name", "n"]] + [
    [f"K-{row}", f"C{row % 5}", ["north", "south", "east", "west", "middle"][row % 5], f"{row * 13 % 101}"]
    for row in range(50)
]


@pytest.mark.parametrize("kind", BREAKS)
@pytest.mark.parametrize("rate", [0.02, 0.2])
def test_as_many_errors_as_asked_for_and_more_hold_the_fewer(kind: str, rate: float) -> None:
    broken = put_in(ROWS, kind, rate, random.Random("a"))
    assert put_in(ROWS, kind, rate, random.Random("a")) == broken
    wanted = max(1, round(rate * can_have(ROWS)[kind]))
    if kind == "duplicates":
        assert len(broken) == len(ROWS) + wanted
        assert {tuple(row) for row in broken} == {tuple(row) for row in ROWS}
        return
    wrong = {(row, place) for row in range(51) for place in range(4) if broken[row][place] != ROWS[row][place]}
    assert len(wrong) == wanted
    further = put_in(ROWS, kind, rate + 0.1, random.Random("a"))
    assert all(further[row][place] != ROWS[row][place] for row, place in wrong)


def test_dependencies_are_those_of_columns_that_repeat() -> None:
    assert dependencies(ROWS) == [(1, 2), (2, 1)]


def test_what_a_single_key_says_is_no_dependency_however_many_rows_it_has() -> None:
    body = [[f"D{row % 9}", "wholesale" if row % 9 == 4 else "retail", "x"] for row in range(180)]
    assert dependencies([["day", "kind", "z"], *body, *([["D0", "retail", "x"]] * 40), ["D1", "other", "x"]]) == []


def test_two_rows_of_a_key_that_differ_foretell_nothing() -> None:
    pairs = [[f"K{row // 2}", f"v{row}"] for row in range(4)]
    rest = [[f"C{row % 5}", ["north", "south", "east", "west", "middle"][row % 5]] for row in range(500)]
    assert dependencies([["key", "value"], *rest]) == [(0, 1), (1, 0)]
    assert dependencies([["key", "value"], *([["C0", "north"]] * 400), *rest[:5], *pairs]) == []


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(1, 9.0), (2, 8.0), (3, 1.0)], 1.0),
        ([(1, 1.0), (2, 8.0), (3, 9.0)], -1.0),
        ([(1, 9.0), (2, 9.0), (3, 9.0)], 0.0),
        ([(1, 9.0), (2, 7.0), (3, 8.0), (4, 1.0)], 0.8),
        ([(1, 9.0), (1, 8.0), (2, 7.0), (2, 6.0)], 0.894427),
    ],
)
def test_spearman(pairs: list[tuple[float, float]], expected: float) -> None:
    assert spearman(pairs) == pytest.approx(expected, abs=1e-6)


def test_a_pair_is_in_order_only_if_the_clean_table_scores_and_higher() -> None:
    assert Pair("a", 90.0, 89.99).in_order
    assert not Pair("a", 90.0, 90.0).in_order
    for clean, dirty in [(90.0, None), (None, 90.0), (None, None)]:
        assert not Pair("a", clean, dirty).in_order
    assert Pair("a", 90.0, None).unscored == ("dirty",)
    assert Pair("a", None, None).unscored == ("clean", "dirty")


def test_no_score_is_no_low_score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    path.write_text("".join(",".join(row) + "\n" for row in ROWS))
    monkeypatch.setattr("bench.scoring.score_of", lambda _rows: None)
    monkeypatch.setattr("bench.scoring.put_in", lambda rows, *_: rows)
    monkeypatch.setattr("bench.scoring.RATES", (0.1, 0.2))
    points = falls(path, "typos", 1)
    assert points == [Point(0.1, None), Point(0.2, None)]
    assert scored([*points, Point(0.3, 7.0)]) == [(0.3, 7.0)]


def test_tables_are_the_largest_that_can_have_every_kind(tmp_path: Path) -> None:
    def table(name: str, rows: int, columns: str) -> None:
        (tmp_path / name).mkdir()
        body = "".join(f"K-{row},C{row % 5},{'news'[row % 4] * 5 if row % 5 else 'xxxx'}\n" for row in range(rows))
        for twin in ("clean.csv", "dirty.csv"):
            (tmp_path / name / twin).write_text(f"{columns}\n{body}")

    table("small", 20, "a,b,c")
    table("large", 400, "a,b,c")
    assert largest(tmp_path) == []  # no column follows from another
    for place, rows in enumerate((150, 300, 200, 400)):
        (tmp_path / f"t{place}").mkdir()
        body = "".join(",".join(ROWS[1 + row % 50]) + "\n" for row in range(rows))
        header = "id,code,name,n" if place in (1, 2) else f"id,code,name,n{place}"
        for twin in ("clean.csv", "dirty.csv"):
            (tmp_path / f"t{place}" / twin).write_text(f"{header}\n{body}")
    assert [path.parent.name for path in largest(tmp_path)] == ["t3", "t1", "t0"]
