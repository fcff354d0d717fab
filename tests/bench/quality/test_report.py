"""Medians, ratios and bars of the quality bench, from figures that are made up here."""

import sys
from pathlib import Path

import pytest

from bench.quality.processes import Limits, Run, measure
from bench.quality.report import (
    Bar,
    bars,
    cpu_ratio,
    distinct_bars,
    figures,
    markdown,
    rank_error,
    relative_error,
)

MB = 10**6


def runs(*cpu: float, peak: int = 100 * MB, failure: str | None = None) -> list[Run]:
    return [Run(each, each / 2, peak + place, peak // 2, {}, failure) for place, each in enumerate(cpu)]


def by_name(found: list[Bar]) -> dict[str, Bar]:
    return {bar.name: bar for bar in found}


def test_figures_are_medians_of_seconds_and_the_highest_peak():
    mine = figures(runs(3.0, 1.0, 8.0))
    assert mine is not None
    assert (mine.rounds, mine.cpu, mine.cpu_low, mine.cpu_high, mine.wall) == (3, 3.0, 1.0, 8.0, 1.5)
    assert (mine.peak, mine.anonymous, mine.failure) == (100 * MB + 2, 50 * MB, None)
    assert figures([]) is None


def test_one_failed_run_makes_a_failure_of_all():
    mine = figures([*runs(1.0), *runs(9.0, failure="more than 900 s")])
    assert mine is not None
    assert (mine.rounds, mine.cpu, mine.failure) == (1, 9.0, "more than 900 s")


def test_a_ratio_compares_runs_of_the_same_round():
    # By rounds 2, 1 and 0.75; the ratio of the medians would be 3 / 4.
    assert cpu_ratio({"a": runs(2, 10, 3), "b": runs(1, 10, 4)}, "a", "b") == 1.0
    assert cpu_ratio({"a": runs(8, 8, 1)}, "a", "b") is None
    assert cpu_ratio({"a": runs(8), "b": runs(4, failure="exit 1")}, "a", "b") is None


@pytest.mark.parametrize(
    ("value", "verdict"), [(1.5, "met"), (1.5000001, "missed"), (0.0, "met"), (None, "not measured")]
)
def test_a_bar_is_met_up_to_its_limit(value, verdict):
    assert Bar("b", 1.5, value).verdict == verdict


def test_the_bars_of_the_profile():
    found = by_name(
        bars(
            {
                "flights.small.csv": {"own_profile": runs(2.0, peak=400 * MB), "ydata_minimal": runs(8.0)},
                "flights.large.csv": {
                    "own_profile": runs(14.0, 16.0, 15.0, peak=601 * MB),
                    "polars_parse": runs(10.0, 10.0, 10.0),
                    "duckdb_summarize": runs(50.0, 50.0, 50.0),
                    "ydata_minimal": runs(800.0, failure="more than 12 GB of memory"),
                },
                "flights.large.parquet": {"own_profile": runs(31.0), "polars_parse": runs(10.0)},
            }
        )
    )
    expected = {
        "CPU ÷ Polars' bare parse, flights.large.csv": (1.5, 1.5, "met"),
        "CPU ÷ Polars' bare parse, flights.large.parquet": (3.0, 3.1, "missed"),
        "CPU ÷ Polars' bare parse, mixed.large.csv": (1.5, None, "not measured"),
        "CPU ÷ DuckDB, SUMMARIZE, flights.large.csv": (0.35, 0.3, "met"),
        "CPU ÷ ydata-profiling, minimal, flights.small.csv (it did not finish the large file)": (0.2, 0.25, "missed"),
        "peak memory, flights.small.csv": (600, 400, "met"),
        "peak memory, flights.large.csv": (600, 601.000002, "missed"),
        "peak memory ÷ that of the small file, flights.large.csv": (1.25, 601.000002 / 400, "missed"),
        "peak memory ÷ that of the small file, flights.large.parquet": (1.25, None, "not measured"),
    }
    for name, (limit, value, verdict) in expected.items():
        assert (found[name].limit, found[name].verdict) == (limit, verdict), name
        assert found[name].value == (None if value is None else pytest.approx(value)), name
    assert len(found) == 4 + 8 + 8 + 4


def test_errors_of_estimates():
    assert relative_error(98, 100) == relative_error(102, 100) == 0.02
    assert (relative_error(0, 0), relative_error(1, 0)) == (0.0, 1.0)
    # A median with 40 % of the cells below it and 60 % at or below is exact; with 52 % below it is 2 % off.
    assert rank_error(0.4, 0.6, 0.5) == 0.0
    assert rank_error(0.52, 0.6, 0.5) == pytest.approx(0.02)
    assert rank_error(0.1, 0.2, 0.25) == pytest.approx(0.05)


def test_the_worst_column_decides_on_distinct_counts():
    columns = {
        "a": {"exact": 100, "own_csv": 101, "own_parquet": 97},
        "b": {"exact": 100, "own_csv": 98, "own_parquet": 100},
    }
    found = distinct_bars({"distinct": columns, "quartiles": {}})
    assert [(bar.value, bar.verdict) for bar in found] == [(0.02, "met"), (0.03, "missed")]
    assert distinct_bars(None) == []


def test_the_report_shows_failures_as_results():
    shown = markdown(
        {
            "mixed.small.csv": {
                "polars_parse": runs(2.0),
                "own_profile": runs(3.0),
                "whylogs_profile": runs(7.0, failure="exit 1"),
            }
        },
        {"machine": "this one"},
        None,
    )
    assert "| this profile | 1 | 3.00 (3.00–3.00) | 1.50 | 1.50 | 100 | 50 |" in shown
    assert "| whylogs | 1 | — | — | — | — | exit 1 (after 7.0 s of CPU, 100 MB) |" in shown
    assert "- machine: this one" in shown


def python(code: str, **limits: float) -> Run:
    bounds = Limits(int(limits.get("memory", 1e9)), limits.get("seconds", 60.0))
    return measure([sys.executable, "-S", "-c", code], cwd=Path.cwd(), environment={}, limits=bounds)


def test_a_process_is_measured_with_its_children_and_ended_at_its_limits():
    # 64 MB that a child of the child holds for as long as it takes to be looked at.
    held = "x = bytearray(b'x') * (64 << 20); import time; time.sleep(0.2)"
    found = python(
        f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-c', {held!r}]); print('{{\"rows\": 3}}')"
    )
    assert (found.seen, found.failure) == ({"rows": 3}, None)
    assert found.peak > 64 << 20
    assert 64 << 20 < found.anonymous <= found.peak
    assert python("raise SystemExit('no such column')").failure == "exit 1: no such column"
    assert python("print('done')").failure == "said nothing that can be read"
    assert python("import time; time.sleep(60)", seconds=0.1).failure == "more than 0.1 s"
    assert python(held.replace("0.2", "60"), memory=5e7).failure == "more than 0.05 GB of memory"
