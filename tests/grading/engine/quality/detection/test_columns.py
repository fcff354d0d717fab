"""What is found in one column at a time: exact findings, and nothing in columns that are in order."""

import random
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grading.engine.profile import Study
from grading.engine.quality.detection.columns import find_in_columns
from grading.engine.quality.detection.detect import detect_errors, sheet_of
from grading.engine.quality.detection.model import Suspicion
from grading.engine.quality.model import FINDINGS

StudyOf = Callable[..., Study]
Found = dict[tuple[str, int], Suspicion]

FLAGGED = 0.5


def table(**columns: list[str]) -> str:
    """CSV of equally long columns, each cell quoted."""
    names = list(columns)
    rows = zip(*(columns[name] for name in names), strict=True)
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (names, *rows)]
    return "\n".join(quoted) + "\n"


def flagged(study: Study) -> Found:
    """Suspicions of single columns from .5 on, by column and row."""
    return {(item.column, item.row): item for item in find_in_columns(sheet_of(study)) if item.confidence >= FLAGGED}


def kinds(study: Study) -> dict[tuple[str, int], str]:
    return {place: item.kind for place, item in flagged(study).items()}


def counted(size: int, seed: int = 1, low: int = 100, high: int = 999) -> list[str]:
    """Numbers that are no placeholder and of one length."""
    source = random.Random(seed)
    return [str(source.randint(low, high)) for _ in range(size)]


# -- stand-ins ---------------------------------------------------------------------------------------------------------


def test_placeholders_among_numbers_are_errors_and_among_words_perhaps_answers(study_of: StudyOf) -> None:
    amounts, moods = counted(40), ["calm", "glad"] * 20
    for row in (3, 17, 29):
        amounts[row] = moods[row] = "N/A"
    study = study_of(table(amount=amounts, mood=moods))
    assert kinds(study) == {("amount", row): "placeholder" for row in (3, 17, 29)}
    of_words = [item for item in find_in_columns(sheet_of(study)) if item.column == "mood"]
    assert [(item.row, item.kind, item.confidence) for item in of_words] == [
        (row, "placeholder", 0.1) for row in (3, 17, 29)
    ]


@pytest.mark.parametrize("stand_in", ["9999", "-999", "-1", "99999.0"])
def test_sentinels_stand_alone_and_often(study_of: StudyOf, stand_in: str) -> None:
    levels = counted(60, low=20, high=80)
    for row in (2, 30, 31, 50):
        levels[row] = stand_in
    found = flagged(study_of(table(level=levels)))
    assert {place: item.kind for place, item in found.items()} == {
        ("level", row): "disguised_missing" for row in (2, 30, 31, 50)
    }
    assert found["level", 2].params == {"value": stand_in, "count": 4, "cells": 60}


def test_zeros_and_nines_that_belong_to_the_values_are_left_alone(study_of: StudyOf) -> None:
    source = random.Random(3)
    zeros = [str(max(0, source.randint(-30, 40))) for _ in range(80)]
    nines = [str(source.choice([97, 98, 99, 100, 101])) for _ in range(80)]
    signed = [str(source.randint(-5, 5)) for _ in range(80)]
    within = [*counted(74), *["555"] * 6]
    assert flagged(study_of(table(zeros=zeros, nines=nines, signed=signed, within=within))) == {}


@pytest.mark.parametrize("stand_in", ["***", "暂缺", "to be determined", "——", "xxx"])
def test_words_and_signs_that_say_nothing_among_dates(study_of: StudyOf, stand_in: str) -> None:
    days = [f"2023-{1 + row % 12:02}-{1 + row % 28:02}" for row in range(60)]
    days[7] = days[40] = stand_in
    assert set(flagged(study_of(table(day=days)))) == {("day", 7), ("day", 40)}


def test_impossible_and_epoch_days_are_stand_ins(study_of: StudyOf) -> None:
    days = [f"2023-{1 + row % 12:02}-{1 + row % 28:02}" for row in range(60)]
    days[5], days[9], days[11] = "1900-01-01", "9999-12-31", "0000-00-00"
    found = flagged(study_of(table(day=days)))
    assert {place: item.kind for place, item in found.items() if item.row != 11} == {
        ("day", row): "disguised_missing" for row in (5, 9)
    }
    assert ("day", 11) in found


