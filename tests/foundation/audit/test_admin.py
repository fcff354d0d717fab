from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation.audit.models import Event, Seal


@pytest.fixture(autouse=True)
def _static_files(settings: Any, tmp_path: Path) -> None:
    """The middleware for static files warns of a folder that nobody collected yet."""
    settings.STATIC_ROOT = tmp_path


def test_the_list_shows_events_and_seals(log: list[Event], admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:audit_event_changelist"), {"q": "listing.withdrawn"})
    assert [event.pk for event in page.context["cl"].result_list] == [log[9].pk, log[8].pk]
    seals = admin_client.get(reverse("admin:audit_seal_changelist"))
    assert [seal.number for seal in seals.context["cl"].result_list] == [2, 1]


@pytest.mark.parametrize("model", ["event", "seal"])
def test_nothing_can_be_added_changed_or_deleted(log: list[Event], admin_client: Client, model: str) -> None:
    key = log[0].pk if model == "event" else 1
    before = list(Event.objects.values()), list(Seal.objects.values())
    assert admin_client.get(reverse(f"admin:audit_{model}_change", args=[key])).status_code == 200
    for url, data in (
        (reverse(f"admin:audit_{model}_add"), {}),
        (reverse(f"admin:audit_{model}_change", args=[key]), {"action": "a.b"}),
        (reverse(f"admin:audit_{model}_delete", args=[key]), {"post": "yes"}),
    ):
        assert admin_client.post(url, data).status_code == 403
    admin_client.post(
        reverse(f"admin:audit_{model}_changelist"), {"action": "delete_selected", "_selected_action": [key], "post": 1}
    )
    assert (list(Event.objects.values()), list(Seal.objects.values())) == before
