"""One exchange with its parties for every test of the marketplace."""

import pytest

from tests.factories import World


@pytest.fixture
def world(db: None) -> World:
    """Parties are registered on first use, by the real services."""
    return World()
