"""What the loader accepts, what it refuses, and that it names the offending rows."""

import contextlib
import itertools
import tomllib
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.authorization.engine.checks import TableError
from marketplace.authorization.engine.decide import AccessFacts, decide
from marketplace.authorization.engine.loading import DEFAULT_TABLE, load_table, table_from_data
from marketplace.authorization.engine.vocabulary import LEVELS, ROW_FORMS

DEFAULT = tomllib.loads(DEFAULT_TABLE.read_text(encoding="utf-8"))

ALLOWED = {
    "mode": "centralized_unified",
    "approvals": ["exchange"],
    "forms": ["aggregate"],
    "obligations": [],
    "longest_term_days": 30,
    "reason_en": "Reason.",
    "reason_zh": "理由。",
}
REFUSED = {"mode": "refused", "reason_en": "Reason.", "reason_zh": "理由。"}


def small(*rows: Any, hit_policy: str = "first", caps: Any = None) -> dict[str, Any]:
    """A table over a small space: two origins, two sectors, six levels, two supply modes."""
    return {
        "code": "small",
        "version": "1",
        "title_en": "Small",
        "title_zh": "小",
        "standard": "none",
        "source": "test",
        "certainty": "test",
        "hit_policy": hit_policy,
        "inputs": {
            "origin": {"values": ["public", "personal"]},
            "sector": {"values": ["health", "other"], "otherwise": "other"},
            "level": {"values": list(LEVELS)},
            "supply_mode": {"values": ["licensed", "service"]},
            "scenario": {"values": ["none", "named"], "otherwise": "named"},
            "region": {"values": ["same", "cross", "unknown"]},
            "purpose": {"values": ["unstated"], "otherwise": "unstated"},
        },
        "supply_mode_forms": caps or {},
        "rows": list(rows),
    }


def core_refused() -> dict[str, Any]:
    return {"id": "core", "when": {"level": ["core"]}, **REFUSED}


def problems_of(data: Any) -> set[tuple[str, tuple[str, ...]]]:
    with pytest.raises(TableError) as caught:
        table_from_data(data)
    return {(problem.code, problem.rows) for problem in caught.value.problems}


def test_the_default_table_is_sound_and_says_where_it_comes_from() -> None:
    table = load_table(DEFAULT_TABLE)
    assert (table.code, table.version, table.hit_policy) == ("national_default", "1.0.0", "first")
    assert "4.2" in table.source
    assert len(table.rows) == 18


def test_text_and_path_give_the_same_table() -> None:
    assert load_table(DEFAULT_TABLE.read_text(encoding="utf-8")) == load_table(DEFAULT_TABLE)


def test_text_that_is_no_toml_is_refused() -> None:
    with pytest.raises(TableError, match="not_toml"):
        load_table("rows = [")


def test_a_gap_is_described_by_its_case() -> None:
    data = small(core_refused(), {"id": "health", "when": {"sector": ["health"]}, **ALLOWED})
    with pytest.raises(TableError) as caught:
        table_from_data(data)
    gaps = [problem.detail for problem in caught.value.problems if problem.code == "gap"]
    assert gaps == ["level=general_1|general_2|general_3|general_4|important, sector=other"]


def test_a_row_behind_others_is_named() -> None:
    rows = (core_refused(), {"id": "all", **ALLOWED}, {"id": "late", "when": {"sector": ["health"]}, **ALLOWED})
    assert problems_of(small(*rows)) == {("unreachable", ("late",))}


def test_unique_refuses_two_rows_for_one_case_and_first_does_not() -> None:
    rows = (
        core_refused(),
        {"id": "health", "when": {"sector": ["health"], "level": list(LEVELS[:5])}, **ALLOWED},
        {"id": "rest", "when": {"level": list(LEVELS[:5])}, **ALLOWED},
    )
    assert problems_of(small(*rows, hit_policy="unique")) == {("contradiction", ("health", "rest"))}
    table_from_data(small(*rows))


