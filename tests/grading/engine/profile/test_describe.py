"""Columns are described together: what is said of one must not depend on the others."""

import random
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from grading.engine.kernel import Bounds
from grading.engine.profile import Study, describe
from grading.engine.profile import gather as gathering
from grading.engine.profile.study import study_part
from grading.engine.readers import open_table

CELLS = (
    ("5", "-0", "1e3", "7.25", "1e999"),
    ("2024-01-31", "2024/2/1", "20240131", "31/12/2024", "10:30", "2024-01-31 10:00"),
    ("Alpha", "ALPHA ", "ａｌｐｈａ", "北京", "a  b", "A b", "q\x01", "=1+1", "\t=x"),
    ("N/A", "-", "无", "", " "),
    ("true", "No", "是", "00501", "12345678901234567"),
)


def study(path: Path, bounds: Bounds) -> Study:
    with open_table(path, filename="t.csv") as table:
        return study_part(table, gathering.gather(table, bounds=bounds))


@pytest.mark.parametrize("seed", range(3, 7))
@pytest.mark.parametrize("bounds", [Bounds(), Bounds(values=24, rows=60, records=64)], ids=["all kept", "cut"])
def test_a_column_is_described_alike_alone_and_among_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, bounds: Bounds
) -> None:
    source = random.Random(seed)
    columns = []
    for _column in range(12):
        cells = [*source.choice(CELLS), *source.choice(CELLS), *(str(source.gauss(0, 50)) for _n in range(seed * 10))]
        columns.append([source.choice(cells) for _row in range(300)])
    lines = [",".join(f"c{place}" for place in range(12)), *(",".join(row) for row in zip(*columns, strict=True))]
    (tmp_path / "t").write_text("\n".join(lines) + "\n")

    among = study(tmp_path / "t", bounds)
    monkeypatch.setattr(describe, "TOGETHER", 1)
    monkeypatch.setattr(gathering, "JUDGED_TOGETHER", 1)
    alone = study(tmp_path / "t", bounds)

    assert among.profile == alone.profile
    assert (bounds.values == 24) == any(not sample.complete for sample in among.samples.values())
    for name, sample in among.samples.items():
        assert_frame_equal(sample.frame, alone.samples[name].frame)
        assert_frame_equal(sample.cells.frame, alone.samples[name].cells.frame)
        assert (sample.scale, sample.cells.scale) == (alone.samples[name].scale, alone.samples[name].cells.scale)
