"""Two rounds of the same plan, one calm and one disturbed, and what must be equal and what must be once."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.exchange import Exchange

UNFINISHED = "SELECT count(*) FROM jobs_job WHERE state IN ('queued', 'running', 'waiting')"
OUTCOMES = """
    SELECT coalesce(parent.arguments->>'label', job.arguments->>'label'), coalesce(job.part, 0), job.kind, job.state,
           job.result::text, job.error_code, job.error_detail
    FROM jobs_job AS job LEFT JOIN jobs_job AS parent ON parent.id = job.parent_id ORDER BY 1, 2
"""
ENDS = """
    SELECT job, count(*) FILTER (WHERE target IN ('succeeded', 'cancelled')),
           count(*) FILTER (WHERE source = 'running' AND target = 'waiting'),
           count(*) FILTER (WHERE source = 'waiting' AND target = 'queued'),
           count(*) FILTER (WHERE target = 'running')
    FROM chaos_transition GROUP BY job
"""
ALONE = """
    SELECT count(*) FROM chaos_effect AS effect LEFT JOIN jobs_job AS job
    ON job.id = effect.job AND job.attempt = effect.attempt AND job.state = 'succeeded' WHERE job.id IS NULL
"""
CLEAN = "TRUNCATE jobs_job, chaos_effect, chaos_failure, chaos_transition"


@dataclass
class Round:
    """What a round ended with."""

    outcomes: list[tuple[Any, ...]]
    effects: Counter[str]
    seconds: float
    attempts: int
    lost: int
    failed_attempts: int
    strays: int
    """Effects that belong to no attempt that ended its job."""
    odd_ends: list[tuple[Any, ...]]
    """Jobs that ended, were split or were merged more than once."""
    done: Counter[str] = field(default_factory=Counter)
    """What was done to the exchange, and how often a supervisor had to start what ended by itself."""


def play(
    exchange: Exchange,
    *,
    seed: int,
    jobs: int,
    pace: float,
    deeds: Sequence[str],
    limit: float,
    spread: float = 1.0,
) -> Round:
    """Enqueue the plan, disturb while it runs, wait until all has ended; TimeoutError after `limit` seconds.

    `spread` is the mean number of seconds between two deeds, which come at random instants.
    """
    exchange.query(CLEAN)
    exchange.flush_valkey()
    exchange.run("-m", "tests.chaos.plan", str(seed), str(jobs), str(pace))
    began = time.monotonic()
    deadline = began + limit
    draw = random.Random(f"instants {seed}")
    done: Counter[str] = Counter()
    for deed in deeds:
        time.sleep(min(draw.expovariate(1 / spread), 3 * spread))
        if exchange.query(UNFINISHED) == [(0,)]:
            break
        DEEDS[deed](exchange, draw)
        done[deed] += 1
        done["supervisor_starts"] += exchange.supervise()
    while exchange.query(UNFINISHED) != [(0,)]:
        done["supervisor_starts"] += exchange.supervise()
        if time.monotonic() > deadline:
            left = exchange.query("SELECT id, kind, state, attempt, error_code, run_after FROM jobs_job WHERE "
                                  "state IN ('queued', 'running', 'waiting') ORDER BY id LIMIT 10")  # fmt: skip
            raise TimeoutError(f"after {limit:.0f} s these had not ended: {left}")
        time.sleep(0.3)
    return _round(exchange, time.monotonic() - began, done)


def _round(exchange: Exchange, seconds: float, done: Counter[str]) -> Round:
    ends = exchange.query(ENDS)
    lost, failed = exchange.query(
        "SELECT coalesce(sum(losses), 0), (SELECT count(*) FROM chaos_transition WHERE source = 'running' "
        "AND target = 'failed') FROM jobs_job"
    )[0]
    return Round(
        outcomes=exchange.query(OUTCOMES),
        effects=Counter(label for (label,) in exchange.query("SELECT label FROM chaos_effect")),
        seconds=seconds,
        attempts=sum(row[4] for row in ends),
        lost=int(lost),
        failed_attempts=int(failed),
        strays=exchange.query(ALONE)[0][0],
        odd_ends=[row for row in ends if max(row[1], row[2], row[3]) > 1],
        done=done,
    )


def deeds(seed: int, **counts: int) -> list[str]:
    """What is done, so often each, in an order drawn from the seed."""
    every = [deed for deed, count in counts.items() for _ in range(count)]
    random.Random(f"deeds {seed}").shuffle(every)
    return every


def _kill_one_process(exchange: Exchange, draw: random.Random) -> None:
    pool = [pid for number in range(len(exchange.workers)) for pid in exchange.pool_of(number)]
    if pool:
        exchange.kill(draw.choice(pool))


def _kill_worker(exchange: Exchange, draw: random.Random, *, pool_too: bool) -> None:
    number = draw.randrange(len(exchange.workers))
    exchange.kill_worker(number, pool_too=pool_too)
    exchange.start_worker(number)


DEEDS: dict[str, Callable[[Exchange, random.Random], None]] = {
    "kill_process": _kill_one_process,
    "kill_main": lambda exchange, draw: _kill_worker(exchange, draw, pool_too=False),
    "kill_worker": lambda exchange, draw: _kill_worker(exchange, draw, pool_too=True),
    "kill_housekeeping": lambda exchange, draw: exchange.kill_housekeeping(),
    "flush_broker": lambda exchange, draw: exchange.flush_valkey(),
    "restart_broker": lambda exchange, draw: exchange.restart_valkey(killed=False),
    "kill_broker": lambda exchange, draw: exchange.restart_valkey(killed=True),
    "hang_broker": lambda exchange, draw: exchange.hang_valkey(draw.uniform(0.5, 2)),
    "restart_database": lambda exchange, draw: exchange.restart_postgres(killed=False),
    "kill_database": lambda exchange, draw: exchange.restart_postgres(killed=True),
}
