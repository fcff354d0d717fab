"""Distributions: exact geometry, nothing drawn of what is not there, and no text that breaks out."""

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.drawing import Bin, Distribution, Share, Words, distribution, sparkline, standalone
from grading.drawing.distribution import shortened
from grading.drawing.svg import POLICY, STYLE

SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words("values", "placeholders", "missing", "others", "nothing", "up to %(count)s")
NUMBERS = Distribution(
    title="delay",
    summary="number",
    words=WORDS,
    cells=200,
    missing=40,
    placeholders=10,
    bins=(Bin(0, 10, 100), Bin(10, 20, 50), Bin(20, 30, 0), Bin(30, 40, 1)),
    middle=(5, 10, 20),
    note="median 10",
)
NAMES = Distribution(
    title="carrier", summary="text", words=WORDS, cells=100, top=(Share("UA", 50), Share("AA", 25)), others=25
)


def parts(picture: str, name: str) -> list[dict[str, str]]:
    return [dict(found.attrib) for found in ElementTree.fromstring(picture).iter(f"{SVG}{name}")]


def boxes(picture: str) -> list[tuple[float, ...]]:
    """Of each rectangle: x, y, width, height."""
    return [tuple(float(box[key]) for key in ("x", "y", "width", "height")) for box in parts(picture, "rect")]


def lines(picture: str) -> list[str]:
    return ["".join(found.itertext()) for found in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def test_a_bar_for_each_bin_as_high_as_its_count():
    assert boxes(distribution(NUMBERS))[:4] == [
        (8, 66, 110, 130),
        (119, 131, 110, 65),
        (230, 196, 110, 0),
        (341, 194.7, 110, 1.3),
    ]


def test_what_occurs_is_at_least_one_high():
    rare = replace(NUMBERS, bins=(Bin(0, 10, 100_000), Bin(10, 20, 1)))
    assert boxes(distribution(rare))[1] == (230, 195, 221, 1)


def test_the_axis_has_round_numbers_in_their_places():
    marks = [found["d"] for found in parts(distribution(NUMBERS), "path")]
    assert marks[:6] == [
        "M8 196H452", "M8.0 196v4", "M119.0 196v4", "M230.0 196v4", "M341.0 196v4", "M452.0 196v4",
    ]  # fmt: skip
    assert [line for line in lines(distribution(NUMBERS)) if line.isdigit()] == ["0", "10", "20", "30", "40"]


def test_quartiles_and_median_stand_below_the_axis():
    picture = distribution(NUMBERS)
    assert parts(picture, "path")[6]["d"] == "M63.5 224H230.0"
    assert [(dot["cx"], dot["cy"]) for dot in parts(picture, "circle")] == [("119.0", "224")]


def test_the_strip_shows_what_has_a_value():
    picture = distribution(NUMBERS)
    assert boxes(picture)[4:] == [(8, 250, 333, 8), (341, 250, 22.2, 8), (363.2, 250, 88.8, 8)]
    assert lines(picture)[-1] == "values 150 (75.0%) · placeholders 10 (5.0%) · missing 40 (20.0%)"


def test_dates_stand_on_an_axis_of_time():
    day = 86_400.0
    found = replace(NUMBERS, bins=(Bin(0, 2 * day, 5), Bin(2 * day, 4 * day, 5)), time=True, middle=None)
    picture = distribution(found)
    assert [line for line in lines(picture) if line.startswith("1970")] == ["1970-01-01", "1970-01-03", "1970-01-05"]
    assert "1970-01-01 – 1970-01-03: 5" in picture


def test_one_value_stands_in_the_middle():
    picture = distribution(replace(NUMBERS, bins=(Bin(7, 7, 150),), middle=(7, 7, 7)))
    assert boxes(picture)[0] == (190, 66, 79, 130)
    assert [(mark["x"], mark["text-anchor"]) for mark in parts(picture, "text") if mark["y"] == "213"] == [
        ("230", "middle")
    ]


def test_values_without_an_axis_are_bars_by_frequency():
    picture = distribution(NAMES)
    assert boxes(picture) == [(180, 52, 170, 16), (180, 74, 85, 16), (8, 120, 444, 8)]
    assert lines(picture) == [
        "carrier", "text", "UA", "50 (50.0%)", "AA", "25 (25.0%)", "others: 25 (25.0%)", "values 100 (100.0%)",
    ]  # fmt: skip


def test_without_values_nothing_is_drawn_but_what_is_missing():
    empty = Distribution(title="void", summary="empty", words=WORDS, cells=7, missing=7, top=(Share("x", 0),))
    assert boxes(distribution(empty)) == [(8, 114, 444, 8)]
    assert "nothing" in lines(distribution(empty))
    none = replace(empty, cells=0, missing=0)
    assert boxes(distribution(none)) == []
    assert parts(sparkline(empty), "path") == [{"d": "M0 31.5H160", "stroke": "currentColor", "stroke-opacity": "0.4"}]


def test_a_sparkline_is_the_bars_alone():
    assert parts(sparkline(NUMBERS), "path")[0]["d"] == "M0 32V2h19V32zM20 32V17h19V32zM60 32V31h19V32z"
    assert lines(sparkline(NUMBERS)) == []


def test_a_screen_reader_hears_the_figures():
    tree = ElementTree.fromstring(distribution(NUMBERS))
    assert (tree.attrib["role"], tree.attrib["aria-label"], tree.findtext(f"{SVG}title")) == ("img", "delay", "delay")
    assert tree.findtext(f"{SVG}desc") == (
        "number; 0 – 10: 100; 10 – 20: 50; 20 – 30: 0; 30 – 40: 1; placeholders: 10; missing: 40"
    )


def test_long_values_are_cut_by_their_width():
    assert shortened("abcdef", 5) == "abcd…"
    assert shortened("北京航空", 5) == "北…"
    assert shortened("a\n b", 5) == "a b"


def test_a_picture_of_its_own_brings_its_style_and_nothing_else():
    document = standalone(distribution(NUMBERS)).decode()
    tree = ElementTree.fromstring(document.encode())
    assert [style.text for style in tree.iter(f"{SVG}style")] == [STYLE]
    assert "<style>" not in distribution(NUMBERS)
    assert " style=" not in document
    assert POLICY.startswith("default-src 'none'; style-src 'sha256-")


@given(st.text(st.characters()), st.text(st.characters()))
def test_no_text_breaks_out_or_makes_the_picture_unreadable(name: str, value: str):
    found = replace(NAMES, title=name, summary=value, top=(Share(value, 3), Share(name, 1)))
    for picture in (distribution(found), sparkline(found)):
        tree: Any = ElementTree.fromstring(standalone(picture))
        kinds = {part.tag.removeprefix(SVG) for part in tree.iter()}
        assert kinds <= {"svg", "title", "desc", "style", "text", "rect", "path"}
        assert not any(key.startswith("on") or key.endswith("href") for part in tree.iter() for key in part.attrib)


@pytest.mark.parametrize("low", [-1e308, -1.0, 0.0, 1e308])
def test_the_widest_axis_stays_inside(low):
    picture = distribution(replace(NUMBERS, bins=(Bin(low, low, 1), Bin(low, 1.7e308, 1)), middle=None))
    assert all(8 <= x <= 452 for x, *_ in boxes(picture))
