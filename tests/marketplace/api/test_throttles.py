"""Limits: how they are counted, whose they are, what is said of them, and what happens without the cache."""

import uuid
from typing import Any

import pytest
import redis
from django.core.cache.backends.redis import RedisCache
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from foundation.participants.addresses import network_of
from foundation.participants.models import Organisation
from marketplace.api import throttles
from marketplace.api.throttles import Limit, Reading, judged, parsed
from tests.factories import World
from tests.marketplace.api.test_participants import REGISTRATION

API = "/api/v1"


@pytest.fixture
def counters(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The settings, with counters that no other test uses."""
    default = {**settings.CACHES["default"], "KEY_PREFIX": uuid.uuid4().hex}
    settings.CACHES = {"default": default}
    monkeypatch.setattr(throttles._Away, "until", 0.0)
    return settings


def test_limits_read_like_words(settings: Any) -> None:
    assert (parsed("1800/minute"), parsed("3/day"), parsed("")) == (Limit(1800, 60), Limit(3, 86_400), None)
    for wrong in ("1800", "0/minute", "-1/minute", "1/fortnight", "1 / minute"):
        with pytest.raises(ImproperlyConfigured):
            parsed(wrong)


FOUR = Limit(4, 100)


@pytest.mark.parametrize(
    ("before", "now", "elapsed", "remaining", "wait"),
    [
        (0, 0, 0.0, 3, 0),
        (0, 3, 0.9, 0, 0),
        (4, 0, 0.25, 0, 0),  # 3 of the last window still count, and this one
        (4, 0, 0.0, 0, 25),  # a quarter of a window later one of the last four has slid out
        (4, 1, 0.25, 0, 25),
        (0, 4, 0.75, 0, 50),  # the rest of this window, and a quarter of the next
    ],
)
def test_the_window_slides(before: int, now: int, elapsed: float, remaining: int, wait: float) -> None:
    reading = judged("key", FOUR, before=before, now=now, elapsed=elapsed)
    assert (reading.remaining, round(reading.wait, 6)) == (remaining, wait)


@given(
    most=st.integers(1, 50),
    before=st.integers(0, 50),
    now=st.integers(0, 50),
    elapsed=st.floats(0, 1, exclude_max=True),
)
def test_who_waits_as_told_is_admitted(most: int, before: int, now: int, elapsed: float) -> None:
    limit = Limit(most, 60)
    before, now = min(before, most), min(now, most)
    reading = judged("key", limit, before=before, now=now, elapsed=elapsed)
    if reading.wait == 0:
        assert before * (1 - elapsed) + now + 1 <= most
        return
    windows, later = divmod(elapsed + (reading.wait + 1e-6) / 60, 1)
    counts = {0: (before, now), 1: (now, 0)}.get(int(windows), (0, 0))
    assert judged("key", limit, before=counts[0], now=counts[1], elapsed=later).wait < 0.1


def test_the_fourth_request_of_a_key_is_one_too_many(world: World, counters: Any) -> None:
    buyer, other = world.buyer.client, world.other_buyer.client
    counters.THROTTLES = {"key": "3/day"}
    answers = [buyer.get(f"{API}/me") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer["RateLimit-Policy"] for answer in answers[:3]] == ['"key";q=3;w=86400'] * 3
    assert [answer["RateLimit"] for answer in answers[:3]] == [f'"key";r={left};t=86400' for left in (2, 1, 0)]
    last = answers[-1]
    assert (last["Content-Type"], last.json()["type"]) == ("application/problem+json", "/api/problems/throttled")
    assert 0 < int(last["Retry-After"]) <= 2 * 86_400
    assert other.get(f"{API}/me").status_code == 200
    assert world.anonymous.get(f"{API}/listings").status_code == 200


def test_unknown_callers_share_the_limit_of_their_address(world: World, counters: Any) -> None:
    buyer = world.buyer.client
    counters.THROTTLES = {"address": "2/day"}
    from_here = [world.anonymous.get(f"{API}/listings").status_code for _ in range(3)]
    elsewhere = world.anonymous.get(f"{API}/listings", REMOTE_ADDR="192.0.2.7").status_code
    assert (from_here, elsewhere) == ([200, 200, 429], 200)
    assert buyer.get(f"{API}/listings").status_code == 200, "a key is not its address"
    forged = world.anonymous.get(f"{API}/listings", headers={"X-Forwarded-For": "198.51.100.1"})
    assert forged.status_code == 429


def test_false_keys_are_counted_by_address(world: World, counters: Any) -> None:
    counters.THROTTLES = {"address": "2/day", "key": "100/day"}
    header = {"Authorization": f"Bearer dx_{'0' * 12}_{'x' * 30}"}
    answers = [world.anonymous.get(f"{API}/me", headers=header).status_code for _ in range(3)]
    assert answers == [401, 401, 429]


def test_registrations_have_a_limit_of_their_own(world: World, counters: Any) -> None:
    counters.THROTTLES = {"address": "100/day", "registration": "1/day"}
    first = world.anonymous.post(f"{API}/organisations", REGISTRATION, format="json")
    before = Organisation.objects.count()
    second = world.anonymous.post(f"{API}/organisations", {**REGISTRATION, "name": "Another"}, format="json")
    assert (first.status_code, second.status_code, Organisation.objects.count()) == (201, 429, before)
    assert first["RateLimit-Policy"] == '"address";q=100;w=86400, "registration";q=1;w=86400'
    assert world.anonymous.get(f"{API}/organisations").status_code == 200


def test_without_limits_nothing_is_counted_or_said(world: World, counters: Any) -> None:
    counters.THROTTLES = {}
    answer = world.buyer.client.get(f"{API}/me")
    assert (answer.status_code, "RateLimit" in answer) == (200, False)


def test_a_cache_that_is_away_refuses_nobody_and_is_left_alone(
    world: World, counters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def fail(_cache: RedisCache, key: str, *arguments: object, **named: object) -> None:
        tried.append(key)
        raise redis.TimeoutError

    client = world.buyer.client
    counters.THROTTLES = {"key": "1/day"}
    monkeypatch.setattr(RedisCache, "incr", fail)
    assert [client.get(f"{API}/me").status_code for _ in range(3)] == [200, 200, 200]
    assert len(tried) == 1


def test_refused_requests_do_not_count(counters: Any) -> None:
    counters.THROTTLES = {"key": "2/day"}
    for _ in range(2):
        throttles.count([("key", "7")])
    waits = []
    for _ in range(3):
        with pytest.raises(Exception, match="throttled") as caught:
            throttles.count([("key", "7")])
        waits.append(caught.value.wait)  # type: ignore[attr-defined]
    assert max(waits) - min(waits) < 60  # of up to two days
    assert Reading("key", Limit(2, 86_400), 0, 5.2).state == '"key";r=0;t=6'


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
    ],
)
def test_networks(address: str, counted: str) -> None:
    assert network_of(address) == counted