# -- units and numerals ------------------------------------------------------------------------------------------------


def test_units_written_otherwise_are_exceptions_where_one_way_rules(study_of: StudyOf) -> None:
    weights = [f"{value} kg" for value in counted(50)]
    weights[4], weights[9], weights[20] = "312 kilograms", "288kg", "291"
    found = flagged(study_of(table(weight=weights)))
    assert {place: item.kind for place, item in found.items()} == {
        ("weight", 4): "mixed_units",
        ("weight", 9): "pattern_outlier",
        ("weight", 20): "mixed_units",
    }
    assert found["weight", 4].params["value"] == "312 kilograms"
    assert found["weight", 4].params["most"] == 48


def test_where_no_way_of_writing_rules_all_cells_are_meant(study_of: StudyOf) -> None:
    ways = ["{} ml", "{} mL.", "{} millilitres", "{} 毫升"]
    volumes = [ways[row % 4].format(value) for row, value in enumerate(counted(80))]
    found = flagged(study_of(table(volume=volumes)))
    assert len(found) == 80
    assert {item.confidence for item in found.values()} == {0.6}


def test_shares_with_and_without_the_sign(study_of: StudyOf) -> None:
    shares = [f"0.{value}" for value in counted(60)]
    for row in (1, 8, 33):
        shares[row] += "%"
    assert kinds(study_of(table(share=shares))) == {("share", row): "mixed_units" for row in (1, 8, 33)}


def test_chinese_amounts_in_ten_thousands_among_plain_ones(study_of: StudyOf) -> None:
    amounts = counted(60, low=10_000, high=99_999)
    amounts[12], amounts[40] = "3.5万", "１２３４５"
    found = kinds(study_of(table(金额=amounts)))
    assert found == {("金额", 12): "mixed_units", ("金额", 40): "mixed_format"}


def test_house_numbers_and_sizes_are_no_units(study_of: StudyOf) -> None:
    source = random.Random(5)
    homes = [f"{source.randint(1, 400)} {source.choice(['Mill', 'Oak', 'High', 'Park'])} Road" for _ in range(60)]
    seats = [f"{source.randint(1, 40)}{source.choice('ABCDEF')}" for _ in range(60)]
    assert flagged(study_of(table(home=homes, seat=seats))) == {}


def test_thousands_set_apart_in_some_cells_only(study_of: StudyOf) -> None:
    prices = counted(60, low=1000, high=9999)
    prices[3], prices[44] = "4,210", "7,733"
    assert kinds(study_of(table(price=prices))) == {("price", 3): "mixed_format", ("price", 44): "mixed_format"}


# -- types and forms ---------------------------------------------------------------------------------------------------


def test_text_in_numbers_and_the_evidence_for_it(study_of: StudyOf) -> None:
    amounts = counted(50)
    amounts[13] = "4o7"
    found = flagged(study_of(table(amount=amounts)))
    assert found == {
        ("amount", 13): Suspicion("amount", 13, "type_mismatch", 0.85, {"value": "4o7", "count": 1, "type": "integer"})
    }


def test_a_code_that_somebody_chose_again_and_again_is_no_slip(study_of: StudyOf) -> None:
    amounts = counted(100)
    for row in range(0, 100, 10):
        amounts[row] = "s"
    study = study_of(table(amount=amounts))
    assert flagged(study) == {}
    assert {item.confidence for item in find_in_columns(sheet_of(study))} == {0.1}


def test_forms_of_codes(study_of: StudyOf) -> None:
    codes = [f"LN-{value}-{value[::-1]}" for value in counted(80)]
    codes[2], codes[30], codes[31] = "LN-4x2-118", "LN/482/284", "LN482-284"
    found = flagged(study_of(table(code=codes)))
    assert {place: item.kind for place, item in found.items()} == {
        ("code", row): "pattern_outlier" for row in (2, 30, 31)
    }
    params = found["code", 30].params
    assert (params["form"], params["ruling"], params["most"]) == ("AA/999/999", "AA-999-999", 77)


