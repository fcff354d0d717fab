"""Scoring again on request, and examining again what an older engine examined: who may, what changes, what stays."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from foundation.audit.models import Event as AuditEvent
from foundation.audit.selectors import timeline
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.events.models import Event
from foundation.jobs.models import Job
from foundation.rulebooks.in_force import in_force, shipped
from grading import services
from grading.models import QualityAssessment
from grading.reproduction import FORMER, reproduced, rules_behind
from grading.rulebook import QUALITY, assessments, reassessed
from tests import factories, releasing
from tests.factories import World
from tests.grading.scored import received, scored

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
    assert Event.objects.filter(name="assessments.rescored", subject_id=asset.pk).count() == 1
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
    text = shipped(QUALITY).content.text.replace(f'version = "{label}"', 'version = "2.0"', 1)
    text = text.replace("weight = 10", "weight = 60", 1)
    releasing.release(world, releasing.proposed(world, QUALITY, text))
    assert releasing.run_waiting("grading.rescore").result == {"rescored": 1, "undecidable": 0}
    old, new = assessments().filter(asset=asset).order_by("pk")
    assert (old.rules_version, new.rules_version) == (label, "2.0")
    assert float(new.overall or 0) < float(old.overall or 0)
    assert reproduced(old).to_dict() == old.data
    assert reproduced(new).to_dict() == new.data
    assert reassessed(old, in_force(QUALITY).rules).to_dict() == new.data


def test_rules_that_are_not_kept_are_said_to_be_missing(world: World) -> None:
    row = scored(received(world.provider, **MONTHLY), DAY)
    row.inputs["rulebooks"][QUALITY]["sha256"] = "0" * 64
    with pytest.raises(Conflict, match="are not kept"):
        rules_behind(row)


def test_a_file_that_was_shipped_once_is_still_known_by_its_digest(world: World) -> None:
    row = scored(received(world.provider, **MONTHLY), DAY)
    row.inputs["rulebooks"][QUALITY]["sha256"] = "f8b1b08671a9e278d66472521c226c767a79863dabe1bb51c6f4df3e50922db7"
    rules = rules_behind(row)
    assert (rules.code, rules.version, rules.dimensions["accuracy"]) == ("default", "1.0", 30)
    assert {path.name for path in FORMER.iterdir()} == {"quality_profile_default-1.0.toml"}


def test_what_an_older_engine_examined_is_examined_again_in_bounded_numbers(world: World) -> None:
    older = [received(world.provider) for _number in range(3)]
    for asset in older:
        scored(asset, DAY, engine="0.9")
    scored(received(world.provider), DAY)
    received(world.provider)  # never examined
    jobs, left = services.reexamine_outdated(actor=world.exchange.actor, limit=2)
    assert ([job.subject_id for job in jobs], left) == ([older[0].pk, older[1].pk], 1)
    assert {job.kind for job in jobs} == {"grading.examine"}
    event = timeline(("data_asset", older[0].pk)).get(action="data_asset.examination_requested")
    assert event.data["job"] == jobs[0].pk
    jobs, left = services.reexamine_outdated(actor=world.exchange.actor, limit=2)
    assert ([job.subject_id for job in jobs], left) == ([older[2].pk], 0)
    assert services.reexamine_outdated(actor=world.exchange.actor) == ([], 0)


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
