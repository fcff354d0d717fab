from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation.audit.models import Event, Seal
from tests.factories import World


@pytest.fixture(autouse=True)
def _static_files(settings: Any, tmp_path: Path) -> None:
    """The middleware for static files warns of a folder that nobody collected yet."""
    settings.STATIC_ROOT = tmp_path


@pytest.fixture
def world(log: list[Event]) -> World:
    return World()


@pytest.fixture
def auditor(world: World) -> Client:
    return world.auditor.admin


@pytest.mark.parametrize("model", ["event", "seal"])
def test_auditors_and_administrators_of_the_exchange_read_it(world: World, admin_client: Client, model: str) -> None:
    url = reverse(f"admin:audit_{model}_changelist")
    for party in (world.auditor, world.exchange):
        assert party.admin.get(url).status_code == 200
        assert reverse("admin:app_list", args=["audit"]) in party.admin.get("/admin/").content.decode()
    for client in (world.reviewer.admin, admin_client):  # a superuser that no organisation has appointed
        assert client.get(url).status_code == 403
    assert world.provider.admin.get(url).status_code == 302  # to the login: nobody outside the exchange gets in


def test_the_list_shows_events_and_seals(log: list[Event], auditor: Client) -> None:
    page = auditor.get(reverse("admin:audit_event_changelist"), {"q": "listing.withdrawn"})
    assert [event.pk for event in page.context["cl"].result_list] == [log[9].pk, log[8].pk]
    seals = auditor.get(reverse("admin:audit_seal_changelist"))
    assert [seal.number for seal in seals.context["cl"].result_list] == [2, 1]


@pytest.mark.parametrize("model", ["event", "seal"])
def test_nothing_can_be_added_changed_or_deleted(log: list[Event], auditor: Client, model: str) -> None:
    key = log[0].pk if model == "event" else 1
    before = list(Event.objects.values()), list(Seal.objects.values())
    assert auditor.get(reverse(f"admin:audit_{model}_change", args=[key])).status_code == 200
    for url, data in (
        (reverse(f"admin:audit_{model}_add"), {}),
        (reverse(f"admin:audit_{model}_change", args=[key]), {"action": "a.b"}),
        (reverse(f"admin:audit_{model}_delete", args=[key]), {"post": "yes"}),
    ):
        assert auditor.post(url, data).status_code == 403
    auditor.post(
        reverse(f"admin:audit_{model}_changelist"), {"action": "delete_selected", "_selected_action": [key], "post": 1}
    )
    assert (list(Event.objects.values()), list(Seal.objects.values())) == before
