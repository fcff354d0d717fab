"""Kinds of job."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.jobs import registry
from tests.foundation.jobs import kinds


def test_a_kind_has_its_handler_and_attempts():
    assert registry.kind("tests.raise") == registry.Kind("tests.raise", kinds.fail, 3)


def test_a_name_has_one_handler():
    with pytest.raises(ValueError, match=r"tests\.return"):
        registry.job("tests.return")(kinds.fail)
    assert registry.kind("tests.return").handler is kinds.give


def test_registering_again_is_harmless():
    assert registry.job("tests.return")(kinds.give) is kinds.give


def test_every_process_knows_the_rooms_kinds():
    """Loaded with Django, so that a web process, which never imports `tasks` otherwise, can enqueue them."""
    assert {"matching.match_demand", "matching.match_listing"} <= registry.names()


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_pauses_grow_to_their_limit_and_differ_by_their_jitter(failures, chance):
    backoff = registry.Backoff(timedelta(seconds=2), factor=3, longest=timedelta(minutes=10), jitter=0.5)
    pause = backoff.pause(failures, chance)
    assert pause.total_seconds() == pytest.approx(min(2 * 3.0 ** min(failures - 1, 64), 600) * (1 + chance / 2))
    assert backoff.pause(failures + 1, chance) >= pause


def test_pauses_of_the_first_failures():
    backoff = registry.Backoff(timedelta(seconds=30), factor=4, longest=timedelta(hours=1), jitter=0)
    assert [backoff.pause(failures, 0.9).total_seconds() for failures in range(1, 6)] == [30, 120, 480, 1920, 3600]
