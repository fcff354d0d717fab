"""Terms of Chinese, English and mixed texts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.text import LONGEST_WORD, analyse, stem


def test_words_are_folded_and_split_at_everything_else() -> None:
    assert analyse("Hourly WEATHER: dep_delay, 2013-01!").surface == ("hourly", "weather", "dep", "delay", "2013", "01")


def test_chinese_runs_become_characters_and_pairs_in_both_streams() -> None:
    terms = analyse("航班数据")
    assert terms.surface == ("航", "班", "数", "据", "航班", "班数", "数据")
    assert terms.stems == terms.surface


def test_mixed_text_is_split_where_the_script_changes() -> None:
    assert analyse("GDP增长2023年").surface == ("gdp", "增", "长", "增长", "2023", "年")


def test_compatibility_forms_are_one() -> None:
    assert analyse("ＧＤＰ２０２３").surface == analyse("gdp2023").surface == ("gdp2023",)


def test_no_pair_spans_a_separator() -> None:
    assert "班数" not in analyse("航班，数据").surface


def test_a_hostile_word_is_cut() -> None:
    assert analyse("a" * 10_000).surface == ("a" * LONGEST_WORD,)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("price", "prices", "priced", "pricing"), "pric"),
        (("economy", "economies"), "economi"),
        (("plan", "plans", "planned", "planning"), "plan"),
        (("fall", "falls", "falling"), "fall"),
        (("box", "boxes"), "box"),
        (("church", "churches"), "church"),
        (("class", "classes"), "class"),
        (("flight", "flights"), "flight"),
        (("ties",), "tie"),
        (("status",), "status"),
        (("analysis",), "analysis"),
        (("bring",), "bring"),
        (("bus",), "bus"),
        (("économies",), "économies"),
        (("co2s",), "co2s"),
        (("key", "keys"), "key"),
    ],
)
def test_light_stems(words: Any, expected: Any) -> None:
    assert {stem(word) for word in words} == {expected}


@given(text=st.text())
def test_streams_run_in_parallel_and_hold_no_white_space(text: str) -> None:
    terms = analyse(text)
    assert len(terms.surface) == len(terms.stems)
    assert all(term and not any(character.isspace() for character in term) for term in terms.surface)


@given(text=st.text(alphabet=st.characters(codec="ascii")))
def test_letter_case_never_matters(text: str) -> None:
    assert analyse(text.upper()) == analyse(text.lower())
