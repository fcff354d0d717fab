"""Who sees which request, step and grant: the concerned, and nobody else."""

import pytest

from foundation.actors import ANONYMOUS, system
from foundation.errors import Forbidden, NotFound
from marketplace.authorization import selectors, services
from marketplace.authorization.models import AccessRequest, Grant
from tests.factories import World
from tests.marketplace.authorization.asking import (
    BY_SCENARIO,
    BY_SECTOR,
    OPEN,
    ask,
    granted,
    listing,
    regrade,
    scenario_parties,
    steps,
    winter_roads,
)


def test_the_concerned_see_a_request_and_its_grant(world: World) -> None:
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    elsewhere = granted(world, form="original", purpose="internal_use")
    for party, step in zip((authority, world.approver), steps(request), strict=True):
        services.approve_step(actor=party.actor, step_id=step.pk)
    grant = Grant.objects.get(request=request)
    sees = {
        "buyer": world.buyer,
        "buyer's auditor": world.colleague(world.buyer, "auditor"),
        "provider": world.provider,
        "authority": authority,
        "exchange": world.exchange,
        "exchange's reviewer": world.reviewer,
    }
    for name, party in sees.items():
        actor = party.actor
        assert selectors.visible_requests(actor).filter(pk=request.pk).exists(), name
        assert selectors.visible_steps(actor).filter(request=request).count() == 2, name
        assert selectors.visible_grants(actor).filter(pk=grant.pk).exists(), name
        assert selectors.access_request(actor, request.pk).pk == request.pk
        assert selectors.grant(actor, grant.pk).pk == grant.pk
    for party in (world.other_buyer, world.other_provider):
        actor = party.actor
        assert not selectors.visible_requests(actor).exists()
        assert not selectors.visible_steps(actor).exists()
        assert not selectors.visible_grants(actor).exists()
        for read in (
            lambda actor=actor: selectors.access_request(actor, request.pk),
            lambda actor=actor: selectors.grant(actor, grant.pk),
            lambda actor=actor: selectors.timeline(actor, request.pk),
        ):
            with pytest.raises(NotFound):
                read()
    assert not selectors.visible_requests(ANONYMOUS).exists()
    assert not selectors.visible_grants(ANONYMOUS).exists()
    assert selectors.visible_grants(system("tests")).count() == 2
    assert list(selectors.visible_grants(authority.actor)) == [grant]
    assert elsewhere in selectors.visible_grants(world.buyer.actor)


def test_own_steps_are_those_to_decide_on(world: World) -> None:
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    first, second = steps(request)
    assert list(selectors.own_steps(authority.actor, state="open")) == [first]
    assert list(selectors.own_steps(world.approver.actor, state="open")) == []
    assert list(selectors.own_steps(world.approver.actor)) == [second]
    assert list(selectors.own_steps(world.buyer.actor)) == []
    assert list(selectors.own_steps(ANONYMOUS)) == []


def test_the_timeline_tells_all_in_order(world: World) -> None:
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    for party, step in zip((authority, world.approver), steps(request), strict=True):
        services.approve_step(actor=party.actor, step_id=step.pk)
    grant = Grant.objects.get(request=request)
    services.revoke_grant(actor=authority.actor, grant_id=grant.pk, reason="misuse")
    assert [event.action for event in selectors.timeline(world.buyer.actor, request.pk)] == [
        "access_request.submitted",
        "access_request.routed",
        "approval_step.approved",
        "approval_step.approved",
        "access_request.approved",
        "grant.issued",
        "grant.revoked",
    ]


def test_explaining_makes_nothing_and_agrees_with_asking(world: World) -> None:
    authority = world.authority
    version = listing(world, BY_SECTOR)
    explained = selectors.explain(world.buyer.actor, listing_id=version.listing_id, purpose="research")
    assert not AccessRequest.objects.exists()
    assert explained.ruling.decision.rule_id == "sector_protected"
    assert explained.ruling.possible_forms == ("masked",)
    assert [step.organisation.pk for step in explained.steps] == [
        authority.organisation_id,
        world.exchange.organisation_id,
    ]
    assert explained.missing is None
    request = ask(world, version, form="masked")
    assert request.decision == explained.ruling.as_record()


def test_explaining_names_what_is_missing(world: World) -> None:
    version = listing(world, BY_SCENARIO)
    explained = selectors.explain(world.buyer.actor, listing_id=version.listing_id)
    assert explained.steps == ()
    assert "'winter_roads', which has no levels" in str(explained.missing)
    (city, _), _ = scenario_parties(world)
    winter_roads(world, city.organisation_id)
    explained = selectors.explain(world.buyer.actor, listing_id=version.listing_id)
    assert [step.title for step in explained.steps] == ["Level 1"]


def test_explaining_a_refusal(world: World) -> None:
    version = listing(world, OPEN)
    regrade(world, version, "core")
    explained = selectors.explain(world.buyer.actor, listing_id=version.listing_id)
    assert (explained.ruling.decision.mode, explained.steps, explained.missing) == ("refused", (), None)
    with pytest.raises(Forbidden):
        selectors.explain(ANONYMOUS, listing_id=version.listing_id)
    with pytest.raises(NotFound):
        selectors.explain(world.buyer.actor, listing_id=10**6)
