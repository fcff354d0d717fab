"""One Chromium for all tests; windows are closed before the server stops and the tables are emptied."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests.e2e.browser import CHROMIUM, Chromium, Window


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    program = Chromium()
    yield program
    program.close()


@pytest.fixture
def window(chromium: Chromium, transactional_db: None, live_server) -> Iterator[Callable[..., Window]]:
    """A function that opens a window of its own for one person."""
    cache.clear()
    opened: list[Window] = []

    def open_window(**options: Any) -> Window:
        opened.append(chromium.window(**options))
        return opened[-1]

    yield open_window
    for each in opened:
        each.close()
