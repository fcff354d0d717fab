"""The arithmetic of the figures and how they are shown: medians, ratios, bars met or missed. Standard library alone."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.quality.contestants import BY_KEY, CONTESTANTS
from bench.quality.datasets import DATASETS, FORMATS, data_file
from bench.quality.processes import Run

#: By file and contestant, one run a round.
Runs = Mapping[str, Mapping[str, Sequence[Run]]]

PARSE: Final = "polars_parse"
PROFILE: Final = "own_profile"
CPU_OF_PARSE: Final = {"csv": 1.5, "parquet": 3.0}
CPU_OF_OTHERS: Final = {"duckdb_summarize": 0.35, "ydata_minimal": 0.2}
PEAK: Final = 600e6
#: Memory does not grow with the file: at twenty times the size there is at most a quarter more, which is what the
#: allocator leaves and a small file does not fill.
GROWTH: Final = 1.25
DISTINCT_ERROR: Final = 0.02


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one contestant on one file: medians of seconds, the highest peak in bytes; or why there are none."""

    rounds: int
    cpu: float
    cpu_low: float
    cpu_high: float
    wall: float
    peak: int
    anonymous: int
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit and what was measured. `value` is None where nothing was."""

    name: str
    limit: float
    value: float | None
    unit: str = "×"

    @property
    def verdict(self) -> str:
        """`met`, `missed` or `not measured`."""
        if self.value is None:
            return "not measured"
        return "met" if self.value <= self.limit else "missed"


def figures(runs: Sequence[Run]) -> Figures | None:
    """None where nothing ran. One failed run makes the whole a failure, shown with what it took until then."""
    failed = [run for run in runs if run.failure]
    counted = failed[:1] or list(runs)
    if not counted:
        return None
    spent = [run.cpu for run in counted]
    return Figures(
        rounds=len(counted),
        cpu=statistics.median(spent),
        cpu_low=min(spent),
        cpu_high=max(spent),
        wall=statistics.median(run.wall for run in counted),
        peak=max(run.peak for run in counted),
        anonymous=max(run.anonymous for run in counted),
        failure=failed[0].failure if failed else None,
    )


def cpu_ratio(runs: Mapping[str, Sequence[Run]], one: str, other: str) -> float | None:
    """The median over the rounds of one's processor seconds through the other's in the same round."""
    mine, theirs = runs.get(one, ()), runs.get(other, ())
    if not mine or not theirs or any(run.failure for run in (*mine, *theirs)):
        return None
    return statistics.median(a.cpu / b.cpu for a, b in zip(mine, theirs, strict=False))


def bars(runs: Runs) -> list[Bar]:
    """All bars of the profile."""
    found: list[Bar] = []
    large = [f"{name}.large.{form}" for name in DATASETS for form in FORMATS]
    for key in large:
        limit = CPU_OF_PARSE[data_file(key).format]
        found.append(Bar(f"CPU ÷ Polars' bare parse, {key}", limit, cpu_ratio(runs.get(key, {}), PROFILE, PARSE)))
    for other, limit in CPU_OF_OTHERS.items():
        for key in large:
            found.append(_beside(runs, key, other, limit))
    for key in (each.replace("large", size) for each in large for size in ("small", "large")):
        mine = figures(runs.get(key, {}).get(PROFILE, ()))
        peak = None if mine is None or mine.failure else mine.peak / 1e6
        found.append(Bar(f"peak memory, {key}", PEAK / 1e6, peak, "MB"))
    for key in large:
        pair = [figures(runs.get(each, {}).get(PROFILE, ())) for each in (key.replace("large", "small"), key)]
        peaks = [each.peak for each in pair if each is not None and not each.failure]
        growth = peaks[1] / peaks[0] if len(peaks) == 2 else None
        found.append(Bar(f"peak memory ÷ that of the small file, {key}", GROWTH, growth))
    return found


def _beside(runs: Runs, key: str, other: str, limit: float) -> Bar:
    """On the large file, or on the small one where the other cannot finish the large one."""
    title = BY_KEY[other].title
    theirs = figures(runs.get(key, {}).get(other, ()))
    if theirs is None or not theirs.failure:
        return Bar(f"CPU ÷ {title}, {key}", limit, cpu_ratio(runs.get(key, {}), PROFILE, other))
    small = key.replace("large", "small")
    name = f"CPU ÷ {title}, {small} (it did not finish the large file)"
    return Bar(name, limit, cpu_ratio(runs.get(small, {}), PROFILE, other))


def markdown(runs: Runs, about: Mapping[str, Any], accuracy: Mapping[str, Any] | None) -> str:
    """The whole report."""
    lines = ["# What the profile costs", "", *(f"- {name}: {value}" for name, value in about.items()), ""]
    lines += [
        "CPU: seconds of user and system of the whole process and its children, median (range). Ratio: to Polars' bare",
        "parse, the median of the ratios of each round. Peak: highest resident memory in any round, mapped pages of",
        "files included, in MB of 10⁶ bytes; anonymous: without them.",
        "",
    ]
    for key, found in runs.items():
        lines += [
            f"## {key}",
            "",
            "| | runs | CPU s | ratio | wall s | peak MB | anonymous MB |",
            "|---|--:|--:|--:|--:|--:|--:|",
        ]
        for contestant in CONTESTANTS:
            mine = figures(found.get(contestant.key, ()))
            if mine is not None:
                lines.append(_row(contestant.title, mine, cpu_ratio(found, contestant.key, PARSE)))
        lines.append("")
    lines += ["## Bars", "", "| | at most | measured | |", "|---|--:|--:|---|"]
    lines += [_bar_row(bar) for bar in [*bars(runs), *distinct_bars(accuracy)]]
    if accuracy:
        lines += ["", *_accuracy_lines(accuracy)]
    return "\n".join(lines) + "\n"


def _row(title: str, mine: Figures, ratio: float | None) -> str:
    if mine.failure:
        until = f"{mine.failure} (after {mine.cpu:.1f} s of CPU, {mine.peak / 1e6:,.0f} MB)".replace("|", "\\|")
        return f"| {title} | {mine.rounds} | — | — | — | — | {until} |"
    shown = "—" if ratio is None else f"{ratio:.2f}"
    spent = f"{mine.cpu:.2f} ({mine.cpu_low:.2f}–{mine.cpu_high:.2f})"
    memory = f"{mine.peak / 1e6:,.0f} | {mine.anonymous / 1e6:,.0f}"
    return f"| {title} | {mine.rounds} | {spent} | {shown} | {mine.wall:.2f} | {memory} |"


def _bar_row(bar: Bar) -> str:
    value = "—" if bar.value is None else _quantity(bar.value, bar.unit)
    verdict = f"**{bar.verdict}**" if bar.verdict == "missed" else bar.verdict
    return f"| {bar.name} | {_quantity(bar.limit, bar.unit)} | {value} | {verdict} |"


def _quantity(value: float, unit: str) -> str:
    return {"MB": f"{value:,.0f} MB", "%": f"{value:.2%}"}.get(unit, f"{value:.2f} {unit}")


def relative_error(estimate: float, exact: float) -> float:
    """How far an estimate is off, as a share of the exact figure."""
    return abs(estimate - exact) / exact if exact else float(estimate != 0)


def rank_error(below: float, through: float, share: float) -> float:
    """How far a quantile's rank is off. Shares of the cells that are less, and less or equal; ties are no error."""
    return max(0.0, below - share, share - through)


