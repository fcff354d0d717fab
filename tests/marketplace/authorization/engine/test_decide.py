"""The default table over its whole input space, and what the papers demand of it."""

import itertools
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.authorization.engine.decide import AccessFacts, Approver, approval_chain, decide
from marketplace.authorization.engine.loading import DEFAULT_TABLE, load_table
from marketplace.authorization.engine.table import Decision
from marketplace.authorization.engine.vocabulary import INPUTS, LEVELS, OBLIGATIONS, ROW_FORMS

GOLDEN = Path(__file__).with_name("national_default.golden.json")
TABLE = load_table(DEFAULT_TABLE)
REGIONS = [(None, None), ("330000", "330000"), ("330000", "440000")]


def golden() -> dict[str, Any]:
    """Which rows decide each case (one word a level, lowest first: the sectors), and what each row says."""
    cases: dict[str, dict[str, str]] = {}
    outcomes: dict[str, list[str | int]] = {}
    values = (TABLE.inputs[name].values for name in ("origin", "supply_mode", "scenario", "sector"))
    for origin, supply_mode, scenario, sector in itertools.product(*values):
        found = []
        for level in LEVELS:
            decision = decide(TABLE, AccessFacts(origin, sector, level, supply_mode, scenario))
            found.append(decision.rule_id)
            outcomes[f"{decision.rule_id} {supply_mode}"] = [
                decision.mode,
                " ".join(decision.approvals),
                " ".join(decision.forms),
                " ".join(decision.obligations),
                decision.longest_term_days,
            ]
        sectors = cases.setdefault(f"{origin} {supply_mode} {scenario}", {})
        sectors[" ".join(found)] = f"{sectors.get(' '.join(found), '')} {sector}".strip()
    return {"cases": cases, "outcomes": outcomes}


def test_every_case_of_the_default_table_is_as_reviewed() -> None:
    """To review a change of the table: run this file as a script and read the difference."""
    assert golden() == json.loads(GOLDEN.read_text(encoding="utf-8"))


def facts(**changes: Any) -> AccessFacts:
    return replace(AccessFacts("enterprise", "transport", "general_1", "licensed"), **changes)


def decided(**changes: Any) -> Decision:
    return decide(TABLE, facts(**changes))


def test_open_statistics_are_open_at_once() -> None:
    decision = decided(origin="public", sector="statistics", supply_mode="open")
    assert (decision.mode, decision.approvals, decision.obligations) == ("open", (), ())
    assert "original" in decision.forms


def test_open_supply_of_sensitive_data_still_needs_the_exchange() -> None:
    decision = decided(origin="public", sector="statistics", supply_mode="open", level="general_2")
    assert (decision.mode, decision.approvals) == ("centralized_unified", ("exchange",))


def test_public_services_are_unified() -> None:
    decision = decided(origin="public", sector="public_service", supply_mode="shared")
    assert (decision.mode, decision.approvals) == ("centralized_unified", ("exchange",))


@pytest.mark.parametrize("sector", ["health", "finance"])
@pytest.mark.parametrize("level", ["general_3", "general_4"])
def test_sensitive_medicine_and_finance_are_by_sector_and_masked(sector: str, level: str) -> None:
    decision = decided(sector=sector, level=level)
    assert (decision.mode, decision.approvals) == ("by_sector", ("sector_authority", "exchange"))
    assert decision.forms == ("masked", "aggregate", "query")
    assert set(decision.obligations) == set(OBLIGATIONS)


def test_a_named_scenario_is_decided_by_its_levels() -> None:
    decision = decided(scenario="flight_weather")
    assert (decision.mode, decision.approvals) == ("by_scenario", ("scenario_levels",))


def test_naming_a_scenario_does_not_evade_the_health_authority() -> None:
    assert "sector_authority" in decided(sector="health", level="general_4", scenario="clinical_research").approvals


def test_a_service_never_hands_over_files() -> None:
    assert decided(supply_mode="service").forms == ("aggregate", "query")


