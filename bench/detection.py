"""How many wrong cells the detectors find in tables whose errors are known, and how many they suspect wrongly.

`DATA` has subfolders, at any depth, each with `dirty.csv` and `clean.csv` of the same shape. The truth is the cells
that differ once white space is normalised. Nothing is set per file, and nothing is learned from `clean.csv`.
"""

import argparse
import csv
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grading.engine.profile import Study, study_table
from grading.engine.quality.detection.detect import detect_errors, sheet_of
from grading.engine.quality.detection.model import Suspicion
from grading.engine.readers import open_table

FLAGGED: Final = 0.5
"""A cell counts as flagged from this confidence on."""
Cell = tuple[int, int]
Tally = dict[tuple[str, float], tuple[int, int]]
"""By kind and confidence in tenths: suspicions that are right, and all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one folder: cells by verdict, seconds of the detectors alone, share of the clean table's cells flagged."""

    name: str
    right: int
    wrong: int
    missed: int
    seconds: float
    clean: float

    @property
    def precision(self) -> float:
        """Share of the flagged cells that are errors."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of the errors that are flagged."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)


def main() -> None:
    """Print a line a folder, and for many folders the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--show", type=int, default=0, help="print so many wrong and missed cells of each folder")
    parser.add_argument(
        "--kinds", action="store_true", help="print how many suspicions of a kind and confidence are right"
    )
    options = parser.parse_args()
    outcomes = []
    tally: Tally = {}
    print(f"{'':<40} precision recall     F1  seconds  clean cells flagged")
    for folder in folders(options.data):
        outcome = measured(folder, options.show, tally)
        outcomes.append(outcome)
        print(_line(outcome.name, outcome.precision, outcome.recall, outcome.f1, outcome.seconds, outcome.clean))
    if len(outcomes) > 2:
        shares = ("precision", "recall", "f1", "seconds", "clean")
        print(_line("median", *(statistics.median(getattr(outcome, name) for outcome in outcomes) for name in shares)))
    if options.kinds:
        _print_kinds(tally)


def folders(data: Path) -> Iterator[Path]:
    """Those with both tables, in order."""
    for dirty in sorted(data.rglob("dirty.csv")):
        if (dirty.parent / "clean.csv").exists():
            yield dirty.parent


def measured(folder: Path, show: int = 0, tally: Tally | None = None) -> Outcome:
    """What is found in `dirty.csv`, and in `clean.csv` where nothing is to be found."""
    dirty, clean = _read(folder / "dirty.csv"), _read(folder / "clean.csv")
    truth = {
        (row, place)
        for row, (have, want) in enumerate(zip(dirty, clean, strict=True))
        for place, (one, other) in enumerate(zip(have, want, strict=True))
        if " ".join(one.split()) != " ".join(other.split())
    }
    flagged, seconds = suspected(folder / "dirty.csv", truth, tally)
    in_clean, _ = suspected(folder / "clean.csv", set(), tally)
    found = set(flagged)
    if show:
        _show(found, truth, dirty, clean, flagged, show)
    cells = sum(len(row) for row in clean)
    return Outcome(
        folder.name, len(found & truth), len(found - truth), len(truth - found), seconds, len(in_clean) / max(1, cells)
    )


def suspected(
    path: Path, truth: set[Cell] | None = None, tally: Tally | None = None
) -> tuple[dict[Cell, Suspicion], float]:
    """Cells by row and column, from 0, that are flagged; and how long the detectors took."""
    sheet = sheet_of(_studied(path))
    begun = time.perf_counter()
    suspicions = detect_errors(sheet)
    seconds = time.perf_counter() - begun
    places = {name: place for place, name in enumerate(sheet.names)}
    if truth is not None and tally is not None:
        for item in suspicions:
            key = (item.kind, int(10 * item.confidence) / 10)
            right, total = tally.get(key, (0, 0))
            tally[key] = (right + ((item.row, places[item.column]) in truth), total + 1)
    return {(item.row, places[item.column]): item for item in suspicions if item.confidence >= FLAGGED}, seconds


def _studied(path: Path) -> Study:
    with open_table(path, filename=path.name, trusting=True) as table:
        return study_table(table)


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def _show(
    found: set[Cell],
    truth: set[Cell],
    dirty: list[list[str]],
    clean: list[list[str]],
    flagged: dict[Cell, Suspicion],
    most: int,
) -> None:
    for row, place in sorted(found - truth)[:most]:
        item = flagged[row, place]
        print(f"  wrongly {item.kind} row {row} {item.column}: {dirty[row][place]!r} {dict(item.params)}")
    for row, place in sorted(truth - found)[:most]:
        print(f"  missed  row {row} column {place}: {dirty[row][place]!r} for {clean[row][place]!r}")


def _print_kinds(tally: Tally) -> None:
    """Of dirty and clean tables together."""
    print(f"{'kind':<24} confidence from  suspicions  share right")
    for (kind, tenth), (right, total) in sorted(tally.items()):
        print(f"{kind:<24} {tenth:15.1f} {total:11} {right / total:12.3f}")


def _line(name: str, precision: float, recall: float, f1: float, seconds: float, clean: float) -> str:
    return f"{name[:40]:<40} {precision:9.3f} {recall:6.3f} {f1:6.3f} {seconds:8.2f}  {clean:.4f}"


if __name__ == "__main__":
    main()
