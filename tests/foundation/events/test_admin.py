"""Events in the admin: to read."""

import pytest
from django.db import transaction

from foundation.events import services
from tests.factories import World


@pytest.mark.django_db
def test_the_exchange_reads_events_and_changes_none():
    world = World()
    with transaction.atomic():
        event = services.emit(name="demand.opened", subject=("demand", 4711))
    page = world.exchange.admin.get("/admin/events/event/")
    assert page.status_code == 200
    assert "4711" in page.content.decode()
    assert world.exchange.admin.post(f"/admin/events/event/{event.pk}/delete/").status_code == 403
    assert world.exchange.admin.get("/admin/events/event/add/").status_code == 403
    assert world.buyer.admin.get("/admin/events/event/").status_code == 302
