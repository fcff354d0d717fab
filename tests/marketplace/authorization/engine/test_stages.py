"""When each approver is asked, and how many people of it; what the loader refuses of both."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.authorization.engine.checks import TableError
from marketplace.authorization.engine.decide import Approver, Decision
from marketplace.authorization.engine.loading import table_from_data
from marketplace.authorization.engine.stages import Place, staged
from marketplace.authorization.engine.stricter import Held, stricter
from marketplace.authorization.engine.strictest import strictest
from tests.marketplace.authorization.engine.test_loading import ALLOWED, core_refused, small

BODIES = Decision("by_scenario", ("scenario_levels", "sector_authority", "exchange"), (), (), 1, "r", "t", "1", "", "")
LEVELS = [Place(1, 1), Place(1, 3), Place(2, 1)]
APPROVERS = [
    *(Approver("scenario_level", scenario="s", level=level) for level in (1, 2, 3)),
    Approver("sector_authority", sector="health"),
    Approver("exchange"),
]


def places(decision: Decision, levels: Sequence[Place] = LEVELS) -> list[tuple[int, int]]:
    return [(place.stage, place.quorum) for place in staged(decision, APPROVERS, levels)]


def test_one_after_the_other_with_the_stages_of_the_scenario_kept() -> None:
    assert places(BODIES) == [(1, 1), (1, 3), (2, 1), (3, 1), (4, 1)]


def test_together_everybody_begins_at_once() -> None:
    assert places(replace(BODIES, together=True)) == [(1, 1), (1, 3), (2, 1), (1, 1), (1, 1)]


def test_of_two_quorums_the_larger_counts() -> None:
    asked = replace(BODIES, quorum={"scenario_levels": 2, "exchange": 4})
    assert places(asked) == [(1, 2), (1, 3), (2, 2), (3, 1), (4, 4)]


def test_the_scenario_may_come_last() -> None:
    turned = staged(BODIES, [*APPROVERS[3:], *APPROVERS[:3]], LEVELS)
    assert [place.stage for place in turned] == [1, 2, 3, 3, 4]


@given(st.booleans(), st.lists(st.integers(0, 1), min_size=3, max_size=3))
def test_stages_begin_with_one_and_leave_out_none(together: bool, steps: list[int]) -> None:
    stage = 1
    levels: list[Place] = []
    for step in steps:
        stage = stage + step if levels else 1
        levels.append(Place(stage))
    found = {place.stage for place in staged(replace(BODIES, together=together), APPROVERS, levels)}
    assert found == set(range(1, max(found) + 1))


def test_the_loader_reads_quorum_togetherness_and_days() -> None:
    table = table_from_data(
        small(core_refused(), {"id": "all", **ALLOWED, "quorum": {"exchange": 2}, "together": True, "step_days": 5})
    )
    decision = table.answers[1]["licensed"]
    assert (decision.quorum, decision.together, decision.step_days) == ({"exchange": 2}, True, 5)
    assert decision.as_record()["quorum"] == {"exchange": 2}
    plain = table_from_data(small(core_refused(), {"id": "all", **ALLOWED})).answers[1]["licensed"]
    assert (plain.quorum, plain.together, plain.step_days) == ({}, False, 10)


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ({"quorum": {"exchange": 0}}, "the quorum of exchange must be 1 to 20 people"),
        ({"quorum": {"exchange": 21}}, "the quorum of exchange must be 1 to 20 people"),
        ({"quorum": {"sector_authority": 2}}, "quorum 'sector_authority'"),
        ({"quorum": {"mayor": 2}}, "quorum 'mayor'"),
        ({"quorum": {"exchange": True}}, "quorum must be a table of whole numbers of people"),
        ({"quorum": [2]}, "quorum must be a table of whole numbers of people"),
        ({"together": 1}, "together must be true or false"),
        ({"step_days": 0}, "step_days must be 1 to 365"),
        ({"step_days": "10"}, "step_days must be a whole number of days"),
    ],
)
def test_the_loader_refuses(said: dict[str, Any], detail: str) -> None:
    with pytest.raises(TableError) as caught:
        table_from_data(small(core_refused(), {"id": "all", **ALLOWED, **said}))
    assert [problem.detail for problem in caught.value.problems] == [detail]


def test_a_higher_level_never_asks_fewer_people() -> None:
    low = {"id": "low", "when": {"level": ["general_1"]}, **ALLOWED, "quorum": {"exchange": 3}}
    rest = {"id": "rest", **ALLOWED, "quorum": {"exchange": 2}}
    with pytest.raises(TableError) as caught:
        table_from_data(small(core_refused(), low, rest))
    (problem,) = caught.value.problems
    assert (problem.code, problem.rows) == ("not_monotone", ("low", "rest"))
    assert problem.detail == "the higher level asks fewer people of exchange: 2 < 3"
    assert table_from_data(small(core_refused(), {**low, "quorum": {"exchange": 2}}, rest)).rows[1].id == "low"


def test_more_people_are_more_approval_than_what_is_held() -> None:
    asked = Decision(
        "centralized_unified", ("exchange",), ("original",), (), 30, "r", "t", "1", "", "", {"exchange": 2}
    )
    held = Held("centralized_unified", ["exchange"], ["original"], [], 30)
    assert stricter(held, asked) == ("approvals",)
    assert stricter(replace(held, quorum={"exchange": 2}), asked) == ()


def test_of_several_answers_the_largest_quorum_counts() -> None:
    one = replace(BODIES, forms=("masked",), quorum={"exchange": 2}, obligations=("masking",), step_days=5)
    other = replace(BODIES, forms=("masked",), quorum={"exchange": 3}, together=True)
    found = strictest([one, other])
    assert (found.quorum, found.together, found.step_days) == ({"exchange": 3}, False, 5)
    assert strictest([replace(one, obligations=()), other]) == other
    assert strictest([other, replace(one, obligations=())]) == other
