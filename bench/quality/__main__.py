"""What the profile of a file costs beside those who do the like, as whole processes.

    make bench-quality                        (ARGS="--rounds 5 --size small --only own_profile polars_parse")

Files and environments of the others are made in .state/bench the first time and used again. In each round every
contestant works on a file once, one after the other, each round beginning with another one; the first run of each, on
a small file, is not counted. Printed and kept, as quality.md and quality.json in .state/bench, are the medians, the
ratios to Polars' bare parse, and each bar met or missed. Nothing else should run meanwhile. Exits with 1 where a bar
was missed.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.quality.contestants import BY_KEY, CONTESTANTS, ENVIRONMENTS, ROOT, Contestant, install, installed, program
from bench.quality.datasets import SIZES, DataFile, data_file, files
from bench.quality.processes import Limits, Run, measure
from bench.quality.report import bars, distinct_bars, figures, markdown

ACCURACY = "accuracy"


class Bench:
    """A run of the bench: where its files are, and what was found so far."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.data, self.envs, self.home = folder / "data", folder / "envs", folder / "home"
        self.folder, self.limits = folder, limits
        self.runs: dict[str, dict[str, list[Run]]] = {}
        self.accuracy: dict[str, Any] | None = None
        self.absent: dict[str, str] = {}
        self.about: dict[str, Any] = {}
        for each in (self.data, self.envs, self.home):
            each.mkdir(parents=True, exist_ok=True)

    def prepare(self, contestants: Sequence[Contestant], wanted: Sequence[DataFile]) -> None:
        """Make files and environments. What cannot be installed is a result."""
        keys = [file.key for file in wanted]
        command = [sys.executable, "-m", "bench.quality.generate", str(self.data), *keys]
        subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own words
        for environment in dict.fromkeys(each.environment for each in contestants):
            if (problem := install(environment, self.envs)) is not None:
                self.absent[environment] = f"cannot be installed: {problem}"

    def run(self, contestant: Contestant, file: DataFile) -> Run:
        """One contestant on one file; it must have seen all the rows."""
        if contestant.environment in self.absent:
            return Run(0, 0, 0, 0, {}, self.absent[contestant.environment])
        python = program(contestant.environment, self.envs)
        command = [str(python), "-m", "bench.quality.peers", contestant.key, file.key, str(self.data)]
        found = measure(command, cwd=ROOT, environment=self.environment(), limits=self.limits)
        if found.failure is None and found.seen.get("rows") != file.rows:
            return Run(found.cpu, found.wall, found.peak, found.anonymous, {}, f"saw {found.seen} of {file.rows} rows")
        return found

    def environment(self) -> dict[str, str]:
        """Nothing of ours but the path; a home for the caches of the others; nobody calls home."""
        silent = {
            "GX_ANALYTICS_ENABLED": "false",
            "WHYLOGS_NO_ANALYTICS": "True",
            "YDATA_PROFILING_NO_ANALYTICS": "True",
        }
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "LANG": "C.UTF-8", "TQDM_DISABLE": "1", **silent}

    def rounds(self, number: int, slow: int, contestants: Sequence[Contestant], wanted: Sequence[DataFile]) -> None:
        """All rounds, the slow ones in the first `slow` only. Who failed on a file does not try it again."""
        for contestant in contestants:  # compiled modules and caches are there
            self.run(contestant, min(wanted, key=lambda file: file.path(self.data).stat().st_size))
        for turn in range(number):
            for file in wanted:
                read(file.path(self.data))
                found = self.runs.setdefault(file.key, {})
                first = turn % len(contestants)
                for contestant in (*contestants[first:], *contestants[:first]):
                    mine = found.setdefault(contestant.key, [])
                    if (mine and mine[-1].failure) or (contestant.slow and turn >= slow):
                        continue
                    mine.append(self.run(contestant, file))
                    tell(turn, file, contestant, mine[-1])
            self.keep()

    def measure_accuracy(self) -> None:
        """Exact figures beside estimates. Not timed."""
        problem = install("duckdb", self.envs)
        if problem is not None:
            print(f"duckdb {problem}", file=sys.stderr)
        command = [sys.executable, "-m", "bench.quality.accuracy", str(self.data), str(program("duckdb", self.envs))]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)  # noqa: S603 - our own words
        if done.returncode:
            print(f"accuracy was not measured: exit {done.returncode}", file=sys.stderr)
        else:
            self.accuracy = json.loads(done.stdout)

    def describe(self) -> None:
        """The machine and the versions."""
        system = f"Python {platform.python_version()}, {platform.platform()}"
        self.about = {
            "machine": f"{processor()}, {os.cpu_count()} cores, {system}",
            "load before": f"{os.getloadavg()[0]:.1f} (figures of a machine that does other work too are worth little)",
            "begun": time.strftime("%Y-%m-%d %H:%M:%S %z"),
            "others": ", ".join(pin for pins in ENVIRONMENTS.values() for pin in pins[:1]),
        }

    def keep(self) -> str:
        """Write both forms of the report; the readable one."""
        shown = markdown(self.runs, self.about, self.accuracy)
        verdicts = [*bars(self.runs), *distinct_bars(self.accuracy)]
        everything = {
            "about": self.about,
            "runs": {
                key: {name: [asdict(run) for run in runs] for name, runs in found.items()}
                for key, found in self.runs.items()
            },
            "figures": {
                key: {name: asdict(mine) for name, runs in found.items() if (mine := figures(runs))}
                for key, found in self.runs.items()
            },
            "bars": [asdict(bar) | {"verdict": bar.verdict} for bar in verdicts],
            "accuracy": self.accuracy,
            "packages": {name: installed(name, self.envs) for name in ENVIRONMENTS if (self.envs / name).exists()},
        }
        (self.folder / "quality.json").write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n")
        (self.folder / "quality.md").write_text(shown)
        return shown


