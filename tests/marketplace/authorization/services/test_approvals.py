"""Chains: only the right person moves the open step, and whatever is refused leaves everything as it was."""

from collections.abc import Callable

import pytest

from foundation.audit.models import Event
from foundation.errors import DomainError, Forbidden, IllegalTransition, InvalidInput, NotFound
from foundation.participants.models import Membership
from foundation.participants.services import suspend_organisation
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, Grant
from tests.factories import Party, World
from tests.marketplace.authorization.asking import (
    BY_SCENARIO,
    BY_SECTOR,
    UNIFIED,
    ask,
    listing,
    scenario_parties,
    states,
    steps,
    winter_roads,
)


def approve(party: Party, request: AccessRequest, position: int) -> None:
    services.approve_step(actor=party.actor, step_id=steps(request)[position - 1].pk, reason="in order")


def refused(
    party: Party, request: AccessRequest, position: int, error: type[DomainError] = Forbidden, rule: str = ""
) -> None:
    """Neither approving nor rejecting works for this person, and nothing has changed afterwards."""
    step, before = steps(request)[position - 1], states(request)
    events = Event.objects.count()
    attempts: list[Callable[[], object]] = [
        lambda: services.approve_step(actor=party.actor, step_id=step.pk),
        lambda: services.reject_step(actor=party.actor, step_id=step.pk, ground="other", reason="no"),
    ]
    for attempt in attempts:
        with pytest.raises(error) as caught:
            attempt()
        assert getattr(caught.value, "rule", "") == rule
    assert states(request) == before
    assert Event.objects.count() == events


NOT_THE_APPROVER = "authorization.not_the_approver"


def test_unified_the_exchange_approves(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    refused(world.other_buyer, request, 1, NotFound)
    refused(world.authority, request, 1, NotFound)
    for party in (world.buyer, world.provider, world.exchange, world.reviewer, world.auditor):
        refused(party, request, 1, rule=NOT_THE_APPROVER)
    approve(world.approver, request, 1)
    assert states(request) == ("approved", ["approved"], 1)
    (step,) = steps(request)
    assert (step.decided_by_id, step.reason) == (world.approver.user.pk, "in order")
    assert step.decided_at is not None
    refused(world.approver, request, 1, IllegalTransition)


def test_by_sector_the_authority_then_the_exchange(world: World) -> None:
    other = world.organisation("Finance Commission", ("sector_authority", "finance"), kind="authority")
    wrong_sector = world.colleague(other, "approver")
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    refused(wrong_sector, request, 1, NotFound)
    refused(world.approver, request, 1, rule=NOT_THE_APPROVER)
    refused(world.approver, request, 2, IllegalTransition)
    approve(authority, request, 1)
    assert states(request) == ("in_approval", ["approved", "open"], 0)
    refused(authority, request, 1, IllegalTransition)
    refused(authority, request, 2, rule=NOT_THE_APPROVER)
    approve(world.approver, request, 2)
    assert states(request) == ("approved", ["approved", "approved"], 1)
    grant = Grant.objects.get(request=request)
    assert grant.forms == ["masked"]
    assert grant.obligations == [
        "purpose_limit",
        "no_onward_transfer",
        "fingerprint",
        "retention",
        "masking",
        "deletion_report",
    ]


def test_by_scenario_level_by_level(world: World) -> None:
    (city, city_approver), (province, province_approver) = scenario_parties(world)
    winter_roads(world, city.organisation_id, province.organisation_id, world.exchange.organisation_id)
    request = ask(world, listing(world, BY_SCENARIO))
    refused(province_approver, request, 1, rule=NOT_THE_APPROVER)
    refused(city, request, 1, rule=NOT_THE_APPROVER)
    refused(province_approver, request, 2, IllegalTransition)
    refused(world.approver, request, 3, IllegalTransition)
    approve(city_approver, request, 1)
    refused(city_approver, request, 2, rule=NOT_THE_APPROVER)
    approve(province_approver, request, 2)
    assert states(request) == ("in_approval", ["approved", "approved", "open"], 0)
    approve(world.approver, request, 3)
    assert states(request) == ("approved", ["approved"] * 3, 1)


def test_nobody_decides_twice_in_one_chain(world: World) -> None:
    (city, approver), (province, _) = scenario_parties(world)
    winter_roads(world, city.organisation_id, province.organisation_id)
    Membership.objects.create(organisation_id=province.organisation_id, user=approver.user, roles=["approver"])
    request = ask(world, listing(world, BY_SCENARIO))
    approve(approver, request, 1)
    before = states(request)
    elsewhere = approver.actor.__class__(
        kind="member",
        label=approver.actor.label,
        user_id=approver.user.pk,
        organisation_id=province.organisation_id,
        organisation_verified=True,
        organisation_roles=frozenset({"scenario_authority"}),
        member_roles=frozenset({"approver"}),
    )
    with pytest.raises(Forbidden) as caught:
        services.approve_step(actor=elsewhere, step_id=steps(request)[1].pk)
    assert caught.value.rule == "authorization.decided_before"
    assert states(request) == before == ("in_approval", ["approved", "open"], 0)


@pytest.mark.parametrize("side", ["buyer", "provider"])
def test_nobody_decides_for_a_party_they_belong_to(world: World, side: str) -> None:
    party: Party = getattr(world, side)
    Membership.objects.create(organisation_id=party.organisation_id, user=world.approver.user, roles=["auditor"])
    request = ask(world, listing(world, UNIFIED))
    refused(world.approver, request, 1, rule="authorization.party")
    approve(world.colleague(world.exchange, "approver"), request, 1)
    assert states(request) == ("approved", ["approved"], 1)


def test_a_suspended_authority_decides_nothing(world: World) -> None:
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    suspend_organisation(actor=world.exchange.actor, organisation_id=authority.organisation_id, reason="under inquiry")
    refused(authority, request, 1, rule=NOT_THE_APPROVER)


def test_rejection_ends_the_chain_with_its_reason(world: World) -> None:
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    services.reject_step(
        actor=authority.actor, step_id=steps(request)[0].pk, ground="other", reason=" The purpose is too wide. "
    )
    assert states(request) == ("rejected", ["rejected", "void"], 0)
    assert request.outcome_reason == "The purpose is too wide."
    assert request.closed_at is not None
    refused(world.approver, request, 2, IllegalTransition)


def test_a_rejection_needs_a_reason(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    with pytest.raises(InvalidInput, match="/reason"):
        services.reject_step(actor=world.approver.actor, step_id=steps(request)[0].pk, ground="other", reason="  ")
    assert states(request) == ("in_approval", ["open"], 0)


def test_no_such_step(world: World) -> None:
    with pytest.raises(NotFound):
        services.approve_step(actor=world.approver.actor, step_id=10**6)
