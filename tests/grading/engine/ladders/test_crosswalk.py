"""Across schemes the stricter wins; what is not known is an error, never the lowest."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.engine.ladders.crosswalk import REASONS, across, rank, stricter, to_national, translate
from grading.engine.ladders.ladder import Counterpart, LevelScheme, UnknownLevel, UnknownScheme
from grading.engine.ladders.library import library, read_scheme
from grading.engine.levels import NATIONAL_LEVELS
from tests.grading.engine.ladders import ladders

LIBRARY = ladders.shipped()
national = st.sampled_from(NATIONAL_LEVELS)
standing = st.sampled_from([(scheme, level) for scheme in LIBRARY.schemes.values() for level in scheme.codes])


@st.composite
def spans(draw: st.DrawFn) -> tuple[tuple[str, str], ...]:
    """National spans of a ladder: neither end ever falls, and none spans all."""
    size = draw(st.integers(1, 6))
    lows = sorted(draw(st.lists(st.integers(0, 5), min_size=size, max_size=size)))
    highs = sorted(draw(st.lists(st.integers(0, 5), min_size=size, max_size=size)))
    pairs = [(min(low, high), max(low, high)) for low, high in zip(lows, highs, strict=True)]
    return tuple((NATIONAL_LEVELS[max(low, 1) if high == 5 else low], NATIONAL_LEVELS[high]) for low, high in pairs)


def built(code: str, of: tuple[tuple[str, str], ...]) -> LevelScheme:
    return library([read_scheme(ladders.scheme(code, of))]).scheme(code)


@given(national, national, national)
def test_stricter_is_a_maximum(a: str, b: str, c: str) -> None:
    assert stricter(a, b) == stricter(b, a)
    assert stricter(a, stricter(b, c)) == stricter(stricter(a, b), c)
    assert stricter(a, a) == a
    assert stricter(a, b) in (a, b)
    assert rank(stricter(a, b)) >= rank(a)
    assert rank(stricter(a, b)) >= rank(b)


def test_the_order_of_the_national_levels() -> None:
    assert [rank(level) for level in ladders.NATIONAL] == [0, 1, 2, 3, 4, 5]


@given(standing, standing)
def test_across_counts_the_stricter_whichever_comes_first(
    one: tuple[LevelScheme, str], other: tuple[LevelScheme, str]
) -> None:
    found, turned = across(*one, *other), across(*other, *one)
    counted = [to_national(*one).counted, to_national(*other).counted]
    assert found.national == turned.national == stricter(*counted)
    assert [side.level for side in found.sides] == [one[1], other[1]]
    assert found.decided_by == tuple(place for place in (0, 1) if counted[place] == found.national)
    assert {reason.code for reason in found.reasons} <= set(REASONS)
    assert json.loads(json.dumps(found.to_dict()))["sides"][1]["counted"] == counted[1]


def between(found: Counterpart) -> set[str]:
    """The national levels that it may be."""
    return set(NATIONAL_LEVELS[NATIONAL_LEVELS.index(found.lowest) : NATIONAL_LEVELS.index(found.strictest) + 1])


@given(spans(), spans(), st.data())
def test_a_translation_is_never_laxer(
    one: tuple[tuple[str, str], ...], other: tuple[tuple[str, str], ...], data: st.DataObject
) -> None:
    source, target = built("one", one), built("other", other)
    level = data.draw(st.sampled_from(source.codes))
    found = translate(source, level, target)
    counted = to_national(source, level).counted
    strict_enough = [code for code in target.codes if rank(target.crosswalk[code].counted) >= rank(counted)]
    assert found.level == (strict_enough[0] if strict_enough else None)
    spanned = between(to_national(source, level))
    assert found.possible == tuple(code for code in target.codes if spanned & between(target.crosswalk[code]))


@given(spans(), st.data())
def test_a_higher_level_never_counts_less(of: tuple[tuple[str, str], ...], data: st.DataObject) -> None:
    scheme = built("one", of)
    counted = [rank(to_national(scheme, level).counted) for level in scheme.codes]
    assert counted == sorted(counted)


def test_finance_meets_zhejiang() -> None:
    finance, zhejiang = LIBRARY.scheme("finance"), LIBRARY.scheme("zhejiang")
    found = across(finance, "level_4", zhejiang, "level_3")
    assert (found.national, found.decided_by) == ("general_4", (0,))
    assert [(reason.code, reason.params["scheme"]) for reason in found.reasons] == [
        ("range_counted_strictest", "finance"), ("counterpart", "zhejiang"), ("stricter_wins", "finance"),
    ]  # fmt: skip
    assert across(finance, "level_2", zhejiang, "level_2").reasons[-1].code == "equally_strict"
    assert translate(finance, "level_4", zhejiang).level == "level_4"
    assert translate(finance, "level_4", zhejiang).possible == ("level_3", "level_4")
    assert translate(finance, "level_5", zhejiang).level is None


def test_the_unknown_is_an_error() -> None:
    finance = LIBRARY.scheme("finance")
    for level in ("level_6", "", "5", "LEVEL_5", "general_1"):
        with pytest.raises(UnknownLevel) as error:
            across(finance, "level_1", finance, level)
        assert (error.value.scheme, error.value.level, error.value.known) == ("finance", level, finance.codes)
        with pytest.raises(UnknownLevel):
            translate(finance, level, finance)
    for one, other in (("general_5", "core"), ("core", "general_5"), ("", "general_1")):
        with pytest.raises(UnknownLevel):
            stricter(one, other)
    with pytest.raises(UnknownScheme, match="'hangzhou'; known: national, finance"):
        LIBRARY.scheme("hangzhou")
