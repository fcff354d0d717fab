"""One Chromium for all tests; windows are closed before the server stops and the tables are emptied."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache

from tests.e2e.browser import CHROMIUM, Chromium, Window
from tests.factories import Party


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


@pytest.fixture
def sit(live_server, window: Callable[..., Window]) -> Callable[..., Window]:
    """A function that opens a window in which a person is signed in."""

    def sit(person: Party, **options: object) -> Window:
        opened = window(**options)
        session = person.admin.cookies[settings.SESSION_COOKIE_NAME].value
        opened.remember(live_server.url, **{settings.SESSION_COOKIE_NAME: session})
        return opened

    return sit
