"""Words of texts and names: stems, joined substances, brackets."""

import pytest

from grading.engine.categories.tokens import fold, spaced, stem, term, tokens, unit, units_in_brackets


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("patients", "patient"),
        ("diseases", "disease"),
        ("batches", "batch"),
        ("classes", "class"),
        ("deliveries", "delivery"),
        ("gas", "gas"),
        ("bus", "bus"),
        ("diagnosis", "diagnosis"),
        ("aids", "aids"),
        ("mass", "mass"),
    ],
)
def test_a_plural_counts_as_its_singular(word: str, expected: str) -> None:
    assert stem(word) == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("TailNum", ["tail", "num"]),
        ("ICDCode10", ["icd", "code10"]),
        ("PM2_5", ["pm25"]),
        ("PM2.5浓度", ["pm25", "浓度"]),
        ("pm 10", ["pm10"]),
        ("5G基站", ["5g", "基站"]),
        ("temp_c", ["temp", "c"]),
        ("Ｋｗｈ", ["kwh"]),
    ],
)
def test_words_of_names(name: str, words: list[str]) -> None:
    assert [token.stem for token in tokens(fold(spaced(name)))] == words


def test_places_are_those_of_the_folded_text() -> None:
    text = fold("Meter readings, 用电量")

    assert [text[token.start : token.end] for token in tokens(text)] == ["meter", "readings", "用电量"]


def test_terms() -> None:
    assert term("Natural gases") == ("natural", "gase")
    assert term("epidemi*") == ("epidemi*",)
    assert term("food poison*") == ("food", "poison*")
    assert term("?!") == ()


def test_units() -> None:
    assert unit("µg/m³") == unit("μg / m3") == "μg/m3"
    assert unit("℃") == "°c"
    assert units_in_brackets("浓度（μg/m³）") == ("μg/m3",)
    assert units_in_brackets("load (kW) [5 min]") == ("kw", "5min")
    assert units_in_brackets("load") == ()