def test_the_decision_says_which_row_of_which_version_and_why() -> None:
    record = decided().as_record()
    assert record == {
        "mode": "centralized_unified",
        "approvals": ["exchange"],
        "forms": ["original", "masked", "aggregate", "query"],
        "obligations": ["purpose_limit", "no_onward_transfer"],
        "longest_term_days": 730,
        "rule_id": "unified_general",
        "table_code": "national_default",
        "table_version": "1.0.0",
        "reason_en": "General data of public services and other sectors: the exchange approves.",
        "reason_zh": "公共服务及其他领域的一般数据：由交易机构集中统一授权。",
    }
    assert json.loads(json.dumps(record)) == record


CASES = st.builds(
    AccessFacts,
    origin=st.sampled_from(TABLE.inputs["origin"].values),
    sector=st.sampled_from(TABLE.inputs["sector"].values) | st.text(),
    level=st.sampled_from(LEVELS),
    supply_mode=st.sampled_from(TABLE.inputs["supply_mode"].values),
    scenario=st.none() | st.text(),
    provider_region=st.none() | st.text(),
    buyer_region=st.none() | st.text(),
    purpose=st.none() | st.text(),
)


@given(case=CASES)
def test_every_case_has_one_answer_and_always_the_same(case: AccessFacts) -> None:
    decision = decide(TABLE, case)
    assert decision.rule_id in {row.id for row in TABLE.rows}
    assert decision == decide(load_table(DEFAULT_TABLE), case)
    assert decision.reason_en
    assert decision.reason_zh
    assert (decision.mode == "refused") == (not decision.forms) == (decision.longest_term_days == 0)


@given(case=CASES)
def test_core_is_always_refused_and_important_never_leaves_in_rows(case: AccessFacts) -> None:
    assert decide(TABLE, replace(case, level="core")).refused
    important = decide(TABLE, replace(case, level="important"))
    assert not ROW_FORMS & set(important.forms)
    assert "sector_authority" in important.approvals


@given(case=CASES, levels=st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)))
def test_a_higher_level_never_asks_less(case: AccessFacts, levels: Any) -> None:
    low, high = (decide(TABLE, replace(case, level=level)) for level in sorted(levels, key=LEVELS.index))
    if high.mode == "refused":
        return
    assert set(low.approvals) <= set(high.approvals)
    assert set(low.obligations) <= set(high.obligations)
    assert set(low.forms) >= set(high.forms)
    assert low.longest_term_days >= high.longest_term_days


@pytest.mark.parametrize("name", ["origin", "level", "supply_mode"])
def test_what_the_table_has_no_word_for_is_refused(name: str) -> None:
    decision = decided(**{name: "unheard_of"})
    assert (decision.mode, decision.rule_id, decision.forms) == ("refused", "unlisted_input", ())
    assert "unheard_of" in decision.reason_en
    assert name in decision.reason_zh


def test_regions_and_purpose_change_nothing_in_the_default_table() -> None:
    for (provider, buyer), purpose in itertools.product(REGIONS, [None, *TABLE.inputs["purpose"].values]):
        assert decided(provider_region=provider, buyer_region=buyer, purpose=purpose) == decided()


def test_regions_are_reduced_to_same_cross_or_unknown() -> None:
    assert [facts(provider_region=one, buyer_region=two).inputs()[INPUTS.index("region")] for one, two in REGIONS] == [
        "unknown",
        "same",
        "cross",
    ]


def test_the_chain_has_every_level_of_the_scenario_then_the_others() -> None:
    case = facts(sector="health", level="important", scenario="clinical_research")
    assert approval_chain(decide(TABLE, case), case, scenario_levels=2) == (
        Approver("scenario_level", scenario="clinical_research", level=1),
        Approver("scenario_level", scenario="clinical_research", level=2),
        Approver("sector_authority", sector="health"),
        Approver("exchange"),
    )


def test_a_scenario_without_levels_never_makes_a_shorter_chain() -> None:
    case = facts(scenario="empty")
    with pytest.raises(ValueError, match="no approval level"):
        approval_chain(decide(TABLE, case), case, scenario_levels=0)


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{GOLDEN} rewritten\n")
