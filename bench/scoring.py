"""Whether the quality score means something: it must fall when errors come into a table, and the more the further.

`DATA` has subfolders, at any depth, each with `dirty.csv` and `clean.csv`. Two questions, nothing set per file:

1. Of how many pairs does the clean table score above its dirty twin? One line a folder of pairs. A pair of which one
   table has no score (insufficient evidence) is not in order: such are printed apart.
2. How closely does the score fall with the share of wrong cells? Errors of five kinds are put into the three clean
   tables with the most cells that can have all of them (no two with the same columns), 1 to 20 % of the cells or rows
   that a kind can be put into, with several seeds; Spearman's rank correlation of share and falling score over all
   that have one, and how many have none: no score is not a low one.
"""

import argparse
import csv
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Final

from bench.detection import folders
from bench.errors import BREAKS, Rows, can_have, put_in
from grading.engine.profile import study_table
from grading.engine.quality import Assessment, Metadata, assess
from grading.engine.readers import open_table
from grading.engine.rules import load_rules

RATES: Final = (0.01, 0.02, 0.05, 0.10, 0.15, 0.20)
TABLES: Final = 3
PLACES_NEEDED: Final = 100
"""Of each kind, so that one in a hundred is at least one."""
BAR: Final = 0.95
TODAY: Final = date(2026, 1, 1)
PAIRS: Final = {"DGov_Typo": 15, "DGov_NT": 15, "DGov_NTR": 15, "DGov_FD": 13}
"""Pairs of 16 that must be in order, by folder; of others the figure is printed alone."""
RULES: Final = load_rules()


@dataclass(frozen=True, slots=True)
class Pair:
    """A table, clean and dirty: overall scores, None where the evidence does not suffice."""

    name: str
    clean: float | None
    dirty: float | None

    @property
    def in_order(self) -> bool:
        """Both score, and clean above dirty."""
        return self.clean is not None and self.dirty is not None and self.clean > self.dirty

    @property
    def unscored(self) -> tuple[str, ...]:
        """Which of the two have no score."""
        return tuple(name for name in ("clean", "dirty") if getattr(self, name) is None)


@dataclass(frozen=True, slots=True)
class Point:
    """A table with a share of errors put in; no score where the evidence does not suffice."""

    rate: float
    score: float | None


