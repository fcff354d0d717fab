"""A match in words: every code has its sentence, met and failed; nothing is said that is not stored."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from marketplace.matching.engine.constraints import check
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.weights import SOFT_FEATURES
from marketplace.matching.models import Match
from marketplace.matching.wording import FAILED, FEATURES, MET, explanation, reasons, shown_words

DEMAND = DemandFacts(
    text="flights",
    organisation=1,
    sector="transport",
    region="210200",
    supply_modes=("open", "shared"),
    purpose="research",
    scenario="airport",
    budget=Decimal("100.00"),
    minimum_quality=80.0,
)
LISTING = ListingFacts(
    listing_id=1,
    organisation=2,
    title="Flights",
    sector="transport",
    regions=("210000",),
    supply_mode="open",
    purposes=("research",),
    scenario="airport",
    price=Decimal("20.00"),
    quality=91.5,
    grade_decided=True,
)
OTHER = ListingFacts(
    listing_id=2,
    organisation=1,
    title="Flights",
    sector="health",
    regions=("310000",),
    supply_mode="licensed",
    purposes=("internal_use", "other"),
    scenario="port",
    price=Decimal("1200.00"),
)


def as_json(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def match(listing: ListingFacts, **changes: Any) -> Match:
    report = [
        {"code": c.code, "met": c.met, "wanted": as_json(c.wanted), "actual": as_json(c.actual)}
        for c in check(DEMAND, listing)
    ]
    fields = {
        "features": {"relevance": 0.4321, "quality": 0.05, "price": 0.0, "freshness": 0.0123},
        "terms": [{"term": "flights", "stream": "surface", "share": 0.4}],
        "constraints_report": report,
    }
    return Match(**{**fields, **changes})


def test_what_is_met() -> None:
    with override("en"):
        said = reasons(match(LISTING))
    assert [reason.text for reason in said] == [
        "It says what is asked for: flights. Relevance: 43.2 of 100.",
        "The quality of its files adds 5.0.",
        "Recent data add 1.2.",
        "Its grade is decided.",
        "It is another organisation's.",
        "It is of the sector asked for: transport.",
        "It covers the region asked for: 210000.",
        "Its quality of 91.5 is not below the least asked for, 80.",
        "It is supplied as asked for: open.",
        "Its terms allow the purpose: research.",
        "Its terms allow the scenario: airport.",
        "Its price of 20.00 CNY is within the budget of 100.00 CNY.",
    ]
    assert [reason.met for reason in said] == [None, None, None] + [True] * 9
    assert [reason.kind for reason in said] == ["relevance", "feature", "feature"] + ["constraint"] * 9


def test_what_is_failed() -> None:
    with override("en"):
        said = [reason for reason in reasons(match(OTHER)) if reason.kind == "constraint"]
    assert [reason.text for reason in said] == [
        "Its grade is not decided.",
        "It is the buyer's own.",
        "It is of another sector: health; asked for is transport.",
        "It does not cover the region 210200, but 310000.",
        "Its quality of not known is below the least asked for, 80.",
        "It is supplied otherwise: licensed; asked for is open, shared.",
        "Its terms do not allow the purpose research, but internal use, other.",
        "Its terms allow another scenario only: port; asked for is airport.",
        "Its price of 1200.00 CNY is not within the budget of 100.00 CNY.",
    ]
    assert {reason.met for reason in said} == {False}


def test_every_code_of_the_engine_has_its_words() -> None:
    codes = {result.code for result in check(DEMAND, LISTING)}
    assert set(MET) == set(FAILED) == codes
    assert set(FEATURES) == set(SOFT_FEATURES)


def test_an_explanation_is_in_the_language_asked_for() -> None:
    row = match(LISTING)
    with override("zh-hans"):
        assert explanation(row, "en").startswith("It says what is asked for: flights.")
    with override("en"):
        assert "flights" in explanation(row, "zh-hans")
    with override("zh-hans"):
        assert explanation(row, "zh-hans") == " ".join(reason.text for reason in reasons(row))


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        (["delays", "delay", "flight"], ["delays", "flight"]),
        (["delay", "delays"], ["delays"]),
        (["航", "航班", "班"], ["航班"]),
        ([], []),
        (list("abcdefgh"), list("abcdef")),
    ],
)
def test_words_as_a_reader_wants_them(terms: list[str], words: list[str]) -> None:
    assert shown_words({"term": term, "stream": "stem", "share": 0.1} for term in terms) == words


def test_percent_signs_in_values_are_harmless() -> None:
    row = match(LISTING, terms=[{"term": "100%(x)s", "stream": "surface", "share": 0.1}])
    with override("en"):
        assert "100%(x)s" in explanation(row, "en")
