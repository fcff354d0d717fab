"""Which function runs a job of which kind. Rooms register theirs in `tasks.py`, which Celery discovers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Handler = Callable[..., Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A registered kind: its handler takes `(run, **arguments)` and returns a small JSON result or None."""

    name: str
    handler: Handler
    max_attempts: int


_kinds: dict[str, Kind] = {}


def job(name: str, *, max_attempts: int = 3) -> Callable[[Handler], Handler]:
    """Register the decorated function as the handler of kind `name`."""

    def register(handler: Handler) -> Handler:
        if name in _kinds and _kinds[name].handler is not handler:
            raise ValueError(f"two handlers for job kind '{name}'")
        _kinds[name] = Kind(name, handler, max_attempts)
        return handler

    return register


def kind(name: str) -> Kind:
    """The kind called `name`; KeyError when no room registered it."""
    return _kinds[name]


def names() -> frozenset[str]:
    """All registered kinds."""
    return frozenset(_kinds)
