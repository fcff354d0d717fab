"""Reads: owners see their own, the exchange all; the newest counts."""

import pytest

from foundation.actors import ANONYMOUS, system
from foundation.errors import NotFound
from foundation.jobs.models import Job
from grading import selectors, services
from grading.models import DataAsset, Grade, SensitivityFinding
from tests import factories
from tests.factories import Party, World
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def receive(party: Party) -> DataAsset:
    return services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename="hours.csv",
        chunks=[observations(3)],
        declared={},
    )


def test_each_sees_its_own_and_the_exchange_all(world):
    mine, theirs = receive(world.provider), receive(world.other_provider)
    my_grade, their_grade = factories.examined(mine), factories.examined(theirs)
    expected = {
        world.provider.actor: ({mine.pk}, {my_grade.pk}),
        world.other_provider.actor: ({theirs.pk}, {their_grade.pk}),
        world.buyer.actor: (set(), set()),
        world.authority.actor: (set(), set()),
        world.auditor.actor: ({mine.pk, theirs.pk}, {my_grade.pk, their_grade.pk}),
        system("tests"): ({mine.pk, theirs.pk}, {my_grade.pk, their_grade.pk}),
        ANONYMOUS: (set(), set()),
    }
    for actor, (assets, grades) in expected.items():
        assert {row.pk for row in selectors.visible_assets(actor)} == assets, actor.label
        assert {row.pk for row in selectors.grades(actor)} == grades, actor.label
    assert selectors.asset(world.provider.actor, mine.pk).pk == mine.pk
    for read, hidden in ((selectors.asset, theirs.pk), (selectors.grade, their_grade.pk)):
        with pytest.raises(NotFound):
            read(world.provider.actor, hidden)


def test_the_newest_examination_counts(world):
    asset = receive(world.provider)
    assert (selectors.latest_profile(asset.pk), selectors.assessment(asset.pk)) == (None, None)
    assert selectors.current_grade(asset.pk) is None
    assert selectors.overall_quality([asset.pk]) == {}
    older = factories.examined(asset, rows=3, quality=50.0)
    finding(asset, older.profile, "phone", "mobile_phone", 0.9)
    Grade.objects.filter(pk=older.pk).update(state="superseded")
    newer = factories.examined(asset, rows=4, quality=None)
    assert selectors.latest_profile(asset.pk) == newer.profile
    assert selectors.overall_quality([asset.pk]) == {asset.pk: None}
    assert [row.overall for row in selectors.assessments(asset.pk)] == [None, 50.0]
    assert selectors.sensitive_columns(asset.pk) == {}, "what was found earlier counts no longer"
    finding(asset, newer.profile, "contact", "email", 0.6)
    finding(asset, newer.profile, "contact", "mobile_phone", 0.8)
    finding(asset, newer.profile, "name", "person_name", 0.7)
    assert selectors.sensitive_columns(asset.pk) == {"contact": "mobile_phone", "name": "person_name"}
    assert [row.column for row in selectors.sensitivity_findings(asset.pk)] == ["contact", "contact", "name"]


def current(asset: DataAsset) -> int | None:
    grade = selectors.current_grade(asset.pk)
    return None if grade is None else grade.pk


def finding(asset, profile, column, sensitive_type, confidence) -> None:
    SensitivityFinding.objects.create(
        asset=asset,
        profile=profile,
        engine_version="tests",
        column=column,
        sensitive_type=sensitive_type,
        personal=True,
        sensitive_personal=False,
        confidence=confidence,
        evidence={},
    )


def test_the_grade_that_waits_comes_before_the_decided_one_and_that_before_the_rest(world):
    asset = receive(world.provider)
    first = factories.examined(asset)
    services.return_grade(actor=world.reviewer.actor, grade_id=first.pk, reason="r")
    assert current(asset) == first.pk
    second = factories.examined(asset)
    services.decide_grade(actor=world.reviewer.actor, grade_id=second.pk, level="general_1")
    third = factories.examined(asset)
    assert current(asset) == third.pk
    services.return_grade(actor=world.reviewer.actor, grade_id=third.pk, reason="r")
    assert current(asset) == second.pk
    assert [row.pk for row in selectors.grade_history(asset.pk)] == [third.pk, second.pk, first.pk]


