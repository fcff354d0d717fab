"""Jobs under chaos, for longer than the tests have time: `make chaos` (ARGS="--jobs 2000 --minutes 4 --seed 7").

Real workers on private servers run a plan twice: undisturbed, then while processes and workers are killed, the broker
is flushed, killed and hung, and PostgreSQL is restarted. Prints what was done and what came of it; exits with 1 where
a job has not ended, has ended twice, or has ended otherwise than undisturbed.
"""

import argparse
import random
import signal
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from tests.chaos.exchange import Exchange  # noqa: E402
from tests.chaos.rounds import Round, deeds, play  # noqa: E402


def main() -> int:
    """Play both rounds and compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000)
    parser.add_argument("--minutes", type=float, default=3.0, help="about how long disturbances go on")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--processes", type=int, default=3, help="of each worker")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))  # noqa: S311 - no secret
    options = parser.parse_args()
    rounds = max(1, round(options.minutes * 2))
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # through the clean-up below
    todo = deeds(
        options.seed, kill_process=10 * rounds, kill_main=rounds, kill_worker=rounds, kill_housekeeping=rounds,
        flush_broker=rounds, restart_broker=rounds, kill_broker=rounds, hang_broker=rounds, restart_database=rounds,
        kill_database=rounds,
    )  # fmt: skip
    seconds = options.minutes * 60
    pace = seconds * options.workers * options.processes / options.jobs / 1.5
    print(f"seed {options.seed}: {options.jobs} jobs, {options.workers} workers of {options.processes} processes")
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        state = Path(folder) / "state"
        with Exchange(state, workers=options.workers, processes=options.processes) as exchange:
            calm = play(exchange, seed=options.seed, jobs=options.jobs, pace=0.0, deeds=[], limit=seconds + 600)
            wild = play(
                exchange, seed=options.seed, jobs=options.jobs, pace=pace, deeds=todo, limit=seconds + 600,
                spread=seconds / len(todo),
            )  # fmt: skip
    show("undisturbed", calm)
    show("disturbed", wild)
    faults = {
        "other outcomes": sum(one != other for one, other in zip(calm.outcomes, wild.outcomes, strict=False))
        + abs(len(calm.outcomes) - len(wild.outcomes)),
        "effects lost or doubled": sum(abs(wild.effects[label] - count) for label, count in calm.effects.items())
        + sum((wild.effects - calm.effects).values()),
        "effects without an end": calm.strays + wild.strays,
        "jobs that ended, split or merged twice": len(calm.odd_ends) + len(wild.odd_ends),
    }
    for fault, count in faults.items():
        print(f"{fault:<40}{count:>8}")
    return int(any(faults.values()))


def show(name: str, played: Round) -> None:
    """The figures of a round."""
    print(f"\n{name}: {played.seconds:.1f} s")
    figures = {
        "jobs and parts": len(played.outcomes),
        "effects": sum(played.effects.values()),
        "attempts": played.attempts,
        "leases lost": played.lost,
        "attempts that ended in an error": played.failed_attempts,
        **{deed.replace("_", " "): count for deed, count in sorted(played.done.items())},
    }
    for figure, count in figures.items():
        print(f"  {figure:<38}{count:>8}")


if __name__ == "__main__":
    sys.exit(main())
