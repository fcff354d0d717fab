"""Files of this machine: read within limits, and what is no file is not waited for."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from grading.engine.readers import UnreadableFile
from grading.report.examining import NoRegularFile, examine_file
from grading.rules.shipped import shipped_rules
from tests.grading.samples import observations

TODAY = date(2024, 6, 1)


def examined(path: Path, **options: Any) -> Any:
    return examine_file(path, declared={}, rules=shipped_rules(), today=TODAY, **options)


@pytest.mark.usefixtures("children")
def test_the_limits_of_the_settings_hold(tmp_path, settings):
    path = tmp_path / "weather.csv"
    path.write_bytes(observations())
    settings.FILE_WALL_SECONDS = 0
    with pytest.raises(UnreadableFile) as refused:
        examined(path)
    assert (refused.value.code, refused.value.params) == ("needs_time", {"limit": 0})
    assert examined(path, confine=False).profile.rows == 60


def test_what_is_declared_and_the_progress_reach_the_engine(tmp_path):
    path = tmp_path / "weather.csv"
    path.write_bytes(observations())
    reports: list[tuple[float, str]] = []
    found = examine_file(
        path,
        declared={"sector": "health", "title": "Weather"},
        rules=shipped_rules(),
        today=TODAY,
        confine=False,
        report=lambda share, stage: reports.append((share, stage)),
    )
    assert (found.recommendation.category.sector, found.assessment.assessed_on) == ("health", TODAY)
    assert (reports[0], reports[-1]) == ((0.0, "opening"), (1.0, "done"))


def test_a_pipe_without_a_writer_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/null")):
        with pytest.raises(NoRegularFile):
            examined(path)


@pytest.mark.parametrize("name", ["missing.csv", "nul\x00.csv", "missing/of.csv"])
def test_what_is_not_there_says_so(tmp_path, name):
    with pytest.raises(UnreadableFile) as refused:
        examined(tmp_path / name)
    assert refused.value.code == "missing_file"
