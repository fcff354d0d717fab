"""Links: only an untampered one of a present member, and only for so long."""

from dataclasses import replace

import pytest
from django.conf import LazySettings
from django.core import signing

from foundation.audit.models import Event
from foundation.errors import Conflict, Forbidden, Gone, NotFound
from foundation.participants.models import Membership
from marketplace.delivery import links, services
from marketplace.delivery.models import Delivery
from tests.factories import World
from tests.marketplace.authorization.asking import granted
from tests.marketplace.delivery.fetching import linked, prepared, token_of


def test_a_link_stands_for_the_person_who_made_it(world: World) -> None:
    grant = granted(world)
    link = linked(world, grant)
    bearer = links.read(token_of(link))
    assert (bearer.delivery_id, bearer.holder_id) == (Delivery.objects.get().pk, world.buyer.organisation_id)
    assert bearer.actor == replace(world.buyer.actor, key_id=None)  # a link is no key
    event = Event.objects.get(action="delivery.link_made")
    assert event.data == {"until": link.expires_at.isoformat()}


def test_an_expired_link_is_gone(world: World, settings: LazySettings) -> None:
    token = token_of(linked(world, granted(world)))
    settings.DELIVERY_LINK_SECONDS = -1
    with pytest.raises(Gone, match="expired"):
        services.begin_download(token=token)


def test_a_forged_link_is_not_found(world: World, settings: LazySettings) -> None:
    token = token_of(linked(world, granted(world)))
    content, instant, signature = token.split(":")
    forged = [
        f"{content}:{instant}:{signature[:-1]}{'A' if signature[-1] != 'A' else 'B'}",
        f"{content[:-1]}x:{instant}:{signature}",
        f"{content}:zzzzzz:{signature}",
        "nonsense",
        signing.dumps({"delivery": 1, "holder": 1, "user": 1}, key="another key", salt="marketplace.delivery.link"),
        signing.dumps({"delivery": 1, "holder": 1, "user": 1}, key=settings.DELIVERY_KEY, salt="something else"),
    ]
    for attempt in forged:
        with pytest.raises(NotFound):
            services.begin_download(token=attempt)
    assert not Event.objects.filter(action__startswith="transfer.").exists()


def test_the_link_of_somebody_who_left_is_gone(world: World) -> None:
    grant = granted(world)
    colleague = world.colleague(world.buyer, "operator")
    token = token_of(linked(world, grant, colleague))
    user = colleague.user
    user.is_active = False
    user.save()
    with pytest.raises(Gone, match="no longer a member"):
        services.begin_download(token=token)


def test_only_the_holder_makes_links(world: World) -> None:
    grant = granted(world)
    delivery = prepared(grant, world.buyer)
    for party in (world.exchange, world.approver, world.provider, world.colleague(world.buyer, "auditor")):
        with pytest.raises(Forbidden) as caught:
            services.make_link(actor=party.actor, delivery_id=delivery.pk)
        assert caught.value.rule == "delivery.holder_only"
    for party in (world.other_buyer, world.other_provider, world.authority):
        with pytest.raises(NotFound):
            services.make_link(actor=party.actor, delivery_id=delivery.pk)
    assert not Event.objects.filter(action="delivery.link_made").exists()


def test_a_link_needs_a_ready_file(world: World) -> None:
    grant = granted(world, form="masked")
    delivery = prepared(grant, world.buyer)
    assert delivery.state == "preparing"
    with pytest.raises(Conflict, match="'preparing'"):
        services.make_link(actor=world.buyer.actor, delivery_id=delivery.pk)


def test_the_link_of_somebody_who_may_receive_nothing_any_longer_is_gone(world: World) -> None:
    colleague = world.colleague(world.buyer, "operator")
    token = token_of(linked(world, granted(world), colleague))
    Membership.objects.filter(user=colleague.user).update(roles=["auditor"])
    with pytest.raises(Gone):
        services.begin_download(token=token)
