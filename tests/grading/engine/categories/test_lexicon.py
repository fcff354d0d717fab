"""Words are found as they are meant: the longest first, Chinese divided, names taken apart."""

from typing import Any

import pytest

from grading.engine.categories.lexicon import PLAIN, STRONG, WEAK, Lexicon, lexicon_of
from grading.engine.categories.scheme import parse_categories
from grading.engine.categories.tokens import fold
from grading.rules.shipped import shipped_rules

DATA: dict[str, Any] = {
    "code": "c", "version": "1", "standard": "s", "source": "s", "certainty": "U",
    "reading": {"containers": ["list", "名单"], "neutral": ["电话", "bank holiday"]},
    "sectors": [
        {
            "code": "energy", "title": "Energy", "title_zh": "能源", "source": "s", "certainty": "U",
            "strong": ["electricity", "电", "gas", "气", "用电"], "words": ["power plant"], "weak": ["load"],
            "headers": ["mtr"], "weak_headers": ["pf"], "units": ["kWh"],
            "domains": [{"code": "grid", "title": "Grid", "title_zh": "电网", "strong": ["供电", "smart grid*"]}],
        },
        {
            "code": "weather", "title": "Weather", "title_zh": "气象", "source": "s", "certainty": "U",
            "strong": ["天气", "meteorolog*"], "words": ["bank", "patient"], "types": ["geolocation"],
            "domains": [{"code": "rain", "title": "Rain", "title_zh": "雨", "words": ["rain"]}],
        },
    ],
    "attributes": [{"code": "all", "title": "All", "title_zh": "全", "when": "always"}],
}  # fmt: skip
LEXICON = Lexicon(parse_categories(DATA))


def text_words(text: str) -> list[str]:
    return [hit.word for hit in LEXICON.in_text(fold(text))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("天气", ["天气"]),
        ("天气热", ["天气"]),
        ("用气", ["气"]),
        ("气压", []),
        ("电话用电", ["电话", "用电"]),
        ("居民用电量", ["用电"]),
        ("供电", ["供电"]),
        ("Gas and power plants", ["gas", "power plant"]),
        ("gasoline", []),
        ("on bank holidays", ["bank holiday"]),
        ("Meteorological loads", ["meteorological", "load"]),
        ("mtr pf", []),
    ],
)
def test_words_of_texts(text: str, words: list[str]) -> None:
    assert text_words(text) == words


def test_neutral_words_mean_nothing_and_containers_say_so() -> None:
    neutral, container = (LEXICON.in_text(fold(text))[0] for text in ("bank holiday", "名单"))

    assert (neutral.meanings, neutral.container) == ((), False)
    assert (container.meanings, container.container) == ((), True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("mtr_no", ["mtr"]),
        ("MtrLoad", ["mtr", "load"]),
        ("patientid", ["patient"]),
        ("load2", ["load2"]),
        ("rainfallowance", []),
        ("x" * 500 + "load", []),
    ],
)
def test_words_of_names(name: str, words: list[str]) -> None:
    assert [hit.word for hit in LEXICON.in_name(name)] == words


def test_meanings_have_sector_domain_and_weight() -> None:
    def meant(name: str) -> list[tuple[str, str | None, float]]:
        return [(one.sector, one.domain, one.weight) for hit in LEXICON.in_name(name) for one in hit.meanings]

    assert meant("electricity") == [("energy", None, STRONG)]
    assert meant("供电") == [("energy", "grid", STRONG)]
    assert meant("mtr") == [("energy", None, PLAIN)]
    assert meant("pf") == [("energy", None, WEAK)]
    assert [one.sector for one in LEXICON.units["kwh"]] == ["energy"]
    assert [one.weight for one in LEXICON.types["geolocation"]] == [PLAIN]


def test_a_lexicon_is_made_once_for_each_classification() -> None:
    rules = shipped_rules().categories

    assert lexicon_of(rules) is lexicon_of(rules)
    assert lexicon_of(parse_categories(DATA)) is not lexicon_of(rules)
