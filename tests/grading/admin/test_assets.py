"""The list of files: those of an older engine are found, and actions call the services for the exchange's people."""

from datetime import date
from typing import Any

import pytest

from foundation.jobs.models import Job
from grading.models import DataAsset, QualityAssessment
from tests import factories
from tests.factories import World
from tests.grading.scored import received, scored

pytestmark = pytest.mark.django_db
LIST = "/admin/grading/dataasset/"
ANNUAL = {"modified_on": "2024-01-31", "update_frequency": "annual"}


@pytest.fixture
def world() -> World:
    return World()


def press(browser: Any, action: str, *assets: DataAsset) -> list[str]:
    form = {"action": action, "_selected_action": [asset.pk for asset in assets]}
    answer = browser.post(LIST, form, follow=True)
    assert answer.status_code == 200
    return [str(message) for message in answer.context["messages"]]


def test_files_of_an_older_engine_are_found_and_examined_again(world):
    older, newer = received(world.provider), received(world.provider)
    scored(older, date(2024, 2, 1), engine="0.9")
    scored(newer, date(2024, 2, 1))
    browser = world.reviewer.admin

    def listed() -> list[int]:
        answer = browser.get(LIST, {"engine": "older"})
        return [row.pk for row in answer.context["cl"].result_list]

    assert listed() == [older.pk]
    assert press(browser, "examine_again", older, newer) == ["Done for 2 files."]
    waiting = Job.objects.filter(kind="grading.examine", state="queued")
    assert {job.subject_id for job in waiting} == {older.pk, newer.pk}
    assert listed() == []


def test_files_are_scored_again_and_what_cannot_be_says_why(world):
    overdue, former = received(world.provider, **ANNUAL), received(world.provider)
    scored(overdue, date(2024, 2, 1))
    factories.examined(former)
    assert press(world.reviewer.admin, "score_again", overdue, former) == [
        "stations.csv: What was measured then cannot be scored under today's rules: have the file examined again.",
        "Done for 1 file.",
    ]
    assert [QualityAssessment.objects.filter(asset=asset).count() for asset in (overdue, former)] == [2, 1]


def test_who_may_only_read_changes_nothing(world):
    asset = received(world.provider, **ANNUAL)
    scored(asset, date(2024, 2, 1))
    for action in ("examine_again", "score_again"):
        (said,) = press(world.auditor.admin, action, asset)
        assert said == "stations.csv: Only the owner of the data may do this."
    assert QualityAssessment.objects.filter(asset=asset).count() == 1
    assert not Job.objects.filter(kind="grading.examine", state="queued").exists()


def test_too_many_at_once_are_refused(world, monkeypatch):
    monkeypatch.setattr("grading.admin.assets.MOST_AT_ONCE", 1)
    assets = [received(world.provider), received(world.provider)]
    assert press(world.reviewer.admin, "examine_again", *assets) == ["Choose at most 1 files."]
    assert not Job.objects.filter(kind="grading.examine", state="queued").exists()
