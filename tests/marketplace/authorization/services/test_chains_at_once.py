"""Two real connections in one chain: votes, parallel steps, appeals and withdrawals have one outcome, whole."""

from collections.abc import Callable
from functools import partial

import pytest

from foundation.errors import Conflict, DomainError, IllegalTransition
from marketplace.authorization import services
from marketplace.authorization.models import ApprovalVote, RequestAppeal
from marketplace.authorization.services import Level
from marketplace.catalog import services as catalog
from tests.at_once import while_uncommitted
from tests.factories import World
from tests.marketplace.authorization.asking import BY_SCENARIO, UNIFIED, ask, listing, scenario_parties, states, steps
from tests.marketplace.authorization.services.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed rows, that other connections see."""
    return World()


def refusals(results: list[object]) -> list[type]:
    return [type(result) for result in results if isinstance(result, DomainError)]


def test_an_appeal_and_a_withdrawal_of_what_is_asked_for(world: World) -> None:
    version = listing(world, UNIFIED)
    request = ask(world, version)
    services.reject_step(actor=world.approver.actor, step_id=steps(request)[0].pk, ground="other", reason="No.")
    world.colleague(world.exchange, "approver")  # who decides on it
    withdraw = partial(catalog.withdraw_version, actor=world.provider.actor, version_id=version.pk)
    appeal = partial(services.appeal_request, actor=world.buyer.actor, request_id=request.pk, grounds="Not so.")
    assert while_uncommitted(withdraw, appeal) == "Conflict"
    assert states(request)[0] == "rejected"
    assert not RequestAppeal.objects.exists()


def test_the_last_votes_of_a_quorum_and_the_last_steps_of_a_stage(world: World) -> None:
    (city, first), (province, third) = scenario_parties(world)
    second, spare = world.colleague(city, "approver"), world.colleague(city, "approver")
    services.create_scenario(
        actor=world.exchange.actor,
        code="winter_roads",
        name="Winter",
        levels=[
            Level("City", city.organisation_id, stage=1, quorum=2),
            Level("Province", province.organisation_id, stage=1),
        ],
    )
    version = listing(world, BY_SCENARIO)
    voters = [party.actor for party in (first, second, spare)]
    for _round in range(ROUNDS):
        request = ask(world, version)
        one, other = (step.pk for step in steps(request))
        # three vote for what two suffice for, while the step beside it gets its only vote: one grant, three votes
        calls = [partial(services.approve_step, actor=actor, step_id=one) for actor in voters]
        results = at_once(*calls, partial(services.approve_step, actor=third.actor, step_id=other))
        assert refusals(results) == [IllegalTransition]
        assert states(request) == ("approved", ["approved", "approved"], 1)
        assert ApprovalVote.objects.filter(request=request).count() == 3


def test_appeals_votes_and_withdrawals_have_one_winner(world: World) -> None:
    version = listing(world, UNIFIED)
    buyer, approver, other = world.buyer.actor, world.approver.actor, world.colleague(world.exchange, "approver").actor
    for _round in range(ROUNDS):
        request = ask(world, version)
        (step,) = steps(request)
        # one person through two connections: one vote
        vote: Callable[[], object] = partial(
            services.reject_step, actor=approver, step_id=step.pk, ground="other", reason="No."
        )
        assert refusals(at_once(vote, vote)) == [IllegalTransition]
        appeal = partial(services.appeal_request, actor=buyer, request_id=request.pk, grounds="Yes.")
        results = at_once(appeal, appeal)
        assert refusals(results) in ([IllegalTransition], [Conflict])
        assert RequestAppeal.objects.filter(request=request).count() == 1
        assert states(request) == ("in_approval", ["rejected", "open"], 0)
        review = steps(request)[1].pk
        approved, withdrawn = at_once(
            partial(services.approve_step, actor=other, step_id=review),
            partial(services.withdraw_request, actor=buyer, request_id=request.pk),
        )
        if isinstance(withdrawn, DomainError):
            assert states(request) == ("approved", ["rejected", "approved"], 1)
        else:
            assert isinstance(approved, IllegalTransition)
            assert states(request) == ("withdrawn", ["rejected", "void"], 0)
