"""Figures for everybody: quarters that have ended, and nobody singled out, over REST."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from foundation.errors import InvalidInput
from marketplace.authorization.figures import Quarter, public_figures
from tests.factories import World
from tests.marketplace.authorization.asking import UNIFIED, listing
from tests.marketplace.authorization.figures.histories import BEGUN, UNTIL, History, buyers, refused

ADDRESS = "/api/v1/authorization/figures"


def written(world: World) -> None:
    """Five buyers ask; two of them have something that only they have."""
    history = History(world, listing(world, UNIFIED), world.buyer)
    asking = buyers(5)
    for place, buyer in enumerate(asking):
        request = history.request(buyer, "centralized_unified", "approved", 0, 10.4 * (place + 1))
        history.step(request, "exchange", "approved", 0, 10.4 * (place + 1))
        history.request(buyer, "refused", "rejected", 1, 1, decision=refused("untrained"))
    history.request(asking[0], "refused", "rejected", 1, 1, decision=refused("core_refused"))
    for _once in range(2):
        history.request(asking[0], "by_sector", "approved", 0, 300)
    history.request(asking[1], "by_sector", "rejected", 0, 50, outcome_ground="other")
    history.request(asking[1], "centralized_unified", "withdrawn", 0, 50)
    history.request(asking[2], "centralized_unified", "expired", 0, 50)
    history.write()


def read(world: World, **asked: str) -> Any:
    answer = world.anonymous.get(ADDRESS, asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_everybody_reads_what_singles_out_nobody(world: World) -> None:
    written(world)
    found = read(world, quarter="2026-Q2")
    assert (found["quarter"], found["submitted"], found["fewest_buyers"]) == ("2026-Q2", 16, 3)
    assert found["since"] == "2026-04-01T00:00:00+08:00"
    assert found["until"] == "2026-07-01T00:00:00+08:00"
    # rejected, withdrawn and expired are of two buyers together: the smallest of the others, the refused, joins them
    assert found["outcomes"] == {
        "cells": [{"code": "granted", "requests": 7, "share": 0.4375}],
        "others": 9,
        "total": 16,
    }
    assert found["refused_by_row"] == {"cells": [], "others": 0, "total": None}
    assert found["rejected_by_ground"] == {"cells": [], "others": 0, "total": None}
    assert found["to_grant"] == [{"mode": "centralized_unified", "median_hours": 31, "p90_hours": 48}]
    assert found["steps"] == [
        {"approver": "exchange", "mode": "centralized_unified", "median_hours": 31, "p90_hours": 48}
    ]
    assert found["open_by_age"] == {"cells": [], "others": 0, "total": 0}


def test_rows_are_told_where_all_of_them_are_of_enough(world: World) -> None:
    history = History(world, listing(world, UNIFIED), world.buyer)
    for buyer in buyers(4):
        history.request(buyer, "refused", "rejected", 1, 1, decision=refused("untrained"))
        history.request(buyer, "refused", "rejected", 1, 1, decision=refused("core_refused"))
        history.request(buyer, "by_sector", "in_approval", 24 * 90)
    history.write()
    found = read(world, quarter="2026-Q2")
    assert found["outcomes"]["cells"] == [{"code": "refused", "requests": 8, "share": 1.0}]
    assert [(row["code"], row["requests"], row["share"]) for row in found["refused_by_row"]["cells"]] == [
        ("core_refused", 4, 0.5),
        ("untrained", 4, 0.5),
    ]
    assert found["refused_by_row"]["cells"][0]["reason_en"] == "core_refused in English"
    assert found["open_by_age"]["cells"] == [{"at_most_days": 7, "requests": 4}]


def test_a_quarter_of_few_buyers_is_not_told_at_all(world: World) -> None:
    written(world)
    history = History(world, listing(world, UNIFIED, filename="other.csv"), world.buyer)
    history.request(
        world.other_buyer.organisation, "by_sector", "in_approval", 5
    )  # open at the end, of one buyer alone
    history.write()
    found = public_figures(Quarter(2026, 2))
    assert (found.submitted, found.outcomes.total, found.open_by_age.total) == (None, None, None)
    assert (found.to_grant, found.steps) == ({}, {})


@pytest.mark.parametrize("asked", ["2026", "2026-Q5", "2026-Q0", "1999-Q1", "2099-Q1", "２026-Q1", "2026-Q2 "])
def test_other_spans_are_refused(world: World, asked: str) -> None:
    answer = world.anonymous.get(ADDRESS, {"quarter": asked})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/quarter"


def test_quarters_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (Quarter(2026, 2).since, Quarter(2026, 2).until) == (BEGUN, UNTIL)
    assert Quarter(2025, 4).until == Quarter(2026, 1).since
    for now, last in (
        (datetime(2026, 1, 1, tzinfo=UTC), "2025-Q4"),
        (datetime(2026, 3, 31, 15, 59, tzinfo=UTC), "2025-Q4"),
        (datetime(2026, 3, 31, 16, tzinfo=UTC), "2026-Q1"),  # midnight in Shanghai
    ):
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        assert str(Quarter.last()) == last
        assert Quarter.read(last) == Quarter.last()
        with pytest.raises(InvalidInput):
            Quarter.read("2026-Q2")


def test_the_exchange_reads_all_of_any_time(world: World) -> None:
    written(world)
    span = {"since": BEGUN.isoformat(), "until": UNTIL.isoformat()}
    answer = world.auditor.client.get("/api/v1/access-requests/statistics", span)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    assert found["submitted"] == 16
    assert {(row["mode"], row["outcome"]): row["requests"] for row in found["ended"]} == {
        ("by_sector", "granted"): 2,
        ("by_sector", "rejected"): 1,
        ("centralized_unified", "granted"): 5,
        ("centralized_unified", "withdrawn"): 1,
        ("centralized_unified", "expired"): 1,
        ("refused", "refused"): 6,
    }
    assert found["refusals"][0] == {"by": "row", "code": "untrained", "table": "national_default", "requests": 5}
    assert found["steps"] == [
        {
            "approver": "exchange", "mode": "centralized_unified", "rejected": 0, "count": 5,
            "median_hours": 31.2, "p90_hours": 47.84,
        }
    ]  # fmt: skip
    assert world.buyer.client.get("/api/v1/access-requests/statistics", span).status_code == 403
