"""200 jobs while workers are killed, the broker forgets, hangs and restarts, and the database restarts."""

import os
import random
from pathlib import Path

import pytest

from tests.chaos.exchange import Exchange
from tests.chaos.rounds import deeds, play

JOBS = 200
SEED = int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(1_000_000))


@pytest.mark.chaos
def test_every_job_ends_once_and_as_if_nothing_had_happened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nCHAOS_SEED={SEED}")
    todo = deeds(
        SEED, kill_process=10, kill_main=1, kill_worker=1, flush_broker=2, kill_broker=1, hang_broker=1,
        kill_housekeeping=1, kill_database=1, restart_database=1,
    )  # fmt: skip
    with Exchange(tmp_path / "state", workers=2, processes=3) as exchange:
        calm = play(exchange, seed=SEED, jobs=JOBS, pace=0.0, deeds=[], limit=300)
        wild = play(exchange, seed=SEED, jobs=JOBS, pace=0.5, deeds=todo, limit=300, spread=0.7)
    expected = {label for label, _part, kind, state, *_rest in calm.outcomes if state == "succeeded"}
    assert len({outcome[0] for outcome in calm.outcomes}) == JOBS
    assert len(expected) > JOBS / 2
    assert wild.outcomes == calm.outcomes
    assert set(calm.effects.values()) == set(wild.effects.values()) == {1}
    assert wild.effects == calm.effects
    assert (calm.strays, calm.odd_ends, wild.strays, wild.odd_ends) == (0, [], 0, [])
    assert calm.done["supervisor_starts"] == 0
    assert sum(wild.done.values()) - wild.done["supervisor_starts"] >= 10, "it was over before it was disturbed"
    assert wild.lost > calm.lost
