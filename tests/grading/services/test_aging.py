"""Scores that time has overtaken: said anew without the file, once, told once, and the old ones stay."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.actors import system
from foundation.audit.selectors import timeline
from foundation.errors import Forbidden
from foundation.events.models import Event
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.notifications.models import Notification
from foundation.rulebooks.in_force import shipped
from grading import services
from grading.engine.quality import Assessment
from grading.models import DataAsset, QualityAssessment
from grading.reproduction import reproduced
from grading.rulebook import QUALITY, assessments
from tests import factories, releasing
from tests.at_once import at_once
from tests.factories import World
from tests.grading.scored import received, scored

BEAT = system("beat")
DAY = date(2026, 3, 1)
MONTHLY = {"modified_on": "2026-02-27", "update_frequency": "monthly"}
FAULTLESS: Any = {"good": 100, "conformity": False}
"""Then the overall score is (25 × 100 + 10 × timeliness) / 35."""


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that turns the calendar."""

    def turn(day: date) -> None:
        monkeypatch.setattr(timezone, "localdate", lambda *_arguments: day)

    turn(DAY)
    return turn


def age() -> Job:
    """What beat and the workers do; the job."""
    assert services.queue_aging(actor=BEAT)
    while waiting := Job.objects.filter(kind__startswith="grading.age", state="queued").order_by("pk").first():
        jobs.execute(waiting.pk)
        waiting.refresh_from_db()
        assert waiting.state in ("succeeded", "waiting"), waiting.error_detail
    return Job.objects.filter(kind="grading.age").latest("pk")


def rows(asset: DataAsset) -> list[QualityAssessment]:
    return list(QualityAssessment.objects.filter(asset=asset).order_by("pk"))


def counted(**counts: int) -> dict[str, int]:
    return {"aged": 0, "rescored": 0, "kept": 0, "undecidable": 0} | counts


def due(asset: DataAsset) -> date | None:
    return DataAsset.objects.get(pk=asset.pk).rescore_on


def test_an_overdue_file_is_scored_anew_and_the_old_score_stays(world: World, calendar: Any) -> None:
    asset = received(world.provider, **MONTHLY)
    first = scored(asset, DAY, **FAULTLESS)
    assert first.overall == 100.0
    assert due(asset) == date(2026, 4, 1)
    calendar(date(2026, 3, 31))
    assert not services.queue_aging(actor=BEAT)
    calendar(date(2026, 5, 1))
    job = age()
    assert job.result == counted(aged=1)
    kept, made = rows(asset)
    assert (kept.data, kept.overall) == (first.data, 100.0)
    (measure,) = [item for item in made.data["measures"] if item["indicator"] == "point_in_time"]
    assert (measure["satisfied"], measure["examined"]) == (31, 63)
    assert made.overall == 85.49
    assert (made.profile_id, made.data["findings"]) == (first.profile_id, first.data["findings"])
    assert (made.inputs["today"], made.inputs["rescored_from"]) == ("2026-05-01", first.pk)
    assert made.inputs["declared"] == MONTHLY
    event = timeline(("data_asset", asset.pk)).get(action="data_asset.aged")
    assert event.data == {"assessment": made.pk, "from": first.pk, "rulebook": shipped(QUALITY).as_record()}
    assert due(asset) == date(2026, 5, 6)  # 31 of 68 days, a point less
    assert not services.queue_aging(actor=BEAT)


def test_nothing_is_stored_where_the_score_stays(world: World, calendar: Any) -> None:
    fresh = received(world.provider, **MONTHLY)
    silent = received(world.provider, modified_on="2001-01-01")
    for asset in (fresh, silent):
        scored(asset, DAY, **FAULTLESS)
    bare = received(world.provider, **MONTHLY)
    DataAsset.objects.filter(pk__in=[fresh.pk, bare.pk]).update(rescore_on=DAY)  # as a migration has it
    assert due(silent) is None
    audited = timeline(("data_asset", fresh.pk)).count()
    assert age().result == counted(kept=1)
    assert (due(fresh), due(bare)) == (date(2026, 4, 1), None)
    assert [len(rows(asset)) for asset in (fresh, silent, bare)] == [1, 1, 0]
    assert timeline(("data_asset", fresh.pk)).count() == audited
    assert not Event.objects.filter(name__in=["quality.fell", "assessments.rescored"]).exists()


