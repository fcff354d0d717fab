"""Figures of requests: exact values of constructed histories, and as many queries for twenty thousand as for one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.errors import Forbidden
from marketplace.authorization.figures import Cell, Ground, Times, request_figures
from marketplace.authorization.figures.queries import ENDED
from marketplace.authorization.models import InformationRound, RequestAppeal
from tests.factories import World
from tests.marketplace.authorization.asking import UNIFIED, listing
from tests.marketplace.authorization.figures.histories import BEGUN, UNTIL, History, at, buyers, refused

SPAN = {"since": BEGUN, "until": UNTIL}


@pytest.fixture
def history(world: World) -> History:
    return History(world, listing(world, UNIFIED), world.buyer)


def test_exact_figures(world: World, history: History) -> None:
    one, two, three, four = buyers(4)
    for place, hours in enumerate((10, 20, 40)):
        request = history.request((one, two, three)[place], "centralized_unified", "approved", place, place + hours)
        history.step(request, "exchange", "approved", place, place + hours)
    sector = history.request(one, "by_sector", "approved", 0, 100)
    history.step(sector, "sector_authority", "approved", 0, 30)
    asked = history.step(sector, "exchange", "approved", 30, 100)
    rejected = history.request(four, "by_sector", "rejected", 0, 50, outcome_ground="purpose_unclear")
    history.step(rejected, "sector_authority", "rejected", 0, 50)
    history.request(one, "open", "approved", 1, 1)
    history.request(two, "refused", "rejected", 2, 2, decision=refused("untrained"))
    history.request(three, "refused", "rejected", 3, 3, decision=refused("untrained"))
    history.request(three, "refused", "rejected", 4, 4, decision=refused("core_refused"))
    history.request(two, "centralized_unified", "withdrawn", 0, 5)
    history.request(two, "centralized_unified", "expired", 0, 700)
    history.request(two, "by_sector", "lapsed", 0, 9)
    before = history.request(four, "by_scenario", "approved", -50, -1)
    history.step(before, "scenario_level", "approved", -50, -1)
    after = history.request(four, "by_scenario", "approved", 24 * 91 - 1, 24 * 91)  # ended at the very end: not within
    waiting = [
        history.request(buyer, "by_scenario", "in_approval", 24 * 91 - 24 * days)
        for buyer, days in ((one, 1), (two, 8), (three, 31), (four, 91))
    ]
    for request in waiting[:2]:
        history.step(request, "scenario_level", "open", 24 * 91 - (24 if request is waiting[0] else 24 * 8))
    history.write()
    InformationRound.objects.create(
        request=sector, step=asked, question="What for?", asked_by=world.approver.user, asked_at=at(20),
        answer="Roads.", answered_at=at(60),
    )  # fmt: skip
    for request in (sector, rejected, waiting[0]):
        RequestAppeal.objects.create(request=request, grounds="No.", filed_by=world.buyer.user, filed_at=at(1))

    found = request_figures(world.auditor.actor, **SPAN)
    ids = {number: buyer.pk for number, buyer in enumerate((one, two, three, four), start=1)}

    def cell(count: int, *of: int) -> Cell:
        return Cell(count, frozenset(ids[number] for number in of))

    assert found.submitted == cell(17, 1, 2, 3)
    assert found.ended == {
        ("by_sector", "granted"): cell(1, 1),
        ("by_sector", "rejected"): cell(1, 4),
        ("by_sector", "lapsed"): cell(1, 2),
        ("centralized_unified", "granted"): cell(3, 1, 2, 3),
        ("centralized_unified", "withdrawn"): cell(1, 2),
        ("centralized_unified", "expired"): cell(1, 2),
        ("open", "granted_at_once"): cell(1, 1),
        ("refused", "refused"): cell(3, 2, 3),
    }
    assert {code: row.requests for code, row in found.outcomes.items()} == {
        "granted_at_once": 1, "granted": 4, "refused": 3, "rejected": 1, "withdrawn": 1, "expired": 1, "lapsed": 1,
    }  # fmt: skip
    untrained, core = (Ground("row", row, "national_default") for row in ("untrained", "core_refused"))
    assert found.refusals == {
        untrained: cell(2, 2, 3),
        Ground("ground", "purpose_unclear"): cell(1, 4),
        core: cell(1, 3),
    }
    assert found.words == {untrained: ("untrained in English", "中文"), core: ("core_refused in English", "中文")}
    assert found.to_grant == {
        "by_sector": Times(1, 0, 100.0, 100.0, frozenset({ids[1]})),
        "centralized_unified": Times(3, 0, 20.0, 36.0, frozenset({ids[1], ids[2], ids[3]})),
        "open": Times(1, 0, 0.0, 0.0, frozenset({ids[1]})),
    }
    assert found.steps == {
        # of the seventy hours of the exchange's step thirty were the buyer's: asked before it opened, answered within
        ("exchange", "by_sector"): Times(1, 0, 40.0, 40.0, frozenset({ids[1]})),
        ("exchange", "centralized_unified"): Times(3, 0, 20.0, 36.0, frozenset({ids[1], ids[2], ids[3]})),
        # ten of its thirty were
        ("sector_authority", "by_sector"): Times(2, 1, 35.0, 47.0, frozenset({ids[1], ids[4]})),
    }
    assert {days: row.requests for days, row in found.open_by_age.items()} == {7: 2, 30: 1, 90: 1, 0: 1}
    assert found.waiting == {"scenario_level": {7: 1, 30: 1}}
    assert found.appeals == {"granted": 1, "open": 1, "rejected": 1}
    assert after.pk not in {row.pk for row in waiting}


def test_nothing_yet(world: World) -> None:
    found = request_figures(world.reviewer.actor, **SPAN)
    assert (found.submitted, found.ended, found.outcomes) == (Cell(0, frozenset()), {}, {})
    assert (found.refusals, found.to_grant, found.steps, found.open_by_age) == ({}, {}, {}, {})
    assert (found.waiting, found.appeals) == ({}, {})


def test_they_are_the_exchanges(world: World) -> None:
    for party in (world.provider, world.buyer, world.authority):
        with pytest.raises(Forbidden):
            request_figures(party.actor, **SPAN)


def test_twenty_thousand_requests_take_as_many_queries_as_one(world: World, history: History) -> None:
    asking, actor = buyers(40), world.auditor.actor

    def counted() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as seen:
            found = request_figures(actor, **SPAN)
        assert all(len(cell.buyers) <= 3 for cell in found.ended.values())
        return found.submitted.requests, len(seen)

    few = counted()
    outcomes = [("approved", "by_sector"), ("rejected", "refused"), ("approved", "open"), ("withdrawn", "by_sector")]
    for number in range(200):
        state, mode = outcomes[number % 4]
        request = history.request(asking[number % 40], mode, state, number * 10, number * 10 + 24)
        history.step(request, "sector_authority", "approved", number * 10, number * 10 + 12)
    history.write(times=100)
    assert (few, counted()) == ((0, 5), (20_000, 5))


def test_what_was_closed_in_a_period_is_found_by_its_index(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {ENDED}", {**SPAN, "fewest": 3})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "request_closed" in plan
