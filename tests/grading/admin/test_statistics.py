"""The page of figures: what it counts, of which period, and who reads it."""

from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from grading import services
from grading.models import Grade
from tests import factories
from tests.factories import World
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db
PAGE = "/admin/grading/grade/statistics/"


def graded(world: World, level: str, **waited: float) -> Grade:
    party = world.provider
    asset = services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename="table.csv",
        chunks=[observations(3)],
        declared={},
    )
    grade = factories.examined(asset, recommended=level)
    if waited:
        Grade.objects.filter(pk=grade.pk).update(created_at=timezone.now() - timedelta(**waited))
    return grade


def test_decisions_departures_and_waiting_times_are_drawn(world_of_decisions):
    world = world_of_decisions
    answer = world.auditor.admin.get(PAGE)
    text = unescape(answer.content.decode())
    for said in (
        "<dt>Decided</dt><dd>3</dd>",
        "<dt>Below the recommended level</dt><dd>1</dd>",
        "<dt>Above the recommended level</dt><dd>0</dd>",
        "<dt>By two reviewers</dt><dd>1</dd>",
        "<dt>Returned to owners</dt><dd>1</dd>",
        "half within 3 hours, nine of ten within ",
        'aria-label="Decisions by level"',
        "general 1: as recommended 1, below the recommendation 1, above the recommendation 0",
        'aria-label="Waiting time by level"',
        f'<th scope="row">{world.reviewer.user.username}</th><td>1</td><td>2</td><td>1</td>',
        f'<th scope="row">{world.second_reviewer.user.username}</th><td>0</td><td>1</td><td>0</td>',
        "<dt>Grades</dt><dd>1</dd>",
    ):
        assert said in text, said


@pytest.mark.parametrize(("asked", "decided"), [("7", 2), ("30", 3), ("", 3), ("8", 3), ("-1", 3), ("\u0661", 3)])
def test_a_period_is_chosen(world_of_decisions, asked, decided):
    world = world_of_decisions
    oldest = Grade.objects.filter(state="decided").earliest("pk")
    Grade.objects.filter(pk=oldest.pk).update(decided_at=timezone.now() - timedelta(days=20))
    answer = world.auditor.admin.get(PAGE, {"days": asked})
    assert answer.status_code == 200
    assert answer.context["total"].decided == decided


def test_only_people_of_the_exchange_read_it(world_of_decisions):
    world = world_of_decisions
    world.other_provider.user.__class__.objects.filter(pk=world.other_provider.user.pk).update(is_staff=True)
    assert world.provider.admin.get(PAGE).status_code == 302
    assert world.other_provider.admin.get(PAGE).status_code == 403


@pytest.fixture
def world_of_decisions() -> World:
    """One decision as recommended, one below, one by two reviewers, one return; one grade waits."""
    world = World()
    first, second = world.reviewer.actor, world.second_reviewer.actor
    services.decide_grade(actor=first, grade_id=graded(world, "general_1", hours=3).pk, level="general_1")
    lowered = graded(world, "general_2", hours=1)
    services.decide_grade(actor=first, grade_id=lowered.pk, level="general_1", reason="public already")
    important = graded(world, "important", days=3)
    services.confirm_grade(actor=first, grade_id=important.pk, level="important")
    services.decide_grade(actor=second, grade_id=important.pk, level="important")
    services.return_grade(actor=second, grade_id=graded(world, "general_3").pk, reason="no description")
    graded(world, "general_4")
    return world
