"""Slips of the pen: found where right texts of the column are seldom so near each other, and not elsewhere."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.engine.quality.detection.contradictions import contradictions
from grading.engine.quality.detection.model import Suspicion
from grading.engine.quality.detection.spelling import Slip, compared, slips
from grading.engine.quality.detection.spelling_edits import Neighbours, masked, meant, slip
from tests.grading.engine.quality.detection.generated import (
    companies,
    complaints,
    independent,
    misspelt,
    orders,
    sheet,
    with_typos,
)

NONE: frozenset[str] = frozenset()


def suspected(values: list[str]) -> dict[int, Suspicion]:
    """Of a table of this column and a key."""
    rows = [[str(n), value] for n, value in enumerate(values)]
    return {item.row: item for item in contradictions(sheet(["key", "value"], rows)) if item.confidence >= 0.5}


@pytest.mark.parametrize(
    ("text", "model", "change"),
    [
        ("hospitax", "hospital", ("x", "l", 7)),
        ("hospitl", "hospital", ("", "a", 6)),
        ("hosspital", "hospital", ("s", "", 3)),
        ("hopsital", "hospital", ("ps", "sp", 2)),
        ("hospital", "hospital", None),
        ("hoxpixal", "hospital", None),
        ("ab", "ba", ("ab", "ba", 0)),
    ],
)
def test_what_one_slip_is(text: str, model: str, change: tuple[str, str, int] | None):
    assert slip(text, model) == change


@settings(max_examples=60, deadline=None)
@given(st.text("abcé文字", min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_every_slip_is_found_among_the_neighbours(text: str, rng: random.Random):
    changed = misspelt(rng, text)
    at = [place for place, _ in Neighbours(["something else", text]).of(changed)]
    assert at == ([] if changed == text else [1])


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("room 102", "room 101"),
        ("room b", "room a"),
        ("第二分公司", "第一分公司"),
        ("st paul", "st. paul"),
        ("2024-1", "2024-01"),
    ],
)
def test_what_is_meant_to_differ(text: str, model: str):
    change = slip(text, model)
    assert change is not None
    assert meant(text, model, change)


def test_a_rare_value_near_a_common_one():
    values = ["Pending", "Approved", "Rejected"] * 20
    values[7] = "Aproved"
    item = suspected(values)[7]
    assert set(suspected(values)) == {7}
    assert item.kind == "near_duplicate"
    assert item.params == {"value": "Aproved", "expected": "Approved", "count": 1, "expected_count": 19}


def test_a_word_for_nothing_is_spelt_like_any_other():
    """It decides no other column, and its slips are slips; it is never one itself."""
    values = ["UNK"] * 40 + [f"{year}" for year in range(1990, 2000)]
    for row, slipped in ((3, "UKN"), (9, "UrNK"), (17, "NK")):
        values[row] = slipped
    found = suspected(values)
    assert {row: (item.kind, item.params["expected"]) for row, item in found.items()} == dict.fromkeys(
        (3, 9, 17), ("near_duplicate", "UNK")
    )
    assert suspected(["UNK"] * 40 + ["UNX"] * 9 + ["UNKN", "Unknown", "N/A"]) == {}


def test_a_sign_that_right_values_have_none_of_shows_a_slip():
    """Of two-letter codes half are near another; not so with a small letter, where all others are capitals."""
    codes = ["OR"] * 60 + ["CA", "WA", "NV", "ID"] * 8
    codes[5], codes[60] = "OxR", "ClA"
    assert set(suspected(codes)) == {5, 60}
    codes[5], codes[60] = "OXR", "CLA"
    assert suspected(codes) == {}
    mixed = ["OR", "or"] * 30 + ["CA", "WA", "NV", "ca"] * 8
    mixed[5] = "OxR"
    assert suspected(mixed) == {}


def test_a_rare_word_in_longer_texts():
    header, rows = complaints(random.Random(3))
    rows[5][1] = rows[5][1].replace("customer", "custmoer") + " Custmoer"
    items = [item for item in contradictions(sheet(header, rows)) if item.confidence >= 0.5]
    assert [(item.column, item.row, item.kind) for item in items] == [("text", 5, "misspelt_word")]
    assert items[0].params["word"] == "custmoer"  # as the cell has it first
    assert items[0].params["expected"] == "customer"


def test_chinese_words_of_some_length():
    values = ["哈尔滨市", "乌鲁木齐市", "石家庄市", "大连市"] * 15
    values[13] = "乌鲁木其市"
    assert {row: item.params["expected"] for row, item in suspected(values).items()} == {13: "乌鲁木齐市"}


@pytest.mark.parametrize(
    "values",
    [
        ["AL", "AK", "AZ", "AR", "CA", "CO", "CT", "GA", "IA", "ID", "IL", "IN"] * 6 + ["WA", "PA", "LA", "MA"],
        ["Meier", "Meyer", "Maier", "Hansen", "Hanson", "Larsen", "Larson"] * 6 + ["Maiers", "Jansen", "Hanser"],
        [f"Room {100 + n % 30}" for n in range(120)] + ["Room 131", "Room 199"],
        ["10.5"] * 60 + ["10.6", "105", "1.5"],
        ["张伟", "王伟", "李伟", "张敏", "王敏", "李敏"] * 6 + ["赵伟", "周敏"],
        [f"第{n}车间" for n in "一二三四五六"] * 8 + ["第七车间", "第八车间"],
        [f"Series {letter}" for letter in "ABCDEF"] * 8 + ["Series G", "Series H"],
        ["yes", "no"] * 40,
        ["same"] * 50,
    ],
    ids=["codes", "surnames", "rooms", "numbers", "names", "workshops", "letters", "two", "constant"],
)
def test_near_and_right(values: list[str]):
    assert not suspected(values)


def test_where_right_texts_are_near_a_rare_one_shows_nothing():
    far, near = ["alpha", "bravo", "delta", "gamma"], ["alpha", "alphe", "alphi", "alpho"]
    told = slips(compared([*far, "alphx"], [30, 30, 30, 30, 1]), NONE)
    assert told == {"alphx": Slip("alphx", 1, "alpha", 30, told["alphx"].confidence)}
    assert told["alphx"].confidence > 0.7
    told = slips(compared([*near, "alphx"], [30, 30, 30, 30, 1]), NONE)
    assert not told or told["alphx"].confidence < 0.3


def test_one_sign_for_letters_that_could_not_be_read():
    assert masked(["axxack", "ayzack"], ["attack"], frozenset("x")) == {0: 0}
    assert masked(["axxack"], ["attack"], NONE) == {}


@pytest.mark.parametrize("share", [0.01, 0.1])
@pytest.mark.parametrize("domain", [orders, companies, independent], ids=lambda made: made.__name__)
def test_misspelt_cells_of_whole_tables(domain, share: float):
    header, clean = domain(random.Random(8))
    columns = [
        place for place, cell in enumerate(clean[0]) if cell.isalpha() and len({row[place] for row in clean}) < 99
    ]
    made = with_typos(header, clean, columns, share, random.Random(9))
    flagged = {
        (item.row, header.index(item.column))
        for item in contradictions(sheet(header, made.dirty))
        if item.confidence >= 0.5
    }
    assert len(flagged & made.wrong) >= 0.97 * len(flagged)
    assert len(flagged & made.wrong) >= 0.6 * len(made.wrong)


def test_a_slip_that_a_dependency_contradicts_too_is_surer_and_told_once():
    towns = ["Regensburg", "Augsburg", "Bamberg", "Coburg"]
    rows = [[f"S{n % 4}", towns[n % 4], str(n)] for n in range(48)]
    rows[6][1] = "Bambreg"
    both = [
        item for item in contradictions(sheet(["shop", "town", "n"], rows)) if item.row == 6 and item.column == "town"
    ]
    alone = suspected([row[1] for row in rows])[6]
    assert len(both) == 1
    assert both[0].confidence > alone.confidence
