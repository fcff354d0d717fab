"""Suspicions as expected numbers of errors: no cell counts twice, and doubt is kept."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from grading.engine.profile import Study
from grading.engine.quality.detection.detect import detect_errors, sheet_of
from grading.engine.quality.detection.model import Sheet, Suspicion
from grading.engine.quality.evidence import BROKEN_TEXT, IRREGULAR, Evidence, weigh
from grading.engine.quality.findings import suspected_values
from grading.engine.quality.indicators import CONTENT, DIRTY, FORMAT, PRESENT, RELATED
from grading.engine.quality.judged import judge_columns, judged_share
from grading.engine.quality.keys import repeats_of_key

StudyOf = Callable[..., Study]
TABLE = "n,city,note\n" + "".join(
    f"{'x' if row == 3 else row},{'Anshun' if row % 2 else 'Guiyang'},{'N/A' if row == 5 else 'ok'}\n"
    for row in range(10)
)


def suspicion(column: str, row: int, kind: str, confidence: float) -> Suspicion:
    return Suspicion(column, row, kind, confidence, {"most": row})


def evidence(study: Study, *suspicions: Suspicion) -> Evidence:
    return weigh(sheet_of(study), suspicions)


def test_expected_errors_are_the_sum_of_confidences(study_of: StudyOf) -> None:
    study = study_of(TABLE)
    found = evidence(study, suspicion("city", 1, "near_duplicate", 0.7), suspicion("city", 2, "near_duplicate", 0.4))
    charge = found.charge(study.profile.column("city"), CONTENT)
    assert charge.errors == pytest.approx(1.1)
    assert charge.seen == 10
    # Two different values err apart from each other: variances of .7 and .4 add up.
    assert charge.doubt == pytest.approx((0.7 * 0.3 + 0.4 * 0.6) ** 0.5)


def test_cells_of_one_value_err_together(study_of: StudyOf) -> None:
    study = study_of(TABLE)
    found = evidence(study, *(suspicion("city", row, "near_duplicate", 0.5) for row in (1, 3)))
    charge = found.charge(study.profile.column("city"), CONTENT)
    assert (charge.errors, charge.doubt) == (1.0, 1.0)


def test_a_cell_counts_once_for_a_sub_indicator_and_once_as_dirty(study_of: StudyOf) -> None:
    study = study_of(TABLE)
    found = evidence(
        study,
        suspicion("city", 1, "near_duplicate", 0.4),
        suspicion("city", 1, "misspelt_word", 0.7),
        suspicion("city", 1, "pattern_outlier", 0.5),
        suspicion("city", 2, "disguised_missing", 0.9),
    )
    city = study.profile.column("city")
    rates = [found.charge(city, indicator).errors for indicator in (CONTENT, FORMAT, DIRTY, PRESENT)]
    assert rates == [0.7, 0.5, 0.7, 0.9]  # what is only missing is not dirty


def test_what_the_profile_counted_is_not_counted_again(study_of: StudyOf) -> None:
    study = study_of(TABLE)
    found = evidence(study, suspicion("n", 3, "pattern_outlier", 0.9), suspicion("n", 4, "pattern_outlier", 0.25))
    charge = found.charge(study.profile.column("n"), FORMAT, certain=1, counted=IRREGULAR)
    assert charge.errors == 1.25
    note = evidence(study, suspicion("note", 5, "disguised_missing", 0.9))
    assert note.charge(study.profile.column("note"), PRESENT, certain=1).errors == 1.0
    broken = study_of("t\nright\nright\nwrong\ufffd\nright\n")
    dirty = evidence(broken, suspicion("t", 2, "wrong_encoding", 0.9))
    assert dirty.charge(broken.profile.column("t"), DIRTY, certain=1, counted=BROKEN_TEXT).errors == 1.0


def test_dissent_that_names_no_cell_counts_where_it_is_more_than_the_suspicions(study_of: StudyOf) -> None:
    study = study_of(TABLE)
    city = study.profile.column("city")
    named = evidence(study, suspicion("city", 1, "dependency_break", 1.0))
    found = replace(named, related={"city": 0.3, "note": 0.05})
    for indicator in (RELATED, DIRTY):
        charge = found.charge(city, indicator)
        assert (charge.errors, charge.doubt) == (3.0, 1.0)  # one is named; the doubt is half of the two that are not
    assert found.charge(city, FORMAT).errors == 0.0
    fewer = replace(named, related={"city": 0.05})
    assert fewer.charge(city, RELATED) == named.charge(city, RELATED)


def sampled(study: Study) -> Sheet:
    """As if every second row had been drawn."""
    sheet = sheet_of(study)
    return replace(sheet, cells=sheet.cells.gather_every(2), complete=False)


def test_drawn_rows_stand_for_all(study_of: StudyOf) -> None:
    study = study_of(TABLE)
    suspects = [suspicion("city", row, "near_duplicate", 0.5) for row in (2, 4)]
    charge = weigh(sampled(study), suspects).charge(study.profile.column("city"), CONTENT)
    assert (charge.errors, charge.doubt, charge.seen) == (2.0, 2.0, 5)
    (finding,) = suspected_values(sampled(study), suspects)
    assert (finding.row, finding.rows, finding.count, finding.estimated) == (2, (2, 4), 4, True)


def test_findings_are_about_one_value_and_say_what_the_surest_says(study_of: StudyOf) -> None:
    study = study_of(TABLE)
    found = suspected_values(
        sheet_of(study),
        [
            suspicion("city", 1, "near_duplicate", 0.4),
            suspicion("city", 3, "near_duplicate", 0.8),
            suspicion("city", 2, "near_duplicate", 0.6),
        ],
    )
    assert [(item.row, item.rows, item.confidence, item.count, dict(item.params)) for item in found] == [
        (1, (1, 3), 0.6, 2, {"value": "Anshun", "most": 3}),
        (2, (2,), 0.6, 1, {"value": "Guiyang", "most": 2}),
    ]
    assert not any(item.estimated for item in found)


def test_names_of_columns_mean_nothing_to_the_engine(study_of: StudyOf) -> None:
    """`*` and `^…$` are not taken for many columns, nor names for those that the engine gives itself."""
    hostile = ["*", "^.*$", "^c.$", "row", "c0", "value"]
    plain = [f"plain {place}" for place in range(len(hostile))]

    def examined(names: list[str]) -> set[tuple[int, str, int, float, str]]:
        cells = ["N/A", *["12", "13", "15 kg"] * 20]
        text = ",".join(names) + "\n" + "".join(",".join([cell] * len(names)) + "\n" for cell in cells)
        sheet = sheet_of(study_of(text))
        suspicions = detect_errors(sheet)
        found = suspected_values(sheet, suspicions)
        assert {suspect.value for suspects in weigh(sheet, suspicions).suspects.values() for suspect in suspects} == {
            item.params["value"] for item in found
        }
        return {
            (names.index(item.column or ""), item.kind, item.count, item.confidence, str(item.params["value"]))
            for item in found
        }

    found = examined(hostile)
    assert found == examined(plain)
    assert {item[0] for item in found} == set(range(len(hostile)))
    assert {item[4] for item in found} == {"N/A", "15 kg"}


@pytest.mark.parametrize(
    ("cells", "formed", "compared"),
    [
        ([str(row * 7) for row in range(30)], True, True),
        ([f"{row}" if row % 10 < 6 else f"w{'xyz'[row % 3] * row}" for row in range(40)], True, False),
        ([f"AB-{row:04d}" for row in range(30)], True, False),
        (["red", "blue", "green"] * 10, False, True),
        (
            ["".join(chr(97 + (row * 7 + place * place * row) % 26) for place in range(8)) for row in range(26)],
            False,
            False,
        ),
        ([f"{'#' * (row % 5)}{row}{'?' * (row % 4)}{'abc'[: row % 3]}" for row in range(60)], False, False),
    ],
    ids=["numbers", "three fifths numbers", "codes", "colours", "random letters", "no pattern left"],
)
def test_what_a_column_can_be_judged_by(study_of: StudyOf, cells: list[str], *, formed: bool, compared: bool) -> None:
    study = study_of("c\n" + "\n".join(cells) + "\n")
    judged = judge_columns(study)["c"]
    assert (judged.formed, judged.compared) == (formed, compared)
    assert judged_share(study, {"c": judged}) == float(formed or compared)


@pytest.mark.parametrize(
    ("cells", "repeats"),
    [
        ([str(number) for number in range(100, 140)], 0),
        ([str(100 if number in (7, 9) else 100 + number) for number in range(40)], 2),  # counts, two of them wrong
        ([f"K{number:03d}" for number in range(20)] + ["K001"], 1),
        ([f"2024-01-{1 + day:02d}" for day in range(28)], 0),
        ([str(number * number % 17) for number in range(60)], None),
        ([str(number / 7) for number in range(40)], None),
        (["red", "blue"] * 10, None),
        ([str(1 + number % 50) for number in range(60)], None),
    ],
    ids=["counter", "damaged counter", "codes", "days", "quantities", "fractions", "colours", "begins anew"],
)
def test_keys_that_nobody_declared(study_of: StudyOf, cells: list[str], repeats: int | None) -> None:
    rows = "\n".join(f"{cell},{number * 31 % 97}" for number, cell in enumerate(cells))
    study = study_of(f"c,d\n{rows}\n")
    assert repeats_of_key(study, 0, judge_columns(study)["c"]) == repeats
