"""What column names abbreviate: without vowels, by initials of pinyin."""

import pytest

from grading.engine.categories.abbreviations import Abbreviations, initials, skeleton
from grading.engine.categories.lexicon import GUESSED, lexicon_of
from grading.rules.shipped import shipped_rules

SHORT = Abbreviations(["production", "product", "passenger", "electricity", "electronic", "住院天数", "用电量", "医院"])


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("住院天数", "zyts"),
        ("用电量", "ydl"),
        ("诊断", "zd"),
        ("设备", "sb"),
        ("北京", "bj"),
        ("安全", "aq"),
        ("饕餮", None),
        ("abc", None),
        ("𠮷田", None),
    ],
)
def test_initials_of_pinyin(word: str, expected: str | None) -> None:
    assert initials(word) == expected


def test_a_skeleton_keeps_the_first_letter() -> None:
    assert (skeleton("energy"), skeleton("production"), skeleton("a")) == ("enrgy", "prdctn", "a")


@pytest.mark.parametrize(
    ("short", "words"),
    [
        ("prdctn", ("production",)),
        ("pssngr", ("passenger",)),
        ("zyts", ("住院天数",)),
        ("ydl", ("用电量",)),
        ("ydlh", ("用电量",)),
        ("ydlmc", ("用电量",)),
        ("yy", ()),
        ("hello", ()),
        ("passe", ()),
    ],
)
def test_what_a_name_may_stand_for(short: str, words: tuple[str, ...]) -> None:
    assert SHORT.words(short) == words


def test_a_guess_speaks_only_where_all_readings_agree() -> None:
    lexicon = lexicon_of(shipped_rules().categories)

    def guessed(name: str) -> list[tuple[str, float]]:
        return [(one.sector, one.weight) for hit in lexicon.in_name(name) for one in hit.meanings]

    assert guessed("pssngr_cnt") == [("transport", GUESSED)]
    assert guessed("read_at") == []
    assert lexicon.in_text("pssngr") == ()
