"""People with passwords, and a cache without the attempts of other tests."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.factories import Party, World

PASSWORD = "correct horse battery"


@pytest.fixture
def world(db: None) -> Iterator[World]:
    cache.clear()
    yield World()
    cache.clear()


@pytest.fixture
def with_password():
    def given(party: Party) -> Party:
        user = party.user
        user.set_password(PASSWORD)
        user.email = f"{user.username}@example.com"
        user.save()
        return party

    return given
