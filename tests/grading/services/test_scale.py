"""Files that only together cross a threshold of scale: graded anew without being read."""

import pytest

from foundation.audit.models import Event
from foundation.errors import Forbidden
from foundation.jobs.models import Job
from grading import services
from grading.models import DataAsset, Grade, Profile
from tests import releasing
from tests.factories import SYSTEM, World
from tests.grading.samples import hospital
from tests.grading.services.test_decide import confirm, decide
from tests.grading.test_rulebook import examined

pytestmark = pytest.mark.django_db
FLAG = "personal_at_large_scale"
"""The rule of the shipped scheme: personal information on a million persons may be important data."""


@pytest.fixture
def world() -> World:
    return World()


def newest(asset: DataAsset) -> Grade:
    return Grade.objects.filter(asset=asset).latest("pk")


def rules(grade: Grade) -> set[str]:
    return {flag["reason"]["code"] for flag in grade.recommendation["flags"]}


def collect(asset: DataAsset, rows: int | None) -> int:
    return services.collect_rows(actor=SYSTEM, rows={asset.pk: rows})


def test_a_threshold_that_is_crossed_together_differs_from_what_is_decided(world: World) -> None:
    asset = examined(world, hospital())
    first = newest(asset)
    assert FLAG not in rules(first)
    decided = decide(world.reviewer, first, first.recommended_level)
    assert collect(asset, 1000) == 0, "no threshold lies there"
    assert collect(asset, 2_000_000) == 1
    now = newest(asset)
    assert (now.state, now.cause) == ("recommended", "scale")
    assert FLAG in rules(now)
    assert now.difference is not None
    assert now.difference["flags_added"] == ["possibly_important"]
    assert now.recommendation["elements"]["rows"] == 2_000_000
    assert Grade.objects.get(pk=decided.pk).state == "decided"
    assert Profile.objects.filter(asset=asset).count() == 1, "the file was not read"
    assert collect(asset, 2_000_000) == 0, "twice is once"
    events = Event.objects.filter(action="data_asset.rows_collected").order_by("pk")
    assert [event.data for event in events] == [{"rows": 1000}, {"rows": 2_000_000}]

    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    releasing.run_waiting("grading.examine")
    again = newest(asset)
    assert again.pk != now.pk
    assert FLAG in rules(again), "an examination judges by the same scale"

    confirm(world.reviewer, again, again.recommended_level, reason="numbers")
    decide(world.second_reviewer, again, again.recommended_level, reason="numbers")
    assert collect(asset, None) == 1
    assert FLAG not in rules(newest(asset))


def test_a_second_threshold_is_news_though_the_first_raised_the_same_flag(world: World) -> None:
    asset = examined(world, hospital())
    assert collect(asset, 200_000) == 1
    first = newest(asset)
    assert ("sensitive_personal_at_scale" in rules(first), FLAG in rules(first)) == (True, False)
    confirm(world.reviewer, first, first.recommended_level)
    decide(world.second_reviewer, first, first.recommended_level)
    assert collect(asset, 2_000_000) == 1
    now = newest(asset)
    assert (now.state, FLAG in rules(now)) == ("recommended", True)
    assert now.recommended_level == first.recommended_level


def test_what_waits_for_its_examination_or_its_owner_is_not_graded_anew(world: World) -> None:
    asset = examined(world, hospital())
    services.return_grade(actor=world.reviewer.actor, grade_id=newest(asset).pk, reason="what is it?")
    assert collect(asset, 2_000_000) == 0
    assert newest(asset).state == "returned"
    waiting = services.receive_file(
        actor=world.provider.actor,
        organisation_id=world.provider.organisation_id,
        filename="more.csv",
        chunks=[hospital(121)],
        declared={},
    )
    assert collect(waiting, 2_000_000) == 0
    releasing.run_waiting("grading.examine")
    assert FLAG in rules(newest(waiting))
    assert not Job.objects.filter(kind="grading.examine", state="queued").exists()


def test_the_system_alone_collects(world: World) -> None:
    with pytest.raises(Forbidden):
        services.collect_rows(actor=world.exchange.actor, rows={})
