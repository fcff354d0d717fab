"""Renewal: decided anew by today's rules and grade, beginning where the grant ends, and never beside another."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.errors import Conflict, Forbidden, NotFound
from foundation.events.models import Event
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, Grant
from tests.factories import SYSTEM, Party, World
from tests.marketplace.authorization.asking import OPEN, UNIFIED, accepted, ask, granted, listing, regrade, steps
from tests.marketplace.delivery.fetching import prepared


def renewed(grant: Grant, party: Party, **said: Any) -> AccessRequest:
    return services.renew_grant(actor=party.actor, grant_id=grant.pk, **{"term_days": 30, **said})


def approved(world: World, request: AccessRequest) -> Grant:
    """The grant of a request that the exchange alone approves."""
    for step in steps(request):
        services.approve_step(actor=world.approver.actor, step_id=step.pk)
    return Grant.objects.get(request=request)


def test_it_begins_where_the_grant_ends_and_its_terms_are_accepted_anew(world: World) -> None:
    grant = granted(world)
    request = renewed(grant, world.buyer, term_days=10)
    after = Grant.objects.get(request=request)
    assert (request.state, request.renews) == ("approved", grant)
    assert (after.starts_at, after.ends_at) == (grant.ends_at, grant.ends_at + timedelta(days=10))
    assert after.accepted_at is None
    with pytest.raises(Forbidden) as refused:
        prepared(accepted(after), world.buyer)
    assert refused.value.rule == "delivery.term_not_started"
    assert prepared(grant, world.buyer).state == "ready", "the former goes on until then"


def test_it_is_decided_by_todays_grade(world: World) -> None:
    version = listing(world, UNIFIED)
    grant = approved(world, ask(world, version))
    assert grant.level == "general_1"
    regrade(world, version, "general_3")
    request = renewed(grant, world.buyer)
    assert (request.state, request.decision["rule_id"]) == ("in_approval", "unified_serious")
    after = approved(world, request)
    assert (after.level, after.starts_at) == ("general_3", grant.ends_at)
    Grant.objects.filter(pk=after.pk).update(starts_at=timezone.now())
    regrade(world, version, "general_4")
    refused = renewed(after, world.buyer)
    assert (refused.state, refused.decision["rule_id"]) == ("rejected", "untrained")
    assert Grant.objects.get(pk=after.pk).state == "active", "a refusal to renew ends nothing"


def test_an_exclusive_licence_goes_on_without_anybody_between(world: World) -> None:
    version = listing(world, UNIFIED, exclusive_offered=True)
    grant = approved(world, ask(world, version, exclusive=True))
    after = approved(world, renewed(grant, world.buyer))
    assert (after.exclusive, after.starts_at) == (True, grant.ends_at)
    Grant.objects.filter(pk=grant.pk).update(starts_at=timezone.now() - timedelta(days=9), ends_at=timezone.now())
    assert services.expire_grants(actor=SYSTEM) == 1
    with pytest.raises(Conflict, match="exclusive licence"):
        ask(world, version, world.other_buyer, term_days=60)


def test_a_renewal_is_revoked_with_the_grant(world: World) -> None:
    grant = granted(world)
    after = Grant.objects.get(request=renewed(grant, world.buyer))
    elsewhere = granted(world)
    services.revoke_grant(actor=world.exchange.actor, grant_id=grant.pk, reason="Sold on.")
    states = dict(Grant.objects.values_list("pk", "state"))
    assert states == {grant.pk: "revoked", after.pk: "revoked", elsewhere.pk: "active"}
    told = Event.objects.filter(name="grant.revoked").order_by("pk").values_list("subject_id", flat=True)
    assert list(told) == [after.pk, grant.pk]
    after.refresh_from_db()
    assert after.state_reason == "Sold on."


def test_only_its_holder_renews_an_active_grant_once(world: World) -> None:
    grant = granted(world)
    for party, error in (
        (world.provider, Forbidden),
        (world.approver, Forbidden),
        (world.colleague(world.buyer, "auditor"), Forbidden),
        (world.other_buyer, NotFound),
    ):
        with pytest.raises(error):
            renewed(grant, party)
    first = renewed(grant, world.buyer)
    with pytest.raises(Conflict, match="already"):
        renewed(grant, world.buyer)
    copy = {name: getattr(first, name) for name in ("version", "organisation", "requested_by", "form", "term_days")}
    with pytest.raises(IntegrityError, match="request_one_renewal"), transaction.atomic():
        AccessRequest.objects.create(
            **copy, purpose="internal_use", mode="open", decision={}, state="submitted", renews=grant
        )
    assert AccessRequest.objects.filter(renews=grant).count() == 1
    suspended = granted(world, purpose="internal_use")
    services.suspend_grant(actor=world.approver.actor, grant_id=suspended.pk, reason="Checks.")
    with pytest.raises(Conflict, match="suspended"):
        renewed(suspended, world.buyer)


def test_what_has_not_begun_is_not_renewed(world: World) -> None:
    after = Grant.objects.get(request=renewed(granted(world), world.buyer))
    with pytest.raises(Conflict, match="can be renewed from then on"):
        renewed(after, world.buyer)
    assert not AccessRequest.objects.filter(renews=after).exists()
    Grant.objects.filter(pk=after.pk).update(starts_at=timezone.now())
    assert renewed(after, world.buyer).state == "approved"


def test_what_was_revoked_meanwhile_is_not_renewed(world: World) -> None:
    grant = approved(world, ask(world, listing(world, UNIFIED)))
    request = renewed(grant, world.buyer)
    services.revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="Misuse.")
    with pytest.raises(Conflict, match="was revoked"):
        approved(world, request)
    request.refresh_from_db()
    assert (request.state, Grant.objects.filter(request=request).exists()) == ("in_approval", False)


def test_nobody_is_reminded_of_what_is_renewed(world: World) -> None:
    grant, other = granted(world), granted(world, purpose="internal_use")
    renewed(grant, world.buyer)
    now = timezone.now()
    ends = now + timedelta(days=6)
    Grant.objects.filter(pk__in=[grant.pk, other.pk]).update(starts_at=now - timedelta(days=24), ends_at=ends)
    assert services.remind_of_ending(actor=SYSTEM) == 1


def test_an_open_renewal_follows_what_has_ended_at_once(world: World) -> None:
    grant = approved(world, ask(world, listing(world, UNIFIED)))
    request = renewed(grant, world.buyer)
    Grant.objects.filter(pk=grant.pk).update(starts_at=timezone.now() - timedelta(days=9), ends_at=timezone.now())
    assert services.expire_grants(actor=SYSTEM) == 1
    before = timezone.now()
    assert before <= approved(world, request).starts_at <= timezone.now()


def test_rest(world: World) -> None:
    grant = Grant.objects.get(request=ask(world, listing(world, OPEN)))
    address = f"/api/v1/grants/{grant.pk}/actions/renew"
    answer = world.buyer.client.post(address, {"term_days": 5}, format="json")
    assert (answer.status_code, answer.json()["renews"]) == (201, grant.pk)
    assert world.buyer.client.post(address, {"term_days": 5}, format="json").status_code == 409