def test_a_long_form_is_shown_by_few_values(study_of: StudyOf) -> None:
    """Five instants that come again are no list of answers: that all of them are written alike is no chance."""
    instants = [f"20{year}/05/0{year % 10} 00:00:00+00" for year in (11, 12, 13, 14, 15)] * 6
    instants[2], instants[7] = "2013/05/3 00:00:00+00", "2013h/05/03 00:00:00+00"
    assert set(kinds(study_of(table(at=instants)))) == {("at", 2), ("at", 7)}
    groups = ["10-19", "20-29", "30-39", "40-49", "50-59"] * 20
    groups[3] = "60+"
    assert kinds(study_of(table(age=groups))) == {}


def test_every_far_number_is_named_and_none_that_comes_again(study_of: StudyOf) -> None:
    """As many as the profile counts, though it shows ten of them."""
    source = random.Random(4)
    numbers = [str(round(source.gauss(500, 20))) for _ in range(6000)]
    far = source.sample(range(6000), 25)
    for place, row in enumerate(far):
        numbers[row] = str((9000 + place) * (-1 if place % 2 else 1))
    for row in source.sample(sorted(set(range(6000)) - set(far)), 80):
        numbers[row] = "5000"
    study = study_of(table(n=numbers))
    outliers = study.profile.columns[0].outliers
    assert outliers is not None
    assert (outliers.value, len(study.profile.columns[0].outlier_examples)) == (25, 10)
    found = [item for item in detect_errors(sheet_of(study)) if item.kind == "numeric_outlier"]
    assert {item.row for item in found} == set(far)
    assert {item.confidence for item in found} == {0.3}


def test_lengths_count_where_zeros_are_written_and_not_where_numbers_grow(study_of: StudyOf) -> None:
    source = random.Random(2)
    padded = [f"B{source.randint(0, 99):02}" for _ in range(80)]
    padded[10] = "B4"
    growing = [f"B-{row + 1}" for row in range(80)]
    assert set(flagged(study_of(table(padded=padded, growing=growing)))) == {("padded", 10)}


def test_hexadecimal_codes_have_an_alphabet(study_of: StudyOf) -> None:
    source = random.Random(4)
    keys = ["".join(source.choice("0123456789abcdef") for _ in range(32)) for _ in range(80)]
    keys[6] = keys[6][:10] + "q" + keys[6][11:]
    assert kinds(study_of(table(key=keys))) == {("key", 6): "pattern_outlier"}


def test_names_of_any_length_have_no_forms(study_of: StudyOf) -> None:
    names = ["Ann Lee", "Jean-Luc Martin", "O'Neil", "Maria de la Cruz", "Dr. K. Schmidt", "Li", "McAllister"] * 12
    chinese = ["张三", "欧阳修", "李四", "王小明", "阿卜杜拉·买买提", "司马光", "刘洋"] * 12
    assert flagged(study_of(table(name=names, 姓名=chinese))) == {}


def test_small_letters_in_capitals_and_brackets_left_open(study_of: StudyOf) -> None:
    places = [f"{value} SOUTH HARBOR ROAD (UNIT {value})" for value in counted(60)]
    places[3], places[9], places[15] = "412 SOUTH HARBoR ROAD", "5 SOUTH HARBOR ROAD (UNIT 5", "77 SOUTH HARBOR ROAD***"
    assert kinds(study_of(table(place=places))) == {("place", row): "strange_writing" for row in (3, 9, 15)}


