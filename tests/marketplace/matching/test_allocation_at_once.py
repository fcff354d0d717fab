"""Rounds of the allocation among buyers who ask for the same rights, on connections of their own.

Whoever is first has the right, the other hears of it; nothing is given twice, and nothing to nobody. These commit.
"""

from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from marketplace.authorization import services as authorization
from marketplace.authorization.allotments import free_of_licences, in_force
from marketplace.authorization.models import AccessRequest, Allotment, Grant
from marketplace.matching.models import AllocationRound, Award
from marketplace.matching.services.allocating import differences
from tests.at_once import at_once, while_uncommitted
from tests.factories import World
from tests.marketplace.authorization.asking import ask, steps
from tests.marketplace.matching.allotting import held, offered, wanting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed rows, that other connections see."""
    return World()


def test_a_round_and_a_request_wait_for_each_other(world: World) -> None:
    version, demand = offered(world), wanting(world.buyer)
    asking = partial(ask, world, version, world.other_buyer, exclusive=True)
    assert while_uncommitted(asking, held) == "done"
    row = AllocationRound.objects.get()
    assert (row.awarded, row.passed_over, Allotment.objects.count()) == (0, 1, 0)
    assert differences(row.pk) == []
    request = AccessRequest.objects.get()
    authorization.withdraw_request(actor=world.other_buyer.actor, request_id=request.pk)
    assert while_uncommitted(partial(held, 1), asking) == "Conflict"
    assert Award.objects.get().demand_id == demand.pk
    assert in_force().get().listing_id == version.listing_id
    assert AccessRequest.objects.get() == request


def test_a_round_among_many_who_ask(world: World) -> None:
    versions = [offered(world) for _right in range(3)]
    for _right in versions:
        wanting(world.buyer)
    buyers = [world.other_buyer, world.organisation("", "buyer")]
    asked = [(version, buyer) for version in versions for buyer in buyers]
    first, *outcomes = at_once(held, *(partial(ask, world, *who, exclusive=True) for who in asked))
    assert first == "done"
    assert set(outcomes) <= {"done", "Conflict"}
    row = AllocationRound.objects.get()
    assert row.awarded == Award.objects.count() == in_force().count()
    assert differences(row.pk) == []
    allotted = set(in_force().values_list("listing_id", flat=True))
    for (version, buyer), outcome in zip(asked, outcomes, strict=True):
        requests = AccessRequest.objects.filter(version=version, organisation=buyer.organisation_id)
        assert (outcome, requests.count()) == (("Conflict", 0) if version.listing_id in allotted else ("done", 1))


def test_a_licence_that_is_given_while_the_round_looks_is_seen(world: World) -> None:
    version = offered(world)
    request = ask(world, version, world.other_buyer, exclusive=True)
    approval = partial(authorization.approve_step, actor=world.approver.actor, step_id=steps(request)[0].pk)
    done: list[str] = []

    def after_the_first(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if not done:
            done.append("begun")
            thread = Thread(target=lambda: done.extend(at_once(approval)))
            thread.start()
            thread.join(30)
        return answer

    with connection.execute_wrapper(after_the_first):
        free = free_of_licences([version.listing_id])
    assert (done, Grant.objects.get().listing_id) == (["begun", "done"], version.listing_id)
    assert free == set()
