"""A match in words: every code has its sentence, met and failed; nothing is said that is not stored."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from marketplace.matching.engine.constraints import ABSOLUTE, CODES, check
from marketplace.matching.engine.facts import Access, DemandFacts, ListingFacts
from marketplace.matching.engine.rank import judge
from marketplace.matching.engine.relax import MEASURED
from marketplace.matching.engine.score import TermScore, TextScore
from marketplace.matching.engine.weights import SOFT_FEATURES, load_weights
from marketplace.matching.loosening import in_words
from marketplace.matching.models import Match
from marketplace.matching.services.rematching import report_of
from marketplace.matching.wording import FAILED, FEATURES, MET, explanation, reasons, shown_words

DEMAND = DemandFacts(
    text="flights",
    organisation=1,
    sector="transport",
    regions=("210200",),
    supply_modes=("open", "shared"),
    purpose="research",
    scenario="airport",
    budget=Decimal("100.00"),
    minimum_quality=80.0,
    covers_from=date(2013, 1, 1),
    covers_until=date(2013, 12, 31),
    formats=("csv", "xlsx"),
    maximum_age_days=28,
    exclusive=True,
)
TODAY = date(2026, 3, 1)
GIVEN = Access("by_sector", "health_data", True)
REFUSED = Access("refused", "core_refused", False, "Core data is not traded.", "核心数据不得交易流通。")
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
    level="general_1",
    covers_from=date(2012, 1, 1),
    covers_until=date(2014, 1, 1),
    formats=("csv",),
    freshness_on=date(2026, 2, 1),
    exclusive_offered=True,
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
    quality=70.15,
    covers_from=date(2013, 1, 2),
    covers_until=date(2013, 12, 30),
    formats=("parquet",),
    freshness_on=date(2026, 1, 1),
    exclusive_until=date(2027, 1, 1),
    licensed_until=date(2027, 1, 1),
)


def match(listing: ListingFacts, access: Access = GIVEN, **changes: Any) -> Match:
    text = TextScore(0.4, 1.0, (TermScore("flights", "surface", 0.4),))
    result = judge(DEMAND, listing, text, load_weights(), today=TODAY, access=access)
    fields = {
        "features": {"relevance": 0.4321, "quality": 0.05, "price": 0.0, "freshness": 0.0123, "columns": 0.01},
        "terms": [{"term": "flights", "stream": "surface", "share": 0.4}],
        "columns_found": ["dep_delay", "origin"],
        "constraints_report": report_of(result),
    }
    return Match(**{**fields, **changes})


def test_what_is_met() -> None:
    with override("en"):
        said = reasons(match(LISTING))
    assert [reason.text for reason in said] == [
        "It says what is asked for: flights. Relevance: 43.2 of 100.",
        "The quality of its files adds 5.0.",
        "Recent data add 1.2.",
        "Columns that are asked for add 1.0: dep_delay, origin.",
        "Its grade is decided.",
        "It is another organisation's.",
        "No exclusive licence of it stands.",
        "Access to it can be given: by sector.",
        "It is of the sector asked for: transport.",
        "It covers a region asked for: 210000.",
        "It covers the time asked for, 2013-01-01/2013-12-31: 2012-01-01/2014-01-01.",
        "It comes in a format asked for: csv.",
        "Its quality of 91.5 is not below the least asked for, 80.",
        "Its data is of 2026-02-01, not before 2026-02-01.",
        "It is supplied as asked for: open.",
        "Its terms allow the purpose: research.",
        "Its terms allow the scenario: airport.",
        "Its price of 20.00 CNY is within the budget of 100.00 CNY.",
        "An exclusive licence of it is free.",
    ]
    assert [reason.met for reason in said] == [None] * 4 + [True] * 15
    assert [reason.kind for reason in said] == ["relevance", *["feature"] * 3, *["constraint"] * 15]


def test_what_is_failed() -> None:
    with override("en"):
        said = [reason for reason in reasons(match(OTHER, REFUSED)) if reason.kind == "constraint"]
    assert [reason.text for reason in said] == [
        "Its grade is not decided.",
        "It is the buyer's own.",
        "An exclusive licence of it stands until 2027-01-01.",
        "Access to it is refused: Core data is not traded.",
        "It is of another sector: health; asked for is transport.",
        "It does not cover a region of 210200, but 310000.",
        "It does not cover all of the time asked for, 2013-01-01/2013-12-31, but 2013-01-02/2013-12-30. "
        "2 days of it are missing.",
        "It does not come in csv, xlsx, but in parquet.",
        "Its quality of 70.15 is below the least asked for, 80. 9.9 points are missing.",
        "Its data is of 2026-01-01, before 2026-02-01. It is 31 days too old.",
        "It is supplied otherwise: licensed; asked for is open, shared.",
        "Its terms do not allow the purpose research, but internal use, other.",
        "Its terms allow another scenario only: port; asked for is airport.",
        "Its price of 1200.00 CNY is not within the budget of 100.00 CNY. The budget would have to be 1,100 % higher.",
        "An exclusive licence of it is not free.",
    ]
    assert {reason.met for reason in said} == {False}
    with override("en"):
        kept = reasons(match(replace(LISTING, allotted_to=(7,))))[-1]
    assert (kept.code, kept.met) == ("exclusive", False)
    assert kept.text == "The right to an exclusive licence of it is kept for another buyer for the time being."


def test_every_code_of_the_engine_has_its_words() -> None:
    codes = [result.code for result in check(DEMAND, LISTING, today=TODAY, access=GIVEN)]
    assert list(MET) == list(FAILED) == codes == list(CODES)
    assert set(FEATURES) == set(SOFT_FEATURES)


def test_the_decision_table_speaks_the_readers_language() -> None:
    with override("zh-hans"):
        assert any("核心数据不得交易流通。" in reason.text for reason in reasons(match(OTHER, REFUSED)))


def test_an_explanation_is_in_the_language_asked_for() -> None:
    row = match(LISTING)
    with override("zh-hans"):
        assert explanation(row, "en").startswith("It says what is asked for: flights.")
    with override("en"):
        assert "flights" in explanation(row, "zh-hans")
    with override("zh-hans"):
        assert explanation(row, "zh-hans") == " ".join(reason.text for reason in reasons(row))


@pytest.mark.parametrize(
    ("columns", "sampled", "said"),
    [
        (
            [],
            [("delay", "integer"), ("note", "")],
            "Columns like those of the sample add 1.0: delay (whole number), note.",
        ),
        (["origin"], [], "Columns that are asked for add 1.0: origin."),
        (
            ["origin"],
            [("when", "datetime")],
            "Columns that are asked for add 1.0: origin. Like those of the sample: when (date and time).",
        ),
    ],
)
def test_columns_of_the_sample_are_told_with_their_types(
    columns: list[str], sampled: list[tuple[str, str]], said: str
) -> None:
    row = match(LISTING, columns_found=columns, sample_found=[{"name": n, "type": kind} for n, kind in sampled])
    with override("en"):
        assert [reason.text for reason in reasons(row) if reason.code == "columns"] == [said]


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


def test_a_stored_loosening_reads_as_a_sentence() -> None:
    said: list[tuple[dict[str, Any], str]] = [
        (
            {"code": "budget", "to": "120.00 CNY", "by": 0.2, "gained": 2},
            "2 listings if the budget were 20 % higher: 120.00 CNY.",
        ),
        (
            {"code": "budget", "to": "1 CNY", "by": 0.0001, "gained": 1},
            "1 listing if the budget were 1 % higher: 1 CNY.",
        ),
        (
            {"code": "supply_mode", "to": "service", "by": None, "gained": 3},
            "3 listings if another way of supply would do: data service.",
        ),
        ({"code": "exclusive", "to": False, "by": None, "gained": 1}, "1 listing if a licence beside others would do."),
    ]
    with override("en"):
        assert [in_words(step) for step, _text in said] == [text for _step, text in said]
        for code in set(CODES) - ABSOLUTE:
            assert in_words({"code": code, "to": "x", "by": None, "gained": 1}).startswith("1 listing")
        for code in MEASURED:
            assert in_words({"code": code, "to": "x", "by": 1.0, "gained": 2}).startswith("2 listings")
