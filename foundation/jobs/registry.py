"""Which function runs a job of which kind, and how often it is tried. Rooms register theirs in `tasks.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Ended:
    """What a handler returns that has ended its attempt itself: `return succeed(run, …)`, `return split(run, …)`."""


Outcome = Mapping[str, Any] | Ended | None
Handler = Callable[..., Outcome]
Release = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses between failed attempts: `first`, then `factor` times the last, at most `longest`.

    Each is lengthened by a random share of up to `jitter`, so that jobs that failed together do not come back together.
    """

    first: timedelta = timedelta(seconds=2)
    factor: float = 6.0
    longest: timedelta = timedelta(hours=1)
    jitter: float = 0.25

    def pause(self, failures: int, chance: float) -> timedelta:
        """The pause after that many failures (from 1); `chance` in [0, 1) is the random number."""
        steps = min(failures - 1, 64)  # more would leave the range of numbers long after `longest` is reached
        seconds = min(self.first.total_seconds() * self.factor**steps, self.longest.total_seconds())
        return timedelta(seconds=seconds * (1 + self.jitter * chance))


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind: its handler takes `(run, **arguments)` and returns a small JSON result, None or Ended.

    `max_attempts` counts attempts that ended in an error, `max_losses` those whose worker died: what kills its worker
    that often would kill them all. `release` is given the result of a part that nobody will read any more, in the
    transaction that takes it out of the job: a kind whose results name stored files deletes them there.
    """

    name: str
    handler: Handler
    max_attempts: int = 3
    max_losses: int = 3
    backoff: Backoff = Backoff()
    release: Release | None = None


_kinds: dict[str, Kind] = {}


def job(
    name: str,
    *,
    max_attempts: int = 3,
    max_losses: int = 3,
    backoff: Backoff | None = None,
    release: Release | None = None,
) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of kind `name`, with its policy of retries."""

    def register(handler: Handler) -> Handler:
        if name in _kinds and _kinds[name].handler is not handler:
            raise ValueError(f"two handlers for job kind '{name}'")
        _kinds[name] = Kind(name, handler, max_attempts, max_losses, backoff or Backoff(), release)
        return handler

    return register


def kind(name: str) -> Kind:
    """The kind called `name`; KeyError when no room registered it."""
    return _kinds[name]


def releasing() -> Mapping[str, Release]:
    """The kinds whose results hold something that must be released, and how."""
    return {name: kind.release for name, kind in _kinds.items() if kind.release is not None}


def names() -> frozenset[str]:
    """All registered kinds."""
    return frozenset(_kinds)
