"""The matrix, the floors and the flags; the highest item decides."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from grading.engine.levels import GENERAL_LEVELS, Facts
from grading.engine.recommend import Recommendation, recommend
from grading.engine.rules import RuleSet
from grading.rules.shipped import shipped_rules
from tests.grading.engine.levels.columns import verdict, verdicts

RULES = shipped_rules()


def recommended(kinds: Iterable[str | None], facts: Facts = Facts(), rules: RuleSet = RULES) -> Recommendation:  # noqa: B008
    return recommend(verdicts=verdicts(*kinds), facts=facts, scheme=rules.scheme, categories=rules.categories)


@pytest.mark.parametrize(
    ("kinds", "rows", "level", "degree"),
    [
        ([None, None], 336_776, "general_1", "none"),
        (["social_credit_code"], 5_000_000, "general_1", "none"),
        (["mobile_phone"], 10, "general_2", "general"),
        (["person_name", None], 99_999, "general_2", "general"),
        (["person_name"], 100_000, "general_3", "serious"),
        (["resident_id"], 1, "general_4", "especially_serious"),
        (["mobile_phone", "health"], 10, "general_4", "especially_serious"),
        (["person_name", "geolocation"], 10, "general_4", "especially_serious"),
    ],
)
def test_levels(kinds: list[str | None], rows: int, level: str, degree: str) -> None:
    result = recommended(kinds, Facts(rows=rows))

    assert (result.level, result.degree, result.harmed_object) == (level, degree, "individual_rights")


def test_reasons_name_rule_and_columns() -> None:
    result = recommended([None, "health", "email"], Facts(rows=7))

    assert [(reason.code, dict(reason.params)) for reason in result.reasons] == [
        ("sensitive_personal", {"columns": "c1", "rows": 7, "persons": 7, "level": "general_4"}),
        ("ordinary_personal", {"columns": "c1, c2", "rows": 7, "persons": 7, "level": "general_2"}),
    ]
    assert (result.scheme_code, result.scheme_version) == ("national", "1.2")


def test_nothing_sensitive_has_a_reason_too() -> None:
    assert [reason.code for reason in recommended([None]).reasons] == ["nothing_sensitive"]


@pytest.mark.parametrize(
    ("kinds", "facts", "flags"),
    [
        (["person_name"], Facts(rows=999_999), []),
        (["person_name"], Facts(rows=1_000_000), [("possibly_important", "public_interest")]),
        (["person_name"], Facts(rows=5, subjects=2_000_000), [("possibly_important", "public_interest")]),
        (["health"], Facts(rows=100_000), [("possibly_important", "public_interest")]),
        ([None], Facts(declared=("national_security",)), [("possibly_core", "national_security")]),
        ([None], Facts(declared=("important_catalogue",)), [("possibly_important", "public_interest")]),
        ([None], Facts(rows=9_000_000, declared=("something_else",)), []),
    ],
)
def test_important_and_core_are_only_flagged(
    kinds: list[str | None], facts: Facts, flags: list[tuple[str, str]]
) -> None:
    result = recommended(kinds, facts)

    assert [(flag.code, flag.harmed_object) for flag in result.flags] == flags
    assert result.level in GENERAL_LEVELS
    for flag in result.flags:
        expected = {"possibly_important": "important", "possibly_core": "core"}[flag.code]
        assert RULES.scheme.cell(flag.harmed_object, flag.degree) == expected


def test_declarations_raise_the_level() -> None:
    assert recommended([None], Facts(declared=("not_public",))).level == "general_2"
    assert recommended([None], Facts(declared=("trade_secret", "not_public"))).level == "general_3"


def test_a_type_with_a_higher_floor_than_its_nature_decides() -> None:
    strict = replace(verdict("social_credit_code"), floor=3)
    result = recommend(verdicts=(strict,), facts=Facts(), scheme=RULES.scheme, categories=RULES.categories)

    assert (result.level, result.degree, result.harmed_object) == ("general_3", "serious", "organisation_rights")
    assert [reason.code for reason in result.reasons] == ["column_floor"]


def test_round_trip() -> None:
    result = recommended(["health", None, "email"], Facts(rows=2_000_000, title="医院 records", sector="health"))

    assert Recommendation.from_dict(result.to_dict()) == result
