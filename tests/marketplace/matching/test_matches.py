"""What the buyer does with matches: by whom, in which states."""

from collections.abc import Callable
from typing import Any

import pytest

from foundation.actors import ANONYMOUS
from foundation.audit.selectors import timeline
from foundation.errors import Conflict, Forbidden, IllegalTransition, InvalidInput, NotFound
from marketplace.matching import selectors, services
from marketplace.matching.models import Demand, Match
from marketplace.matching.states import MATCH
from tests.factories import World, published_listing
from tests.marketplace.matching.demands import found, matched, opened


def dismiss(*, actor: Any, match_id: int) -> Match:
    return services.dismiss_match(actor=actor, match_id=match_id, reason="too old")


STEPS: dict[str, Callable[..., Match]] = {"accept": services.accept_match, "dismiss": dismiss}


@pytest.fixture
def match(world: World) -> Match:
    published_listing(world)
    demand = opened(world.buyer)
    matched(demand)
    return found(demand)[0]


def stored(row: Match) -> Any:
    return Match.objects.values().get(pk=row.pk)


def actions(row: Match) -> list[str]:
    return [event.action for event in timeline(("match", row.pk))]


def put(row: Match, state: str) -> None:
    for step in {"converted": ["accepted", "converted"], "proposed": []}.get(state, [state]):
        Match.objects.filter(pk=row.pk).update(state=step)


def test_accepted(world: World, match: Match) -> None:
    answer = services.accept_match(actor=world.buyer.actor, match_id=match.pk)
    assert (answer.state, stored(match)["state"]) == ("accepted", "accepted")
    event = timeline(("match", match.pk)).get()
    assert (event.action, event.actor_organisation_id) == ("match.accepted", world.buyer.organisation_id)
    assert event.data == {"demand": match.demand_id, "listing": match.listing_id, "version": match.version_id}


def test_dismissed_with_a_reason_that_is_kept_out_of_the_log(world: World, match: Match) -> None:
    services.dismiss_match(actor=world.buyer.actor, match_id=match.pk, reason="  too old ")
    assert (stored(match)["state"], stored(match)["dismissal_reason"]) == ("dismissed", "too old")
    event = timeline(("match", match.pk)).get()
    assert (event.action, "too old" in str(event.data)) == ("match.dismissed", False)


@pytest.mark.parametrize("reason", ["", "  ", "r" * 301, "r\x00"])
def test_a_dismissal_states_its_reason(world: World, match: Match, reason: str) -> None:
    before = stored(match)
    with pytest.raises(InvalidInput) as refused:
        services.dismiss_match(actor=world.buyer.actor, match_id=match.pk, reason=reason)
    assert [field.pointer for field in refused.value.fields] == ["/reason"]
    assert (stored(match), actions(match)) == (before, [])


@pytest.mark.parametrize("state", MATCH.states)
@pytest.mark.parametrize("step", STEPS)
def test_each_cell_of_the_table(world: World, match: Match, step: str, state: str) -> None:
    put(match, state)
    before = stored(match)
    if MATCH.allows(step, state):
        assert STEPS[step](actor=world.buyer.actor, match_id=match.pk).state == MATCH.target(step, state)
    else:
        with pytest.raises(IllegalTransition):
            STEPS[step](actor=world.buyer.actor, match_id=match.pk)
        assert (stored(match), actions(match)) == (before, [])


@pytest.mark.parametrize("step", STEPS)
def test_only_the_buyer_decides(world: World, match: Match, step: str) -> None:
    before = stored(match)
    for actor, error in (
        (ANONYMOUS, NotFound),
        (world.other_buyer.actor, NotFound),
        (world.provider.actor, NotFound),
        (world.exchange.actor, Forbidden),
        (world.colleague(world.buyer, "auditor").actor, Forbidden),
    ):
        with pytest.raises(error):
            STEPS[step](actor=actor, match_id=match.pk)
        assert (stored(match), actions(match)) == (before, [])
    STEPS[step](actor=world.colleague(world.buyer, "operator").actor, match_id=match.pk)
    assert len(actions(match)) == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_demand_that_is_over_is_history(world: World, match: Match, step: str) -> None:
    Demand.objects.filter(pk=match.demand_id).update(state="closed")
    before = stored(match)
    with pytest.raises(Conflict):
        STEPS[step](actor=world.buyer.actor, match_id=match.pk)
    assert (stored(match), actions(match)) == (before, [])


def test_who_sees_matches_in_which_states(world: World, match: Match) -> None:
    demand = match.demand
    for actor in (world.buyer.actor, world.auditor.actor):
        assert list(selectors.matches_of(actor, demand.pk)) == [match]
        assert selectors.match(actor, match.pk) == match
    for actor in (ANONYMOUS, world.provider.actor, world.other_buyer.actor):
        with pytest.raises(NotFound):
            selectors.matches_of(actor, demand.pk)
        with pytest.raises(NotFound):
            selectors.match(actor, match.pk)
    services.dismiss_match(actor=world.buyer.actor, match_id=match.pk, reason="no")
    assert not selectors.matches_of(world.buyer.actor, demand.pk).exists()
    assert list(selectors.matches_of(world.buyer.actor, demand.pk, state="dismissed")) == [match]
    assert not selectors.matches_of(world.buyer.actor, demand.pk, state="accepted").exists()
