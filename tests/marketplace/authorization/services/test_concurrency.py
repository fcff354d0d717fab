"""Two real connections at once: whatever the order, exactly one outcome, and never half of one."""

from collections.abc import Callable
from threading import Barrier, Event, Thread, Timer

import pytest
from django.db import connection, transaction

from foundation.errors import DomainError, IllegalTransition
from marketplace.authorization import services
from marketplace.authorization.decisions import HandOver
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.services import reserve_download
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.services import suspend_version
from tests.factories import World
from tests.marketplace.authorization.asking import (
    BY_SECTOR,
    OPEN,
    UNIFIED,
    ask,
    granted,
    listing,
    states,
    steps,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed rows, that other connections see."""
    return World()


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Each call in a thread with its own connection, started together; results or domain errors in their order."""
    results: list[object] = [None] * len(calls)
    barrier = Barrier(len(calls))

    def run(place: int, call: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            results[place] = call()
        except DomainError as error:
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert None not in results
    return results


def test_two_approvers_of_the_last_step_make_one_grant(world: World) -> None:
    second = world.colleague(world.exchange, "approver").actor
    first = world.approver.actor
    version = listing(world, UNIFIED)
    for _round in range(ROUNDS):
        request = ask(world, version)
        (step,) = steps(request)
        results = at_once(
            lambda pk=step.pk: services.approve_step(actor=first, step_id=pk),  # type: ignore[misc]
            lambda pk=step.pk: services.approve_step(actor=second, step_id=pk),  # type: ignore[misc]
        )
        assert [isinstance(result, IllegalTransition) for result in results].count(True) == 1
        assert states(request) == ("approved", ["approved"], 1)


def test_approval_and_withdrawal_have_one_winner(world: World) -> None:
    approver, buyer = world.approver.actor, world.buyer.actor
    version = listing(world, UNIFIED)
    for _round in range(ROUNDS):
        request = ask(world, version)
        (step,) = steps(request)
        approved, withdrawn = at_once(
            lambda pk=step.pk: services.approve_step(actor=approver, step_id=pk),  # type: ignore[misc]
            lambda pk=request.pk: services.withdraw_request(actor=buyer, request_id=pk),  # type: ignore[misc]
        )
        if isinstance(withdrawn, IllegalTransition):
            assert states(request) == ("approved", ["approved"], 1)
        else:
            assert isinstance(approved, IllegalTransition)
            assert states(request) == ("withdrawn", ["void"], 0)


def test_approval_and_rejection_of_one_step_have_one_winner(world: World) -> None:
    authority = world.authority
    first, second = authority.actor, world.colleague(authority, "approver").actor
    version = listing(world, BY_SECTOR)
    for _round in range(ROUNDS):
        request = ask(world, version, form="masked")
        step = steps(request)[0]
        approved, rejected = at_once(
            lambda pk=step.pk: services.approve_step(actor=first, step_id=pk),  # type: ignore[misc]
            lambda pk=step.pk: services.reject_step(actor=second, step_id=pk, ground="other", reason="no"),  # type: ignore[misc]
        )
        if isinstance(rejected, IllegalTransition):
            assert states(request) == ("in_approval", ["approved", "open"], 0)
            services.withdraw_request(actor=world.buyer.actor, request_id=request.pk)
        else:
            assert isinstance(approved, IllegalTransition)
            assert states(request) == ("rejected", ["rejected", "void"], 0)


def test_the_last_download_of_a_limit_is_counted_once(world: World) -> None:
    grant = granted(world, download_limit=1)
    answers = at_once(
        *[
            lambda: (
                reserve_download(
                    grant_id=grant.pk, wanted=HandOver("original", grant.organisation_id, None)
                ).answer.allowed
            )
            for _ in range(4)
        ]
    )
    assert sorted(str(answer) for answer in answers) == ["False", "False", "False", "True"]
    grant.refresh_from_db()
    assert grant.downloads_used == 1


def test_the_same_request_twice_at_once_is_made_once(world: World) -> None:
    version, buyer = listing(world, UNIFIED), world.buyer
    actor = buyer.actor

    def call() -> object:
        return services.request_access(
            actor=actor, listing_id=version.listing_id, purpose="research", form="original", term_days=3
        )

    results = at_once(call, call)
    assert [isinstance(result, DomainError) for result in results].count(True) == 1


def test_open_requests_of_several_buyers_do_not_wait_for_each_other_for_ever(world: World) -> None:
    version = listing(world, OPEN)
    actors = [world.buyer.actor, world.other_buyer.actor]

    def call(place: int) -> Callable[[], object]:
        return lambda: services.request_access(
            actor=actors[place], listing_id=version.listing_id, purpose="research", form="original", term_days=3
        )

    assert not [result for result in at_once(call(0), call(1)) if isinstance(result, DomainError)]
    assert Grant.objects.count() == 2


def test_suspending_a_listing_and_granting_access_to_it_do_not_deadlock(world: World) -> None:
    """One holds the listing and waits for the version; the other holds the version, and its grant names the listing."""
    version = listing(world, OPEN)
    reviewer, buyer = world.reviewer.actor, world.buyer.actor
    in_hand, waiting = Event(), Event()

    def request() -> object:
        with transaction.atomic():
            ListingVersion.objects.select_for_update(no_key=True).get(pk=version.pk)
            in_hand.set()
            waiting.wait(timeout=20)
            return services.request_access(
                actor=buyer, listing_id=version.listing_id, purpose="research", form="original", term_days=3
            )

    def suspend() -> object:
        in_hand.wait(timeout=20)
        Timer(1.0, waiting.set).start()
        return suspend_version(actor=reviewer, version_id=version.pk, reason="complaint")

    made, suspended = at_once(request, suspend)
    assert isinstance(made, AccessRequest)
    assert isinstance(suspended, ListingVersion)
    assert (made.state, suspended.state) == ("approved", "suspended")