def test_what_is_stored_in_a_form_of_before_keeps_its_score(world: World, calendar: Any) -> None:
    asset = received(world.provider, **MONTHLY)
    factories.examined(asset)
    DataAsset.objects.filter(pk=asset.pk).update(rescore_on=DAY)
    assert age().result == counted(undecidable=1)
    assert (len(rows(asset)), due(asset)) == (1, None)


def test_who_owns_it_is_told_once_when_a_band_is_left(world: World, calendar: Any) -> None:
    asset = received(world.provider, **MONTHLY)
    scored(asset, DAY, **FAULTLESS)

    def told() -> int:
        for job in Job.objects.filter(kind="tell.grading.quality_fell", state="queued"):
            jobs.execute(job.pk)
        return Notification.objects.filter(kind="grading.quality_fell", subject_id=asset.pk).count()

    calendar(date(2026, 4, 16))  # 31 of 48 days
    age()
    assert rows(asset)[-1].overall == 89.88
    event = Event.objects.get(name="quality.fell")
    assert (event.subject_id, event.data) == (asset.pk, {"assessment": rows(asset)[-1].pk, "from": rows(asset)[0].pk})
    assert told() == 1
    assert Notification.objects.get(kind="grading.quality_fell").recipient_id == world.provider.user.pk
    calendar(date(2026, 6, 1))  # 80.9: lower, and still between 80 and 90
    age()
    assert len(rows(asset)) == 3
    assert told() == 1
    calendar(date(2030, 1, 1))  # 72.1: at once over the border of 80
    age()
    assert told() == 2
    assert [event.data["aged"] for event in Event.objects.filter(name="assessments.rescored")] == [1, 1, 1]
    assert Job.objects.filter(kind="matching.match_all", state="queued").exists()


def test_an_old_assessment_can_be_computed_again_from_what_is_stored(world: World, calendar: Any) -> None:
    asset = received(world.provider, **MONTHLY)
    scored(asset, DAY, **FAULTLESS)
    for day in (date(2026, 5, 1), date(2027, 5, 1)):
        calendar(day)
        age()
    calendar(date(2040, 1, 1))
    assert len(rows(asset)) == 3
    for row in assessments().filter(asset=asset):
        again = reproduced(row)
        assert again.to_dict() == row.data
        assert again == Assessment.from_dict(row.data)


