"""Appeals: once, in time, to others of the body that refused; and to the table itself on today's facts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from foundation.errors import Conflict, Forbidden, IllegalTransition, InvalidInput, NotFound
from foundation.participants.models import Accreditation
from marketplace.authorization import services
from marketplace.authorization.decisions import rule_on
from marketplace.authorization.models import AccessRequest, ApprovalStep, Grant, RequestAppeal
from marketplace.authorization.services import Level
from tests.factories import Party, World
from tests.marketplace.authorization.asking import (
    BY_SCENARIO,
    BY_SECTOR,
    UNIFIED,
    accredit,
    ask,
    listing,
    regrade,
    scenario_parties,
    states,
    steps,
)


def reject(world: World, step: ApprovalStep, by: Party | None = None) -> None:
    actor = (by or world.approver).actor
    services.reject_step(actor=actor, step_id=step.pk, ground="scope_too_wide", reason="Less will do.")


def appeal(world: World, request: AccessRequest) -> RequestAppeal:
    return services.appeal_request(actor=world.buyer.actor, request_id=request.pk, grounds=" All is needed. ")


def test_others_of_the_body_that_refused_decide_and_what_was_left_is_asked_then(world: World) -> None:
    first = world.authority
    other = world.colleague(first, "approver")
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    reject(world, steps(request)[0], first)
    filed = appeal(world, request)
    assert states(request) == ("in_approval", ["rejected", "void", "open", "waiting"], 0)
    refused, _void, review, last = steps(request)
    assert (filed.refused_step, filed.step, filed.grounds) == (refused, review, "All is needed.")
    assert [review.approver, review.organisation, last.approver] == ["appeal", first.organisation, "exchange"]
    assert (request.closed_at, request.outcome_reason, request.outcome_ground) == (None, "", "")
    with pytest.raises(Forbidden) as caught:
        services.approve_step(actor=first.actor, step_id=review.pk)
    assert caught.value.rule == "authorization.decided_before"
    with pytest.raises(Forbidden):
        services.approve_step(actor=world.approver.actor, step_id=review.pk)
    services.approve_step(actor=other.actor, step_id=review.pk)
    assert states(request) == ("in_approval", ["rejected", "void", "approved", "open"], 0)
    services.approve_step(actor=world.approver.actor, step_id=last.pk)
    assert states(request) == ("approved", ["rejected", "void", "approved", "approved"], 1)


def test_an_appeal_keeps_approvals_quorum_and_order(world: World) -> None:
    (city, city_approver), (province, province_approver) = scenario_parties(world)
    services.create_scenario(
        actor=world.exchange.actor,
        code="winter_roads",
        name="Winter",
        levels=[
            Level("City", city.organisation_id),
            Level("Province", province.organisation_id, quorum=2),
            Level("Exchange", world.exchange.organisation_id),
        ],
    )
    request = ask(world, listing(world, BY_SCENARIO))
    city_step, province_step, _last = steps(request)
    services.approve_step(actor=city_approver.actor, step_id=city_step.pk)
    reject(world, province_step, province_approver)
    review = appeal(world, request).step
    assert review is not None
    assert (review.quorum, review.title, review.state) == (2, "Province", "open")
    assert states(request)[1] == ["approved", "rejected", "void", "open", "waiting"]
    for _vote in range(2):
        services.approve_step(actor=world.colleague(province, "approver").actor, step_id=review.pk)
    services.approve_step(actor=world.approver.actor, step_id=steps(request)[4].pk)
    assert states(request)[::2] == ("approved", 1)


def test_dismissed_it_is_final(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    reject(world, steps(request)[0])
    review = appeal(world, request).step
    assert review is not None
    reject(world, review, world.colleague(world.exchange, "approver"))
    assert states(request) == ("rejected", ["rejected", "rejected"], 0)
    with pytest.raises(Conflict, match="appealed once"):
        appeal(world, request)


def test_who_may_appeal_what_and_when(world: World) -> None:
    version = listing(world, UNIFIED)
    request = ask(world, version)
    with pytest.raises(IllegalTransition):
        appeal(world, request)
    reject(world, steps(request)[0])
    for party, error in ((world.provider, Forbidden), (world.approver, Forbidden), (world.other_buyer, NotFound)):
        with pytest.raises(error):
            services.appeal_request(actor=party.actor, request_id=request.pk, grounds="No.")
    with pytest.raises(InvalidInput, match="/grounds"):
        services.appeal_request(actor=world.buyer.actor, request_id=request.pk, grounds=" ")
    again = ask(world, version)
    with pytest.raises(Conflict, match="open request"):
        appeal(world, request)
    services.withdraw_request(actor=world.buyer.actor, request_id=again.pk)
    request.refresh_from_db()
    assert request.closed_at is not None
    AccessRequest.objects.filter(pk=request.pk).update(closed_at=request.closed_at - timedelta(days=31))
    with pytest.raises(Conflict, match="within 30 days"):
        appeal(world, request)
    assert states(request) == ("rejected", ["rejected"], 0)
    assert not RequestAppeal.objects.exists()


def test_stricter_conditions_of_today_ask_for_a_new_request(world: World) -> None:
    version = listing(world, UNIFIED)
    request = ask(world, version)
    reject(world, steps(request)[0])
    regrade(world, version, "general_4")
    with pytest.raises(Conflict, match="under other conditions today"):
        appeal(world, request)
    assert states(request) == ("rejected", ["rejected"], 0)


def test_the_table_is_asked_anew_and_cannot_be_overruled(world: World) -> None:
    version = listing(world, BY_SECTOR)
    Accreditation.objects.all().delete()
    request = ask(world, version, form="masked")
    assert (request.state, request.mode) == ("rejected", "refused")
    filed = appeal(world, request)
    assert states(request) == ("rejected", [], 0)
    assert (filed.step, filed.refused_step, filed.decision["mode"]) == (None, None, "refused")
    with pytest.raises(Conflict, match="appealed once"):
        appeal(world, request)
    second = ask(world, version, form="masked", purpose="internal_use")
    assert second.state == "rejected"
    assert world.authority.actor
    accredit(world.buyer)
    assert appeal(world, second).decision["rule_id"] != second.decision["rule_id"]
    assert states(second) == ("in_approval", ["open", "waiting"], 0)
    assert second.mode == "by_sector"
    assert not Grant.objects.exists()


def test_nobody_shuts_others_out_by_an_appeal_that_nobody_decides(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = listing(world, UNIFIED, exclusive_offered=True)
    request = ask(world, version, exclusive=True)
    # as if the table had refused it then, and gave it to everybody today
    ruling = rule_on(version, level="general_1", buyer=request.organisation, purpose="research", person_id=None)
    AccessRequest.objects.filter(pk=request.pk).update(mode="refused", state="rejected", closed_at=timezone.now())
    open_to_all = replace(ruling, decision=replace(ruling.decision, mode="open", approvals=()))
    monkeypatch.setattr(
        "marketplace.authorization.services.appeals.rule_on_request", lambda *_args, **_said: open_to_all
    )
    with pytest.raises(InvalidInput, match="/exclusive"):
        appeal(world, request)
    assert not Grant.objects.exists()
    assert not RequestAppeal.objects.exists()
