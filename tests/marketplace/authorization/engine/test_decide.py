"""The default table over its whole input space, and what the papers demand of it."""

import itertools
import json
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.authorization.engine.decide import AccessFacts, Approver, approval_chain, decide
from marketplace.authorization.engine.explain import Wanted, least_changes
from marketplace.authorization.engine.loading import DEFAULT_TABLE, load_table
from marketplace.authorization.engine.table import Decision
from marketplace.authorization.engine.vocabulary import INPUTS, LEVELS, OBLIGATIONS, ROW_FORMS

GOLDEN = Path(__file__).with_name("national_default.golden.json")
TABLE = load_table(DEFAULT_TABLE)
AGAIN = load_table(DEFAULT_TABLE)
DATA = tomllib.loads(DEFAULT_TABLE.read_text(encoding="utf-8"))
FORMER = load_table(DEFAULT_TABLE.parent / "former" / "national_default-1.0.0.toml")
REGIONS = [(None, None), ("330000", "330000"), ("330000", "440000")]
ABLE = {"data_security_capability": 3, "classified_protection": 3, "data_security_training": 1}
"""What a buyer of any data holds."""
READ = ("level", "origin", "consent_basis", *TABLE.accreditations, "scenario", "sector", "supply_mode")
"""The inputs that the default table looks at, in the order in which the golden file tells cases apart."""


def golden() -> dict[str, Any]:
    """Which row decides each case of the whole input space, and what each row says under each supply mode.

    Values that decide alike stand together, and inputs that make no difference are left out.
    """
    outcomes = {
        f"{row.id} {supply}": [
            answer.mode,
            " ".join(answer.approvals),
            " ".join(answer.forms),
            " ".join(answer.obligations),
            answer.longest_term_days,
        ]
        for row, answers in zip(TABLE.rows, TABLE.answers, strict=True)
        for supply, answer in answers.items()
        if not answer.refused
    }
    assert set(READ) == {name for row in TABLE.rows for name in row.when}
    return {"cases": tree(READ, {}), "outcomes": outcomes}


def tree(names: tuple[str, ...], fixed: dict[str, str]) -> Any:
    """The rows that decide the cases with these values, input by input; one value stands for all of its class."""
    if not names:
        return decide(TABLE, case_of(fixed)).rule_id
    parts: list[tuple[set[str], Any]] = []
    for values in TABLE.diagram.members[list(TABLE.inputs).index(names[0])]:
        below = tree(names[1:], {**fixed, names[0]: values[0]})
        alike = next((known for known, other in parts if other == below), None)
        if alike is None:
            parts.append((set(values), below))
        else:
            alike.update(values)
    if len(parts) == 1:
        return parts[0][1]
    order = TABLE.inputs[names[0]].values
    return {f"{names[0]}={'|'.join(value for value in order if value in alike)}": below for alike, below in parts}


def case_of(values: dict[str, str]) -> AccessFacts:
    """The facts that are read as these values."""
    plain: dict[str, Any] = {name: value for name, value in values.items() if name not in TABLE.accreditations}
    for name in ("scenario", "consent_basis"):
        plain[name] = None if plain[name] == "none" else plain[name]
    held = {kind: int(values[kind]) for kind in TABLE.accreditations if values[kind] != "none"}
    return AccessFacts(**plain, accreditations=held)


def test_every_case_of_the_default_table_is_as_reviewed() -> None:
    """To review a change of the table: `python -m` this module, and read the difference."""
    assert golden() == json.loads(GOLDEN.read_text(encoding="utf-8"))


def facts(**changes: Any) -> AccessFacts:
    return replace(AccessFacts("enterprise", "transport", "general_1", "licensed", accreditations=ABLE), **changes)


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
        "quorum": {},
        "together": False,
        "step_days": 10,
        "rule_id": "unified_general",
        "table_code": "national_default",
        "table_version": "1.1.0",
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
    category=st.none() | st.text(),
    consent_basis=st.none() | st.sampled_from(TABLE.inputs["consent_basis"].values) | st.text(),
    accreditations=st.dictionaries(st.sampled_from(TABLE.accreditations) | st.text(), st.integers(1, 5)),
)


@given(case=CASES)
def test_the_topmost_row_that_holds_decides(case: AccessFacts) -> None:
    """A plain reading of the file, row by row, against the diagram."""
    specs = TABLE.inputs
    values = zip(specs, case.inputs(TABLE.accreditations), strict=True)
    known = {name: specs[name].read(value) for name, value in values}
    rows = (row["id"] for row in DATA["rows"] if all(known[name] in of for name, of in row.get("when", {}).items()))
    assert decide(TABLE, case).rule_id == next(rows)