def test_many_are_found_by_one_query_and_scored_in_batches(
    world: World, calendar: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assets = [received(world.provider, **MONTHLY) for _number in range(5)]
    for asset in assets:
        scored(asset, DAY, **FAULTLESS)
    monkeypatch.setattr("grading.services.aging.PART", 2)
    monkeypatch.setattr("grading.services.aging.MOST_PARTS", 2)
    calendar(date(2026, 5, 1))
    with CaptureQueriesContext(connection) as beat:
        assert services.queue_aging(actor=BEAT)
    assert sum('FROM "grading_dataasset"' in query["sql"] for query in beat) == 1
    assert not services.queue_aging(actor=BEAT)  # one is waiting
    while waiting := Job.objects.filter(kind__startswith="grading.age", state="queued").order_by("pk").first():
        jobs.execute(waiting.pk)
    parts = Job.objects.filter(kind="grading.age_part").order_by("part")
    assert [part.arguments["asset_ids"] for part in parts] == [
        [assets[0].pk, assets[1].pk], [assets[2].pk, assets[3].pk],
    ]  # fmt: skip
    assert Job.objects.get(kind="grading.age").result == counted(aged=4)
    assert age().result == counted(aged=1)  # the one that was left
    assert [len(rows(asset)) for asset in assets] == [2] * 5


def test_finding_what_is_due_uses_the_index(world: World, calendar: Any) -> None:
    """The statements that beat and the job really send, by the planner that would rather not read the whole table."""
    asset = received(world.provider, **MONTHLY)
    scored(asset, DAY, **FAULTLESS)
    calendar(date(2026, 5, 1))
    with CaptureQueriesContext(connection) as sent:
        age()
    finding = [
        query["sql"]
        for query in sent
        if query["sql"].startswith("SELECT") and "rescore_on" in query["sql"].partition("WHERE")[2]
    ]
    assert len([sql for sql in finding if "FOR NO KEY UPDATE" not in sql]) == 2
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in finding:
            if "FOR NO KEY UPDATE" not in sql:
                cursor.execute("EXPLAIN " + sql)
                assert "asset_to_rescore" in "\n".join(row[0] for row in cursor.fetchall()), sql


def other_rules(world: World) -> None:
    """Another quality profile in force, under which timeliness weighs more; what it queues does not run."""
    label = shipped(QUALITY).content.label
    text = shipped(QUALITY).content.text.replace(f'version = "{label}"', 'version = "2.0"', 1)
    releasing.release(world, releasing.proposed(world, QUALITY, text.replace("weight = 10", "weight = 60", 1)))


@pytest.mark.parametrize(("day", "outcome", "actions"), [
    (date(2026, 4, 16), "rescored", ["rescored"]),
    (date(2026, 8, 1), "aged", ["rescored", "aged"]),
])  # fmt: skip
def test_what_other_rules_take_is_not_blamed_on_the_calendar(
    world: World, calendar: Any, day: date, outcome: str, actions: list[str]
) -> None:
    asset = received(world.provider, **MONTHLY)
    calendar(date(2026, 4, 15))
    first = scored(asset, date(2026, 4, 15), **FAULTLESS)  # 31 of 47 days
    other_rules(world)
    DataAsset.objects.filter(pk=asset.pk).update(rescore_on=DAY)
    calendar(day)
    assert age().result == counted(**{outcome: 1})
    before, own, *later = rows(asset)
    assert (before.pk, before.overall) == (first.pk, 90.27)
    assert (own.data["assessed_on"], own.rules_version, own.overall) == ("2026-04-15", "2.0", 75.97)
    assert [event.action.partition(".")[2] for event in timeline(("data_asset", asset.pk)).filter(
        action__in=["data_asset.rescored", "data_asset.aged"]
    ).order_by("pk")] == actions  # fmt: skip
    fallen = Event.objects.filter(name="quality.fell")
    assert [event.data["from"] for event in fallen] == [own.pk for _row in later]
    assert (due(asset) or DAY) > day
    assert Event.objects.filter(name="assessments.rescored").count() == 1


def test_only_the_exchange_itself_turns_the_calendar(world: World) -> None:
    for party in (world.provider, world.exchange, world.reviewer):
        with pytest.raises(Forbidden):
            services.queue_aging(actor=party.actor)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_store_one(calendar: Any) -> None:
    world = World()
    asset = received(world.provider, **MONTHLY)
    scored(asset, DAY, **FAULTLESS)
    calendar(date(2026, 5, 1))
    runs = []
    for _number in range(2):
        job = Job.objects.create(kind="grading.age_part", arguments={"asset_ids": [asset.pk]})
        runs.append(job.pk)
    outcomes = at_once(
        *(lambda pk=pk: jobs.execute(pk) for pk in runs),
        lambda: services.rescore_asset(actor=world.provider.actor, asset_id=asset.pk),
    )
    assert outcomes == ["done"] * 3
    assert len(rows(asset)) == 2
    assert [job.state for job in Job.objects.filter(pk__in=runs)] == ["succeeded"] * 2
    assert due(asset) == date(2026, 5, 6)