def main() -> None:
    """Print both tables with the bars."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--show", action="store_true", help="print every pair and every mean score")
    options = parser.parse_args()
    print(f"{'pairs':<28} clean above dirty   bar")
    for folder, pairs in pairs_of(options.data):
        _print_pairs(folder, pairs, show=options.show)
    print(f"\n{'Spearman, share of errors and falling score':<52} " + " ".join(f"{kind:>11}" for kind in BREAKS))
    for path in largest(options.data):
        _print_falls(path, options.seeds, show=options.show)


def pairs_of(data: Path) -> Iterator[tuple[str, list[Pair]]]:
    """The pairs of each folder of folders."""
    groups: dict[Path, list[Path]] = {}
    for folder in folders(data):
        groups.setdefault(folder.parent, []).append(folder)
    for group, members in groups.items():
        yield (
            group.name,
            [Pair(member.name, *(_overall(member / f"{n}.csv") for n in ("clean", "dirty"))) for member in members],
        )


def largest(data: Path) -> list[Path]:
    """The clean tables with the most cells that can have all kinds of errors, no two with the same columns."""
    sized: dict[tuple[str, ...], tuple[int, Path]] = {}
    for folder in folders(data):
        rows = _read(folder / "clean.csv")
        size = sum(map(len, rows))
        header = tuple(rows[0])
        if header not in sized or sized[header][0] < size:
            sized[header] = (size, folder / "clean.csv")
    ordered = [path for _size, path in sorted(sized.values(), key=lambda item: (-item[0], item[1]))]
    able = (path for path in ordered if min(can_have(_read(path)).values()) >= PLACES_NEEDED)
    return list(islice(able, TABLES))


def falls(path: Path, kind: str, seeds: int) -> list[Point]:
    """One for every rate and seed."""
    rows = _read(path)
    found = []
    for rate in RATES:
        for seed in range(seeds):
            broken = put_in(rows, kind, rate, random.Random(f"{kind} {seed}"))  # noqa: S311
            found.append(Point(rate, score_of(broken)))
    return found


def scored(points: list[Point]) -> list[tuple[float, float]]:
    """(share of errors, score) of those that have one."""
    return [(point.rate, point.score) for point in points if point.score is not None]


def spearman(pairs: list[tuple[float, float]]) -> float:
    """Rank correlation of the first with the falling second; equal values share their mean rank."""
    one = _ranks([first for first, _ in pairs])
    two = _ranks([-second for _, second in pairs])
    mean = (len(pairs) - 1) / 2
    together = sum((a - mean) * (b - mean) for a, b in zip(one, two, strict=True))
    spread = (sum((a - mean) ** 2 for a in one) * sum((b - mean) ** 2 for b in two)) ** 0.5
    return together / spread if spread else 0.0


def _ranks(values: list[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    start = 0
    for place in range(1, len(order) + 1):
        if place == len(order) or values[order[place]] != values[order[start]]:
            for member in order[start:place]:
                ranks[member] = (start + place - 1) / 2
            start = place
    return ranks


def _print_pairs(name: str, pairs: list[Pair], *, show: bool) -> None:
    right, bar = sum(pair.in_order for pair in pairs), PAIRS.get(name)
    verdict = "" if bar is None or len(pairs) != 16 else f"{bar:>5}  {'met' if right >= bar else 'MISSED'}"
    print(f"{name:<28} {right:>8} of {len(pairs):<6} {verdict}{_without(pairs)}")
    for pair in pairs:
        if show:
            print(f"    {'' if pair.in_order else 'not '}in order {pair.clean} {pair.dirty} {pair.name[:60]}")


def _print_falls(path: Path, seeds: int, *, show: bool) -> None:
    cells, shown, missing = [], [], []
    for kind in BREAKS:
        points = falls(path, kind, seeds)
        held = scored(points)
        found = spearman(held)
        cells.append(f"{found:>6.3f} {'met ' if found >= BAR else 'MISS'}")
        if len(held) < len(points):
            missing.append(f"{kind} {len(points) - len(held)} of {len(points)}")
        shown.append(f"    {kind}: " + " ".join(_mean(held, wanted) for wanted in RATES))
    clean = score_of(_read(path))
    said = "  none" if clean is None else f"{clean:>6.1f}"
    print(f"{path.parent.name[:40]:<40} clean{said} " + " ".join(cells), flush=True)
    if missing:
        print(f"    without a score: {', '.join(missing)}", flush=True)
    if show:
        print("\n".join(shown), flush=True)


def _without(pairs: list[Pair]) -> str:
    """How many tables have no score."""
    parts = [f"{count} {name}" for name in ("clean", "dirty") if (count := sum(name in one.unscored for one in pairs))]
    return f"  without a score: {', '.join(parts)}" if parts else ""


def _mean(held: list[tuple[float, float]], wanted: float) -> str:
    scores = [score for rate, score in held if rate == wanted]
    return f"{sum(scores) / len(scores):.2f}" if scores else "none"


def score_of(rows: Rows) -> float | None:
    """The overall score of a table with its header, of which nothing is declared; None: insufficient evidence."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return _overall(path)


def _overall(path: Path) -> float | None:
    return assessed(path).overall.value


def assessed(path: Path) -> Assessment:
    """What is said of a file of which nothing is declared."""
    with open_table(path, filename=path.name, trusting=True) as table:
        study = study_table(table)
    return assess(study, metadata=Metadata(), weights=RULES.quality, today=TODAY)


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


if __name__ == "__main__":
    main()
