"""Chains that an earlier release left: the statements of the migrations, on rows as they were then."""

from datetime import timedelta
from importlib import import_module

from django.db import connection

from foundation.notifications.registry import kind
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, ApprovalStep, ApprovalVote
from tests.factories import SYSTEM, World
from tests.marketplace.authorization.asking import BY_SECTOR, ask, listing, states, steps

CHAINS = import_module("marketplace.authorization.migrations.0008_chains_of_before")
OPENED = import_module("marketplace.authorization.migrations.0012_when_steps_opened")


def upgrade() -> None:
    with connection.cursor() as cursor:
        for statement in (CHAINS.VOTES, CHAINS.STEPS, CHAINS.REQUESTS, OPENED.OPENED):
            cursor.execute(statement)


def test_a_chain_that_was_under_way_is_decided_to_its_end(world: World) -> None:
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    services.approve_step(actor=authority.actor, step_id=steps(request)[0].pk, reason="in order")
    ApprovalVote.objects.all().delete()
    ApprovalStep.objects.update(stage=0, opened_at=None, due_at=None)
    AccessRequest.objects.update(expires_at=None)
    upgrade()
    upgrade()  # nothing twice
    first, second = steps(request)
    vote = ApprovalVote.objects.get()
    assert (vote.step, vote.voter, vote.seat, vote.verdict, vote.reason, vote.created_at) == (
        first,
        authority.user,
        authority.user,
        "approve",
        "in order",
        first.decided_at,
    )
    request.refresh_from_db()
    assert (first.opened_at, second.opened_at, first.due_at) == (request.created_at, first.decided_at, None)
    assert second.due_at is not None
    assert request.expires_at is not None
    assert request.expires_at - second.due_at == timedelta(days=80)
    told = {audience.organisation_id for audience in kind("authorization.request_ended").audience(request.pk)}
    assert told == {world.provider.organisation_id, authority.organisation_id, world.exchange.organisation_id}
    services.approve_step(actor=world.approver.actor, step_id=second.pk)
    assert states(request) == ("approved", ["approved", "approved"], 1)


def test_a_step_of_before_that_waits_is_followed_by_the_next_alone(world: World) -> None:
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    ApprovalStep.objects.update(stage=0, opened_at=None, due_at=None)
    upgrade()
    first, second = steps(request)
    assert (first.opened_at, second.opened_at, second.due_at) == (request.created_at, None, None)
    ApprovalStep.objects.filter(pk=first.pk).update(
        opened_at=request.created_at - timedelta(days=8), due_at=request.created_at + timedelta(days=2)
    )
    assert services.remind_of_steps(actor=SYSTEM) == 1
    assert states(request) == ("in_approval", ["open", "waiting"], 0)
    services.approve_step(actor=authority.actor, step_id=first.pk)
    assert states(request) == ("in_approval", ["approved", "open"], 0)
