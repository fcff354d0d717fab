"""The queue: the gravest first, then the oldest; its figures; constant queries however long it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.errors import Forbidden
from grading import services
from grading.models import Grade
from grading.reviewing.queue import Waiting, review_queue, waiting
from tests import factories
from tests.factories import World
from tests.grading.recommending import flagged, recommended_again
from tests.grading.services.test_decide import confirm, decide, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def recommended(world: World, level: str, *flags: str, days: int = 0) -> Grade:
    grade = factories.examined(receive(world.provider), recommended=level)
    Grade.objects.filter(pk=grade.pk).update(
        recommendation=flagged(*flags), created_at=timezone.now() - timedelta(days=days, minutes=1)
    )
    return grade


def test_the_gravest_first_then_the_oldest(world: World) -> None:
    low, later = recommended(world, "general_1", days=40), recommended(world, "general_1", days=8)
    core = recommended(world, "general_1", "possibly_core")
    high = confirm(world.reviewer, recommended(world, "general_4"))
    decided = decide(world.reviewer, recommended(world, "general_3"))
    differing = recommended_again(decided, level="general_4", cause="time")
    appealed = decide(world.reviewer, recommended(world, "general_2"), "general_2")
    appeal = services.file_appeal(actor=world.provider.actor, asset_id=appealed.asset_id, grounds="No persons.")
    rows: list[Any] = list(review_queue(world.auditor.actor))
    assert [row.pk for row in rows] == [core.pk, high.pk, differing.pk, appeal.review_id, low.pk, later.pk]
    assert [row.appeal_id for row in rows] == [None, None, None, appeal.pk, None, None]
    assert waiting(world.auditor.actor) == Waiting(
        total=6,
        by_risk={6: 1, 4: 2, 2: 1, 1: 2},
        by_cause={"appeal": 1, "first": 4, "time": 1},
        older_than_day=2,
        older_than_week=2,
        older_than_30_days=1,
        appeals=1,
        differing=1,
    )


@pytest.mark.parametrize("who", ["provider", "buyer"])
def test_the_queue_is_the_exchanges(world: World, who: str) -> None:
    for read in (review_queue, waiting):
        with pytest.raises(Forbidden) as error:
            read(getattr(world, who).actor)
        assert error.value.rule == "participants.exchange_only"


def test_constant_queries_however_many_wait(world: World) -> None:
    counts, actor = [], world.reviewer.actor
    for _round in range(2):
        with CaptureQueriesContext(connection) as seen:
            rows = list(review_queue(actor)[:50])
            figures = waiting(actor)
            assert [row.asset.organisation.name for row in rows if row.confirmed_by] == []
        counts.append((len(seen), figures.total))
        for _grade in range(5):
            recommended(world, "general_2")
    assert [total for _queries, total in counts] == [0, 5]
    assert counts[0][0] == counts[1][0]
