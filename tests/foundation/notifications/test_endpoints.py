"""Webhooks: who steers them, and how their secrets are kept."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from foundation.actors import ANONYMOUS
from foundation.audit.models import Event
from foundation.errors import Conflict, Forbidden, IllegalTransition, InvalidInput, NotFound, StaleVersion
from foundation.notifications import selectors, services
from foundation.notifications.checks import notification_keys
from foundation.notifications.models import WebhookDelivery, WebhookEndpoint
from foundation.notifications.webhooks import keeping
from tests.factories import World
from tests.foundation.notifications.conftest import KIND

URL = "https://hooks.example.com/in"
STEPS = {
    "edit": lambda **names: services.edit_endpoint(revision=1, description="x", **names),
    "pause": services.pause_endpoint,
    "rotate": services.rotate_secret,
    "test": services.test_endpoint,
    "disable": services.disable_endpoint,
}


def stored(row: WebhookEndpoint) -> dict[str, Any]:
    found = WebhookEndpoint.objects.filter(pk=row.pk).values().get()
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in found.items()}


def secret_of(row: WebhookEndpoint) -> str:
    row.refresh_from_db()
    assert row.secret is not None
    key = keeping.unseal(bytes(row.secret), endpoint=row.uid, version=row.key_version)
    return "whsec_" + base64.b64encode(key).decode()


def test_a_secret_is_shown_once_and_stored_encrypted(world: World) -> None:
    row, secret = services.register_endpoint(actor=world.provider.actor, url=URL, kinds=[KIND, KIND], description="d")
    assert (row.organisation_id, row.state, row.kinds, row.revision) == (
        world.provider.organisation_id,
        "active",
        [KIND],
        1,
    )
    assert secret_of(row) == secret
    kept = stored(row)["secret"]
    assert base64.b64decode(secret.removeprefix("whsec_")) not in kept
    assert len(kept) == 12 + 32 + 16
    recorded = Event.objects.get(action="webhook.registered")
    assert recorded.data == {"organisation": row.organisation_id, "kinds": [KIND]}  # neither address nor secret


def test_a_secret_moved_to_another_row_or_version_is_not_read(world: World, endpoint: WebhookEndpoint) -> None:
    other, _secret = services.register_endpoint(actor=world.buyer.actor, url=URL, kinds=[KIND])
    with pytest.raises(keeping.Unreadable):
        keeping.unseal(bytes(other.secret or b""), endpoint=endpoint.uid, version=1)
    with pytest.raises(keeping.Unreadable):
        keeping.unseal(bytes(endpoint.secret or b""), endpoint=endpoint.uid, version=2)
    with pytest.raises(keeping.Unreadable):
        keeping.unseal(b"short", endpoint=endpoint.uid, version=1)


def test_only_administrators_of_a_verified_organisation_steer(world: World, endpoint: WebhookEndpoint) -> None:
    before = stored(endpoint)
    for step in STEPS.values():
        for actor, error in (
            (ANONYMOUS, NotFound),
            (world.buyer.actor, NotFound),
            (world.exchange.actor, NotFound),
            (world.colleague(world.provider, "approver").actor, NotFound),
            (world.colleague(world.provider, "operator").actor, Forbidden),
        ):
            with pytest.raises(error):
                step(actor=actor, endpoint_id=endpoint.pk)
            assert stored(endpoint) == before
    for actor in (
        ANONYMOUS,
        world.colleague(world.provider, "operator").actor,
        world.organisation("New", "buyer", verified=False).actor,
    ):
        with pytest.raises(Forbidden):
            services.register_endpoint(actor=actor, url=URL, kinds=[KIND])
    assert (WebhookEndpoint.objects.count(), WebhookDelivery.objects.count()) == (1, 0)


def test_the_wrong_fields_are_named(world: World, endpoint: WebhookEndpoint) -> None:
    for url in ("http://hooks.example.com/", "https://127.0.0.1/", "https://hooks.example.com:22/", "https://a@b.cc/"):
        with pytest.raises(InvalidInput) as caught:
            services.register_endpoint(actor=world.provider.actor, url=url, kinds=[], description="d" * 201)
        assert [field.pointer for field in caught.value.fields] == ["/url", "/kinds", "/description"]
        with pytest.raises(InvalidInput):
            services.edit_endpoint(actor=world.provider.actor, endpoint_id=endpoint.pk, revision=1, url=url)
    with pytest.raises(InvalidInput, match="/kinds"):
        services.register_endpoint(actor=world.provider.actor, url=URL, kinds=["room.no_such_kind"])
    assert WebhookEndpoint.objects.count() == 1


def test_ten_are_enough(world: World) -> None:
    actor = world.provider.actor
    for _number in range(10):
        row, _secret = services.register_endpoint(actor=actor, url=URL, kinds=[KIND])
    with pytest.raises(Conflict):
        services.register_endpoint(actor=actor, url=URL, kinds=[KIND])
    services.disable_endpoint(actor=actor, endpoint_id=row.pk)
    services.register_endpoint(actor=actor, url=URL, kinds=[KIND])
    services.register_endpoint(actor=world.buyer.actor, url=URL, kinds=[KIND])


def test_an_edit_starts_from_what_was_read(world: World, endpoint: WebhookEndpoint) -> None:
    actor = world.provider.actor
    row = services.edit_endpoint(actor=actor, endpoint_id=endpoint.pk, revision=1, kinds=["jobs.job_failed"])
    assert (row.revision, row.kinds, row.url) == (2, ["jobs.job_failed"], endpoint.url)
    with pytest.raises(StaleVersion):
        services.edit_endpoint(actor=actor, endpoint_id=endpoint.pk, revision=1, url=URL)
    assert services.edit_endpoint(actor=actor, endpoint_id=endpoint.pk, revision=2, url=URL).url == URL


def test_disabling_erases_the_secrets_and_cancels_what_waited(world: World, endpoint: WebhookEndpoint) -> None:
    actor = world.provider.actor
    waiting = services.test_endpoint(actor=actor, endpoint_id=endpoint.pk)
    services.rotate_secret(actor=actor, endpoint_id=endpoint.pk)
    services.disable_endpoint(actor=actor, endpoint_id=endpoint.pk)
    kept = stored(endpoint)
    assert (kept["state"], kept["secret"], kept["previous_secret"]) == ("disabled", None, None)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.next_attempt_at) == ("cancelled", None)
    for step in ("edit", "rotate", "test"):
        with pytest.raises(Conflict):
            STEPS[step](actor=actor, endpoint_id=endpoint.pk)
    for step in ("pause", "disable"):
        with pytest.raises(IllegalTransition):
            STEPS[step](actor=actor, endpoint_id=endpoint.pk)


def test_the_new_secret_and_the_old_one(world: World, endpoint: WebhookEndpoint) -> None:
    old = secret_of(endpoint)
    row, new = services.rotate_secret(actor=world.provider.actor, endpoint_id=endpoint.pk)
    assert new != old
    assert secret_of(endpoint) == new
    assert row.previous_until is not None
    assert timedelta(hours=23) < row.previous_until - timezone.now() <= timedelta(hours=24)


def test_secrets_move_to_the_newest_key_and_old_ones_are_erased(
    world: World, endpoint: WebhookEndpoint, settings: Any
) -> None:
    old, (row, new) = secret_of(endpoint), services.rotate_secret(actor=world.provider.actor, endpoint_id=endpoint.pk)
    first = settings.NOTIFICATION_KEYS[1]
    assert services.reseal_secrets() == 0
    settings.NOTIFICATION_KEYS = {1: first, 2: "another secret of thirty-two characters"}
    assert services.reseal_secrets() == 1
    settings.NOTIFICATION_KEYS = {2: settings.NOTIFICATION_KEYS[2]}
    assert secret_of(row) == new != old
    assert row.previous_secret is not None
    WebhookEndpoint.objects.update(previous_until=timezone.now())
    assert services.reseal_secrets() == 1
    assert (stored(row)["previous_secret"], stored(row)["previous_until"]) == (None, None)
    assert secret_of(row) == new


def test_a_secret_that_cannot_be_read_keeps_no_other_down_and_can_be_replaced(
    world: World, endpoint: WebhookEndpoint, settings: Any
) -> None:
    actor = world.provider.actor
    newer, _secret = services.register_endpoint(actor=actor, url="https://hooks.example.com/b", kinds=[KIND])
    WebhookEndpoint.objects.filter(pk=newer.pk).update(secret=bytes(60))
    settings.NOTIFICATION_KEYS = {**settings.NOTIFICATION_KEYS, 2: "another secret of thirty-two characters"}
    assert services.reseal_secrets() == 1
    assert stored(endpoint)["key_version"] == 2
    row, new = services.rotate_secret(actor=actor, endpoint_id=newer.pk)
    assert secret_of(row) == new
    assert (row.previous_secret, row.previous_until) == (None, None)


def test_what_is_seen(world: World, endpoint: WebhookEndpoint) -> None:
    operator = world.colleague(world.provider, "operator")
    assert list(selectors.visible_endpoints(operator.actor)) == [endpoint]
    for party in (world.buyer, world.exchange, world.colleague(world.provider, "reviewer")):
        assert not selectors.visible_endpoints(party.actor).exists()
        with pytest.raises(NotFound):
            selectors.endpoint(party.actor, endpoint.pk)


def test_short_keys_are_found_at_the_start(settings: Any) -> None:
    assert notification_keys() == []
    settings.NOTIFICATION_KEYS = {1: "short"}
    assert [problem.id for problem in notification_keys()] == ["notifications.E001"]
