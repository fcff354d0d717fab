"""API keys: what a scope reaches, from where, how long, and what their use leaves behind."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from foundation.actors import ANONYMOUS
from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden, InvalidInput
from foundation.participants import selectors, services
from foundation.participants.models import ApiKey, Membership
from foundation.participants.scopes import AREAS
from marketplace.api.base import View
from marketplace.api.urls import urlpatterns as api
from tests.factories import Party, World


@pytest.fixture
def world(db: None) -> World:
    return World()


def _own(party: Party) -> Membership:
    return Membership.objects.get(user=party.user)


def _key(party: Party, **said: object) -> tuple[ApiKey, str]:
    return services.issue_key(actor=party.actor, membership_id=_own(party).pk, **said)  # type: ignore[arg-type]


def _client(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_every_view_belongs_to_an_area() -> None:
    """A view outside every area would be reached by unnarrowed keys only, which nobody would notice."""
    views = {pattern.callback.cls for pattern in api}  # type: ignore[attr-defined]
    assert len(views) > 50
    assert {view.__name__ for view in views if not issubclass(view, View) or view.scope not in AREAS} == set()


def test_a_scope_reaches_its_area_and_no_other(world: World) -> None:
    _row, token = _key(world.provider, reach=["catalog:read"])
    reader = _client(token)
    assert reader.get("/api/v1/listings").status_code == 200
    written = reader.post("/api/v1/listings", {}, format="json")
    assert (written.status_code, written.json()["rule"]) == (403, "participants.key_scope")
    assert "catalog:write" in written.json()["detail"]
    assert reader.get("/api/v1/demands").json()["rule"] == "participants.key_scope"
    _row, token = _key(world.provider, reach=["catalog:write"])
    writer = _client(token)
    assert (writer.get("/api/v1/listings").status_code, writer.post("/api/v1/listings", {}).status_code) == (200, 415)
    assert ANONYMOUS.reaches("catalog", writing=True)


def test_a_key_gives_no_more_than_it_has(world: World) -> None:
    _row, token = _key(world.provider, reach=["keys:write", "catalog:write"])
    found = selectors.actor_for_token(token)
    assert found is not None
    actor, own, before = found[1], _own(world.provider).pk, ApiKey.objects.count()
    for reach in (["all"], ["audit:read"], ["catalog:read", "delivery:write"]):
        with pytest.raises(Forbidden) as refused:
            services.issue_key(actor=actor, membership_id=own, reach=reach)
        assert refused.value.rule == "participants.key_scope"
    with pytest.raises(Forbidden):
        services.rotate_key(actor=actor, key_id=ApiKey.objects.get(prefix=world.provider.token.split("_")[1]).pk)
    assert ApiKey.objects.count() == before
    row, _token = services.issue_key(actor=actor, membership_id=own, reach=["catalog:read", "catalog:read"])
    assert row.scopes == ["catalog:read"]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"reach": []}, "/scopes"),
        ({"reach": ["catalog:read", "catalog"]}, "/scopes/1"),
        ({"networks": ["203.0.113.0/24", "nowhere"]}, "/networks/1"),
        ({"networks": ["203.0.113.7/24"]}, "/networks/0"),
        ({"networks": ["10.0.0.0/8"] * 21}, "/networks"),
        ({"days": 366}, "/days"),
        ({"days": 0}, "/days"),
    ],
)
def test_what_a_key_cannot_have(world: World, said: dict, pointer: str) -> None:
    before = (world.provider.actor, ApiKey.objects.count())
    with pytest.raises(InvalidInput) as refused:
        _key(world.provider, **said)
    assert [field.pointer for field in refused.value.fields] == [pointer]
    assert ApiKey.objects.count() == before[1]


def test_a_key_lives_as_long_as_was_asked(world: World) -> None:
    row, token = _key(world.provider, days=7)
    assert timedelta(days=6, hours=23) < row.expires_at - timezone.now() <= timedelta(days=7)
    ApiKey.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    assert selectors.actor_for_token(token) is None


@pytest.mark.parametrize(
    ("address", "counts"),
    [("203.0.113.9", True), ("2001:db8::1", True), ("203.0.114.9", False), ("", False), ("garbage", False)],
)
def test_a_key_counts_from_its_networks(world: World, address: str, counts: bool) -> None:
    _row, token = _key(world.provider, networks=["203.0.113.0/24", "2001:db8::/32"])
    assert (selectors.actor_for_token(token, address=address) is not None) == counts
    seen = _client(token).get("/api/v1/me", REMOTE_ADDR=address).status_code
    assert seen == (200 if counts else 401)


def test_only_the_trusted_proxy_is_believed(world: World, settings) -> None:
    _row, token = _key(world.provider, networks=["203.0.113.0/24"])
    client, forged = _client(token), {"X-Forwarded-For": "203.0.113.9"}
    assert client.get("/api/v1/me", REMOTE_ADDR="198.51.100.1", headers=forged).status_code == 401
    settings.TRUSTED_PROXIES = 1
    assert client.get("/api/v1/me", REMOTE_ADDR="127.0.0.1", headers=forged).status_code == 200
    through = {"X-Forwarded-For": "203.0.113.9, 198.51.100.1"}
    assert client.get("/api/v1/me", REMOTE_ADDR="127.0.0.1", headers=through).status_code == 401


def test_the_day_of_use_is_noted_once(world: World, django_assert_num_queries) -> None:
    row, token = _key(world.provider)
    assert row.last_used_on is None
    selectors.actor_for_token(token)
    row.refresh_from_db()
    assert row.last_used_on == timezone.localdate()
    with django_assert_num_queries(1):  # key with membership, person, organisation and roles: no write
        selectors.actor_for_token(token)


def test_rotation_leaves_the_old_key_its_grace(world: World) -> None:
    row, token = _key(world.provider, label="etl", reach=["catalog:write"], networks=["10.0.0.0/8"], days=30)
    fresh, new_token = services.rotate_key(actor=world.provider.actor, key_id=row.pk, grace_hours=2)
    assert (fresh.label, fresh.scopes, fresh.networks, fresh.replaces_id) == (
        "etl",
        ["catalog:write"],
        ["10.0.0.0/8"],
        row.pk,
    )
    for each in (token, new_token):
        assert selectors.actor_for_token(each, address="10.1.2.3") is not None
    row.refresh_from_db()
    assert row.expires_at - timezone.now() <= timedelta(hours=2)
    with pytest.raises(Conflict):
        services.rotate_key(actor=world.provider.actor, key_id=row.pk)
    second, _token = services.rotate_key(actor=world.provider.actor, key_id=fresh.pk, grace_hours=0)
    assert selectors.actor_for_token(new_token, address="10.1.2.3") is None
    assert 29 <= (second.expires_at - second.created_at).days <= 30
    colleague = world.colleague(world.provider, "administrator")
    with pytest.raises(Forbidden) as refused:
        services.rotate_key(actor=colleague.actor, key_id=second.pk)
    assert refused.value.rule == "participants.own_key_only"


def test_the_audit_log_names_the_key(world: World) -> None:
    row, token = _key(world.provider)
    client = _client(token)
    assert client.patch("/api/v1/me", {"language": "en"}, format="json").status_code == 200
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.actor_key_id) == ("person.language_chosen", row.pk)
