"""Categories from words, types and what the provider declares."""

from grading.engine.levels.categories import categorise
from grading.engine.rules import load_rules
from grading.engine.sensitivity import ColumnVerdict

CATEGORIES = load_rules().categories
FLIGHTS = ["year", "month", "dep_time", "arr_delay", "carrier", "flight", "tailnum", "origin", "dest"]
HOSPITAL = ["病历号", "姓名", "身份证号", "诊断", "入院日期"]


def test_flights() -> None:
    found = categorise(CATEGORIES, columns=FLIGHTS, texts=["Flights from New York"], sector=None, verdicts=())

    assert (found.sector, found.domain, found.attribute) == ("transport", "aviation_operation", "object_information")
    assert found.confidence >= 0.7
    assert not found.declared


def test_hospital_records() -> None:
    health = ColumnVerdict("诊断", "health", "sensitive_personal", True, True, 0.9, (), 1.0, 5, 5, True, 4)
    found = categorise(CATEGORIES, columns=HOSPITAL, texts=["医院住院记录"], sector=None, verdicts=(health,))

    assert (found.sector, found.domain, found.attribute) == (
        "health",
        "clinical_records",
        "sensitive_personal_information",
    )


def test_the_declared_sector_wins_and_others_stay_as_alternatives() -> None:
    found = categorise(CATEGORIES, columns=FLIGHTS, texts=[], sector="finance", verdicts=())

    assert (found.sector, found.declared, found.confidence) == ("finance", True, 0.95)
    assert found.alternatives[0].sector == "transport"


def test_a_declared_sector_unknown_here_is_kept() -> None:
    found = categorise(CATEGORIES, columns=["a"], texts=[], sector="astronomy", verdicts=())

    assert (found.sector, found.domain) == ("astronomy", None)


def test_nothing_speaks_for_any_sector() -> None:
    found = categorise(CATEGORIES, columns=["a", "b"], texts=[], sector=None, verdicts=())

    assert (found.sector, found.confidence, found.attribute) == (None, 0.0, "object_information")
