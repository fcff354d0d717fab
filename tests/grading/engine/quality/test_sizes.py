"""A table says the same of itself whether few or many rows of its kind were written down."""

from collections.abc import Callable
from datetime import date

import pytest

from grading.engine.profile import Study
from grading.engine.quality import Assessment, Metadata, assess
from grading.engine.quality.detection import detect
from grading.engine.rules import RuleSet

StudyOf = Callable[..., Study]


def test_codes_are_judged_alike_in_few_and_in_many_rows(
    study_of: StudyOf, rules: RuleSet, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detect, "DETECTORS", ())  # nothing is wrong: whether anything could be is what is asked

    def assessed(count: int) -> Assessment:
        lines = "".join(f"K{row:06d},{row % 97}-{row:05d}/x\n" for row in range(count))
        return assess(study_of(f"id,reference\n{lines}"), metadata=Metadata(), weights=rules.quality, today=today)

    few, many = assessed(9_000), assessed(30_000)
    assert (few.verdict, few.judged, few.overall.value) == ("assessed", 1.0, 100.0)
    assert (many.verdict, many.judged, many.overall.value) == (few.verdict, few.judged, few.overall.value)
    assert many.overall.coverage == few.overall.coverage