# -- encodings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meant", "wrong", "right", "named"),
    [
        ("Köln Süd", "cp1252", "utf-8", "Windows-1252"),
        ("Orléans", "latin-1", "utf-8", "Windows-1252"),
        ("Москва", "cp1251", "utf-8", "Windows-1251"),
        ("人民医院", "gbk", "utf-8", "GBK"),
        ("上海市", "latin-1", "gbk", "ISO 8859-1"),
    ],
)
def test_wrong_decodings_are_undone(study_of: StudyOf, meant: str, wrong: str, right: str, named: str) -> None:
    broken = meant.encode(right).decode(wrong)
    names = ["Lyon", "Genève", "Málaga", "São Paulo", "北京市", "Škofja Loka"] * 6
    names[4] = broken
    found = flagged(study_of(table(town=names)))
    assert found == {
        ("town", 4): Suspicion(
            "town", 4, "wrong_encoding", 0.95, {"value": broken, "count": 1, "encoding": named, "repaired": meant}
        )
    }


def test_lost_and_replaced_signs(study_of: StudyOf) -> None:
    names = ["Lyon", "Bonn", "Graz", "Bern"] * 10
    names[3], names[12] = "M?nchen", "Z\ufffdrich"
    assert kinds(study_of(table(town=names))) == {("town", 3): "broken_text", ("town", 12): "broken_text"}


# -- any table ---------------------------------------------------------------------------------------------------------

CELLS = st.one_of(
    st.sampled_from(["", "N/A", "9999", "12 oz", "2023-02-30", "3.5万", "***", "0", "-1", "1,000", "Ã©", "x" * 600]),
    st.integers(-9999, 9999).map(str),
    st.dates().map(str),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12),
)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=24)
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=TABLES)
def test_any_table_is_judged_the_same_twice_in_words_and_in_any_order(study_of: StudyOf, rows: list[list[str]]) -> None:
    width = len(rows[0])

    def study(ordered: list[list[str]]) -> Study:
        return study_of(table(id=[f"r{row}" for row in range(len(ordered))], **_columns(ordered, width)))

    sheet = sheet_of(study(rows))
    found = detect_errors(sheet)
    assert found == detect_errors(sheet)
    for item in found:
        assert 0.0 < item.confidence < 1.0
        assert FINDINGS[item.kind] % item.params
    single = {(item.column, item.row) for item in find_in_columns(sheet) if item.column != "id"}
    back = {
        (item.column, len(rows) - 1 - item.row)
        for item in find_in_columns(sheet_of(study(rows[::-1])))
        if item.column != "id"
    }
    assert single == back


def _columns(rows: list[list[str]], width: int) -> dict[str, list[str]]:
    return {f"c{place}": [row[place] for row in rows] for place in range(width)}


def test_a_cell_that_is_written_wrongly_comes_out_once(study_of: StudyOf) -> None:
    """Whether its writing is strange or it is nearly another value: one problem, said by the surest."""
    source = random.Random(4)
    towns = [source.choice(["Oslo City", "Bergen", "Skien"]) for _ in range(400)]
    towns[3] = "bErgne"
    towns[90] = "SkIne"
    sheet = sheet_of(study_of(table(town=towns, sort=[source.choice(["x", "y"]) for _ in towns])))
    found = [(item.column, item.row) for item in detect_errors(sheet)]
    assert set(found) == {("town", 3), ("town", 90)}
    assert len(found) == 2


def test_hostile_sizes_are_bounded(study_of: StudyOf) -> None:
    """Many columns, and cells of 64 KiB: each is looked at up to the length that the sample of rows keeps."""
    width, height = 160, 40
    cells = [["12 oz" if place % 2 else f"{row} {place}" for place in range(width)] for row in range(height)]
    cells[7][1] = cells[9][159] = "12 ounces"
    wide = [",".join(f"c{place}" for place in range(width)), *(",".join(row) for row in cells)]
    found = [item for item in detect_errors(sheet_of(study_of("\n".join(wide) + "\n"))) if item.confidence >= FLAGGED]
    assert [(item.column, item.row, item.kind) for item in found] == [
        ("c1", 7, "mixed_units"),
        ("c159", 9, "mixed_units"),
    ]
    long = "a,b\n" + "".join(f'{row},"{"(word é 1 " * 7000}"\n' for row in range(60))
    sheet = sheet_of(study_of(long))
    assert max(map(len, sheet.texts("b").to_list())) <= 512
    assert [item for item in detect_errors(sheet) if item.confidence >= FLAGGED] == []
