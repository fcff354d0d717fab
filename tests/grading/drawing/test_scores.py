"""Pictures of quality: the geometry is exact, what was not assessed is not drawn as zero, labels cannot break out."""

import re
from xml.etree import ElementTree

import pytest

from grading.drawing import Mark, bars, radar

SVG = "{http://www.w3.org/2000/svg}"
FOUR = [Mark("top", 100), Mark("right", 50), Mark("bottom", 0), Mark("left", 75)]


def points(picture: str) -> list[str]:
    """The outline of the scores: the polygon that is filled."""
    filled = [p for p in ElementTree.fromstring(picture).iter(f"{SVG}polygon") if p.get("fill") != "none"]
    return filled[0].attrib["points"].split() if filled else []


def test_the_radar_puts_each_score_on_its_axis():
    assert points(radar(FOUR, title="quality")) == ["0.0,-100.0", "50.0,0.0", "0.0,0.0", "-75.0,0.0"]


def test_what_was_not_assessed_has_no_corner_and_a_dash():
    marks = [*FOUR[:3], Mark("left", None)]
    picture = radar(marks, title="quality", missing="not assessed")
    assert points(picture) == []
    assert lines(picture, 'fill="none"') == ["M0.0,-100.0L50.0,0.0M50.0,0.0L0.0,0.0"]  # it does not cut across
    tree = ElementTree.fromstring(picture)
    assert len(list(tree.iter(f"{SVG}circle"))) == 3
    assert [axis.get("stroke-dasharray") for axis in tree.iter(f"{SVG}line")] == [None, None, None, "2 4"]
    assert ["".join(label.itertext()) for label in tree.iter(f"{SVG}text")][3] == "leftnot assessed"
    assert str(tree.findtext(f"{SVG}desc")).endswith("left: not assessed")


def lines(picture: str, paint: str) -> list[str]:
    """The paths that are painted so."""
    return re.findall(rf'<path d="([^"]+)" {paint}', picture)


def test_the_band_reaches_from_the_lower_to_the_upper_ends():
    marks = [Mark("top", 50, 40, 60), Mark("right", 50, 20, 80), Mark("bottom", 10, 0, 30), Mark("left", 10)]
    assert lines(radar(marks, title="q"), 'fill="#417690"') == [
        "M0.0,-40.0L0.0,-60.0L80.0,0.0L20.0,0.0Z",
        "M20.0,0.0L80.0,0.0L0.0,30.0L0.0,0.0Z",
    ]  # none beside the one without an interval
    assert "top: 50 (40–60)" in radar(marks, title="q")


def test_a_lonely_score_is_a_point():
    picture = radar([Mark("a", 50, 40, 60), Mark("b", None), Mark("c", None)], title="q")
    tree = ElementTree.fromstring(picture)
    assert (len(list(tree.iter(f"{SVG}circle"))), list(tree.iter(f"{SVG}path"))) == (1, [])


def test_without_any_score_only_the_axes_stand():
    picture = radar([Mark(name, None) for name in "abc"], title="quality")
    assert points(picture) == []
    assert len(list(ElementTree.fromstring(picture).iter(f"{SVG}line"))) == 3


def test_two_dimensions_are_no_radar():
    with pytest.raises(ValueError, match="at least three"):
        radar(FOUR[:2], title="quality")


def test_bars_are_as_wide_as_the_scores_and_carry_their_interval():
    tree = ElementTree.fromstring(bars([Mark("a", 50, 40, 60), Mark("b", None)], title="quality"))
    widths = [float(r.attrib["width"]) for r in tree.iter(f"{SVG}rect")]
    assert widths == [240, 120, 240]
    whiskers = [p.attrib["d"] for p in tree.iter(f"{SVG}path")]
    assert len(whiskers) == 1
    assert re.findall(r"M([\d.]+) ", whiskers[0]) == ["276.0", "276.0", "324.0"]


def test_scores_out_of_range_stay_inside_the_picture():
    assert points(radar([Mark("a", 140), Mark("b", -5), Mark("c", 50)], title="q"))[:2] == ["0.0,-100.0", "0.0,0.0"]


@pytest.mark.parametrize("draw", [radar, bars])
def test_labels_cannot_break_out_of_the_picture(draw):
    marks = [Mark('</text><script>alert("1")</script>', 1), Mark("b", 2), Mark("c", 3)]
    picture = draw(marks, title='"><script>')
    tree = ElementTree.fromstring(picture)
    assert list(tree.iter(f"{SVG}script")) == []
    assert "<script" not in picture
    assert tree.attrib["aria-label"] == '"><script>'


@pytest.mark.parametrize("draw", [radar, bars])
def test_a_screen_reader_hears_the_scores(draw):
    tree = ElementTree.fromstring(draw(FOUR, title="quality"))
    assert tree.findtext(f"{SVG}desc") == "top: 100; right: 50; bottom: 0; left: 75"
