"""Reviewers' figures: exact values of a few decisions, and constant queries."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.errors import Forbidden
from grading import services
from grading.models import Grade, GradeAppeal
from grading.reviewing.statistics import NONE, Decisions, review_statistics
from tests import factories
from tests.factories import Party, World
from tests.grading.recommending import recommended_again
from tests.grading.services.test_decide import confirm, decide, give_back, receive

pytestmark = pytest.mark.django_db
BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
SPAN = {"since": BEGUN, "until": BEGUN + timedelta(days=30)}


@pytest.fixture
def world() -> World:
    return World()


def took(grade: Grade, hours: float, step: str = "decided") -> Grade:
    """As if the grade was recommended on the first day, and the step taken so many hours later."""
    at = BEGUN + timedelta(hours=hours)
    Grade.objects.filter(pk=grade.pk).update(created_at=BEGUN, **{f"{step}_at": at})
    return grade


def one(world: World, by: Party, hours: float, recommended: str, level: str = "", **more: Any) -> Grade:
    grade = factories.examined(receive(world.provider), recommended=recommended)
    return took(decide(by, grade, level or recommended, **more), hours)


def test_exact_figures(world: World) -> None:
    first, second = world.reviewer, world.second_reviewer
    one(world, first, 1, "general_1")
    one(world, first, 2, "general_2", "general_1", reason="no persons")
    one(world, second, 4, "general_2", "general_3", reason="many persons")
    one(world, second, 8, "general_3", category="health", reason="patients")
    restricted = factories.examined(receive(world.provider), recommended="general_3")
    took(confirm(first, restricted, "important"), 10, "confirmed")
    restricted.refresh_from_db()
    took(decide(second, restricted, "important", reason="agreed"), 16)
    took(give_back(first, factories.examined(receive(world.provider))), 3, "returned")
    appealed = decide(first, factories.examined(receive(world.provider), recommended="general_2"), "general_2")
    appeal = services.file_appeal(actor=world.provider.actor, asset_id=appealed.asset_id, grounds="No persons.")
    review = Grade.objects.get(pk=appeal.review_id)
    took(decide(second, review, "general_1", reason="none indeed"), 20)
    took(appealed, 12)
    GradeAppeal.objects.update(filed_at=BEGUN, closed_at=BEGUN + timedelta(hours=20))
    outside = one(world, first, -1, "general_1")
    agreed = recommended_again(outside)
    Grade.objects.filter(pk=agreed.pk).update(created_at=BEGUN)

    found = review_statistics(world.auditor.actor, **SPAN)
    # waiting hours: 1, 2, 4, 8, 12, 16, 20
    assert found.total == Decisions(7, 2, 2, 1, 1, 8.0, 17.6)
    assert found.by_level == {
        "general_1": Decisions(3, 2, 0, 0, 0, 2.0, 16.4),
        "general_2": Decisions(1, 0, 0, 0, 0, 12.0, 12.0),
        "general_3": Decisions(2, 0, 1, 1, 0, 6.0, 7.6),
        "important": Decisions(1, 0, 1, 0, 1, 16.0, 16.0),
    }
    assert {cause: row.decided for cause, row in found.by_cause.items()} == {"appeal": 1, "first": 6}
    of = {row.user_id: row for row in found.reviewers}
    assert set(of) == {first.user.pk, second.user.pk}
    assert (of[first.user.pk].confirmed, of[first.user.pk].returned) == (1, 1)
    assert of[first.user.pk].decisions == Decisions(3, 1, 0, 0, 0, 2.0, 10.0)
    assert (of[second.user.pk].confirmed, of[second.user.pk].returned) == (0, 0)
    assert of[second.user.pk].decisions == Decisions(4, 1, 2, 1, 1, 12.0, 18.8)
    assert (found.returned, found.agreed) == (1, 1)
    assert found.appeals == {"filed": 1, "granted": 1, "dismissed": 0, "withdrawn": 0}
    assert found.queue.total == 0


def test_nothing_yet(world: World) -> None:
    found = review_statistics(world.reviewer.actor, **SPAN)
    assert (found.total, found.by_level, found.reviewers, found.returned) == (NONE, {}, (), 0)
    assert found.appeals == {"filed": 0, "granted": 0, "dismissed": 0, "withdrawn": 0}


def test_they_are_the_exchanges(world: World) -> None:
    for party in (world.provider, world.buyer):
        with pytest.raises(Forbidden):
            review_statistics(party.actor, **SPAN)


def test_constant_queries(world: World) -> None:
    counts, actor = [], world.reviewer.actor
    for _round in range(2):
        one(world, world.reviewer, 1, "general_1")
        one(world, world.second_reviewer, 2, "general_2")
        with CaptureQueriesContext(connection) as seen:
            assert review_statistics(actor, **SPAN).total.decided in (2, 4)
        counts.append(len(seen))
    assert counts[0] == counts[1]
