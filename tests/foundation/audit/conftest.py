"""A log with sealed events and an unsealed tail."""

import pytest
from django.db import transaction

from foundation.actors import Actor, system
from foundation.audit import services
from foundation.audit.models import Event

ALICE = Actor(kind="member", label="alice", user_id=7, organisation_id=3)


def write(count: int, action: str = "listing.published") -> list[Event]:
    """Record `count` events, each in a transaction of its own."""
    events = []
    for number in range(count):
        with transaction.atomic():
            events.append(
                services.record(actor=ALICE, action=action, subject=("catalog.listing", number), data={"n": number})
            )
    return events


@pytest.fixture
def log(transactional_db: None) -> list[Event]:
    """Events at positions 1 to 5 (seal 1), 6 to 8 (seal 2), and two that are not sealed; in that order."""
    events = []
    for count in (5, 3):
        events += write(count)
        assert services.seal(actor=system("test")) == count
    return events + write(2, action="listing.withdrawn")
