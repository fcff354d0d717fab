"""Rounds of the allocation, and what becomes of what they allot."""

from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from foundation.audit.models import Event as Audited
from foundation.audit.selectors import timeline
from foundation.errors import Conflict, Forbidden, IllegalTransition, NotFound
from foundation.jobs.models import Job
from foundation.participants import services as participants
from marketplace.authorization import services as authorization
from marketplace.authorization.allotments import in_force
from marketplace.authorization.models import AccessRequest, Allotment
from marketplace.catalog import services as catalog
from marketplace.matching import allocations, services, tasks
from marketplace.matching.cadence import last_due, next_due
from marketplace.matching.models import AllocationRound, Award, Demand, Match
from marketplace.matching.services.allocating import billionths, current_claims, differences
from tests.factories import World
from tests.marketplace.authorization.asking import UNIFIED, ask, listing
from tests.marketplace.matching.allotting import held, offered, wanting
from tests.marketplace.matching.demands import SYSTEM, found, matched, opened
from tests.marketplace.matching.test_tasks import Unhurried


def outcome() -> dict[int, tuple[int, str]]:
    """Listing → (demand, state), of every award."""
    rows = Award.objects.order_by("pk").values_list("allotment__listing", "demand", "allotment__state")
    return {listing_id: (demand, state) for listing_id, demand, state in rows}


def test_the_earlier_demand_is_allotted_the_right_and_both_sides_hear_what_would_be_otherwise(world: World) -> None:
    version, first, second = offered(world), wanting(world.buyer), wanting(world.other_buyer)
    assert held() == {"claims": 2, "awarded": 1, "passed_over": 0}
    assert outcome() == {version.listing_id: (first.pk, "proposed")}
    award, allotment = Award.objects.get(), Allotment.objects.get()
    score = round(Match.objects.get(demand=first).score * 10**9)
    assert (award.value, award.others_lose, award.next_demand_id, award.version_id) == (
        score,
        score,
        second.pk,
        version.pk,
    )
    assert abs(allotment.ends_at - timezone.now() - timedelta(days=14)) < timedelta(minutes=1)
    points = f"{score / 10**7:.1f}"
    loss = f"All other demands together would be served better by {points} points of 100."
    another = "Without this demand the right would have gone to another buyer's demand."
    assert allocations.otherwise(world.buyer.actor, award) == f"{another} {loss}"
    assert allocations.otherwise(world.provider.actor, award) == f"{another} {loss}"
    named = f"Without this demand the right would have gone to demand #{second.pk}."
    assert allocations.otherwise(world.exchange.actor, award) == f"{named} {loss}"
    assert allocations.otherwise(world.other_buyer.actor, award) == f"{another} {loss}"  # not whose the award is
    kept = AllocationRound.objects.get()
    assert (kept.claims, kept.candidates, kept.awarded, kept.total) == (2, 2, 1, score)
    assert differences(kept.pk) == []
    event = timeline(("allocation_round", kept.pk)).get()
    assert (event.action, event.data["inputs_sha256"]) == ("allocation.computed", kept.inputs_sha256)
    assert [event.action for event in timeline(("demand", first.pk))][-1] == "demand.awarded"
    assert Job.objects.filter(kind="tell.matching.right_allotted", subject_id=allotment.pk).exists()


def test_of_many_matches_the_best_are_considered(world: World) -> None:
    for title in ("Delays of flights of New York airports", "Flight delays", "Airports"):
        offered(world, title=title, title_zh="", description=title, tags=[])
    demand = wanting(world.buyer, text="flight delays of airports")
    best_first = [row.listing_id for row in found(demand)]
    for most in (3, 2, 1):
        (claim,) = current_claims(most)
        assert [listing_id for listing_id, _value in claim.candidates] == best_first[:most]