@given(case=CASES)
def test_the_former_version_stands_and_said_the_same_of_able_buyers_and_consented_data(case: AccessFacts) -> None:
    able = replace(case, accreditations=ABLE, consent_basis="separate_consent")
    if able.sector in TABLE.inputs["sector"].values:
        now, then = decide(TABLE, able), decide(FORMER, case)
        assert (then.table_version, now) == ("1.0.0", replace(then, table_version="1.1.0"))


@given(case=CASES)
def test_every_case_has_one_answer_and_always_the_same(case: AccessFacts) -> None:
    decision = decide(TABLE, case)
    assert decision.rule_id in {row.id for row in TABLE.rows}
    assert decision == decide(AGAIN, case)
    assert decision.reason_en
    assert decision.reason_zh
    assert (decision.mode == "refused") == (not decision.forms) == (decision.longest_term_days == 0)


@given(case=CASES)
def test_core_is_always_refused_and_important_never_leaves_in_rows(case: AccessFacts) -> None:
    assert decide(TABLE, replace(case, level="core")).refused
    able = replace(case, level="important", accreditations=ABLE, consent_basis="law")
    important = decide(TABLE, able)
    assert not ROW_FORMS & set(important.forms)
    assert "sector_authority" in important.approvals
    for kind in ABLE:
        assert decide(TABLE, replace(able, accreditations={**ABLE, kind: ABLE[kind] - 1})).refused


@given(case=CASES, levels=st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)))
def test_a_higher_level_never_asks_less(case: AccessFacts, levels: Any) -> None:
    low, high = (decide(TABLE, replace(case, level=level)) for level in sorted(levels, key=LEVELS.index))
    if high.mode == "refused":
        return
    assert set(low.approvals) <= set(high.approvals)
    assert set(low.obligations) <= set(high.obligations)
    assert set(low.forms) >= set(high.forms)
    assert low.longest_term_days >= high.longest_term_days


@given(case=CASES, more=st.dictionaries(st.sampled_from(TABLE.accreditations), st.integers(0, 3)))
def test_a_better_accredited_buyer_never_stands_worse(case: AccessFacts, more: dict[str, int]) -> None:
    held = dict(case.accreditations)
    better = decide(
        TABLE, replace(case, accreditations=held | {kind: held.get(kind, 0) + n for kind, n in more.items()})
    )
    worse = decide(TABLE, case)
    if not worse.refused:
        assert set(better.approvals) <= set(worse.approvals)
        assert set(better.obligations) <= set(worse.obligations)
        assert set(better.forms) >= set(worse.forms)
        assert better.longest_term_days >= worse.longest_term_days


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({"origin": "personal"}, "personal_without_basis"),
        ({"origin": "personal", "consent_basis": "published"}, "unified_general"),
        (
            {"origin": "personal", "consent_basis": "consent", "level": "general_4"},
            "sensitive_without_separate_consent",
        ),
        (
            {"origin": "personal", "consent_basis": "whatever", "level": "general_4"},
            "sensitive_without_separate_consent",
        ),
        ({"origin": "personal", "consent_basis": "separate_consent", "level": "general_4"}, "unified_protected"),
        ({"origin": "personal", "consent_basis": "law", "level": "important"}, "important_by_sector"),
        ({"level": "general_3", "accreditations": {}}, "unified_serious"),
        ({"level": "general_4", "accreditations": {"data_security_capability": 5}}, "untrained"),
        ({"level": "general_4", "accreditations": {"data_security_training": 1}}, "capability_too_low"),
        ({"level": "general_4", "accreditations": {**ABLE, "data_security_capability": 2}}, "unified_protected"),
        (
            {"level": "important", "accreditations": {**ABLE, "data_security_capability": 2}},
            "important_capability_too_low",
        ),
        ({"level": "important", "accreditations": {**ABLE, "classified_protection": 2}}, "important_unprotected"),
    ],
)
def test_consent_and_accreditations(changes: dict[str, Any], row: str) -> None:
    assert decided(**changes).rule_id == row


def test_the_least_change_of_a_refused_buyer_is_told() -> None:
    case = facts(origin="personal", level="general_4", consent_basis="stated", accreditations={})
    (way,) = least_changes(TABLE, case, Wanted("masked", 180)).ways
    assert [(change.name, change.to, change.by) for change in way.changes] == [
        ("data_security_capability", ("2",), "buyer"),
        ("data_security_training", ("1",), "buyer"),
        ("consent_basis", ("separate_consent", "law"), "provider"),
    ]
    assert (way.decision.rule_id, way.decision.forms) == ("unified_protected", ("masked", "aggregate", "query"))


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
