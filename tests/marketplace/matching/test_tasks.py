"""Through the real worker: whichever comes first, the buyer finds it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation.jobs.models import Job
from grading import services as grading
from grading.models import Grade, QualityAssessment
from marketplace.catalog import services as catalog
from marketplace.catalog.models import ListingVersion
from marketplace.matching import services, tasks
from marketplace.matching.models import Demand, Match
from marketplace.matching.services import each
from tests.factories import World, draft, published_listing
from tests.marketplace.matching.demands import SYSTEM, drafted, opened, picture

pytestmark = pytest.mark.worker


def publish(world: World, **changes: Any) -> ListingVersion:
    """Published in one transaction: the worker examines the file afterwards and its new score is matched again."""
    with transaction.atomic():
        return published_listing(world, **changes)


def test_demand_first_or_listing_first(world: World, worker) -> None:
    early = opened(world.buyer)
    worker()
    assert picture(early) == []
    version = publish(world)
    publish(world, title="Hospital beds", title_zh="", description="Beds.", tags=[])
    worker()
    late = opened(world.other_buyer)
    worker()
    assert [row[0] for row in picture(early)] == [row[0] for row in picture(late)] == [version.listing_id]
    # what was published later made words rarer; the demand that it does not concern hears of that when it is refreshed
    Demand.objects.update(matched_at=timezone.now() - timedelta(hours=settings.DEMAND_REFRESH_HOURS))
    assert services.queue_refresh()
    worker()
    assert picture(early) == picture(late)
    assert not Job.objects.exclude(state="succeeded").filter(kind__startswith="matching.").exists()


def test_suspension_withdrawal_and_revision_reach_the_matches(world: World, worker) -> None:
    version, other = publish(world), publish(world)
    demand = opened(world.buyer)
    worker()
    assert {row[0] for row in picture(demand)} == {version.listing_id, other.listing_id}
    catalog.suspend_version(actor=world.reviewer.actor, version_id=version.pk, reason="a complaint")
    catalog.withdraw_version(actor=world.provider.actor, version_id=other.pk)
    worker()
    assert picture(demand) == []
    assert set(Match.objects.values_list("state", flat=True)) == {"lapsed"}
    catalog.reinstate_version(actor=world.reviewer.actor, version_id=version.pk)
    worker()
    newer = catalog.revise_listing(
        actor=world.provider.actor, listing_id=version.listing_id, draft=draft(world.provider, title="Flights again")
    )
    catalog.submit_version(actor=world.provider.actor, version_id=newer.pk)
    worker()  # examines the file, of which the new version says something else
    graver = Grade.objects.latest("pk")
    grading.decide_grade(actor=world.reviewer.actor, grade_id=graver.pk, level=graver.recommended_level)
    catalog.publish_version(actor=world.reviewer.actor, version_id=newer.pk)
    worker()
    assert [row[:2] for row in picture(demand)] == [(version.listing_id, newer.pk)]


class Unhurried:
    """A run whose lease lasts."""

    def __init__(self) -> None:
        self.shares: list[float] = []

    def commit(self):
        return transaction.atomic()

    def progress(self, share: float, note: str = "") -> None:
        self.shares.append(share)


def test_a_new_score_reaches_the_matches(world: World) -> None:
    version = published_listing(world, quality=50.0)
    demand = opened(world.buyer, minimum_quality=80.0)
    run = Unhurried()
    assert tasks.match_listing(run, subject_id=version.pk) == {"demands": 1}
    assert [row[2] for row in picture(demand)] == [False]
    assessment = QualityAssessment.objects.get()
    assessment.pk, assessment.overall = None, 95.0
    assessment.save(force_insert=True)
    grade = Grade.objects.get()
    assert tasks.match_graded(run, subject_id=grade.pk) == {"demands": 1}
    assert [row[2] for row in picture(demand)] == [True]
    assessment.pk, assessment.overall = None, 40.0
    assessment.save(force_insert=True)
    assert tasks.match_rescored(run, subject_id=assessment.pk) == {"demands": 1}
    assert [row[2] for row in picture(demand)] == [False]
    assert run.shares == [0.0, 0.0, 0.0]  # the provider may follow these jobs, and demands are not to be counted by it


@pytest.mark.django_db
def test_how_far_a_job_is_tells_nobody_how_many_demands_there_are() -> None:
    few, many = Unhurried(), Unhurried()
    for run, count in ((few, each.MANY - 1), (many, 3 * each.MANY)):
        done = each.match_each(run, actor=SYSTEM, demands=range(count), match=lambda **_which: True)  # type: ignore[arg-type]
        assert done == (count, {})
    assert set(few.shares) == {0.0}
    assert len(many.shares) == 300
    assert sorted(set(many.shares)) == [percent / 100 for percent in range(101)]


def test_a_grade_of_what_is_not_published_touches_nothing(world: World) -> None:
    version = published_listing(world)
    catalog.withdraw_version(actor=world.provider.actor, version_id=version.pk)
    demand = opened(world.buyer)
    assert tasks.match_graded(Unhurried(), subject_id=Grade.objects.get().pk) == {"demands": 0}
    demand.refresh_from_db()
    assert demand.matched_at is None


def test_beat_expires_demands(world: World) -> None:
    row, kept = opened(world.buyer, expires_on=timezone.localdate()), drafted(world.buyer)
    assert tasks.expire() == 0
    Demand.objects.filter(pk=row.pk).update(expires_on="2020-01-01")
    assert tasks.expire() == 1
    assert dict(Demand.objects.values_list("pk", "state")) == {row.pk: "expired", kept.pk: "draft"}
