"""Accreditations that an answer cannot do without: with an entry it holds, with less than every entry it does not."""

import itertools
from dataclasses import replace
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from marketplace.authorization.engine.checks import TableError
from marketplace.authorization.engine.decide import AccessFacts, decide
from marketplace.authorization.engine.demanded import demanded_accreditations
from marketplace.authorization.engine.stricter import Held, stricter
from marketplace.authorization.engine.table import Decision, DecisionTable
from tests.marketplace.authorization.engine.test_explain import BELOW_TWO, CASE, UNTRAINED, refusing, table

ABLE = replace(CASE, accreditations={"dsmm": 3, "training": 1})


def demanded(rules: DecisionTable, facts: AccessFacts = ABLE) -> tuple[Any, ...]:
    return demanded_accreditations(rules, facts, lambda decision: not decision.refused)


def test_nothing_is_demanded_where_no_row_asks() -> None:
    assert demanded(table()) == ()


def test_the_lowest_level_that_suffices() -> None:
    assert demanded(table(refusing("weak", **BELOW_TWO))) == ({"dsmm": 2},)
    assert demanded(table(refusing("weak", **BELOW_TWO), refusing("untrained", **UNTRAINED))) == (
        {"dsmm": 2, "training": 1},
    )


def test_one_accreditation_in_place_of_another() -> None:
    either = table(refusing("neither", dsmm=["none", "1", "2"], training=["none"]))
    assert demanded(either) == ({"training": 1}, {"dsmm": 3})


def test_what_other_inputs_exempt_from_is_not_demanded() -> None:
    rules = table(refusing("sale", purpose=["sale"], **UNTRAINED))
    assert demanded(rules) == ({"training": 1},)
    assert demanded(rules, replace(ABLE, purpose="research")) == ()


def test_what_any_reading_of_the_data_asks_for_is_demanded() -> None:
    rules = table(
        refusing("others", sector=["other"], **UNTRAINED), refusing("persons", origin=["personal"], **BELOW_TWO)
    )
    assert demanded(rules, replace(ABLE, origin="public")) == ()
    both = replace(ABLE, origin="public", reviewed={"sector": ["other"], "origin": ["personal"]})
    assert demanded(rules, both) == ({"dsmm": 2, "training": 1},)


def test_an_answer_that_never_holds_demands_what_was_held() -> None:
    assert demanded(table(), replace(ABLE, level="core")) == ({"dsmm": 3, "training": 1},)


LEVELS_OF = {"dsmm": ["none", "1", "2", "3"], "training": ["none", "1"]}
WEAK = st.fixed_dictionaries(
    {},
    optional={
        "dsmm": st.sampled_from([["none"], ["none", "1"], ["none", "1", "2"]]),
        "training": st.just(["none"]),
        "purpose": st.just(["sale"]),
    },
).filter(lambda when: bool({"dsmm", "training"} & set(when)))


@given(whens=st.lists(WEAK, max_size=4))
def test_every_combination_is_borne_exactly_when_an_entry_is_met(whens: list[dict[str, list[str]]]) -> None:
    try:
        rules = table(*(refusing(f"row_{place}", **when) for place, when in enumerate(whens)))
    except TableError:  # a row that nothing reaches
        assume(False)
    best = decide(rules, ABLE)
    held = Held(best.mode, best.approvals, best.forms, best.obligations, best.longest_term_days)

    def bears(decision: Decision) -> bool:
        return not stricter(held, decision)

    entries = demanded_accreditations(rules, ABLE, bears)
    for levels in itertools.product(*LEVELS_OF.values()):
        has = {kind: int(level) for kind, level in zip(LEVELS_OF, levels, strict=True) if level != "none"}
        met = not entries or any(all(has.get(kind, 0) >= least for kind, least in one.items()) for one in entries)
        assert met == bears(decide(rules, replace(ABLE, accreditations=has))), (has, entries)
    assert all(not (one != other and one.items() <= other.items()) for one in entries for other in entries)
