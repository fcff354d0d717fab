"""Stages, quorum and delegation: who is asked when, how many have to approve, and who counts as having taken part."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from foundation.participants.models import Membership
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, ApprovalDelegation, ApprovalStep, ApprovalVote
from marketplace.authorization.services import Level
from tests.factories import Party, World
from tests.marketplace.authorization.asking import (
    BY_SCENARIO,
    UNIFIED,
    ask,
    listing,
    scenario_parties,
    states,
    steps,
)


def scenario(world: World, *levels: Level) -> None:
    actor = world.exchange.actor
    services.create_scenario(actor=actor, code="winter_roads", name="Winter road safety", levels=levels)


def vote(party: Party, step: ApprovalStep, **how: Any) -> ApprovalStep:
    return services.approve_step(actor=party.actor, step_id=step.pk, **how)


def refused(party: Party, step: ApprovalStep, rule: str, **how: Any) -> None:
    votes = ApprovalVote.objects.count()
    with pytest.raises(Forbidden) as caught:
        vote(party, step, **how)
    assert caught.value.rule == rule
    assert ApprovalVote.objects.count() == votes


def membership(party: Party) -> int:
    return Membership.objects.get(user=party.user, organisation=party.organisation_id).pk


def delegated(giver: Party, to: Party, days: float = 3, **when: Any) -> ApprovalDelegation:
    return services.delegate_approvals(
        actor=giver.actor,
        membership_id=membership(to),
        ends_at=timezone.now() + timedelta(days=days),
        reason="On a journey.",
        **when,
    )


def test_levels_of_a_stage_are_asked_together_and_the_next_when_all_approved(world: World) -> None:
    (city, city_approver), (province, province_approver) = scenario_parties(world)
    scenario(
        world,
        Level("City", city.organisation_id, stage=1),
        Level("Province", province.organisation_id, stage=1),
        Level("Exchange", world.exchange.organisation_id, stage=2),
    )
    request = ask(world, listing(world, BY_SCENARIO))
    first, second, third = steps(request)
    assert [step.state for step in (first, second, third)] == ["open", "open", "waiting"]
    assert [first.due_at is None, third.due_at is None] == [False, True]
    vote(province_approver, second)
    assert states(request) == ("in_approval", ["open", "approved", "waiting"], 0)
    vote(city_approver, first)
    assert states(request) == ("in_approval", ["approved", "approved", "open"], 0)
    vote(world.approver, third)
    assert states(request) == ("approved", ["approved"] * 3, 1)


def test_a_refusal_ends_what_is_open_beside_it(world: World) -> None:
    (city, city_approver), (province, _) = scenario_parties(world)
    scenario(world, Level("A", city.organisation_id, stage=1), Level("B", province.organisation_id, stage=1))
    request = ask(world, listing(world, BY_SCENARIO))
    services.reject_step(
        actor=city_approver.actor, step_id=steps(request)[0].pk, ground="scope_too_wide", reason=" Less will do. "
    )
    assert states(request) == ("rejected", ["rejected", "void"], 0)
    assert (request.outcome_ground, request.outcome_reason) == ("scope_too_wide", "Less will do.")
    again = ask(world, listing(world, UNIFIED))
    with pytest.raises(InvalidInput, match="/ground"):
        services.reject_step(actor=world.approver.actor, step_id=steps(again)[0].pk, ground="whim", reason="No.")


def test_a_quorum_needs_as_many_people(world: World) -> None:
    (city, first), _ = scenario_parties(world)
    second, third = world.colleague(city, "approver"), world.colleague(city, "approver")
    scenario(world, Level("City", city.organisation_id, quorum=2))
    request = ask(world, listing(world, BY_SCENARIO))
    (step,) = steps(request)
    assert vote(first, step).state == "open"
    assert states(request) == ("in_approval", ["open"], 0)
    refused(first, step, "authorization.voted_before")
    assert vote(second, step).state == "approved"
    assert states(request) == ("approved", ["approved"], 1)
    assert set(ApprovalVote.objects.values_list("voter", flat=True)) == {first.user.pk, second.user.pk}
    with pytest.raises(DomainError, match="not possible in state 'approved'"):
        vote(third, step)


def test_one_vote_against_refuses_whatever_the_quorum(world: World) -> None:
    (city, first), _ = scenario_parties(world)
    second = world.colleague(city, "approver")
    scenario(world, Level("City", city.organisation_id, quorum=2))
    request = ask(world, listing(world, BY_SCENARIO))
    (step,) = steps(request)
    vote(first, step)
    services.reject_step(actor=second.actor, step_id=step.pk, ground="other", reason="No.")
    assert states(request) == ("rejected", ["rejected"], 0)


def test_scenarios_are_refused_with_stages_that_leave_one_out(world: World) -> None:
    (city, _), (province, _) = scenario_parties(world)
    one, other = city.organisation_id, province.organisation_id
    for first, second, pointer in ((2, 3, "/levels/0/stage"), (1, 3, "/levels/1/stage"), (1, -1, "/levels/1/stage")):
        with pytest.raises(InvalidInput, match=pointer):
            scenario(world, Level("A", one, stage=first), Level("B", other, stage=second))
    with pytest.raises(InvalidInput, match="/levels/0/quorum"):
        scenario(world, Level("A", one, quorum=0))


def test_a_delegate_votes_in_the_place_of_an_approver_until_the_end(world: World) -> None:
    clerk = world.colleague(world.exchange, "operator")
    request = ask(world, listing(world, UNIFIED))
    (step,) = steps(request)
    refused(clerk, step, "authorization.not_the_approver")
    delegation = delegated(world.approver, clerk)
    asked = services.ask_for_information(actor=clerk.actor, step_id=step.pk, question="Which cohort?")
    event = AuditEvent.objects.get(action="access_request.asked")
    assert event.data == {"step": step.pk, "round": asked.pk, "delegation": delegation.pk}
    services.give_information(actor=world.buyer.actor, request_id=request.pk, answer="That of 2020.")
    vote(clerk, step)
    assert states(request) == ("approved", ["approved"], 1)
    (cast,) = ApprovalVote.objects.all()
    assert (cast.voter_id, cast.seat_id, cast.delegation) == (clerk.user.pk, world.approver.user.pk, delegation)


@pytest.mark.parametrize("end", ["over", "to come", "revoked", "role lost"])
def test_a_delegation_ends(world: World, end: str) -> None:
    clerk = world.colleague(world.exchange, "operator")
    (step,) = steps(ask(world, listing(world, UNIFIED)))
    delegation = delegated(world.approver, clerk)
    now = timezone.now()
    if end == "over":
        ApprovalDelegation.objects.update(starts_at=now - timedelta(days=2), ends_at=now)
    elif end == "to come":
        ApprovalDelegation.objects.update(starts_at=now + timedelta(hours=1))
    elif end == "revoked":
        services.revoke_delegation(actor=world.exchange.actor, delegation_id=delegation.pk)
    else:
        Membership.objects.filter(user=world.approver.user).update(roles=["auditor"])
    refused(clerk, step, "authorization.not_the_approver")
    with pytest.raises(InvalidInput, match="/delegation"):
        vote(clerk, step, delegation_id=delegation.pk)


def test_delegate_and_delegator_are_one_seat_and_each_takes_part_once(world: World) -> None:
    (city, first), _ = scenario_parties(world)
    second, third, clerk = (world.colleague(city, role) for role in ("approver", "approver", "operator"))
    scenario(world, Level("City", city.organisation_id, quorum=3))
    (step,) = steps(ask(world, listing(world, BY_SCENARIO)))
    of_first = delegated(first, second)
    vote(second, step, delegation_id=of_first.pk)  # who is an approver, too
    refused(first, step, "authorization.voted_before")
    refused(second, step, "authorization.voted_before")
    of_second = delegated(second, clerk)
    refused(clerk, step, "authorization.voted_before", delegation_id=of_second.pk)
    of_third = delegated(third, clerk)
    with pytest.raises(InvalidInput, match="/delegation: Several approvers"):
        vote(clerk, step)
    vote(clerk, step, delegation_id=of_third.pk)
    refused(third, step, "authorization.voted_before")
    assert ApprovalVote.objects.count() == 2


def test_nobody_stands_in_for_who_belongs_to_a_party(world: World) -> None:
    clerk = world.colleague(world.exchange, "operator")
    (step,) = steps(ask(world, listing(world, UNIFIED)))
    delegated(world.approver, clerk)
    Membership.objects.create(organisation_id=world.buyer.organisation_id, user=world.approver.user, roles=["auditor"])
    refused(clerk, step, "authorization.party")


def test_who_may_give_and_take_back_a_delegation(world: World) -> None:
    clerk = world.colleague(world.exchange, "operator")
    with pytest.raises(Forbidden):
        delegated(clerk, world.approver)
    for to, days, pointer in (
        (world.buyer, 3, "/membership"),
        (world.approver, 3, "/membership"),
        (clerk, -1, "/ends_at"),
        (clerk, 181, "/ends_at"),
    ):
        with pytest.raises(InvalidInput, match=pointer):
            delegated(world.approver, to, days)
    with pytest.raises(InvalidInput, match="/ends_at"):
        delegated(world.approver, clerk, 1, starts_at=timezone.now() + timedelta(days=2))
    delegation = delegated(world.approver, clerk)
    with pytest.raises(NotFound):
        services.revoke_delegation(actor=world.buyer.actor, delegation_id=delegation.pk)
    with pytest.raises(Forbidden):
        services.revoke_delegation(actor=clerk.actor, delegation_id=delegation.pk)
    services.revoke_delegation(actor=world.approver.actor, delegation_id=delegation.pk)
    with pytest.raises(Conflict):
        services.revoke_delegation(actor=world.approver.actor, delegation_id=delegation.pk)


def test_the_database_lets_nobody_take_part_twice(world: World) -> None:
    a, b, c = (party.user.pk for party in (world.approver, world.reviewer, world.auditor))
    delegation = delegated(world.approver, world.reviewer)
    version = listing(world, UNIFIED)
    request, other = ask(world, version), ask(world, version, purpose="internal_use")

    def cast(of: AccessRequest, voter: int, seat: int) -> None:
        by = None if voter == seat else delegation
        step = steps(of)[0]
        ApprovalVote.objects.create(
            request=of, step=step, voter_id=voter, seat_id=seat, delegation=by, verdict="approve"
        )

    cast(request, a, b)
    for voter, seat in ((a, a), (b, b), (b, a), (c, a), (c, b), (a, c), (b, c)):
        with pytest.raises(IntegrityError, match="vote_nobody_twice_in_a_chain"), transaction.atomic():
            cast(request, voter, seat)
    cast(request, c, c)
    cast(other, b, b)
    with pytest.raises(IntegrityError, match="vote_for_another_by_delegation"), transaction.atomic():
        ApprovalVote.objects.create(
            request=other, step=steps(other)[0], voter_id=a, seat_id=c, delegation=None, verdict="approve"
        )
