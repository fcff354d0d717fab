"""The kind of rules of `pricing`, registered for one test, and an exchange around it."""

from pathlib import Path

import pytest

from foundation.rulebooks import in_force, registry
from tests.factories import Party, World
from tests.foundation.rulebooks.pricing import KIND, load, text, what_if


@pytest.fixture
def kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> registry.Kind:
    """The kind, registered for one test."""
    shipped = tmp_path / "prices.toml"
    shipped.write_text(text(2, label="1"), encoding="utf-8")
    found = registry.Kind(KIND, "Price list", shipped, load, what_if)
    monkeypatch.setitem(registry._kinds, KIND, found)
    in_force.shipped.cache_clear()
    return found


@pytest.fixture
def world(db: None, kind: registry.Kind) -> World:
    return World()


@pytest.fixture
def author(world: World) -> Party:
    """An operator of the exchange: may write and not release."""
    return world.colleague(world.exchange, "operator")
