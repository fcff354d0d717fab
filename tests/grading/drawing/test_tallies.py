"""Counts as pictures: lengths are shares of the longest, every number is written, and labels are harmless."""

import re
from xml.etree import ElementTree

import pytest

from grading.drawing import Span, Tally, spans, tallies
from grading.drawing.tallies import WIDTH

PARTS = ["as said", "below", "above"]


def widths(picture: str) -> list[float]:
    return [float(found) for found in re.findall(r'<rect x="[\d.]+" y="\d+" width="([\d.]+)" height="16"', picture)]


def texts(picture: str) -> list[str]:
    root = ElementTree.fromstring(picture)
    return ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_bar_is_as_long_as_its_parts_and_the_longest_fills_the_width():
    picture = tallies([Tally("one", (6, 3, 1)), Tally("two", (0, 5, 0))], parts=PARTS, title="Decisions")
    assert widths(picture) == [WIDTH * 0.6, WIDTH * 0.3, WIDTH * 0.1, WIDTH * 0.5]
    assert texts(picture) == [*PARTS, "one", "6 + 3 + 1", "two", "0 + 5 + 0"]
    assert "one: as said 6, below 3, above 1; two: as said 0, below 5, above 0" in picture


def test_nothing_counted_is_said_and_not_drawn():
    picture = tallies([Tally("none", (0, 0, 0))], parts=PARTS, title="Decisions")
    assert widths(picture) == []
    assert texts(picture)[-2:] == ["none", "0"]
    assert texts(tallies([], parts=PARTS, title="Decisions")) == PARTS


def test_more_parts_than_can_be_told_apart_are_refused():
    with pytest.raises(ValueError, match="at most 3 parts"):
        tallies([], parts=["a", "b", "c", "d"], title="Decisions")


def test_a_span_reaches_from_its_middle_to_the_far_value():
    picture = spans([Span("slow", 10, 40, "half in 10"), Span("quick", 5, 5, "half in 5")], title="Waiting")
    assert widths(picture) == [WIDTH / 4, WIDTH / 8]
    assert f"H{190 + WIDTH:.1f}m0" in picture
    assert texts(picture) == ["slow", "half in 10", "quick", "half in 5"]


@pytest.mark.parametrize("label", ["<b>&\"'", "坏\x00字"])
def test_labels_are_escaped(label):
    for picture in (
        tallies([Tally(label, (1, 0, 0))], parts=[label], title=label),
        spans([Span(label, 1, 2, label)], title=label),
    ):
        ElementTree.fromstring(picture)
        assert "<b>" not in picture
