"""Several answers as one: it allows what all allow, asks for what any asks for, and names the rows that say so."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.authorization.engine.decide import AccessFacts, approval_chain, authorities, decide
from marketplace.authorization.engine.loading import DEFAULT_TABLE, load_table
from marketplace.authorization.engine.strictest import strictest
from marketplace.authorization.engine.table import Decision
from marketplace.authorization.engine.vocabulary import FORMS, LEVELS, OBLIGATIONS

TABLE = load_table(DEFAULT_TABLE)
ABLE = {"data_security_capability": 3, "classified_protection": 3, "data_security_training": 1}
HALVES = (
    Decision(
        "by_sector", ("sector_authority",), ("masked", "query"), ("masking",), 90, "one", "t", "1", "One.", "一。"
    ),
    Decision("centralized_unified", ("exchange",), ("query", "aggregate"), (), 30, "two", "t", "1", "Two.", "二。"),
)


def facts(**changes: Any) -> AccessFacts:
    return replace(AccessFacts("enterprise", "transport", "general_3", "licensed", accreditations=ABLE), **changes)


def test_neither_of_two_being_the_stricter_both_are_named_and_count() -> None:
    assert strictest(HALVES) == Decision(
        "by_sector", ("sector_authority", "exchange"), ("query",), ("masking",), 30, "one + two", "t", "1",
        "One. Two.", "一。二。",
    )  # fmt: skip


def test_two_answers_without_a_common_form_are_a_refusal() -> None:
    none_left = strictest([HALVES[0], replace(HALVES[1], forms=("aggregate",))])
    assert (none_left.mode, none_left.approvals, none_left.obligations) == ("refused", (), ())
    assert (none_left.forms, none_left.longest_term_days, none_left.rule_id) == ((), 0, "one + two")


def test_a_refusal_wins_and_of_equals_the_first() -> None:
    refusal = replace(HALVES[0], mode="refused", approvals=(), forms=(), obligations=(), longest_term_days=0)
    assert strictest([HALVES[1], refusal, replace(refusal, rule_id="later")]) == refusal
    assert strictest([HALVES[0], replace(HALVES[0], rule_id="later")]) == HALVES[0]
    with pytest.raises(ValueError, match="no answer"):
        strictest([])


ANSWERS = st.builds(
    Decision,
    mode=st.sampled_from(["centralized_unified", "by_sector", "by_scenario"]),
    approvals=st.lists(st.sampled_from(["scenario_levels", "sector_authority", "exchange"]), unique=True).map(tuple),
    forms=st.lists(st.sampled_from(FORMS), min_size=1, unique=True).map(tuple),
    obligations=st.lists(st.sampled_from(OBLIGATIONS), unique=True).map(tuple),
    longest_term_days=st.integers(1, 4),
    rule_id=st.sampled_from("abc"),
    table_code=st.just("t"),
    table_version=st.just("1"),
    reason_en=st.just("r"),
    reason_zh=st.just("由"),
) | st.just(Decision("refused", (), (), (), 0, "no", "t", "1", "r", "由"))


@given(answers=st.lists(ANSWERS, min_size=1, max_size=4))
def test_what_counts_is_the_least_that_is_as_strict_as_each(answers: list[Decision]) -> None:
    for order in itertools.permutations(answers):
        found = strictest(order)
        common = set(FORMS).intersection(*(one.forms for one in answers))
        assert found.refused == (not common)
        assert set(found.forms) == common
        if not found.refused:
            assert set(found.approvals) == {code for one in answers for code in one.approvals}
            assert set(found.obligations) == {code for one in answers for code in one.obligations}
            assert found.longest_term_days == min(one.longest_term_days for one in answers)
        assert set(found.rule_id.split(" + ")) <= {one.rule_id for one in answers}


# ---- readings of a case


@pytest.mark.parametrize(
    ("declared", "reviewed", "row", "asked"),
    [
        ("transport", {}, "unified_serious", ()),
        ("transport", {"sector": ["health"]}, "sector_protected", ("health",)),
        ("health", {"sector": ["transport"]}, "sector_protected", ("health",)),
        ("finance", {"sector": ["health", "transport"]}, "sector_protected", ("finance", "health")),
        ("transport", {"origin": ["personal"]}, "personal_without_basis", ()),
    ],
)
def test_another_sector_or_origin_than_declared_evades_no_row(
    declared: str, reviewed: Any, row: str, asked: Any
) -> None:
    case = facts(sector=declared, reviewed=reviewed)
    assert (decide(TABLE, case).rule_id, authorities(TABLE, case)) == (row, asked)


def test_each_sectors_authority_approves_before_the_exchange() -> None:
    case = facts(sector="finance", reviewed={"sector": ["health"]})
    chain = approval_chain(decide(TABLE, case), case, scenario_levels=0, sectors=authorities(TABLE, case))
    assert [(step.kind, step.sector) for step in chain] == [
        ("sector_authority", "finance"), ("sector_authority", "health"), ("exchange", None),
    ]  # fmt: skip


@given(
    sectors=st.lists(st.sampled_from(TABLE.inputs["sector"].values), min_size=1, max_size=3, unique=True),
    origins=st.lists(st.sampled_from(TABLE.inputs["origin"].values), min_size=1, max_size=2, unique=True),
    level=st.sampled_from(LEVELS),
    supply=st.sampled_from(TABLE.inputs["supply_mode"].values),
    scenario=st.sampled_from([None, "winter_roads"]),
    consent=st.sampled_from([None, *TABLE.inputs["consent_basis"].values[1:]]),
)
def test_the_answer_of_a_case_is_no_laxer_than_that_of_any_reading(
    sectors: list[str], origins: list[str], level: str, supply: str, scenario: str | None, consent: str | None
) -> None:
    plain = facts(level=level, supply_mode=supply, scenario=scenario, consent_basis=consent)
    case = replace(plain, sector=sectors[0], origin=origins[0], reviewed={"sector": sectors[1:], "origin": origins[1:]})
    parts = [decide(TABLE, replace(plain, sector=s, origin=o)) for s, o in itertools.product(sectors, origins)]
    found = decide(TABLE, case)
    assert found.refused == any(one.refused for one in parts)
    for one in parts if not found.refused else ():
        assert set(one.approvals) <= set(found.approvals)
        assert set(one.obligations) <= set(found.obligations)
        assert set(found.forms) <= set(one.forms)
        assert found.longest_term_days <= one.longest_term_days
