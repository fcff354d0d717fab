"""One exchange with its parties, and an endpoint of the provider."""

import pytest

from foundation.notifications import services
from foundation.notifications.models import WebhookEndpoint
from tests.factories import World

KIND = "participants.organisation_verified"


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def endpoint(world: World) -> WebhookEndpoint:
    row, _secret = services.register_endpoint(
        actor=world.provider.actor, url="https://hooks.example.com/in?token=1", kinds=[KIND]
    )
    return row
