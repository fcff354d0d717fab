"""Requests that wait: rounds of questions stop the clocks, deadlines are told of, and what nobody decides expires."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden, IllegalTransition, InvalidInput
from foundation.events.models import Event
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, ApprovalStep, InformationRound
from tests.factories import SYSTEM, World
from tests.marketplace.authorization.asking import BY_SECTOR, UNIFIED, ask, listing, states, steps

DAY = timedelta(days=1)


def told(name: str) -> int:
    return Event.objects.filter(name=name).count()


def test_a_question_stops_the_clock_until_it_is_answered(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    (step,) = steps(request)
    approver, buyer = world.approver.actor, world.buyer.actor
    for party in (world.buyer, world.provider, world.reviewer):
        with pytest.raises(Forbidden):
            services.ask_for_information(actor=party.actor, step_id=step.pk, question="Why?")
    with pytest.raises(InvalidInput, match="/question"):
        services.ask_for_information(actor=approver, step_id=step.pk, question=" ")
    services.ask_for_information(actor=approver, step_id=step.pk, question="Which cohort?")
    assert states(request) == ("more_information", ["open"], 0)
    attempts: list[Callable[[], object]] = [
        lambda: services.approve_step(actor=approver, step_id=step.pk),
        lambda: services.reject_step(actor=approver, step_id=step.pk, ground="other", reason="No."),
    ]
    for act in attempts:
        with pytest.raises(Conflict, match="has been asked a question"):
            act()
    with pytest.raises(IllegalTransition):
        services.ask_for_information(actor=approver, step_id=step.pk, question="And why?")
    # four days pass, in which the step would have been due
    InformationRound.objects.update(asked_at=timezone.now() - 4 * DAY)
    ApprovalStep.objects.update(due_at=(due := timezone.now() - DAY))
    assert [services.escalate_steps(actor=SYSTEM), services.remind_of_steps(actor=SYSTEM)] == [0, 0]
    with pytest.raises(Forbidden):
        services.give_information(actor=world.provider.actor, request_id=request.pk, answer="That of 2020.")
    asked = services.give_information(actor=buyer, request_id=request.pk, answer="That of 2020.")
    assert states(request) == ("in_approval", ["open"], 0)
    (step,) = steps(request)
    assert step.due_at is not None
    assert asked.answered_at is not None
    assert step.due_at - due == asked.answered_at - InformationRound.objects.get().asked_at >= 4 * DAY
    with pytest.raises(IllegalTransition):
        services.give_information(actor=buyer, request_id=request.pk, answer="Again.")
    services.ask_for_information(actor=approver, step_id=step.pk, question="And why?")
    with pytest.raises(IntegrityError, match="round_one_waits_at_a_time"), transaction.atomic():
        InformationRound.objects.create(request=request, step=step, question="?", asked_by=world.approver.user)
    services.give_information(actor=buyer, request_id=request.pk, answer="For the model.")
    services.approve_step(actor=approver, step_id=step.pk)
    assert states(request) == ("approved", ["approved"], 1)
    told_of = AuditEvent.objects.filter(subject_type="access_request").order_by("pk").values_list("action", flat=True)
    asking = ["access_request.asked", "access_request.answered"]
    assert list(told_of) == [
        "access_request.submitted", "access_request.routed", *asking, *asking, "access_request.approved"
    ]  # fmt: skip
    assert "cohort" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_approvers_are_reminded_once_and_what_is_overdue_is_told_once_and_stays_theirs(world: World) -> None:
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    first, _second = steps(request)
    assert first.due_at is not None
    assert first.opened_at is not None
    assert first.due_at - first.opened_at == 10 * DAY
    assert [services.remind_of_steps(actor=SYSTEM), services.escalate_steps(actor=SYSTEM)] == [0, 0]
    now = timezone.now()
    ApprovalStep.objects.filter(pk=first.pk).update(opened_at=now - 8 * DAY, due_at=now + 2 * DAY)
    assert [services.remind_of_steps(actor=SYSTEM), services.remind_of_steps(actor=SYSTEM)] == [1, 0]
    ApprovalStep.objects.filter(pk=first.pk).update(due_at=timezone.now())
    assert [services.escalate_steps(actor=SYSTEM), services.escalate_steps(actor=SYSTEM)] == [1, 0]
    assert [told("approval_step.due_soon"), told("approval_step.overdue")] == [1, 1]
    assert states(request) == ("in_approval", ["open", "waiting"], 0)
    with pytest.raises(Forbidden):
        services.approve_step(actor=world.approver.actor, step_id=first.pk)
    services.approve_step(actor=authority.actor, step_id=first.pk)
    assert states(request) == ("in_approval", ["approved", "open"], 0)


@pytest.mark.parametrize("asked", [False, True])
def test_what_is_not_decided_in_time_expires_also_while_the_buyer_is_asked(world: World, asked: bool) -> None:
    request = ask(world, listing(world, UNIFIED))
    (step,) = steps(request)
    if asked:
        services.ask_for_information(actor=world.approver.actor, step_id=step.pk, question="Which cohort?")
    assert services.expire_requests(actor=SYSTEM) == 0
    AccessRequest.objects.update(expires_at=timezone.now())
    assert [services.expire_requests(actor=SYSTEM), services.expire_requests(actor=SYSTEM)] == [1, 0]
    assert states(request) == ("expired", ["void"], 0)
    assert request.closed_at is not None
    assert told("access_request.expired") == 1
    with pytest.raises(IllegalTransition):
        services.approve_step(actor=world.approver.actor, step_id=step.pk)
