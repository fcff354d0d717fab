"""What may be important is not below the highest general level; of whom rules count, and what masked columns are."""

import copy
import tomllib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.levels import GENERAL_LEVELS, Facts, Place, Precision, parse_scheme, place
from grading.engine.rules import SHIPPED
from grading.engine.sensitivity import ColumnVerdict, Evidence
from grading.wording import sentence
from tests.grading.engine.levels.columns import verdict, verdicts
from tests.grading.engine.levels.test_place import FACTS, KINDS, SCHEME, placed

SHIPPED_TEXT = tomllib.loads((SHIPPED / "national.toml").read_text(encoding="utf-8"))


def reasons(found: Place) -> list[str]:
    return [reason.code for reason in found.reasons]


@given(KINDS, FACTS)
def test_what_is_flagged_is_of_the_highest_general_level(kinds: list[str | None], facts: Facts) -> None:
    found = placed(kinds, facts)
    assert ("possibly_above_general" in reasons(found)) == bool(found.flags)
    if found.flags:
        assert (found.level, found.degree) == ("general_4", "especially_serious")
        assert found.harmed_object in ("individual_rights", "organisation_rights")
        assert "nothing_sensitive" not in reasons(found)


@given(KINDS, FACTS, st.sets(st.sampled_from(SCHEME.flags)), st.sampled_from(SCHEME.flags))
def test_another_flag_lowers_nothing(kinds: list[str | None], facts: Facts, some: set[Any], more: Any) -> None:
    few, many = (replace(SCHEME, flags=tuple(flags)) for flags in (some, some | {more}))
    before, after = (place(verdicts=verdicts(*kinds), facts=facts, scheme=scheme) for scheme in (few, many))
    assert GENERAL_LEVELS.index(after.level) >= GENERAL_LEVELS.index(before.level)
    assert {flag.reason.code for flag in before.flags} <= {flag.reason.code for flag in after.flags}


def test_the_reason_and_the_cell_of_what_is_flagged() -> None:
    found = placed([], Facts(declared=("national_security",)))
    (reason,) = found.reasons
    assert (reason.code, dict(reason.params)) == ("possibly_above_general", {"level": "general_4"})
    assert (reason.source, reason.certainty) == (SCHEME.flagged.source, "U") != ("", "U")
    assert sentence(reason.code, reason.params).endswith("at least general 4.")
    assert (found.harmed_object, found.degree) == ("organisation_rights", "especially_serious")
    of_persons = placed(["person_name"], Facts(rows=1_000_000))
    assert (of_persons.harmed_object, of_persons.level) == ("individual_rights", "general_4")


def test_schemes_of_before_hold_what_is_flagged_as_well() -> None:
    former = parse_scheme({key: value for key, value in SHIPPED_TEXT.items() if key not in ("flagged", "extents")})
    found = place(verdicts=(), facts=Facts(areas=("military",)), scheme=former)
    assert (found.level, reasons(found), found.reasons[0].source) == ("general_4", ["possibly_above_general"], "")


@pytest.mark.parametrize(
    ("kind", "rows", "precision", "code"),
    [
        ("geolocation", 1_000_000, Precision(coordinates=5), "precise_geography_at_scale"),
        ("trade_price", 100_000, Precision(amounts=2), "exact_prices_at_scale"),
        ("vehicle_plate", 1_000_000, Precision(time="second"), "traffic_flows"),
    ],
)
def test_rules_about_things_count_rows_and_not_declared_persons(
    kind: str, rows: int, precision: Precision, code: str
) -> None:
    def codes(facts: Facts) -> set[str]:
        found = placed([kind], facts)
        return {*reasons(found), *(flag.reason.code for flag in found.flags)}

    assert code not in codes(Facts(rows=10, subjects=9_000_000, precision=precision))
    assert code not in codes(Facts(rows=rows - 1, precision=precision))
    assert code in codes(Facts(rows=rows, precision=precision))


def test_rules_about_persons_count_the_declared_ones_and_say_so() -> None:
    found = placed(["person_name"], Facts(rows=10, subjects=1_000_000))
    (many,) = [reason for reason in found.reasons if reason.code == "many_persons"]
    assert (many.params["rows"], many.params["persons"]) == (10, 1_000_000)
    assert "on 1000000 persons" in sentence(many.code, many.params)
    (flag,) = found.flags
    assert "on 1000000 persons" in sentence(flag.reason.code, flag.reason.params)
    # recommendations of before counted both as one
    assert "on 7 persons" in sentence("many_persons", {"rows": 7, "columns": "c", "level": "general_3"})


def test_texts_of_before_have_one_threshold_for_rows_and_persons() -> None:
    former = copy.deepcopy(SHIPPED_TEXT)
    for rule in (*former["scale"], *former["elements"], *former["flags"]):
        if "persons_at_least" in rule:
            rule["rows_at_least"] = rule.pop("persons_at_least")
    assert (parse_scheme(former).rules, parse_scheme(former).flags) == (SCHEME.rules, SCHEME.flags)
    assert sum(rule.persons_at_least > 0 for rule in (*SCHEME.rules, *SCHEME.flags)) == 5


def test_a_clause_is_told_with_the_source() -> None:
    cited = copy.deepcopy(SHIPPED_TEXT)
    (rule,) = [rule for rule in cited["flags"] if rule["code"] == "declared_national_security"]
    rule |= {"source": "Data Security Law", "clause": "art. 21"}
    (flag,) = place(verdicts=(), facts=Facts(declared=("national_security",)), scheme=parse_scheme(cited)).flags
    assert flag.reason.source == "Data Security Law, art. 21"


def masked(kind: str, column: str) -> ColumnVerdict:
    return replace(verdict(kind, column=column), evidence=(Evidence("masked_values", {"matched": 10}),))


def test_masked_columns_are_named_and_lower_nothing() -> None:
    columns = (masked("person_name", "name"), masked("mobile_phone", "phone"), verdict("personal_finance", column="n"))
    raw = tuple(replace(column, evidence=()) for column in columns)
    before, after = (place(verdicts=given, facts=Facts(rows=9), scheme=SCHEME) for given in (raw, columns))
    assert (after.level, after.harmed_object, after.flags) == (before.level, before.harmed_object, before.flags)
    assert after.level == "general_4"
    (told,) = after.reasons[len(before.reasons) :]
    assert (told.code, dict(told.params)) == ("masked_columns", {"columns": "name, phone"})
    assert "decide a lower level" in sentence(told.code, told.params)
    # masked values that are nobody's are no matter of persons
    nobody = replace(columns[0], personal=False, floor=1)
    assert reasons(place(verdicts=(nobody,), facts=Facts(), scheme=SCHEME)) == ["nothing_sensitive"]
