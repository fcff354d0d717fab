"""The highest item decides: nothing that is added lowers anything; floors, sources, and the cell behind the level."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.levels import (
    AREAS,
    DECLARATIONS,
    DEPTHS,
    EXTENTS,
    GENERAL_LEVELS,
    GROUPS,
    IMPORTANCE,
    PROCESSING,
    REASONS,
    TIME_UNITS,
    Coverage,
    Derivation,
    Elsewhere,
    Facts,
    Place,
    Precision,
    Source,
    place,
)
from grading.rules.shipped import shipped_rules
from tests.grading.engine.levels.columns import TYPES, verdict, verdicts

SCHEME = shipped_rules().scheme
LEVELS = (*GENERAL_LEVELS, "important", "core")
KINDS = st.lists(st.sampled_from([None, *TYPES]), max_size=5)


def some(words: tuple[str, ...]) -> Any:
    return st.lists(st.sampled_from(words), max_size=2, unique=True).map(tuple)


PRECISION = st.builds(
    Precision,
    coordinates=st.none() | st.integers(0, 7),
    time=st.none() | st.sampled_from(TIME_UNITS),
    amounts=st.none() | st.integers(-6, 2),
)
COVERAGE = st.builds(
    Coverage,
    extent=st.none() | st.sampled_from(EXTENTS),
    share=st.sampled_from([0.0, 0.3, 0.5, 0.9]),
    area_km2=st.sampled_from([0.0, 24.0, 25.0, 900.0]),
)
SOURCES = st.builds(Source, level=st.none() | st.sampled_from(LEVELS))
DERIVATION = st.builds(
    Derivation, sources=st.lists(SOURCES, min_size=1, max_size=3).map(tuple), processing=some(PROCESSING),
    reason=st.sampled_from(["", "names are gone"]),
)  # fmt: skip
ELSEWHERE = st.builds(
    Elsewhere, scheme=st.just("city"), level=st.just("l1"), strictest=st.none() | st.sampled_from(LEVELS),
    known=st.booleans(),
)  # fmt: skip
ROWS = st.sampled_from([0, 10, 99_999, 100_000, 999_999, 1_000_000, 5_000_000])
FACTS = st.builds(
    Facts, rows=ROWS, subjects=st.none() | ROWS,
    sector=st.sampled_from([None, "health", "finance", "transport", "energy"]),
    declared=some(DECLARATIONS), groups=some(GROUPS), areas=some(AREAS), importance=some(IMPORTANCE),
    depth=st.none() | st.sampled_from(DEPTHS), coverage=COVERAGE, precision=st.none() | PRECISION,
    derivation=st.none() | DERIVATION, graded_elsewhere=st.none() | ELSEWHERE,
)  # fmt: skip


def placed(kinds: Any, facts: Facts) -> Place:
    return place(verdicts=verdicts(*kinds), facts=facts, scheme=SCHEME)


def assert_no_lower(before: Place, after: Place) -> None:
    assert GENERAL_LEVELS.index(after.level) >= GENERAL_LEVELS.index(before.level)
    assert {flag.reason.code for flag in before.flags} <= {flag.reason.code for flag in after.flags}


@given(KINDS, FACTS, st.sampled_from(list(TYPES)), st.booleans())
def test_a_sensitive_column_lowers_nothing(kinds: list[str | None], facts: Facts, added: str, in_context: bool) -> None:
    column = verdict(added, in_context=in_context, column="added")
    after = place(verdicts=(*verdicts(*kinds), column), facts=facts, scheme=SCHEME)
    assert_no_lower(placed(kinds, facts), after)


def finest(order: tuple[str, ...], *words: str | None) -> str | None:
    return max((word for word in words if word is not None), key=order.index, default=None)


def most(*values: int | None) -> int | None:
    return max((value for value in values if value is not None), default=None)


def finer(one: Precision, other: Precision) -> Precision:
    return Precision(
        most(one.coordinates, other.coordinates),
        finest(TIME_UNITS, one.time, other.time),
        most(one.amounts, other.amounts),
    )


def wider(one: Coverage, other: Coverage) -> Coverage:
    return Coverage(
        finest(EXTENTS, one.extent, other.extent), max(one.share, other.share), max(one.area_km2, other.area_km2)
    )


MORE: dict[str, Callable[[Facts, Facts], Facts]] = {
    "rows": lambda facts, other: replace(facts, rows=max(facts.rows, other.rows)),
    "subjects": lambda facts, other: replace(facts, subjects=most(facts.subjects, other.subjects)),
    "precision": lambda facts, other: replace(
        facts, precision=finer(facts.precision or Precision(), other.precision or Precision())
    ),
    "coverage": lambda facts, other: replace(facts, coverage=wider(facts.coverage, other.coverage)),
    "areas": lambda facts, other: replace(facts, areas=facts.areas + other.areas),
    "importance": lambda facts, other: replace(facts, importance=facts.importance + other.importance),
    "declared": lambda facts, other: replace(facts, declared=facts.declared + other.declared),
    "groups": lambda facts, other: replace(facts, groups=facts.groups + other.groups),
}
"""More of one element, as much as the other facts have of it."""


@given(KINDS, FACTS, FACTS, st.sampled_from(sorted(MORE)))
def test_more_of_any_element_lowers_nothing(kinds: list[str | None], facts: Facts, other: Facts, element: str) -> None:
    assert_no_lower(placed(kinds, facts), placed(kinds, MORE[element](facts, other)))


@given(KINDS, FACTS, SOURCES)
def test_another_source_lowers_nothing(kinds: list[str | None], facts: Facts, source: Source) -> None:
    derivation = facts.derivation or Derivation((), ("cleaned",))
    more = replace(facts, derivation=replace(derivation, sources=(*derivation.sources, source)))
    assert_no_lower(placed(kinds, replace(facts, derivation=derivation)), placed(kinds, more))


@given(KINDS, FACTS, DERIVATION, st.data())
def test_a_graver_source_lowers_nothing(kinds: list[str | None], facts: Facts, made: Derivation, data: Any) -> None:
    """Whatever was done and said: with every source as grave or graver, what was made of them is, too."""
    graver = tuple(
        replace(source, level=data.draw(st.sampled_from(LEVELS[LEVELS.index(source.level) if source.level else 0 :])))
        for source in made.sources
    )
    before, after = (
        placed(kinds, replace(facts, derivation=replace(made, sources=sources))) for sources in (made.sources, graver)
    )
    assert GENERAL_LEVELS.index(after.level) >= GENERAL_LEVELS.index(before.level)


@given(KINDS, FACTS)
def test_the_machine_stays_within_general_levels_and_the_cell_is_its_own(kinds: list[str | None], facts: Facts) -> None:
    found = placed(kinds, facts)
    assert found.level in GENERAL_LEVELS
    assert SCHEME.general_levels[found.degree] == found.level
    assert SCHEME.cell(found.harmed_object, found.degree) == "general"
    assert found.reasons
    for flag in found.flags:
        assert SCHEME.cell(flag.harmed_object, flag.degree) == flag.code.removeprefix("possibly_")
    for reason in (*found.reasons, *(flag.reason for flag in found.flags)):
        assert REASONS[reason.code] % dict(reason.params)


@given(KINDS, FACTS)
def test_columns_without_a_type_and_the_order_of_columns_play_no_part(kinds: list[str | None], facts: Facts) -> None:
    found, other = placed(kinds, facts), placed([None, *reversed(kinds)], facts)
    assert (found.level, found.degree) == (other.level, other.degree)
    assert {flag.reason.code for flag in found.flags} == {flag.reason.code for flag in other.flags}


def derived(*levels: str | None, by: tuple[str, ...] = ("cleaned",), reason: str = "") -> Facts:
    return Facts(derivation=Derivation(tuple(Source(level) for level in levels), by, reason))


@pytest.mark.parametrize(
    ("facts", "level", "code"),
    [
        (derived("general_3"), "general_3", "derived_without_reason"),
        (derived("general_1", "general_4", "general_2"), "general_4", "derived_without_reason"),
        (derived("general_4", by=("masked",)), "general_4", "derived_without_reason"),
        (derived("general_4", by=("masked",), reason="no names"), "general_3", "derived_may_be_lower"),
        (derived("general_4", by=("aggregated",), reason="counts"), "general_2", "derived_may_be_lower"),
        (derived("general_2", by=("aggregated",), reason="counts"), "general_1", "derived_may_be_lower"),
        (derived("general_4", by=("masked", "aggregated"), reason="counts"), "general_2", "derived_may_be_lower"),
        (derived("general_4", by=("fused",), reason="only codes"), "general_3", "derived_may_be_lower"),
        (derived("general_4", by=("extracted",), reason="fewer rows"), "general_4", "derived_is_not_lowered"),
        (derived("core", by=("masked",), reason="no names"), "general_4", "derived_may_be_lower"),
        (derived("core", by=("aggregated",), reason="counts"), "general_4", "derived_may_be_lower"),
        (derived("important", by=("masked",), reason="no names"), "general_4", "derived_may_be_lower"),
        (derived("important", by=("aggregated",), reason="counts"), "general_4", "derived_may_be_lower"),
        (derived("important"), "general_4", "derived_without_reason"),
        (derived(None, "general_2"), "general_2", "derived_from_ungraded"),
        (derived(None), "general_1", "derived_from_ungraded"),
        (derived("general_1"), "general_1", "nothing_sensitive"),
        (derived("general_2", by=("fused",)), "general_2", "derived_by_fusion"),
    ],
)
def test_derived_data_starts_from_its_sources(facts: Facts, level: str, code: str) -> None:
    found = placed([], facts)
    assert found.level == level
    assert code in [reason.code for reason in found.reasons]


def test_the_reason_says_which_bound_counts() -> None:
    (reason,) = placed([], derived("general_4", by=("masked", "aggregated"), reason="counts")).reasons
    assert dict(reason.params) == {
        "processing": "masked, aggregated", "source_level": "general_4", "steps": 2, "level": "general_2",
    }  # fmt: skip
    assert (reason.source, reason.certainty) == ("this product, after GB/T 43697-2024 on derived data", "U")


def test_derived_data_is_assessed_by_itself_as_well() -> None:
    lowered = derived("general_4", by=("aggregated",), reason="counts")
    assert placed(["health"], lowered).level == "general_4"
    assert placed(["person_name"], derived("general_1", by=("fused",))).level == "general_2"


def test_who_the_source_harms_is_whom_derived_data_harms() -> None:
    source = Source("general_3", harmed_object="organisation_rights")
    found = placed([], Facts(derivation=Derivation((source,), ("cleaned",))))
    assert (found.harmed_object, found.degree) == ("organisation_rights", "serious")
    # harm of that degree to the public would not leave the data general: the cell would contradict the level
    public = replace(source, harmed_object="public_interest")
    assert placed([], Facts(derivation=Derivation((public,), ("cleaned",)))).harmed_object == "individual_rights"


def test_a_floor_that_no_degree_reaches_leads_to_the_gravest() -> None:
    three = replace(SCHEME, general_levels={**SCHEME.general_levels, "especially_serious": "general_3"})
    found = place(verdicts=(replace(verdict("secret"), floor=4),), facts=Facts(), scheme=three)
    assert (found.level, found.degree, found.harmed_object) == (
        "general_3", "especially_serious", "organisation_rights",
    )  # fmt: skip


def test_a_floor_between_two_degrees_leads_to_the_graver() -> None:
    gap = replace(SCHEME, general_levels={**SCHEME.general_levels, "serious": "general_4"})
    found = place(verdicts=(replace(verdict("secret"), floor=3),), facts=Facts(), scheme=gap)
    assert (found.level, found.degree) == ("general_4", "serious")


def test_every_column_above_the_rules_is_named_with_its_type() -> None:
    columns = (
        replace(verdict("secret", column="key"), floor=4),
        replace(verdict("contract_number", column="contract"), floor=2),
        replace(verdict("secret", column="password"), floor=4),
        verdict("person_name", column="name"),
    )
    found = place(verdicts=columns, facts=Facts(), scheme=SCHEME)
    assert (found.level, found.harmed_object) == ("general_4", "organisation_rights")
    floors = [dict(reason.params) for reason in found.reasons if reason.code == "column_floor"]
    assert floors == [{"columns": "key, password", "type": "secret", "level": "general_4"}]