def test_decided_grades_of_many_assets_in_one_query(world, django_assert_num_queries):
    assets = [receive(world.provider) for _number in range(3)]
    grades = [factories.examined(asset) for asset in assets]
    for grade in grades[:2]:
        services.decide_grade(actor=world.reviewer.actor, grade_id=grade.pk, level="general_1")
    with django_assert_num_queries(1):
        found = selectors.decided_grades(asset.pk for asset in assets)
    assert {asset_id: grade.pk for asset_id, grade in found.items()} == {
        assets[0].pk: grades[0].pk,
        assets[1].pk: grades[1].pk,
    }
    assert selectors.decided_grades([]) == {}


@pytest.mark.parametrize(
    ("level", "flags", "expected"),
    [
        ("general_2", [], False),
        ("general_1", [], False),
        ("general_3", [], True),
        ("general_1", [{"code": "possibly_important"}], True),
    ],
)
def test_a_decision_covers_later_findings_that_are_no_graver(world, level, flags, expected):
    asset = receive(world.provider)
    factories.decided(factories.examined(asset, recommended="general_2"), world, level="general_2")
    assert selectors.unsettled([asset.pk]) == set()
    newer = factories.examined(asset, recommended=level)
    Grade.objects.filter(pk=newer.pk).update(recommendation={"flags": flags})
    assert selectors.unsettled([asset.pk]) == ({asset.pk} if expected else set())
    services.return_grade(actor=world.reviewer.actor, grade_id=newer.pk, reason="describe the columns")
    assert selectors.unsettled([asset.pk]) == {asset.pk}


@pytest.mark.parametrize(("cause", "expected"), [("declared", True), ("engine", False)])
def test_a_decision_does_not_cover_what_could_not_be_examined(world, cause, expected):
    asset = receive(world.provider)
    factories.decided(factories.examined(asset, recommended="general_2"), world, level="general_2")
    job = Job.objects.create(
        kind=selectors.EXAMINE, subject_type="data_asset", subject_id=asset.pk, arguments={"cause": cause}
    )
    for state in ("running", "failed"):
        Job.objects.filter(pk=job.pk).update(state=state)
    assert selectors.unsettled([asset.pk]) == ({asset.pk} if expected else set())


def test_a_decision_does_not_cover_what_is_being_examined(world):
    asset = receive(world.provider)
    factories.decided(factories.examined(asset), world)
    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    assert selectors.unsettled([asset.pk]) == {asset.pk}


@pytest.mark.parametrize("steps", [(), ("running",), ("running", "waiting")])
def test_only_examinations_leave_a_decision_open(world, steps):
    """A split examination waits for its parts and is not done; other work on the file finds nothing new of it."""
    asset = receive(world.provider)
    factories.decided(factories.examined(asset), world)
    about = {"subject_type": "data_asset", "subject_id": asset.pk}
    other = Job.objects.create(kind="grading.other", merge_kind="grading.merge", **about)
    again = Job.objects.create(kind="grading.examine", merge_kind="grading.examine_merge", **about)
    for state in steps:
        Job.objects.filter(pk=other.pk).update(state=state)
    Job.objects.filter(pk=again.pk).update(state="cancelled")
    assert selectors.unsettled([asset.pk]) == set()
    assert selectors.latest_job(asset.pk) == again
    Job.objects.filter(pk=other.pk).update(state="cancelled")
    again = Job.objects.create(kind="grading.examine", merge_kind="grading.examine_merge", **about)
    for state in steps:
        Job.objects.filter(pk=again.pk).update(state=state)
    assert selectors.unsettled([asset.pk]) == {asset.pk}
