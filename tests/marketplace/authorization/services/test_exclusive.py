"""Exclusive licences by the services: offered, asked for, approved, in the way, and out of it again."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from foundation.actors import system
from foundation.audit.models import Event
from foundation.errors import Conflict, InvalidInput
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.catalog import services as catalog
from marketplace.catalog.models import ListingVersion
from tests.factories import World, draft
from tests.marketplace.authorization.asking import UNIFIED, ask, listing, states, steps


def offered(world: World, **changes: Any) -> ListingVersion:
    return listing(world, UNIFIED, exclusive_offered=True, **changes)


def approve(world: World, request: AccessRequest) -> Grant:
    services.approve_step(actor=world.approver.actor, step_id=steps(request)[0].pk)
    return Grant.objects.get(request=request)


def refusal(act: Callable[[], object]) -> Conflict:
    with pytest.raises(Conflict) as caught:
        act()
    return caught.value


def until(grant: Grant) -> str:
    return timezone.localtime(grant.ends_at).strftime("%Y-%m-%d %H:%M %z")


def test_an_exclusive_licence_goes_the_way_of_the_table(world: World) -> None:
    request = ask(world, offered(world), exclusive=True)
    assert states(request) == ("in_approval", ["open"], 0)
    assert Event.objects.get(action="access_request.submitted").data["exclusive"] is True
    grant = approve(world, request)
    assert (grant.exclusive, grant.state) == (True, "active")
    assert Event.objects.get(action="grant.issued").data["exclusive"] is True
    assert grant.agreement["dx:licence"]["code"] == "exclusive"


def test_others_hear_of_it_when_they_ask(world: World) -> None:
    version = offered(world)
    grant = approve(world, ask(world, version, exclusive=True))
    for exclusive in (False, True):
        error = refusal(partial(ask, world, version, world.other_buyer, exclusive=exclusive))
        assert str(error) == (
            f"An exclusive licence of this listing stands until {until(grant)}: others can begin after that."
        )
        assert error.members == {"until": grant.ends_at.isoformat()}
    own = refusal(lambda: ask(world, version, purpose="internal_use"))
    name = world.buyer.organisation.name
    assert str(own) == (
        f"'{name}' has an exclusive licence of this listing until {until(grant)}: others can begin after that."
    )
    assert AccessRequest.objects.count() == 1


def test_it_stands_in_the_way_of_later_versions_too(world: World) -> None:
    version = offered(world)
    approve(world, ask(world, version, exclusive=True))
    said = draft(world.provider, supply_mode="open", price=Decimal(0))
    revised = catalog.revise_listing(actor=world.provider.actor, listing_id=version.listing_id, draft=said)
    catalog.submit_version(actor=world.provider.actor, version_id=revised.pk)
    catalog.publish_version(actor=world.reviewer.actor, version_id=revised.pk)
    assert "exclusive licence of this listing" in str(refusal(lambda: ask(world, revised, world.other_buyer)))


def test_any_licence_is_in_the_way_of_an_exclusive_one(world: World) -> None:
    version = offered(world)
    approve(world, ask(world, version, term_days=10))
    last = approve(world, ask(world, version, purpose="internal_use", term_days=20))
    error = refusal(lambda: ask(world, version, world.other_buyer, exclusive=True))
    assert str(error) == (
        f"Other licences of this listing stand until {until(last)}: an exclusive one can begin after that."
    )
    approve(world, ask(world, version, world.other_buyer))
    assert Grant.objects.filter(state="active", exclusive=False).count() == 3


@pytest.mark.parametrize("first_exclusive", [True, False])
def test_the_last_approval_waits_for_the_other_licence(world: World, first_exclusive: bool) -> None:
    version = offered(world)
    first = ask(world, version, exclusive=first_exclusive)
    second = ask(world, version, world.other_buyer, exclusive=True)
    grant = approve(world, first)
    before = Event.objects.count()
    error = refusal(lambda: approve(world, second))
    assert (world.buyer.organisation.name in str(error)) is first_exclusive  # approvers of the exchange see all grants
    assert error.params["until"] == until(grant)
    assert states(second) == ("in_approval", ["open"], 0)
    assert Event.objects.count() == before

    services.suspend_grant(actor=world.approver.actor, grant_id=grant.pk, reason="incident 4")
    refusal(lambda: approve(world, second))
    services.resume_grant(actor=world.approver.actor, grant_id=grant.pk)
    services.revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    assert approve(world, second).exclusive is True
    assert states(second) == ("approved", ["approved"], 1)


def test_a_term_that_is_over_is_free(world: World) -> None:
    version = offered(world)
    grant = approve(world, ask(world, version, exclusive=True))
    past = timezone.now() - timedelta(seconds=1)
    Grant.objects.filter(pk=grant.pk).update(starts_at=past - timedelta(days=1), ends_at=past)
    services.expire_grants(actor=system("beat"))
    approve(world, ask(world, version, world.other_buyer, exclusive=True))
    assert list(Grant.objects.order_by("pk").values_list("state", flat=True)) == ["expired", "active"]


def test_only_where_it_is_offered(world: World) -> None:
    version = listing(world, UNIFIED)
    with pytest.raises(InvalidInput) as caught:
        ask(world, version, exclusive=True, purpose="product_development")
    assert [error.pointer for error in caught.value.fields] == ["/purpose", "/exclusive"]
    assert not AccessRequest.objects.exists()


def test_nobody_shuts_others_out_without_an_approval(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = offered(world)
    # as by a released table that asks nobody about what is licensed
    monkeypatch.setattr("marketplace.authorization.chain.plan", lambda _ruling, *, parties: ())
    with pytest.raises(InvalidInput) as caught:
        ask(world, version, exclusive=True)
    assert [error.pointer for error in caught.value.fields] == ["/exclusive"]
    assert not AccessRequest.objects.exists()
    assert ask(world, version).state == "approved"
