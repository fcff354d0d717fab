"""Low grades in bulk: each by itself, as recommended, or refused with its rule."""

import pytest

from foundation.audit.models import Event
from foundation.errors import Forbidden, InvalidInput
from grading import services
from grading.errors import GradeTaken
from grading.models import Grade
from tests import factories
from tests.factories import World
from tests.grading.recommending import flagged, recommended_again
from tests.grading.services.test_decide import decide, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def recommended(world: World, level: str) -> Grade:
    return factories.examined(receive(world.provider), recommended=level)


def test_each_is_decided_or_refused_by_itself(world: World) -> None:
    own = factories.examined(receive(world.colleague(world.exchange, "operator")), recommended="general_1")
    grades = {
        "low": recommended(world, "general_1"),
        "second": recommended(world, "general_2"),
        "third": recommended(world, "general_3"),
        "flagged": recommended(world, "general_1"),
        "taken": decide(world.second_reviewer, recommended(world, "general_1"), "general_1"),
        "own": own,
    }
    Grade.objects.filter(pk=grades["flagged"].pk).update(recommendation=flagged("possibly_important"))
    higher = decide(world.second_reviewer, recommended(world, "general_3"))
    grades["lowering"] = recommended_again(higher, level="general_2")
    raised = decide(world.second_reviewer, recommended(world, "general_1"), "general_1")
    grades["raising"] = recommended_again(raised, level="general_2")
    appealed = decide(world.second_reviewer, recommended(world, "general_1"), "general_1")
    appeal = services.file_appeal(actor=world.provider.actor, asset_id=appealed.asset_id, grounds="No persons.")
    grades["appeal"] = Grade.objects.get(pk=appeal.review_id)
    standing = decide(world.second_reviewer, recommended(world, "general_1"), "general_1")
    grades["asked"] = recommended_again(standing, cause="incident", note="A leak.")

    ids = [*(grade.pk for grade in grades.values()), 10**12]
    outcomes = services.confirm_low_grades(actor=world.reviewer.actor, grade_ids=ids)
    assert [one.grade_id for one in outcomes] == ids
    assert [one.decided for one in outcomes[:-1]] == [name in ("low", "second", "raising") for name in grades]
    rules = {name: getattr(one.error, "rule", "") for name, one in zip(grades, outcomes, strict=False)}
    assert rules == {
        "low": "",
        "second": "",
        "raising": "",
        "taken": "",
        "third": "grading.bulk_low_only",
        "flagged": "grading.bulk_unflagged_only",
        "lowering": "grading.bulk_not_lowering",
        "appeal": "grading.bulk_no_appeals",
        "asked": "grading.bulk_not_asked_for",
        "own": "grading.not_own_organisation",
    }
    assert isinstance(outcomes[list(grades).index("taken")].error, GradeTaken)
    assert outcomes[-1].error is not None
    assert outcomes[-1].error.code == "not_found"
    levels = {name: Grade.objects.get(pk=grade.pk).level for name, grade in grades.items()}
    assert {name: level for name, level in levels.items() if level} == {
        "low": "general_1",
        "second": "general_2",
        "raising": "general_2",
        "taken": "general_1",
    }
    mine = Event.objects.filter(action="grade.decided", actor_user_id=world.reviewer.user.pk)
    assert mine.count() == 3


@pytest.mark.parametrize("ids", [[], [1, 1], list(range(1, 102))])
def test_what_is_no_list_of_grades_is_refused(world: World, ids: list[int]) -> None:
    with pytest.raises(InvalidInput) as error:
        services.confirm_low_grades(actor=world.reviewer.actor, grade_ids=ids)
    assert [field.pointer for field in error.value.fields] == ["/grades"]


@pytest.mark.parametrize("role", ["administrator", "operator", "approver", "auditor"])
def test_nobody_but_reviewers(world: World, role: str) -> None:
    grade = recommended(world, "general_1")
    with pytest.raises(Forbidden) as error:
        services.confirm_low_grades(actor=world.colleague(world.exchange, role).actor, grade_ids=[grade.pk])
    assert error.value.rule == "grading.reviewer_only"
    assert Grade.objects.get(pk=grade.pk).state == "recommended"
