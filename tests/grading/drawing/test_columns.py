"""Quality by column: bars as wide as the shares, nothing drawn of what was not assessed, no name that breaks out."""

from xml.etree import ElementTree

import pytest

from grading.drawing import ColumnMark, ColumnWords, columns
from grading.drawing.columns import percent

SVG = "{http://www.w3.org/2000/svg}"
WORDS = ColumnWords("complete", "conforming", "not assessed")


def bars(picture: str) -> list[tuple[str, ...]]:
    """Of each bar: y, width, colour; without the samples of the legend and the grounds."""
    found = [box.attrib for box in ElementTree.fromstring(picture).iter(f"{SVG}rect")][2:]
    return [(box["y"], box["width"], box["fill"]) for box in found if box["fill"] != "currentColor"]


def texts(picture: str) -> list[str]:
    return ["".join(found.itertext()) for found in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def test_two_bars_a_column_in_their_order():
    picture = columns([ColumnMark("a", 0.5, 1.0), ColumnMark("b", 0.0, 0.25)], title="t", words=WORDS)
    assert bars(picture) == [
        ("46", "110.0", "#417690"), ("57", "220.0", "#d55e00"), ("76", "0.0", "#417690"), ("87", "55.0", "#d55e00"),
    ]  # fmt: skip
    assert texts(picture) == ["complete", "conforming", "a", "50.0%", "100%", "b", "0%", "25.0%"]


def test_what_was_not_assessed_is_a_dashed_line_and_no_bar():
    picture = columns([ColumnMark("a", 1.0, None)], title="t", words=WORDS)
    assert bars(picture) == [("46", "220.0", "#417690")]
    (line,) = ElementTree.fromstring(picture).iter(f"{SVG}path")
    assert (line.attrib["d"], line.attrib["stroke-dasharray"]) == ("M170 61h220", "2 4")
    assert texts(picture)[-1] == "not assessed"
    assert ElementTree.fromstring(picture).findtext(f"{SVG}desc") == "a: complete 100%, conforming not assessed"


@pytest.mark.parametrize(
    ("share", "said"), [(0.0, "0%"), (1.0, "100%"), (0.999999, "99.9%"), (1e-9, "0.1%"), (0.5, "50.0%"), (None, "?")]
)
def test_nearly_all_is_not_all(share, said):
    assert percent(share, "?") == said


def test_names_cannot_break_out_and_long_ones_are_cut():
    marks = [ColumnMark('</text><script>"', 1.0, 1.0), ColumnMark("很长的名字" * 9, 1.0, 1.0)]
    picture = columns(marks, title='"><script>', words=WORDS)
    assert "<script" not in picture
    tree = ElementTree.fromstring(picture)
    assert tree.attrib["aria-label"] == '"><script>'
    assert texts(picture)[5] == "很长的名字很长的名字很…"


def test_columns_that_are_not_drawn_are_counted():
    assert texts(columns([], title="t", words=ColumnWords("c", "f", "m", "3 more columns")))[-1] == "3 more columns"
