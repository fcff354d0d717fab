"""Columns in which every cell is right: none is flagged, however odd one or the other looks; slips in them are."""

import random
from collections.abc import Callable

import pytest

from grading.engine.profile import Study
from grading.engine.quality.detection.columns import find_in_columns
from grading.engine.quality.detection.detect import sheet_of
from grading.engine.quality.detection.encoding import undone
from grading.engine.quality.detection.model import Suspicion
from tests.grading.engine.conftest import make_rows
from tests.grading.engine.quality.detection.clean import clean_columns

StudyOf = Callable[..., Study]
FLAGGED = 0.5


def found_in(study_of: StudyOf, columns: dict[str, list[str]], least: float = FLAGGED) -> list[Suspicion]:
    study = study_of(make_rows([columns, *zip(*columns.values(), strict=True)]))
    return [item for item in find_in_columns(sheet_of(study)) if item.confidence >= least]


def test_nothing_is_flagged_where_all_is_right(study_of: StudyOf) -> None:
    columns = clean_columns()
    assert {(item.column, item.kind, item.params["value"]) for item in found_in(study_of, columns)} == set()


def test_slips_beside_what_looks_odd_and_is_right_are_found(study_of: StudyOf) -> None:
    slips = {
        "ZIP": "o2139",
        "stock code": "8x123",
        "house number": "1?4",
        "telephone": "1380000o000",
        "hash": "0123456789abcdef0123456789abcdeq",
        "numbered": "A12O7",
        "temperature": "15,2C",
        "net": "10.0.0,7",
        "share": "12.3",
        "share code": "600519-SH",
        "names in capitals": "TAYLoR ANN",
        "ages": "xxx",
        "Ukrainian town": "Р›СЊРІС–РІ",
        "French word": "Ã‰tÃ©",
    }
    clean = clean_columns(3)
    columns = {name: [*clean[name][:-1], slip] for name, slip in slips.items()}
    found = {(item.column, str(item.params["value"])) for item in found_in(study_of, columns)}
    assert {name: slip for name, slip in slips.items() if (name, slip) not in found} == {}


@pytest.mark.parametrize("value", ["Ні", "Рі", "Úž", "Spaß…", "Їй", "groß–", "Đã", "Được", "¿Qué?"])
def test_short_words_are_no_wrong_decodings(value: str) -> None:
    assert undone(value) is None


@pytest.mark.parametrize(("value", "meant"), [("Г©", "é"), ("Р°", "а"), ("Ã¼", "ü"), ("Ãœ", "Ü"), ("РќС–", "Ні")])
def test_single_signs_that_were_decoded_wrongly_are_undone(value: str, meant: str) -> None:
    found = undone(value)
    assert found is not None
    assert found[1] == meant


@pytest.mark.parametrize("share", [0.03, 0.05, 0.08])
def test_stand_ins_survive_other_garbage(study_of: StudyOf, share: float) -> None:
    """Far values that are no stand-ins do not hide those that are."""
    source = random.Random(4)
    ages = [str(int(source.gauss(40, 8))) for _ in range(1000)]
    for place, row in enumerate(source.sample(range(1000), int(1000 * share))):
        ages[row] = ["-400", "999", "12345", "-1"][place % 4]
    flagged = {item.params["value"] for item in found_in(study_of, {"age": ages}) if item.kind == "disguised_missing"}
    assert flagged == {"-1", "999"}


def test_where_no_way_of_writing_a_unit_rules_as_many_cells_are_wrong_as_is_said(study_of: StudyOf) -> None:
    """Made columns of one unit in several ways, of which one was meant, in proportion to how often it is written."""
    source = random.Random(7)
    ways = ["{} kg", "{}kg", "{} kilograms", "{} kgs.", "{} 公斤"]
    columns, meant = {}, {}
    for place in range(60):
        used = source.sample(ways, source.randint(2, len(ways)))
        weights = [source.gammavariate(1.0, 1.0) for _ in used]
        columns[f"c{place}"] = source.choices(used, weights, k=60)
        meant[f"c{place}"] = {way: weight / sum(weights) for way, weight in zip(used, weights, strict=True)}
    cells = {name: [way.format(10 + row) for row, way in enumerate(used)] for name, used in columns.items()}
    wrong: dict[bool, list[float]] = {True: [], False: []}
    for item in found_in(study_of, cells, 0.0):
        if item.kind == "mixed_units" and item.confidence <= 0.6:
            wrong[item.confidence >= FLAGGED].append(1 - meant[item.column][columns[item.column][item.row]])
    shares = {flagged: sum(cells) / len(cells) for flagged, cells in wrong.items()}
    assert 0.6 <= shares[True] <= 0.9
    assert 0.3 <= shares[False] <= 0.55
