"""What the loader accepts, what it refuses, and that it names the offending rows."""

import contextlib
import itertools
import tomllib
from copy import deepcopy
from dataclasses import replace
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
    assert (table.code, table.version, table.hit_policy) == ("national_default", "1.1.0", "first")
    assert "4.2" in table.source
    assert len(table.rows) == 24


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


def accredited(*rows: Any, values: Any = ("none", "2", "3")) -> dict[str, Any]:
    return small(core_refused(), *rows) | {"accreditations": {"dsmm": {"values": list(values)}}}


@pytest.mark.parametrize(
    "worse",
    [
        {"approvals": ["sector_authority", "exchange"]},
        {"obligations": ["masking"]},
        {"forms": ["query"]},
        {"longest_term_days": 29},
        {"mode": "refused", "approvals": [], "forms": [], "longest_term_days": 0},
    ],
)
def test_a_better_accredited_buyer_that_stands_worse_is_refused_with_both_rows(worse: Any) -> None:
    general = list(LEVELS[:4])
    allowed = {**ALLOWED, "forms": ["aggregate", "query"]}
    lesser = {"id": "lesser", "when": {"dsmm": ["none", "2"], "level": general}, **allowed}
    better = {"id": "better", "when": {"level": general}, **allowed, **worse}
    rest = {"id": "rest", **REFUSED}
    assert problems_of(accredited(lesser, better, rest)) == {("not_monotone", ("lesser", "better"))}
    table_from_data(accredited({**better, "when": lesser["when"]}, {**lesser, "when": better["when"]}, rest))


@pytest.mark.parametrize(
    "spec",
    [
        {"values": ["1", "2"]},
        {"values": ["none"]},
        {"values": ["none", "2", "1"]},
        {"values": ["none", "0"]},
        {"values": ["none", "high"]},
        {"values": ["none", "1"], "otherwise": "1"},
        "1",
    ],
)
def test_levels_of_an_accreditation_rise_from_none(spec: Any) -> None:
    data = small(core_refused(), {"id": "all", **ALLOWED}) | {"accreditations": {"dsmm": spec}}
    assert {code for code, _ in problems_of(data)} == {"unknown_code"}


@pytest.mark.parametrize(
    ("held", "row"), [({}, "low"), ({"dsmm": 1}, "low"), ({"dsmm": 2}, "all"), ({"dsmm": 5}, "all")]
)
def test_a_level_between_two_that_the_table_lists_counts_as_the_lower(held: dict[str, int], row: str) -> None:
    low = {"id": "low", "when": {"dsmm": ["none"]}, **REFUSED}
    table = table_from_data(accredited(low, {"id": "all", **ALLOWED}))
    facts = AccessFacts("public", "health", "general_1", "licensed", accreditations={"iso": 9, **held})
    assert decide(table, facts).rule_id == row
    assert table.accreditations == ("dsmm",)
    assert "dsmm" in table.columns
    assert "category" not in table.columns


def test_a_category_counts_for_all_below_it_and_several_must_be_spoken_of() -> None:
    rows = (
        {"id": "records", "when": {"category": ["health/records"]}, **REFUSED},
        {"id": "health", "when": {"category": ["health", "several"]}, **ALLOWED},
        {"id": "rest", **ALLOWED},
    )
    data = small(core_refused(), *rows)
    data["inputs"]["category"] = {
        "values": ["none", "health", "health/records", "several", "other"],
        "otherwise": "other",
    }
    table = table_from_data(data)
    facts = AccessFacts("public", "other", "general_1", "licensed")
    found = {name: decide(table, replace(facts, category=name)).rule_id for name in (
        None, "health", "health/records", "health/records/x", "health/staff", "several", "finance/credit",
    )}  # fmt: skip
    assert list(found.values()) == ["rest", "health", "records", "records", "health", "health", "rest"]
    data["inputs"]["category"]["values"].remove("several")
    assert ("missing", ()) in problems_of(data)


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
    "dsmm": ("none", "1", "2"),
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


@settings(max_examples=80, deadline=None)
@given(drawn=ROWS, hit_policy=st.sampled_from(["first", "unique"]))
def test_generated_tables_are_judged_and_read_as_a_person_would(drawn: Any, hit_policy: str) -> None:
    data = small(
        *({"id": f"r{n}", "when": when, **outputs} for n, (when, outputs) in enumerate(drawn)), hit_policy=hit_policy
    )
    data["accreditations"] = {"dsmm": {"values": list(SPACE["dsmm"])}}
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
    laxer = set()
    for case, number in deciding.items():
        if "gap" in expected:
            break
        for higher in LEVELS[LEVELS.index(case[position]) + 1 :]:
            above = deciding[(*case[:position], higher, *case[position + 1 :])]
            if asks_less(drawn[number][1], drawn[above][1]):
                laxer.add((f"r{number}", f"r{above}"))
        for better in SPACE["dsmm"][SPACE["dsmm"].index(case[0]) + 1 :]:
            other = deciding[(better, *case[1:])]
            if asks_less(drawn[other][1], drawn[number][1]):
                laxer.add((f"r{number}", f"r{other}"))
    if laxer:
        expected.add("not_monotone")

    if expected:
        problems = problems_of(data)
        found = {code for code, _ in problems}
        assert found - ({"not_monotone"} if "gap" in expected else set()) == expected
        if "gap" not in expected:
            assert {rows for code, rows in problems if code == "not_monotone"} <= laxer
        return
    table = table_from_data(data)
    for words in cases:
        held = {} if words["dsmm"] == "none" else {"dsmm": int(words["dsmm"])}
        asked: dict[str, Any] = {name: value for name, value in words.items() if name != "dsmm"}
        asked["scenario"] = None if words["scenario"] == "none" else "any"
        assert decide(table, AccessFacts(**asked, accreditations=held)).rule_id == f"r{deciding[tuple(words.values())]}"


@settings(max_examples=50, deadline=None)
@given(data=st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), st.lists, max_leaves=5))
def test_any_content_of_a_row_is_judged_without_another_error(data: Any) -> None:
    for key in ("id", "when", "mode", "approvals", "forms", "obligations", "longest_term_days", "reason_en"):
        table = small(core_refused(), {"id": "odd", **ALLOWED, key: data})
        with contextlib.suppress(TableError):
            assert len(table_from_data(table).rows) == 2
