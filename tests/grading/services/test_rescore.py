"""Scoring again on request, and examining again what an older engine examined: who may, what changes, what stays."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from foundation.audit.models import Event as AuditEvent
from foundation.audit.selectors import timeline
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.events.models import Event
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.rulebooks.in_force import in_force, shipped
from grading import services
from grading.models import DataAsset, QualityAssessment
from grading.reproduction import FORMER, reproduced, rules_behind
from grading.rulebook import QUALITY, assessments, reassessed
from grading.services import rescore as rescoring
from grading.services import results
from tests import factories, releasing
from tests.factories import World
from tests.grading.samples import NO_TABLE, observations
from tests.grading.scored import received, scored
from tests.waiting import until

DAY = date(2026, 3, 1)
MONTHLY = {"modified_on": "2026-02-27", "update_frequency": "monthly"}


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(timezone, "localdate", lambda *_arguments: DAY)
    return World()


def stored() -> Any:
    return (QualityAssessment.objects.count(), AuditEvent.objects.count(), Job.objects.count())


def test_the_owner_and_the_exchange_ask_for_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asset = received(world.provider, **MONTHLY)
    first = scored(asset, DAY, good=100, conformity=False)
    before = stored()
    assert services.rescore_asset(actor=world.provider.actor, asset_id=asset.pk).pk == first.pk  # nothing else to say
    assert stored() == before
    monkeypatch.setattr(timezone, "localdate", lambda *_arguments: date(2026, 4, 1))
    made = services.rescore_asset(actor=world.reviewer.actor, asset_id=asset.pk)
    assert (made.inputs["rescored_from"], made.data["assessed_on"]) == (first.pk, "2026-04-01")
    event = timeline(("data_asset", asset.pk)).get(action="data_asset.rescored")
    assert (event.actor_user_id, event.data["assessment"]) == (world.reviewer.user.pk, made.pk)
    assert not Event.objects.filter(name="assessments.rescored").exists()  # nor is every demand matched again
    event_told = Event.objects.get(name="data_asset.rescored")
    assert (event_told.subject_type, event_told.subject_id) == ("quality_assessment", made.pk)
    assert not Job.objects.filter(kind="matching.match_all").exists()
    assert releasing.run_waiting("matching.match_rescored").result == {"demands": 0}  # it is not published
    asset.refresh_from_db()
    assert asset.rescore_on == date(2026, 4, 3)


def test_who_is_refused_changes_nothing(world: World) -> None:
    asset = received(world.provider, **MONTHLY)
    scored(asset, DAY)
    unscored, former = received(world.provider), received(world.provider)
    factories.examined(former)
    before = stored()
    refused: list[tuple[Any, int, type[Exception]]] = [
        (world.other_provider, asset.pk, NotFound),
        (world.buyer, asset.pk, NotFound),
        (world.auditor, asset.pk, Forbidden),
        (world.provider, unscored.pk, NotFound),
        (world.provider, former.pk, Conflict),
    ]
    for party, asset_id, error in refused:
        actor, before = party.actor, stored()
        with pytest.raises(error):
            services.rescore_asset(actor=actor, asset_id=asset_id)
        assert stored() == before


def test_each_assessment_is_computed_again_under_the_rules_of_its_day(world: World) -> None:
    asset = received(world.provider, modified_on="2025-10-01", update_frequency="monthly")
    scored(asset, DAY)
    label = shipped(QUALITY).content.label
    releasing.release(world, releasing.proposed(world, QUALITY, reweighted("2.0", 60)))
    assert releasing.run_waiting("grading.rescore").result == {"rescored": 1, "undecidable": 0}
    old, new = assessments().filter(asset=asset).order_by("pk")
    assert (old.rules_version, new.rules_version) == (label, "2.0")
    assert float(new.overall or 0) < float(old.overall or 0)
    assert reproduced(old).to_dict() == old.data
    assert reproduced(new).to_dict() == new.data
    assert reassessed(old, in_force(QUALITY).rules).to_dict() == new.data


def reweighted(label: str, weight: int) -> str:
    """The shipped quality profile under another label, in which timeliness weighs otherwise."""
    file = shipped(QUALITY).content
    text = file.text.replace(f'version = "{file.label}"', f'version = "{label}"', 1)
    return text.replace("weight = 10", f"weight = {weight}", 1)


def test_a_job_of_older_rules_does_not_undo_what_newer_ones_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assets = [received(world.provider, modified_on="2025-10-01", update_frequency="monthly") for _number in range(2)]
    for asset in assets:
        scored(asset, DAY)
    releasing.release(world, releasing.proposed(world, QUALITY, reweighted("2.0", 60)))
    job = Job.objects.get(kind="grading.rescore", state="queued")
    newer = releasing.proposed(world, QUALITY, reweighted("3.0", 20))
    real = rescoring.locked
    taken: list[list[int]] = []

    def locked(asset_ids: Any, **also: Any) -> Any:
        taken.append(list(asset_ids))
        if len(taken) == 2:  # between the batches another release comes in force, and its job is done with this file
            releasing.release(world, newer, against=1)
            services.rescore_asset(actor=world.exchange.actor, asset_id=assets[1].pk)
        return real(asset_ids, **also)

    monkeypatch.setattr(rescoring, "BATCH", 1)
    monkeypatch.setattr(rescoring, "locked", locked)
    jobs.execute(job.pk)
    versions = QualityAssessment.objects.order_by("pk").values_list("rules_version", flat=True)
    assert list(versions.filter(asset=assets[0]))[1:] == ["2.0"]
    assert list(versions.filter(asset=assets[1]))[1:] == ["3.0"]
    monkeypatch.undo()
    for waiting in Job.objects.filter(kind="grading.rescore", state="queued"):
        jobs.execute(waiting.pk)
    assert list(versions.filter(asset=assets[0]))[1:] == ["2.0", "3.0"]
    assert list(versions.filter(asset=assets[1]))[1:] == ["3.0"]


@pytest.mark.django_db(transaction=True)
def test_a_first_score_under_rules_that_a_release_replaced_meanwhile_is_scored_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the reading of the rules and the commit others come in force: their job sees no score of the file yet."""
    world = World()
    asset = services.receive_file(
        actor=world.provider.actor, organisation_id=world.provider.organisation_id, filename="a.csv",
        chunks=[observations(20)], declared={},
    )  # fmt: skip
    examination = Job.objects.get(kind="grading.examine")
    newer = releasing.proposed(world, QUALITY, reweighted("2.0", 60))
    has_read, may_go_on = threading.Event(), threading.Event()
    real = results._write_profile

    def slowly(*arguments: Any) -> Any:
        has_read.set()
        assert may_go_on.wait(30)
        return real(*arguments)

    monkeypatch.setattr(results, "_write_profile", slowly)

    def elsewhere(job: Job) -> None:
        try:
            jobs.execute(job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        try:
            examined = pool.submit(elsewhere, examination)
            assert has_read.wait(30)
            releasing.release(world, newer)
            rescore = Job.objects.get(kind="grading.rescore", state="queued")
            rescored = pool.submit(elsewhere, rescore)
            until(lambda: waiting_for_a_lock() or rescored.done())
            assert not rescored.done()
        finally:
            may_go_on.set()
        examined.result(30)
        rescored.result(30)
    versions = QualityAssessment.objects.filter(asset=asset).order_by("pk").values_list("rules_version", flat=True)
    assert list(versions) == [shipped(QUALITY).content.label, "2.0"]
    rescore.refresh_from_db()
    assert (rescore.state, rescore.result) == ("succeeded", {"rescored": 1, "undecidable": 0})


def waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return bool(cursor.fetchone()[0])


def test_after_an_upgrade_with_another_profile_every_file_is_scored_by_it(world: World) -> None:
    row = scored(received(world.provider, **MONTHLY), DAY)
    row.inputs["rulebooks"][QUALITY]["sha256"] = "0" * 64
    row.rules_version = "0.9"
    row.save()
    with pytest.raises(Forbidden):
        services.queue_rescoring(actor=world.exchange.actor)
    call_command("rescore", stdout=StringIO())
    assert releasing.run_waiting("grading.rescore").result == {"rescored": 1, "undecidable": 0}
    newest = QualityAssessment.objects.latest("pk")
    assert newest.inputs["rulebooks"][QUALITY] == shipped(QUALITY).as_record()
    call_command("rescore", stdout=StringIO())
    assert releasing.run_waiting("grading.rescore").result == {"rescored": 0, "undecidable": 0}


def test_rules_that_are_not_kept_are_said_to_be_missing(world: World) -> None:
    row = scored(received(world.provider, **MONTHLY), DAY)
    row.inputs["rulebooks"][QUALITY]["sha256"] = "0" * 64
    with pytest.raises(Conflict, match="are not kept"):
        rules_behind(row)


@pytest.mark.parametrize(
    ("version", "digest", "pooled"),
    [
        ("1.0", "f8b1b08671a9e278d66472521c226c767a79863dabe1bb51c6f4df3e50922db7", 1),
        ("1.1", "93e0a7e324ab5d3ded323fba660ec186079d2b50fa6a314764ed95aa037677c6", 2),
    ],
)
def test_a_file_that_was_shipped_once_is_still_known_by_its_digest(
    version: str, digest: str, pooled: float, world: World
) -> None:
    row = scored(received(world.provider, **MONTHLY), DAY)
    row.inputs["rulebooks"][QUALITY]["sha256"] = digest
    rules = rules_behind(row)
    assert (rules.code, rules.version, rules.dimensions["accuracy"]) == ("default", version, 30)
    assert (rules.concentration_of("accuracy"), rules.metrics_apart) == (pooled, False)


def test_every_former_file_is_held_to_its_digest() -> None:
    former = {"quality_profile_default-1.0.toml", "quality_profile_default-1.1.toml"}
    assert {path.name for path in FORMER.iterdir()} == former


def test_what_an_older_engine_examined_is_examined_again_in_bounded_numbers(world: World) -> None:
    older = [received(world.provider) for _number in range(3)]
    for asset in older:
        scored(asset, DAY, engine="0.9")
    scored(received(world.provider), DAY)
    received(world.provider)  # never examined
    queued, left = services.reexamine_outdated(actor=world.exchange.actor, limit=2)
    assert ([job.subject_id for job in queued], left) == ([older[0].pk, older[1].pk], 1)
    assert {job.kind for job in queued} == {"grading.examine"}
    event = timeline(("data_asset", older[0].pk)).get(action="data_asset.examination_requested")
    assert event.data["job"] == queued[0].pk
    queued, left = services.reexamine_outdated(actor=world.exchange.actor, limit=2)
    assert ([job.subject_id for job in queued], left) == ([older[2].pk], 0)
    assert services.reexamine_outdated(actor=world.exchange.actor) == ([], 0)


def test_what_this_engine_cannot_read_is_tried_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    refused, failed, never_run = (received(world.provider) for _number in range(3))
    for asset in (refused, failed, never_run):
        scored(asset, DAY, engine="0.9")
    spoilt = services.receive_file(
        actor=world.provider.actor, organisation_id=world.provider.organisation_id, filename="x.csv",
        chunks=[NO_TABLE], declared={},
    )  # fmt: skip
    Job.objects.filter(subject_id=spoilt.pk, subject_type="data_asset").update(state="cancelled")
    spoilt.delete()
    DataAsset.objects.filter(pk=refused.pk).update(blob=spoilt.blob)
    waiting, _left = services.reexamine_outdated(actor=world.exchange.actor)
    jobs.execute(waiting[0].pk)
    waiting[0].refresh_from_db()
    assert waiting[0].result == {"problem": "unsupported_format"}
    _row, run = jobs.claim(waiting[1].pk)  # type: ignore[misc]

    def defect(*_arguments: Any, **_more: Any) -> Any:
        raise KeyError

    monkeypatch.setattr("grading.services.examine.ask", defect)
    with pytest.raises(KeyError):
        services.examine_asset(run, asset_id=failed.pk, why=services.Why("requested"))
    Job.objects.filter(pk=waiting[1].pk).update(state="failed")
    Job.objects.filter(pk=waiting[2].pk).update(state="cancelled")
    again, left = services.reexamine_outdated(actor=world.exchange.actor)
    assert ([job.subject_id for job in again], left) == ([never_run.pk], 0)


def test_who_may_not_examines_nothing_again(world: World) -> None:
    scored(received(world.provider), DAY, engine="0.9")
    for party in (world.provider, world.reviewer, world.auditor, world.approver):
        actor, before = party.actor, stored()
        with pytest.raises(Forbidden):
            services.reexamine_outdated(actor=actor)
        assert stored() == before
    for limit in (0, services.MOST_AT_ONCE + 1):
        with pytest.raises(InvalidInput):
            services.reexamine_outdated(actor=world.exchange.actor, limit=limit)