def test_a_demand_past_its_last_day_takes_no_part_though_nobody_has_ended_it_yet(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered(world)
    demand = wanting(world.buyer, expires_on=timezone.localdate())
    stale = current_claims(20)
    assert [claim.demand for claim in stale] == [demand.pk]
    Demand.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    assert current_claims(20) == []
    monkeypatch.setattr("marketplace.matching.services.allocating.current_claims", lambda most: stale)
    assert held() == {"claims": 1, "awarded": 0, "passed_over": 1}


def test_a_round_that_somebody_changed_is_noticed(world: World) -> None:
    offered(world)
    wanting(world.buyer)
    held()
    kept = AllocationRound.objects.get()
    Award.objects.update(others_lose=7)
    assert differences(kept.pk) == [
        f"demand {Award.objects.get().demand_id} was awarded listing {Allotment.objects.get().listing_id}"
    ]
    Award.objects.update(others_lose=0)
    AllocationRound.objects.update(passed_over=1)
    assert differences(kept.pk) == ["1 awards follow; 1 are kept and 1 were passed over"]
    AllocationRound.objects.update(passed_over=0, inputs=[])
    assert differences(kept.pk)[0] == "the inputs do not have their digest"
    with pytest.raises(CommandError, match="1 of 1 rounds"):
        call_command("reproduce_allocation", stdout=StringIO())
    AllocationRound.objects.update(inputs=kept.inputs)
    call_command("reproduce_allocation", str(kept.pk), stdout=(out := StringIO()))
    assert out.getvalue() == f"{kept.pk}: the same\n"
    with pytest.raises(CommandError, match="no round 99"):
        call_command("reproduce_allocation", "99", stdout=StringIO())


def test_a_round_is_held_once(world: World) -> None:
    offered(world)
    wanting(world.buyer)
    assert held()["awarded"] == 1
    assert (held(), AllocationRound.objects.count(), Allotment.objects.count()) == ({}, 1, 1)


def test_beat_queues_the_round_that_is_due_until_it_is_written(world: World) -> None:
    assert [services.queue_allocation(actor=SYSTEM) for _twice in range(2)] == [True, True]
    job = Job.objects.get(kind="matching.allocate")
    assert job.arguments == {"due_at": last_due(timezone.now()).isoformat()}
    held()
    assert services.queue_allocation(actor=SYSTEM) is False


def test_the_cadence_is_counted_from_a_monday() -> None:
    monday = datetime(2026, 11, 15, 16, tzinfo=UTC)  # the sixteenth, in China
    assert last_due(monday) == monday
    assert last_due(monday - timedelta(seconds=1)) == monday - timedelta(weeks=1)
    assert next_due(monday) == monday + timedelta(weeks=1)


@pytest.mark.parametrize(
    "way", ["not exclusive", "closed", "not offered", "licensed", "asked for", "near miss", "dismissed"]
)
def test_who_and_what_takes_no_part(world: World, way: str) -> None:
    version = offered(world) if way != "not offered" else listing(world, UNIFIED)
    demand = wanting(world.buyer)
    if way == "not exclusive":
        Demand.objects.filter(pk=demand.pk).update(exclusive=False)
    elif way == "closed":
        services.close_demand(actor=world.buyer.actor, demand_id=demand.pk)
    elif way == "licensed":
        request = ask(world, version, world.other_buyer)
        step = request.steps.get()
        authorization.approve_step(actor=world.approver.actor, step_id=step.pk)
    elif way == "asked for":
        ask(world, version, world.other_buyer, exclusive=True)
    elif way == "near miss":
        Match.objects.update(eligible=False)
    elif way == "dismissed":
        services.dismiss_match(actor=world.buyer.actor, match_id=Match.objects.get().pk, reason="No.")
    assert current_claims(20) == []
    assert held()["awarded"] == 0


@pytest.mark.parametrize(
    "happened", ["nothing", "closed", "suspended", "dismissed", "lapsed", "missed", "withdrawn", "asked for"]
)
def test_what_happened_since_it_was_computed_is_looked_at_again(
    world: World, monkeypatch: pytest.MonkeyPatch, happened: str
) -> None:
    version, demand = offered(world), wanting(world.buyer)
    stale = current_claims(20)
    monkeypatch.setattr("marketplace.matching.services.allocating.current_claims", lambda most: stale)
    if happened == "closed":
        services.close_demand(actor=world.buyer.actor, demand_id=demand.pk)
    elif happened == "suspended":
        participants.suspend_organisation(actor=SYSTEM, organisation_id=world.buyer.organisation_id, reason="Checks.")
    elif happened == "dismissed":
        services.dismiss_match(actor=world.buyer.actor, match_id=Match.objects.get().pk, reason="No.")
    elif happened == "lapsed":
        Match.objects.update(state="lapsed")
    elif happened == "missed":
        Match.objects.update(eligible=False)
    elif happened == "withdrawn":
        catalog.withdraw_version(actor=world.provider.actor, version_id=version.pk)
    elif happened == "asked for":
        ask(world, version, world.other_buyer, exclusive=True)
    possible = int(happened == "nothing")
    assert held() == {"claims": 1, "awarded": possible, "passed_over": 1 - possible}
    assert Allotment.objects.count() == Award.objects.count() == possible
    assert differences(AllocationRound.objects.get().pk) == []


def test_meanwhile_nobody_else_can_ask_for_the_exclusive_licence(world: World) -> None:
    version, _demand = offered(world), wanting(world.buyer)
    held()
    until = timezone.localtime(Allotment.objects.get().ends_at).strftime("%Y-%m-%d %H:%M %z")
    for_others = partial(ask, world, version, world.other_buyer)
    with pytest.raises(Conflict) as refused:
        for_others(exclusive=True)
    assert str(refused.value) == (
        f"The exclusive licence is allotted to another buyer until {until}: ask for it after that."
    )
    assert refused.value.members == {"until": Allotment.objects.get().ends_at.isoformat()}
    assert not AccessRequest.objects.exists()
    request = ask(world, version, exclusive=True)
    allotment = Allotment.objects.get()
    assert (allotment.state, allotment.request_id) == ("taken_up", request.pk)
    with pytest.raises(Conflict, match="is being decided on"):
        for_others(exclusive=True)
    authorization.withdraw_request(actor=world.buyer.actor, request_id=request.pk)
    assert for_others(exclusive=True).state == "in_approval"
    assert [event.action for event in timeline(("allotment", allotment.pk))] == [
        "allotment.proposed",
        "allotment.taken_up",
    ]


def test_a_licence_that_is_not_exclusive_leaves_the_allotment_alone_and_is_in_its_way(world: World) -> None:
    version, _demand = offered(world), wanting(world.buyer)
    held()
    request = ask(world, version, world.other_buyer)
    authorization.approve_step(actor=world.approver.actor, step_id=request.steps.get().pk)
    assert Allotment.objects.get().state == "proposed"
    with pytest.raises(Conflict, match="Other licences of this listing stand until"):
        ask(world, version, exclusive=True)
    assert Allotment.objects.get().state == "proposed"


def test_what_is_declined_or_lapses_is_free_and_goes_to_the_next(world: World) -> None:
    version, first, second = offered(world), wanting(world.buyer), wanting(world.other_buyer)
    held()
    authorization.decline_allotment(actor=world.buyer.actor, allotment_id=Allotment.objects.get().pk)
    held(1)
    assert outcome() == {version.listing_id: (second.pk, "proposed")}
    Allotment.objects.filter(state="proposed").update(ends_at=timezone.now() - timedelta(seconds=1))
    assert not in_force().exists()
    assert authorization.lapse_allotments(actor=SYSTEM) == 1
    assert authorization.lapse_allotments(actor=SYSTEM) == 0
    assert held(2) == {"claims": 0, "awarded": 0, "passed_over": 0}  # neither is offered it again
    assert list(Allotment.objects.order_by("pk").values_list("state", flat=True)) == ["declined", "lapsed"]
    third = wanting(world.buyer)  # the same again does not keep the right from everybody
    assert held(3)["claims"] == 0
    Allotment.objects.update(created_at=timezone.now() - timedelta(days=90))
    held(4)
    assert outcome()[version.listing_id] == (third.pk, "proposed")
    assert first.pk != third.pk


def test_who_has_a_right_takes_no_part_until_its_request_has_failed(world: World) -> None:
    version, demand = offered(world), wanting(world.buyer)
    held()
    request = ask(world, version, exclusive=True)
    other = offered(world, title="Departures of New York airports by hour")
    matched(demand)
    assert held(1)["claims"] == 0
    authorization.withdraw_request(actor=world.buyer.actor, request_id=request.pk)
    held(2)
    assert outcome()[other.listing_id] == (demand.pk, "proposed")


def test_who_was_granted_its_right_takes_no_part_any_more(world: World) -> None:
    version, demand = offered(world), wanting(world.buyer)
    held()
    request = ask(world, version, exclusive=True)
    authorization.approve_step(actor=world.approver.actor, step_id=request.steps.get().pk)
    assert not in_force().exists()
    offered(world, title="Departures of New York airports by hour")
    matched(demand)
    assert held(1)["claims"] == 0


def test_what_is_worth_next_to_nothing_is_worth_something() -> None:
    assert [billionths(score) for score in (0.0, 1e-12, 1.4e-9, 1.6e-9, 0.5)] == [1, 1, 1, 2, 500_000_000]


def test_who_may_see_and_decline(world: World) -> None:
    offered(world)
    wanting(world.buyer)
    held()
    allotment = Allotment.objects.get()
    outcomes = {}
    for name in ("provider", "other_buyer", "exchange", "buyer"):
        try:
            authorization.decline_allotment(actor=getattr(world, name).actor, allotment_id=allotment.pk)
            outcomes[name] = "done"
        except (Forbidden, NotFound) as refused:
            outcomes[name] = type(refused).__name__
    assert outcomes == {"provider": "Forbidden", "other_buyer": "NotFound", "exchange": "Forbidden", "buyer": "done"}
    assert Audited.objects.filter(action="allotment.declined").count() == 1
    with pytest.raises(IllegalTransition):
        authorization.decline_allotment(actor=world.buyer.actor, allotment_id=allotment.pk)


def exclusive_right(demand: Demand) -> tuple[str, bool, object]:
    """State of the only match, whether it is eligible, and what its listing has of an exclusive licence."""
    match = Match.objects.exclude(state="lapsed").get(demand=demand)
    (entry,) = [entry for entry in match.constraints_report if entry["code"] == "exclusive"]
    return match.state, match.eligible, entry["actual"]


def test_what_is_allotted_is_proposed_to_nobody_else_until_it_is_free_again(world: World) -> None:
    version, winner, loser = offered(world), wanting(world.buyer), wanting(world.other_buyer)
    plain, elsewhere = opened(world.other_buyer), opened(world.other_buyer, text="hospital", exclusive=True)
    matched(plain)
    assert Job.objects.filter(kind="matching.match_allocated").count() == 0
    held()
    job = Job.objects.get(kind="matching.match_allocated")
    assert job.arguments == {"subject_id": AllocationRound.objects.get().pk}
    assert tasks.match_allocated(Unhurried(), subject_id=AllocationRound.objects.get().pk) == {"demands": 1}
    assert exclusive_right(loser) == ("proposed", False, "allotted")
    assert [(match.listing_id, match.eligible) for match in found(plain)] == [(version.listing_id, True)]
    matched(winner)
    assert exclusive_right(winner) == ("proposed", True, True)
    request = ask(world, version, exclusive=True)
    matched(loser)
    assert exclusive_right(loser) == ("proposed", False, "allotted")
    authorization.withdraw_request(actor=world.buyer.actor, request_id=request.pk)
    assert Job.objects.get(kind="matching.match_requested").arguments == {"subject_id": request.pk}
    services.close_demand(actor=world.other_buyer.actor, demand_id=elsewhere.pk)
    assert tasks.match_requested(Unhurried(), subject_id=request.pk) == {"demands": 2}
    assert exclusive_right(loser) == ("proposed", True, True)
    assert tasks.match_requested(Unhurried(), subject_id=0) == {"demands": 0}


def test_what_lapses_at_the_hour_of_a_round_takes_part_in_it(world: World) -> None:
    version, _first, second = offered(world), wanting(world.buyer), wanting(world.other_buyer)
    held()
    matched(second)
    assert exclusive_right(second) == ("proposed", False, "allotted")
    Allotment.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    held(1)
    assert outcome() == {version.listing_id: (second.pk, "proposed")}
    lapsed = Allotment.objects.get(state="lapsed")
    assert Job.objects.get(kind="matching.match_allotted").arguments == {"subject_id": lapsed.pk}
    assert tasks.match_allotted(Unhurried(), subject_id=lapsed.pk) == {"demands": 2}


def test_a_round_whose_worker_dies_is_held_by_the_next_with_what_lapsed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    version, _first, second = offered(world), wanting(world.buyer), wanting(world.other_buyer)
    held()
    matched(second)
    Allotment.objects.update(ends_at=timezone.now() - timedelta(seconds=1))

    class Died(BaseException):
        pass

    def die(**_which: object) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr("marketplace.matching.services.allocating.rematch_demand", die)
        with pytest.raises(Died):
            held(1)
    held(1)
    assert outcome() == {version.listing_id: (second.pk, "proposed")}


def test_a_demand_that_cannot_be_matched_stops_no_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    right, other = offered(world), offered(world, title="Flights of another year")
    wanting(world.buyer), wanting(world.other_buyer)
    held()
    Allotment.objects.filter(listing=right.listing_id).update(ends_at=timezone.now() - timedelta(seconds=1))
    bystander = wanting(world.organisation("", "buyer"))

    def broken(**_which: object) -> None:
        raise ValueError

    monkeypatch.setattr("marketplace.matching.services.allocating.rematch_demand", broken)
    assert held(1)["awarded"] == 1
    assert outcome()[right.listing_id] == (bystander.pk, "proposed")
    assert outcome()[other.listing_id] != (bystander.pk, "proposed")
    assert Demand.objects.exclude(failed_at=None).count() == 3