def processor() -> str:
    """The model that the kernel names."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def read(path: Path) -> None:
    """Have the file in the page cache: the disk is not measured."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def tell(turn: int, file: DataFile, contestant: Contestant, run: Run) -> None:
    """A line for who waits."""
    result = run.failure or f"{run.cpu:.2f} s of CPU, {run.wall:.2f} s, {run.peak / 1e6:,.0f} MB"
    print(f"round {turn + 1}  {file.key:22} {contestant.key:18} {result}", file=sys.stderr, flush=True)


def options() -> argparse.Namespace:
    """Of the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slow", type=int, metavar="ROUNDS", help="of who takes minutes on a large file; default: all")
    parser.add_argument("--only", nargs="+", choices=[*BY_KEY, ACCURACY], metavar="NAME",
                        help=f"of {', '.join(BY_KEY)}, {ACCURACY}")  # fmt: skip
    parser.add_argument("--size", choices=SIZES, help="default: both")
    parser.add_argument("--files", nargs="+", type=data_file, metavar="KEY", help="for instance flights.large.csv")
    parser.add_argument("--seconds", type=float, default=900.0, help="by the clock that one run may take")
    parser.add_argument("--memory", type=float, default=12.0, help="GB that one run may hold")
    parser.add_argument("--state", type=Path, default=ROOT / ".state" / "bench")
    return parser.parse_args()


def main() -> int:
    """Prepare, measure, print."""
    given = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the contestant that runs ends too
    bench = Bench(given.state.resolve(), Limits(int(given.memory * 1e9), given.seconds))
    contestants = [each for each in CONTESTANTS if given.only is None or each.key in given.only]
    wanted = given.files or files((given.size,) if given.size else SIZES)
    bench.describe()
    if contestants:
        bench.prepare(contestants, wanted)
        bench.rounds(given.rounds, given.rounds if given.slow is None else given.slow, contestants, wanted)
    if given.only is None or ACCURACY in given.only:
        bench.measure_accuracy()
    print(bench.keep())
    return any(bar.verdict == "missed" for bar in (*bars(bench.runs), *distinct_bars(bench.accuracy)))


if __name__ == "__main__":
    sys.exit(main())
