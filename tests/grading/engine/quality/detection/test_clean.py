"""Columns in which every cell is right: none is flagged, however odd one or the other looks."""

from collections.abc import Callable

import pytest

from grading.engine.profile import Study
from grading.engine.quality.detection.columns import find_in_columns
from grading.engine.quality.detection.detect import sheet_of
from tests.grading.engine.conftest import make_rows
from tests.grading.engine.quality.detection.clean import clean_columns

StudyOf = Callable[..., Study]
FLAGGED = 0.5


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_flagged_where_all_is_right(study_of: StudyOf, seed: int) -> None:
    columns = clean_columns(seed)
    study = study_of(make_rows([columns, *zip(*columns.values(), strict=True)]))
    found = {
        (item.column, item.kind, item.params["value"])
        for item in find_in_columns(sheet_of(study))
        if item.confidence >= FLAGGED
    }
    assert found == set()
