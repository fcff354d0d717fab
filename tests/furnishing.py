"""The parties that most tests begin with, made once for the tests of a module, each of which is rolled back to them.

An exchange, its provider, its buyer and its reviewer cost a tenth of a second of processor time, which is more than
what most tests do with them. A transaction around the module holds them; what a test itself makes is its own. A module
with tests that commit, or that begin with less, is left alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType

import pytest
from django.db import transaction

from tests import factories

WHERE = (
    "tests/grading/admin/",
    "tests/grading/services/",
    "tests/grading/test_",
    "tests/marketplace/api/",
    "tests/marketplace/authorization/",
    "tests/marketplace/catalog/",
    "tests/marketplace/delivery/services/test_preparing.py",
    "tests/marketplace/delivery/services/test_transfers.py",
    "tests/marketplace/incidents/",
    "tests/marketplace/matching/",
    "tests/marketplace/test_notices.py",
)
"""The rooms whose tests begin with parties as a matter of course."""
BARE = (
    "tests/marketplace/api/test_examples.py",
    "tests/marketplace/api/test_rulebooks.py",
    "tests/marketplace/api/test_schema.py",
    "tests/marketplace/api/test_webhooks.py",
)
"""Modules of theirs that make their own."""
PARTIES = ("exchange", "provider", "buyer", "reviewer")
COMMITTING = frozenset({"transactional_db", "live_server", "django_db_reset_sequences"})
modules: defaultdict[ModuleType, list[pytest.Item]] = defaultdict(list)


def take_note(items: Iterable[pytest.Item]) -> None:
    """Remember which tests will run, by module."""
    modules.clear()
    for item in items:
        if isinstance(item, pytest.Function):
            modules[item.module].append(item)


def is_furnished(module: ModuleType) -> bool:
    """Whether a world is made in the module's tests, all of which are rolled back, in one of those rooms."""
    if not any(item.nodeid.startswith(WHERE) and not item.nodeid.startswith(BARE) for item in modules[module][:1]):
        return False
    wanted = hasattr(module, "World") or any("world" in _fixtures(item) for item in modules[module])
    return wanted and not any(_is_apart(item) for item in modules[module])


def _is_apart(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    commits = marker is not None and bool(marker.kwargs.get("transaction") or marker.args[:1] == (True,))
    return commits or not COMMITTING.isdisjoint(_fixtures(item)) or item.get_closest_marker("bare_world") is not None


def _fixtures(item: pytest.Item) -> Iterable[str]:
    return getattr(item, "fixturenames", ())


@contextmanager
def furnished() -> Iterator[None]:
    """Within it every `World()` has the same `PARTIES`, which nobody outside of this transaction sees."""
    with transaction.atomic():
        world = factories.World()
        made = {name: getattr(world, name) for name in PARTIES}
        factories.KEPT.update({name: (party.organisation_id, party.token) for name, party in made.items()})
        try:
            yield
        finally:
            factories.KEPT.clear()
            transaction.set_rollback(True)
