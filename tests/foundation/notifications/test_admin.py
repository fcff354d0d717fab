"""The admin shows what was sent, and neither secrets nor tokens in addresses."""

import pytest

from foundation.notifications import services
from foundation.notifications.models import Notification, WebhookEndpoint
from tests.factories import World
from tests.foundation.notifications.conftest import KIND


def test_the_pages_show_no_secret(world: World, endpoint: WebhookEndpoint) -> None:
    delivery = services.test_endpoint(actor=world.provider.actor, endpoint_id=endpoint.pk)
    services.begin_attempt(actor=world.provider.actor, delivery_id=delivery.pk)
    row = Notification.objects.create(
        recipient=world.provider.user, organisation=world.provider.organisation, kind=KIND, subject_id=1
    )
    pages = {
        f"/admin/notifications/webhookendpoint/{endpoint.pk}/change/": "hooks.example.com",
        "/admin/notifications/webhookendpoint/": "hooks.example.com",
        f"/admin/notifications/webhookdelivery/{delivery.pk}/change/": "webhook.test",
        "/admin/notifications/webhookdelivery/": "webhook.test",
        f"/admin/notifications/notification/{row.pk}/change/": KIND,
        "/admin/notifications/notification/": KIND,
    }
    for address, expected in pages.items():
        answer = world.exchange.admin.get(address)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert expected in text
        assert "token=1" not in text
        assert "whsec_" not in text


@pytest.mark.parametrize("model", ["notification", "webhookendpoint", "webhookdelivery"])
def test_only_the_exchange_gets_in(world: World, model: str) -> None:
    assert world.provider.admin.get(f"/admin/notifications/{model}/").status_code != 200
    assert world.exchange.admin.get(f"/admin/notifications/{model}/add/").status_code == 403
