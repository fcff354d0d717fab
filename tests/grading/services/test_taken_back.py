"""An asset that its owner takes back between another's look and their lock: not found, and nothing is written."""

from collections.abc import Callable
from typing import Any

import pytest

from foundation.actors import Actor
from foundation.audit.models import Event
from foundation.errors import NotFound
from foundation.jobs.models import Job
from grading import selectors, services
from grading.models import DataAsset, Grade
from tests import factories
from tests.factories import World
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db

ACTS: dict[str, Callable[[World, DataAsset, Grade], Any]] = {
    "declare_elements": lambda world, asset, _grade: services.declare_elements(
        actor=world.provider.actor, asset_id=asset.pk, declared={"elements": {"depth": "raw"}}
    ),
    "reexamine": lambda world, asset, _grade: services.reexamine(
        actor=world.provider.actor, asset_id=asset.pk, declared={"title": "Counts"}
    ),
    "declare_table_schema": lambda world, asset, _grade: services.declare_table_schema(
        actor=world.provider.actor, asset_id=asset.pk, table_schema=None
    ),
    "discard_asset": lambda world, asset, _grade: services.discard_asset(actor=world.provider.actor, asset_id=asset.pk),
    "file_appeal": lambda world, asset, _grade: services.file_appeal(
        actor=world.provider.actor, asset_id=asset.pk, grounds="It counts nothing."
    ),
    "request_regrading": lambda world, asset, _grade: services.request_regrading(
        actor=world.reviewer.actor, asset_id=asset.pk, cause="incident", note="It was found elsewhere."
    ),
    "decide_grade": lambda world, _asset, grade: services.decide_grade(
        actor=world.reviewer.actor, grade_id=grade.pk, level=grade.recommended_level
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_is_gone_before_it_is_locked_is_not_found(act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    asset = services.receive_file(
        actor=world.provider.actor,
        organisation_id=world.provider.organisation_id,
        filename="hours.csv",
        chunks=[observations(3)],
        declared={},
    )
    grade = factories.examined(asset)
    looked, looked_at_grade = selectors.asset, selectors.grade

    def take_back() -> None:
        Grade.objects.filter(asset=asset).delete()
        DataAsset.objects.filter(pk=asset.pk).delete()

    def asset_then_gone(actor: Actor, asset_id: int) -> DataAsset:
        row = looked(actor, asset_id)
        take_back()
        return row

    def grade_then_gone(actor: Actor, grade_id: int) -> Grade:
        row = looked_at_grade(actor, grade_id)
        take_back()
        return row

    monkeypatch.setattr(selectors, "asset", asset_then_gone)
    monkeypatch.setattr(selectors, "grade", grade_then_gone)
    assert world.reviewer.actor.is_exchange  # made before the count
    before = Event.objects.count(), Job.objects.count()
    with pytest.raises(NotFound):
        ACTS[act](world, asset, grade)
    assert (Event.objects.count(), Job.objects.count()) == before
