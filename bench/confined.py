"""What confinement costs: the same examination in this process and in a confined child, alternately, in one run.

`python -m bench.confined` prints medians of processor and wall seconds, and the child's peak memory, for an empty task,
a small table and a large one. The child's figures hold its whole life, the import of the libraries included.
"""

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from foundation.confined import Limits, call
from grading.engine import confined
from grading.engine.examine import examine
from grading.engine.levels import Facts
from grading.engine.quality import Metadata
from grading.engine.rules import load_rules

LIMITS: Final = Limits(memory_bytes=2 << 30, cpu_seconds=600, wall_seconds=3000, scratch_bytes=1 << 30)
DAY: Final = date(2026, 1, 1)


def nothing(request: Any, *, files: Any, scratch: Path, report: Callable[[float, str], None]) -> None:
    """In the child: what it costs to be there."""


def spent(work: Callable[[], Any]) -> tuple[float, float]:
    """(processor seconds of this process and its ended children, wall seconds)."""
    before, began = _cpu(), time.monotonic()
    work()
    return _cpu() - before, time.monotonic() - began


def table(rows: int) -> bytes:
    """A CSV of six columns, about 60 bytes a row."""
    return b"id,day,city,amount,code,remark\n" + b"".join(
        b"%d,2024-%02d-%02d,city %d,%d.%02d,A%03d,seen %d times by %d\n"
        % (n, n % 12 + 1, n % 28 + 1, n % 97, n * 7919 % 100_000, n % 100, n % 1000, n % 31, n * 31 % 1009)
        for n in range(rows)
    )


def _cpu() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def _measure(content: bytes, runs: int, folder: Path) -> dict[str, Any]:
    subject: dict[str, Any] = {"filename": "t.csv", "metadata": Metadata(), "facts": Facts(), "today": DAY}
    rules = load_rules()
    order = confined.order(rules=rules, **subject)
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        file.write(content)
        file.flush()
        tasks: dict[str, Callable[[], Any]] = {
            "here": lambda: examine(file.name, rules=rules, **subject),
            "confined": lambda: call(
                "grading.engine.confined:examine_confined",
                order,
                inputs={"source": file.fileno()},
                outputs={},
                limits=LIMITS,
                scratch=folder,
            ),
        }
        figures: dict[str, list[tuple[float, float]]] = {name: [] for name in tasks}
        tasks["here"]()  # threads and caches of this process are made once
        for _run in range(runs):
            for name, work in tasks.items():
                figures[name].append(spent(work))
    return {"bytes": len(content), **{name: _medians(pairs) for name, pairs in figures.items()}}


def _medians(pairs: list[tuple[float, float]]) -> dict[str, float]:
    cpu, wall = zip(*pairs, strict=True)
    return {"cpu_seconds": round(statistics.median(cpu), 3), "wall_seconds": round(statistics.median(wall), 3)}


def main() -> None:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--rows", type=int, default=500_000, help="of the large table")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        empty = [
            spent(lambda: call("bench.confined:nothing", {}, inputs={}, outputs={}, limits=LIMITS, scratch=folder))
            for _run in range(options.runs)
        ]
        found = {
            "runs": options.runs,
            "empty_task_with_imports": _medians(empty),
            "small": _measure(table(100), options.runs, folder),
            "large": _measure(table(options.rows), options.runs, folder),
        }
        found["peak_mib_of_a_child"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
