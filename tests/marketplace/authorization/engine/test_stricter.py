"""In what an answer of today does not bear what is held by an answer of before."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.authorization.engine.decide import AccessFacts, Decision, decide
from marketplace.authorization.engine.loading import DEFAULT_TABLE, load_table
from marketplace.authorization.engine.stricter import Held, stricter
from marketplace.authorization.engine.vocabulary import LEVELS, MASKING, ORIGINAL, ROW_FORMS

HELD = Held("centralized_unified", ["exchange"], ["original"], ["purpose_limit", "no_onward_transfer"], 30)
SAME = Decision(
    mode="centralized_unified",
    approvals=("exchange",),
    forms=("original", "masked"),
    obligations=("no_onward_transfer", "purpose_limit"),
    longest_term_days=30,
    rule_id="row",
    table_code="table",
    table_version="1",
    reason_en="",
    reason_zh="",
)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, ()),
        ({"mode": "refused"}, ("refused",)),
        ({"mode": "refused", "approvals": (), "forms": (), "longest_term_days": 0}, ("refused",)),
        ({"mode": "by_sector"}, ("mode",)),
        ({"approvals": ("sector_authority", "exchange")}, ("approvals",)),
        ({"approvals": ()}, ()),
        ({"forms": ("masked",)}, ("forms",)),
        ({"forms": ("original", "masked", "query")}, ()),
        ({"obligations": ("purpose_limit", "retention")}, ("obligations",)),
        ({"obligations": ("purpose_limit",)}, ()),
        ({"longest_term_days": 29}, ("term",)),
        ({"longest_term_days": 365}, ()),
        ({"obligations": ("purpose_limit", MASKING)}, ("forms", "obligations")),  # masked alone, whatever the forms say
        ({"mode": "by_sector", "forms": (), "longest_term_days": 1}, ("mode", "forms", "term")),
    ],
)
def test_each_part_of_an_answer(changes: dict[str, object], found: tuple[str, ...]) -> None:
    assert stricter(HELD, replace(SAME, **changes)) == found  # type: ignore[arg-type]


TABLE = load_table(DEFAULT_TABLE)
CASES = st.builds(
    AccessFacts,
    origin=st.sampled_from(TABLE.inputs["origin"].values),
    sector=st.sampled_from(TABLE.inputs["sector"].values),
    level=st.sampled_from(LEVELS[:4]),
    supply_mode=st.sampled_from(TABLE.inputs["supply_mode"].values),
    scenario=st.sampled_from([None, "winter_roads"]),
    consent_basis=st.just("separate_consent"),
    accreditations=st.just({"data_security_capability": 3, "classified_protection": 3, "data_security_training": 1}),
)


@given(case=CASES, data=st.data())
def test_the_shipped_table_bears_what_it_gave_and_restricted_data_bears_nothing_of_it(
    case: AccessFacts, data: st.DataObject
) -> None:
    given_by = decide(TABLE, case)
    rows = [
        form
        for form in given_by.forms
        if form in ROW_FORMS and not (form == ORIGINAL and MASKING in given_by.obligations)
    ]
    held = Held(
        given_by.mode,
        given_by.approvals,
        [data.draw(st.sampled_from(rows))],
        given_by.obligations,
        data.draw(st.integers(1, given_by.longest_term_days)),
    )
    assert stricter(held, given_by) == ()
    assert stricter(held, decide(TABLE, replace(case, level="core"))) == ("refused",)
    assert "forms" in stricter(held, decide(TABLE, replace(case, level="important")))
