"""How many requests a key or an address may send: limits of `settings.THROTTLES`, counted in the shared cache.

A sliding window made of two fixed ones: the last window counts by the part of it that the sliding one still covers.
Refused requests do not count, so that `Retry-After` is true. While the cache is away nobody is refused: a limit
protects the service, and must not be what takes it down.
"""

import logging
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache as remembered
from typing import Final

import redis
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from rest_framework.exceptions import Throttled

SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
PAUSE: Final = 5.0
"""Seconds without counting after the cache failed, so that a hanging one costs one timeout and not one a request."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` requests in any `seconds`."""

    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How a limit stands after a request: `wait` is 0 when it was admitted, else the seconds until one will be."""

    name: str
    limit: Limit
    remaining: int
    wait: float

    @property
    def policy(self) -> str:
        """For `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.name}";q={self.limit.most};w={self.limit.seconds}'

    @property
    def state(self) -> str:
        """For `RateLimit`."""
        return f'"{self.name}";r={self.remaining};t={self.limit.seconds if self.wait == 0 else round(self.wait + 0.5)}'


class _Away:
    """Until when the cache is left alone, by the monotonic clock of this process."""

    until = 0.0


@remembered
def parsed(text: str) -> Limit | None:
    """`1800/minute` as a limit; None for an empty text, which sets none. ImproperlyConfigured for others."""
    if not text:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,8})/(second|minute|hour|day)", text)
    if found is None:
        raise ImproperlyConfigured(f"a limit reads like 1800/minute, not {text!r}")
    return Limit(int(found[1]), SECONDS[found[2]])


def judged(name: str, limit: Limit, *, before: int, now: int, elapsed: float) -> Reading:
    """Whether one more request is admitted after `before` of the last window and `now` of this one.

    `elapsed` is the part of this window that has passed, from 0 to below 1.
    """
    load = before * (1 - elapsed) + now
    if load + 1 <= limit.most:
        return Reading(name, limit, int(limit.most - load - 1), 0.0)
    if now + 1 <= limit.most:  # the last window must slide on: before * (1 - x) + now + 1 <= most
        wait = 1 - (limit.most - now - 1) / before - elapsed
    else:  # this one must become the last: now * (1 - x) + 1 <= most
        wait = 1 - elapsed + 1 - (limit.most - 1) / now
    return Reading(name, limit, 0, max(wait, 0.001) * limit.seconds)


def count(wanted: Iterable[tuple[str, str]]) -> list[Reading]:
    """Count one request against the limits `(name, whose)`; Throttled where one is used up."""
    if time.monotonic() < _Away.until:
        return []
    readings = []
    try:
        for name, whose in wanted:
            limit = parsed(settings.THROTTLES.get(name, ""))
            if limit is not None:
                readings.append(_count_one(name, whose, limit))
    except redis.RedisError as error:
        _Away.until = time.monotonic() + PAUSE
        log.error("requests are not limited: the cache failed: %s", type(error).__name__)
        return []
    if any(reading.wait for reading in readings):
        raise Throttled(wait=max(reading.wait for reading in readings))
    return readings


def _count_one(name: str, whose: str, limit: Limit) -> Reading:
    window, elapsed = divmod(time.time() / limit.seconds, 1)
    this, last = (f"throttle:{name}:{whose}:{limit.seconds}:{int(window) - back}" for back in (0, 1))
    now = _counted(this, 2 * limit.seconds) - 1
    reading = judged(name, limit, before=int(cache.get(last, 0)), now=now, elapsed=elapsed)
    if reading.wait:
        cache.decr(this)
    return reading


def _counted(key: str, seconds: int) -> int:
    """How many there are with this one."""
    for _time in range(2):
        try:
            return int(cache.incr(key))
        except ValueError:  # the first of a window begins it
            cache.add(key, 0, timeout=seconds)
    return 1  # somebody emptied the cache between the two