@pytest.mark.parametrize(
    ("below", "above"),
    [
        ({"approvals": ["sector_authority", "exchange"]}, {"approvals": ["exchange"]}),
        ({"obligations": ["retention"]}, {"obligations": ["masking"]}),
        ({"forms": ["aggregate"]}, {"forms": ["aggregate", "masked"]}),
        ({"longest_term_days": 30}, {"longest_term_days": 31}),
    ],
)
def test_a_higher_level_that_asks_less_is_refused_with_both_rows(below: Any, above: Any) -> None:
    rows = (
        core_refused(),
        {"id": "low", "when": {"level": ["general_1"]}, **ALLOWED, **below},
        {"id": "middle", "when": {"level": ["general_2", "general_3", "general_4"]}, **ALLOWED, **above},
        {"id": "important", **ALLOWED, "approvals": ["sector_authority", "exchange"], "obligations": ["masking"]},
    )
    rows[3]["longest_term_days"] = 1
    assert problems_of(small(*rows)) == {("not_monotone", ("low", "middle"))}


def test_a_level_allowed_above_a_refused_one_is_refused() -> None:
    rows = (core_refused(), {"id": "no", "when": {"level": ["general_2"]}, **REFUSED}, {"id": "yes", **ALLOWED})
    assert problems_of(small(*rows)) == {("not_monotone", ("no", "yes"))}


def test_core_must_be_refused() -> None:
    assert ("core_not_refused", ("all",)) in problems_of(small({"id": "all", **ALLOWED}))


@pytest.mark.parametrize("form", sorted(ROW_FORMS))
def test_important_data_must_not_leave_in_rows(form: str) -> None:
    row = {"id": "all", **ALLOWED, "forms": [form, "aggregate"]}
    assert problems_of(small(core_refused(), row)) == {("important_in_rows", ("all",))}


def test_a_supply_mode_must_leave_a_form() -> None:
    data = small(core_refused(), {"id": "all", **ALLOWED}, caps={"service": ["query"]})
    assert problems_of(data) == {("no_form_left", ("all",))}


def test_levels_of_a_scenario_cannot_be_asked_where_there_is_none() -> None:
    row = {"id": "all", **ALLOWED, "mode": "by_scenario", "approvals": ["scenario_levels"]}
    assert problems_of(small(core_refused(), row)) == {("scenario_missing", ("all",))}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"mode": "sometimes"}, "unknown_code"),
        ({"approvals": ["the_boss", "exchange"]}, "unknown_code"),
        ({"forms": ["fax"]}, "unknown_code"),
        ({"obligations": ["silence"]}, "unknown_code"),
        ({"forms": ["aggregate", "aggregate"]}, "unknown_code"),
        ({"longest_term_days": -1}, "unknown_code"),
        ({"longest_term_days": True}, "unknown_code"),
        ({"when": {"level": ["general_9"]}}, "unknown_code"),
        ({"when": {"weather": ["rain"]}}, "unknown_code"),
        ({"when": {"level": []}}, "unknown_code"),
        ({"colour": "red"}, "unknown_code"),
        ({"reason_zh": " "}, "missing"),
        ({"forms": []}, "inconsistent_row"),
        ({"longest_term_days": 0}, "inconsistent_row"),
        ({"mode": "open"}, "inconsistent_row"),
        ({"forms": ["original", "aggregate"], "obligations": ["masking"]}, "inconsistent_row"),
        ({"mode": "by_sector"}, "inconsistent_row"),
        ({"mode": "refused"}, "inconsistent_row"),
    ],
)
def test_a_faulty_row_is_refused_by_name(change: Any, code: str) -> None:
    assert (code, ("faulty",)) in problems_of(small(core_refused(), {"id": "faulty", **ALLOWED, **change}))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("source"),
        lambda data: data.update(hit_policy="any"),
        lambda data: data["inputs"].pop("region"),
        lambda data: data["inputs"].update(weather={"values": ["rain"]}),
        lambda data: data["inputs"]["level"].update(values=list(reversed(LEVELS))),
        lambda data: data["inputs"]["level"].update(otherwise="general_1"),
        lambda data: data["inputs"]["sector"].update(otherwise="unheard_of"),
        lambda data: data.update(supply_mode_forms={"service": ["fax"]}),
        lambda data: data.update(rows=[]),
        lambda data: data["rows"].append(data["rows"][0]),
        lambda data: data["rows"].append("a row"),
    ],
)
def test_a_faulty_table_is_refused(spoil: Any) -> None:
    data = deepcopy(DEFAULT)
    spoil(data)
    with pytest.raises(TableError):
        table_from_data(data)


# ---- generated tables, against a plain reading of the rules