def distinct_bars(accuracy: Mapping[str, Any] | None) -> list[Bar]:
    """The worst distinct count of this profile, by format."""
    if not accuracy:
        return []
    return [
        Bar(
            f"error of distinct counts, the worst column, {form}",
            DISTINCT_ERROR,
            max(relative_error(column[f"own_{form}"], column["exact"]) for column in accuracy["distinct"].values()),
            "%",
        )
        for form in FORMATS
    ]


def _accuracy_lines(accuracy: Mapping[str, Any]) -> list[str]:
    others = ("own_csv", "own_parquet", "polars", "duckdb")
    lines = ["## Distinct counts: relative error", "", "Polars: approx_n_unique; DuckDB: approx_count_distinct.", ""]
    lines += [
        "| column | exact | this profile, CSV | this profile, Parquet | Polars | DuckDB |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, column in accuracy["distinct"].items():
        errors = [f"{relative_error(column[who], column['exact']):.2%}" if who in column else "—" for who in others]
        lines.append(f"| {name} | {column['exact']:,} | {' | '.join(errors)} |")
    lines += ["", "## Quartiles: the largest error of rank", "", "| column | CSV | Parquet |", "|---|--:|--:|"]
    for name, column in accuracy["quartiles"].items():
        worst = [f"{max(column[form]):.3%}" if column.get(form) else "—" for form in FORMATS]
        lines.append(f"| {name} | {' | '.join(worst)} |")
    return lines
