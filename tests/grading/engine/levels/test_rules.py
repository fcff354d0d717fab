"""Every rule of the national scheme: the facts with which it just holds, and those with which it just does not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from grading.engine.levels import (
    AREAS,
    ELEMENTS,
    EXTENTS,
    GROUPS,
    REASONS,
    TIME_UNITS,
    Coverage,
    Derivation,
    Facts,
    Place,
    Precision,
    Source,
    place,
)
from grading.rules.shipped import shipped_rules
from tests.grading.engine.levels.columns import verdicts

SCHEME = shipped_rules().scheme
NAMED = ("person_name",)
CITY, PROVINCE, MOST = Coverage("city", 0.5), Coverage("province", 0.5), Coverage("province", 0.49)
FINE, COARSE = Precision(coordinates=4), Precision(coordinates=3)
ORDINARY = ("person_name", "mobile_phone", "email", "address", "birth_date", "gender")


def derived(level: str) -> Derivation:
    return Derivation((Source(level, name="x"),), ("masked",))


@dataclass(frozen=True)
class Line:
    """A rule by its code; `columns` in a table about persons or `alone`; what it leads to; one step short of it."""

    code: str
    columns: tuple[str, ...]
    facts: Facts
    level: str
    flag: str | None
    short: Facts
    short_columns: tuple[str, ...] | None = None
    alone: bool = False


NOTHING = Facts()
FLOORS = (
    Line("sensitive_personal", ("health",), NOTHING, "general_4", None, NOTHING, NAMED),
    Line("ordinary_personal", NAMED, NOTHING, "general_2", None, NOTHING, ("social_credit_code",)),
    Line("declared_trade_secret", (), Facts(declared=("trade_secret",)), "general_3", None, NOTHING),
    Line("declared_not_public", (), Facts(declared=("not_public",)), "general_2", None, NOTHING),
    Line("many_persons", NAMED, Facts(rows=100_000), "general_3", None, Facts(rows=99_999)),
    Line("group_of_note", NAMED, Facts(groups=("officials",)), "general_3", None, Facts(groups=("employees",))),
    Line("protected_group", NAMED, Facts(groups=("minors",)), "general_4", None, Facts(groups=("elderly",))),
    Line("personal_in_sensitive_field", NAMED, Facts(sector="health"), "general_3", None, Facts(sector="transport")),
    Line(
        "most_persons_of_a_city", NAMED, Facts(coverage=CITY), "general_3", None, Facts(coverage=Coverage("county", 1))
    ),
    Line("detailed_persons", ORDINARY, NOTHING, "general_3", None, NOTHING, ORDINARY[1:]),
    Line("modelled_persons", NAMED, Facts(depth="model"), "general_3", None, Facts(depth="processed")),
    Line(
        "exact_prices_at_scale", ("trade_price",), Facts(rows=100_000, precision=Precision(amounts=0)), "general_3",
        None, Facts(rows=100_000, precision=Precision(amounts=-1)),
    ),
    Line("lifeline_service", (), Facts(importance=("lifeline_service",)), "general_2", None, NOTHING),
    Line("emergency_response", (), Facts(importance=("emergency_response",)), "general_2", None, NOTHING),
)  # fmt: skip
IMPORTANT, CORE = "possibly_important", "possibly_core"
FLAGS = (
    Line("personal_at_large_scale", NAMED, Facts(rows=1_000_000), "general_4", IMPORTANT, Facts(rows=999_999)),
    Line("sensitive_personal_at_scale", ("health",), Facts(rows=100_000), "general_4", IMPORTANT, Facts(rows=99_999)),
    Line(
        "declared_in_important_catalogue", (), Facts(declared=("important_catalogue",)), "general_4", IMPORTANT, NOTHING
    ),
    Line("declared_national_security", (), Facts(declared=("national_security",)), "general_4", CORE, NOTHING),
    Line(
        "precise_geography_at_scale", ("geolocation",), Facts(rows=1_000_000, precision=FINE), "general_4", IMPORTANT,
        Facts(rows=1_000_000, precision=COARSE), alone=True,
    ),
    Line(
        "group_at_scale", NAMED, Facts(rows=100_000, groups=("elderly",)), "general_4", IMPORTANT,
        Facts(rows=100_000, groups=("customers",)),
    ),
    Line("group_of_the_state", (), Facts(groups=("key_personnel",)), "general_4", IMPORTANT, Facts(groups=("minors",))),
    Line("sensitive_area", (), Facts(areas=("border",)), "general_4", IMPORTANT, NOTHING),
    Line(
        "sensitive_area_in_detail", ("geolocation",), Facts(areas=("military",), precision=FINE), "general_4", CORE,
        Facts(areas=("border",), precision=FINE), alone=True,
    ),
    Line(
        "wide_precise_geography", ("geolocation",), Facts(coverage=Coverage(area_km2=25), precision=FINE), "general_4",
        IMPORTANT, Facts(coverage=Coverage(area_km2=24.9), precision=FINE), alone=True,
    ),
    Line("most_persons_of_a_province", NAMED, Facts(coverage=PROVINCE), "general_4", IMPORTANT, Facts(coverage=MOST)),
    Line(
        "most_business_of_a_province", ("trade_price",), Facts(coverage=PROVINCE), "general_4", IMPORTANT,
        Facts(coverage=MOST),
    ),
    Line(
        "transport_persons_at_scale", NAMED, Facts(rows=100_000, sector="transport"), "general_4", IMPORTANT,
        Facts(rows=100_000, sector="energy"),
    ),
    Line(
        "traffic_flows", ("vehicle_plate",), Facts(rows=1_000_000, precision=Precision(time="minute")), "general_4",
        IMPORTANT, Facts(rows=1_000_000, precision=Precision(time="hour")),
    ),
    Line(
        "unpublished_statistics", (), Facts(declared=("not_public",), depth="statistical", coverage=PROVINCE),
        "general_4", IMPORTANT, Facts(declared=("not_public",), depth="raw", coverage=PROVINCE),
    ),
    Line(
        "critical_infrastructure", (), Facts(importance=("critical_infrastructure",)), "general_4", IMPORTANT, NOTHING
    ),
    Line(
        "infrastructure_of_a_province", (), Facts(importance=("critical_infrastructure",), coverage=PROVINCE),
        "general_4", CORE, Facts(importance=("critical_infrastructure",), coverage=MOST),
    ),
    Line("strategic_resource", (), Facts(importance=("strategic_resource",)), "general_4", IMPORTANT, NOTHING),
    Line("controlled_technology", (), Facts(importance=("controlled_technology",)), "general_4", IMPORTANT, NOTHING),
    Line(
        "derived_from_important", (), Facts(derivation=derived("important")), "general_4", IMPORTANT,
        Facts(derivation=derived("general_4")),
    ),
    Line(
        "derived_from_core", (), Facts(derivation=derived("core")), "general_4", CORE,
        Facts(derivation=derived("important")),
    ),
)  # fmt: skip


def placed(kinds: tuple[str, ...], facts: Facts, *, alone: bool) -> Place:
    return place(verdicts=verdicts(*kinds, in_context=not alone), facts=facts, scheme=SCHEME)


def codes(found: Place) -> set[str]:
    return {reason.code for reason in found.reasons} | {flag.reason.code for flag in found.flags}


def test_every_rule_has_its_line() -> None:
    assert [line.code for line in FLOORS] == [rule.code for rule in SCHEME.rules]
    assert [line.code for line in FLAGS] == [rule.code for rule in SCHEME.flags]


@pytest.mark.parametrize("line", [*FLOORS, *FLAGS], ids=lambda line: line.code)
def test_a_rule_holds_from_its_threshold_on(line: Line) -> None:
    found = placed(line.columns, line.facts, alone=line.alone)
    assert line.code in codes(found)
    assert found.level == line.level
    assert line.flag in {None, *(flag.code for flag in found.flags if flag.reason.code == line.code)}
    short = line.columns if line.short_columns is None else line.short_columns
    assert line.code not in codes(placed(short, line.short, alone=line.alone))


@pytest.mark.parametrize("line", [*FLOORS, *FLAGS], ids=lambda line: line.code)
def test_reasons_have_words_and_say_where_they_are_from(line: Line) -> None:
    found = placed(line.columns, line.facts, alone=line.alone)
    reasons = [*found.reasons, *(flag.reason for flag in found.flags)]
    (own,) = [reason for reason in reasons if reason.code == line.code]
    assert own.source
    assert own.certainty in {"S", "R", "U"}
    for reason in reasons:
        assert REASONS[reason.code] % dict(reason.params)


def test_every_element_of_the_standard_has_a_rule() -> None:
    assert {rule.element for rule in (*SCHEME.rules, *SCHEME.flags)} - {""} == set(ELEMENTS)


@pytest.mark.parametrize("line", [*FLOORS, *FLAGS], ids=lambda line: line.code)
def test_the_matrix_and_the_words_agree(line: Line) -> None:
    found = placed(line.columns, line.facts, alone=line.alone)
    assert SCHEME.cell(found.harmed_object, found.degree) == "general"
    assert SCHEME.general_levels[found.degree] == found.level
    for flag in found.flags:
        assert SCHEME.cell(flag.harmed_object, flag.degree) == flag.code.removeprefix("possibly_")


def test_declared_words_that_nobody_knows_have_no_effect() -> None:
    odd = Facts(
        groups=("martians",), areas=("moon",), importance=("fun",), depth="bottomless", coverage=Coverage("all")
    )
    assert placed((), odd, alone=False) == placed((), NOTHING, alone=False)


def test_nothing_measured_is_nothing_fine() -> None:
    unmeasured = Facts(rows=1_000_000)
    assert codes(placed(("geolocation",), unmeasured, alone=True)) == {"nothing_sensitive"}
    assert codes(placed(("geolocation",), replace(unmeasured, precision=FINE), alone=True)) == {
        "possibly_above_general", "precise_geography_at_scale",
    }  # fmt: skip


def more_than(facts: Facts) -> Iterator[Facts]:
    """One element at a time: every step further than these facts."""
    yield replace(facts, rows=facts.rows + 1)
    yield replace(facts, subjects=facts.rows + 1)
    precision, coverage = facts.precision or Precision(), facts.coverage
    for decimals in range(8 if precision.coordinates is None else precision.coordinates + 1, 8):
        yield replace(facts, precision=replace(precision, coordinates=decimals))
    for unit in TIME_UNITS[TIME_UNITS.index(precision.time) + 1 :] if precision.time else ():
        yield replace(facts, precision=replace(precision, time=unit))
    for decimals in range(3 if precision.amounts is None else precision.amounts + 1, 3):
        yield replace(facts, precision=replace(precision, amounts=decimals))
    for extent in EXTENTS[EXTENTS.index(coverage.extent) + 1 :] if coverage.extent else ():
        yield replace(facts, coverage=replace(coverage, extent=extent))
    yield replace(facts, coverage=replace(coverage, share=1.0, area_km2=coverage.area_km2 + 1))
    for group in GROUPS:
        if facts.groups and SCHEME.groups[group] >= SCHEME.groups[facts.groups[0]]:
            yield replace(facts, groups=(group,))
            yield replace(facts, groups=(*facts.groups, group))
    for area in AREAS:
        if facts.areas and SCHEME.areas[area] >= SCHEME.areas[facts.areas[0]]:
            yield replace(facts, areas=(area,))
    yield replace(facts, importance=(*facts.importance, "strategic_resource"), areas=(*facts.areas, "border"))


@pytest.mark.parametrize("line", [*FLOORS, *FLAGS], ids=lambda line: line.code)
def test_a_rule_that_holds_holds_with_more_of_anything(line: Line) -> None:
    for more in more_than(line.facts):
        found = placed(line.columns, more, alone=line.alone)
        assert line.code in codes(found), more
        assert found.level >= line.level
    wider = placed((*line.columns, "health", "religion"), line.facts, alone=line.alone)
    assert line.code in codes(wider)
