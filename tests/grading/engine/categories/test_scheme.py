"""The classification file: complete, and refused when broken."""

import copy
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from grading.engine.categories import parse_categories
from grading.engine.levels import InvalidScheme
from grading.engine.rules import SHIPPED
from grading.rules.shipped import shipped_rules

SHIPPED_DATA: dict[str, Any] = tomllib.loads((SHIPPED / "categories.toml").read_text(encoding="utf-8"))
TYPES = frozenset(shipped_rules().taxonomy.types)
#: Sector and domains of version 1.0: grades that were decided name them, so they stay.
FORMER = {
    "health": {"clinical_records", "public_health"},
    "transport": {"aviation_operation", "road_traffic"},
    "meteorology": {"weather_observation", "environment_monitoring"},
    "finance": {"customer_accounts", "markets"},
    "government": {"economic_statistics", "administration"},
    "industry": {"equipment_monitoring", "production"},
    "commerce": {"sales", "product_catalogue"},
    "education": {"students"},
    "energy": {"power_operation"},
    "telecom": {"users"},
}


def test_former_codes_stay() -> None:
    now = {sector.code: {domain.code for domain in sector.domains} for sector in shipped_rules().categories.sectors}

    assert [code for code, domains in FORMER.items() if not domains <= now.get(code, set())] == []


def test_every_sector_speaks_both_languages() -> None:
    for sector in shipped_rules().categories.sectors:
        words = {word[0] for word in sector.vocabulary.strong}
        assert any(word.isascii() for word in words), sector.code
        assert any(not word.isascii() for word in words), sector.code
        for domain in sector.domains:
            assert any(not word[0].isascii() for word in domain.vocabulary.terms()), domain.code
            assert any(word[0].isascii() for word in domain.vocabulary.terms()), domain.code


def test_what_the_standard_does_not_name_is_uncertain() -> None:
    categories = shipped_rules().categories

    assert (categories.standard, categories.certainty) == ("GB/T 43697-2024", "U")
    assert {sector.code for sector in categories.sectors if sector.certainty == "R"} == {
        "industry", "telecom", "transport", "finance", "natural_resources", "health", "education", "science",
    }  # fmt: skip


def test_other_names_of_sectors() -> None:
    categories = shipped_rules().categories

    assert categories.aliases == {"public_service": "government", "statistics": "government", "other": ""}
    read = [
        categories.sector_of(said)
        for said in ("statistics", "public_service", "other", "health", "astronomy", "", None)
    ]
    assert read == ["government", "government", None, "health", "astronomy", None, None]
    assert {"health", "statistics", "other"} < categories.names()
    assert "astronomy" not in categories.names()


def test_a_file_without_other_names_still_loads() -> None:
    data = copy.deepcopy(SHIPPED_DATA)
    del data["aliases"]

    assert parse_categories(data, types=TYPES).sector_of("statistics") == "statistics"


def change(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """An edit of parsed data: `value` None deletes; a callable gets the old value."""

    def apply(data: Any) -> None:
        *way, last = path.split(".")
        for step in way:
            data = data[int(step)] if step.isdigit() else data[step]
        key: Any = int(last) if last.isdigit() else last
        if value is None:
            del data[key]
        else:
            data[key] = value(data.get(key)) if callable(value) else value

    return apply


def with_word(word: str) -> Callable[[list[str] | None], list[str]]:
    return lambda words: [*(words or []), word]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (change("version", None), "version is missing"),
        (change("sectors", []), "sectors is missing"),
        (change("sectors.0.code", "Health"), "a code has small letters"),
        (change("sectors.0.code", "transport"), "sector transport occurs twice"),
        (change("sectors.0.title_zh", None), "sectors.health.title_zh is missing"),
        (change("sectors.0.source", None), "sectors.health.source is missing"),
        (change("sectors.0.certainty", "maybe"), "certainty must be one of S, R, U"),
        (change("sectors.0.domains", []), "sectors.health.domains is missing"),
        (change("sectors.0.strong", []), "sectors.health.strong is missing"),
        (change("sectors.0.domains.0.title", None), "clinical_records.title is missing"),
        (change("sectors.0.domains.1.code", "clinical_records"), "domain clinical_records occurs twice"),
        (change("sectors.0.weak", with_word("Hospitals")), "word hospital occurs twice"),
        (change("sectors.0.weak", with_word("住院")), "word 住院 occurs twice"),
        (change("sectors.0.weak", ["ward", "wards"]), "ward occurs twice"),
        (change("sectors.0.weak", with_word("--")), "is no word"),
        (change("sectors.0.weak", with_word("")), "is no word"),
        (change("sectors.0.weak", [5]), "is no word"),
        (change("sectors.0.types", ["iris_scan"]), "sensitive type iris_scan is unknown"),
        (change("sectors.0.domains.0.weak_types", ["iris_scan"]), "sensitive type iris_scan is unknown"),
        (change("sectors.0.weak_types", ["health"]), "type health occurs twice"),
        (change("sectors.0.systems", ["icd99"]), "icd99 is unknown"),
        (change("sectors.0.systems", ["icd10"]), "system icd10 occurs twice"),
        (change("aliases", ["statistics"]), "aliases must be a table"),
        (change("aliases.Statistics", "government"), "aliases.Statistics: a code has small letters"),
        (change("aliases.health", "government"), "aliases.health: health is a sector"),
        (change("aliases.statistics", "astronomy"), "aliases.statistics: astronomy is no sector"),
        (change("aliases.statistics", "public_service"), "aliases.statistics: public_service is no sector"),
        (change("aliases.statistics", 5), "aliases.statistics: 5 is no sector"),
        (change("attributes.0.when", "sometimes"), "attributes.sensitive_personal_information.when"),
        (change("attributes.0.when", "personal"), "personal occurs twice"),
        (change("attributes.1.code", "sensitive_personal_information"), "occurs twice"),
        (change("attributes.4", None), "must end with one that always applies"),
        (change("attributes", lambda all_of: [all_of[1], all_of[0], *all_of[2:]]), "must stand before personal"),
        (change("attributes.0.title", None), "attributes.sensitive_personal_information.title is missing"),
    ],
)
def test_broken_files_are_refused(spoil: Callable[[dict[str, Any]], None], message: str) -> None:
    data = copy.deepcopy(SHIPPED_DATA)
    spoil(data)
    with pytest.raises(InvalidScheme, match=message):
        parse_categories(data, types=TYPES)