SPACE = {
    "origin": ("public", "personal"),
    "sector": ("health", "other"),
    "level": LEVELS,
    "supply_mode": ("licensed", "service"),
    "scenario": ("none", "named"),
}
OUTPUTS = st.one_of(
    st.just(REFUSED),
    st.fixed_dictionaries(
        {
            "mode": st.just("centralized_unified"),
            "approvals": st.sampled_from([["exchange"], ["sector_authority", "exchange"]]),
            "forms": st.sampled_from([["aggregate"], ["masked", "aggregate"]]),
            "obligations": st.sampled_from([[], ["retention"], ["masking"], ["masking", "retention"]]),
            "longest_term_days": st.sampled_from([30, 60]),
            "reason_en": st.just("Reason."),
            "reason_zh": st.just("理由。"),
        }
    ),
)
CONDITIONS = st.fixed_dictionaries(
    {}, optional={name: st.lists(st.sampled_from(values), min_size=1, unique=True) for name, values in SPACE.items()}
)
ROWS = st.lists(st.tuples(CONDITIONS, OUTPUTS), min_size=1, max_size=6)


def holding(rows: Any, case: dict[str, str]) -> list[int]:
    """Numbers of the rows that hold for a case, by reading each condition."""
    return [n for n, (when, _) in enumerate(rows) if all(case[name] in values for name, values in when.items())]


def asks_less(below: Any, above: Any) -> bool:
    if above["mode"] == "refused":
        return False
    return (
        below["mode"] == "refused"
        or not set(below["approvals"]) <= set(above["approvals"])
        or not set(below["obligations"]) <= set(above["obligations"])
        or not set(below["forms"]) >= set(above["forms"])
        or below["longest_term_days"] < above["longest_term_days"]
    )


@settings(max_examples=300, deadline=None)
@given(drawn=ROWS, hit_policy=st.sampled_from(["first", "unique"]))
def test_generated_tables_are_judged_and_read_as_a_person_would(drawn: Any, hit_policy: str) -> None:
    data = small(
        *({"id": f"r{n}", "when": when, **outputs} for n, (when, outputs) in enumerate(drawn)), hit_policy=hit_policy
    )
    cases = [dict(zip(SPACE, values, strict=True)) for values in itertools.product(*SPACE.values())]
    hits = {tuple(case.values()): holding(drawn, case) for case in cases}
    deciding = {case: found[0] for case, found in hits.items() if found}

    expected = set()
    if len(deciding) < len(cases):
        expected.add("gap")
    if set(range(len(drawn))) - set(deciding.values()):
        expected.add("unreachable")
    if hit_policy == "unique" and any(len(found) > 1 for found in hits.values()):
        expected.add("contradiction")
    position = list(SPACE).index("level")
    for case, number in deciding.items():
        outputs = drawn[number][1]
        if case[position] == "core" and outputs["mode"] != "refused":
            expected.add("core_not_refused")
        if case[position] == "important" and "masked" in outputs.get("forms", ()):
            expected.add("important_in_rows")
    # Every pair of levels, not only neighbours; a gap between two levels hides their comparison.
    for case, number in deciding.items():
        if "gap" in expected:
            break
        for higher in LEVELS[LEVELS.index(case[position]) + 1 :]:
            above = deciding[(*case[:position], higher, *case[position + 1 :])]
            if asks_less(drawn[number][1], drawn[above][1]):
                expected.add("not_monotone")

    if expected:
        found = {code for code, _ in problems_of(data)}
        assert found - ({"not_monotone"} if "gap" in expected else set()) == expected
        return
    table = table_from_data(data)
    for words in cases:
        asked: dict[str, Any] = words | {"scenario": None if words["scenario"] == "none" else "any"}
        assert decide(table, AccessFacts(**asked)).rule_id == f"r{deciding[tuple(words.values())]}"


@settings(max_examples=50, deadline=None)
@given(data=st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), st.lists, max_leaves=5))
def test_any_content_of_a_row_is_judged_without_another_error(data: Any) -> None:
    for key in ("id", "when", "mode", "approvals", "forms", "obligations", "longest_term_days", "reason_en"):
        table = small(core_refused(), {"id": "odd", **ALLOWED, key: data})
        with contextlib.suppress(TableError):
            assert len(table_from_data(table).rows) == 2
