"""Access from the request to the last byte, at random against a small model; AUTHORIZATION_RUNS=500 looks deeper."""

import os
from random import Random

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.factories import World
from tests.marketplace.authorization.lifecycle.cast import assembled
from tests.marketplace.authorization.lifecycle.machine import CLOCK, Access
from tests.marketplace.authorization.lifecycle.walk import walk

RUNS = int(os.environ.get("AUTHORIZATION_RUNS", "0"))


@pytest.fixture
def cast(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Access.cast = assembled(world)
    monkeypatch.setattr(timezone, "now", CLOCK)


def test_product_and_model_agree(cast: None) -> None:
    run_state_machine_as_test(
        Access,
        settings=settings(
            max_examples=RUNS or 4,
            stateful_step_count=30,
            derandomize=not RUNS,  # the suite says the same twice; longer runs look elsewhere each time
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("seed", range(RUNS or 2))
def test_they_agree_on_a_walk_through_all_of_it(cast: None, seed: int) -> None:
    walk(Random(seed), steps=90)
