"""What is recommended beside a decided grade: agreed or different, replaced or not, and who is told."""

from datetime import date
from typing import Any

import pytest

from foundation.audit.models import Event
from foundation.events.models import Event as Happened
from foundation.jobs.models import Job
from grading import selectors, services
from grading.models import Grade
from grading.wording import difference_lines
from tests import factories
from tests.factories import World
from tests.grading.recommending import flagged, found, recommended_again
from tests.grading.services.test_decide import confirm, decide, give_back, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def decided(world: World) -> Grade:
    """General 3, as recommended."""
    grade = factories.examined(receive(world.provider), recommended="general_3")
    return decide(world.reviewer, grade)


def happened(grade: Grade) -> list[str]:
    rows = Happened.objects.filter(subject_type="grade", subject_id=grade.pk).order_by("pk")
    return list(rows.values_list("name", flat=True))


def settled(grade: Grade) -> bool:
    return selectors.unsettled([grade.asset_id]) == set()


def test_the_same_again_agrees_and_nobody_has_to_work_on_it(world: World, decided: Grade) -> None:
    now = recommended_again(decided, engine_version="newer", scheme_version="2")
    assert (now.state, now.cause) == ("agreed", "requested")
    assert now.difference == {
        "grade": decided.pk,
        "scheme_version": ["gbt_43697 1", "gbt_43697 2"],
        "engine_version": ["tests", "newer"],
        "flags_added": [],
        "flags_removed": [],
        "types_added": {},
        "types_removed": {},
        "differs": False,
    }
    decided.refresh_from_db()
    assert decided.state == "decided"
    assert settled(decided)
    assert happened(now) == ["grade.agreed"]
    assert Event.objects.filter(action="grade.agreed", subject_id=str(now.pk)).count() == 1
    assert not Grade.objects.filter(state__in=["recommended", "confirmed"]).exists()
    current = selectors.current_grade(decided.asset_id)
    assert current is not None
    assert current.pk == decided.pk


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"level": "general_4"}, {"level": ["general_3", "general_4"]}),
        ({"level": "general_1"}, {"level": ["general_3", "general_1"]}),
        ({"category": "health"}, {"category": ["transport", "health"]}),
        ({"recommendation": flagged("possibly_core")}, {"flags_added": ["possibly_core"]}),
    ],
)
def test_what_differs_waits_for_reviewers_and_is_told(
    world: World, decided: Grade, changes: dict[str, Any], codes: dict[str, Any]
) -> None:
    now = recommended_again(decided, cause="engine", **changes)
    assert (now.state, now.cause) == ("recommended", "engine")
    assert now.difference is not None
    assert codes.items() <= now.difference.items()
    assert now.difference["differs"] is True
    decided.refresh_from_db()
    assert (decided.state, decided.level) == ("decided", "general_3")
    assert not settled(decided)
    assert happened(now) == ["grade.recommended", "grade.differs"]
    told = Job.objects.filter(subject_type="grade", subject_id=now.pk, kind__startswith="tell.")
    assert sorted(told.values_list("kind", flat=True)) == [
        "tell.grading.grade_differs",
        "tell.grading.own_grade_differs",
    ]


def test_sensitive_columns_alone_differ_only_where_the_decision_went_below_its_recommendation(world: World) -> None:
    as_recommended = decide(world.reviewer, factories.examined(receive(world.provider), recommended="general_3"))
    lowered = decide(
        world.reviewer,
        factories.examined(receive(world.provider), recommended="general_3"),
        "general_2",
        reason="names of stations",
    )
    outcomes = {}
    for grade in (as_recommended, lowered):
        now = recommended_again(grade, types=("cn_mobile", "cn_mobile", "email"))
        assert now.difference is not None
        assert now.difference["types_added"] == {"cn_mobile": 2, "email": 1}
        outcomes[grade.pk] = now.state
    assert outcomes == {as_recommended.pk: "agreed", lowered.pk: "recommended"}
    fewer = factories.examined(receive(world.provider), recommended="general_3")
    found(fewer, fewer.profile_id, "email")
    now = recommended_again(decide(world.reviewer, fewer, "general_2", reason="of no person"), types=("cn_mobile",))
    assert now.difference is not None
    assert (now.difference["types_added"], now.difference["types_removed"]) == ({"cn_mobile": 1}, {"email": 1})


def test_a_flag_on_another_ground_is_news_to_who_waved_the_first_away(world: World) -> None:
    grade = factories.examined(receive(world.provider), recommended="general_4")
    Grade.objects.filter(pk=grade.pk).update(recommendation=flagged("possibly_important", rule="many_persons"))
    confirm(world.reviewer, grade, "general_4")
    decided = decide(world.second_reviewer, grade, "general_4")
    assert recommended_again(decided).state == "agreed"
    both = flagged("possibly_important", rule="many_persons")
    both["flags"] += flagged("possibly_important")["flags"]
    now = recommended_again(decided, recommendation=both)
    assert (now.state, settled(decided)) == ("recommended", False)
    assert now.difference is not None
    assert (now.difference["flags_added"], now.difference["flags_removed"]) == (["possibly_important"], [])
    assert difference_lines(now.difference)[0].startswith("New flag: ")


def test_what_people_asked_for_waits_though_nothing_new_is_found(world: World, decided: Grade) -> None:
    asked = recommended_again(decided, cause="incident", note="A leak.")
    assert (asked.state, asked.cause_note) == ("recommended", "A leak.")
    assert asked.difference is not None
    assert asked.difference["differs"] is False
    assert settled(decided), "nothing speaks against what is decided yet"
    assert happened(asked) == ["grade.recommended"]

    placed = recommended_again(decided, cause="rules", scheme_version="2")
    assert (placed.state, placed.cause, placed.cause_note) == ("recommended", "incident", "A leak.")
    newer = recommended_again(decided, cause="scale", note="With June.")
    assert (newer.cause, newer.cause_note) == ("scale", "With June.")
    decide(world.reviewer, newer, "general_4", reason="of many")
    assert recommended_again(newer).state == "agreed", "once decided it is done with"


def test_important_data_due_for_review_waits_for_people(world: World) -> None:
    decided = decide(world.reviewer, factories.examined(receive(world.provider), recommended="general_4"), "general_4")
    two = factories.decided(factories.examined(receive(world.provider)), world, level="important")
    assert recommended_again(decided, cause="time").state == "agreed"
    assert recommended_again(two, cause="time").state == "recommended"
    assert services.queue_due_reviews(actor=factories.SYSTEM, today=date(2099, 1, 1)) == 1, "not what waits for people"


def test_a_difference_is_said_in_words(world: World, decided: Grade) -> None:
    now = recommended_again(
        decided,
        level="general_4",
        category="health",
        recommendation=flagged("possibly_core"),
        scheme_version="2",
        types=("cn_mobile",),
    )
    lines = difference_lines(now.difference)
    assert lines[0] == "Recommended level: general 4; it was general 3."
    assert [line.partition(":")[0] for line in lines] == [
        "Recommended level",
        "Recommended category",
        "New flag",
        "1 more column",
        "Scheme",
    ]
    assert difference_lines(None) == []


def test_only_what_nobody_decided_is_replaced(world: World, decided: Grade) -> None:
    first = recommended_again(decided, level="general_4")
    confirm(world.reviewer, first)
    second = recommended_again(decided, level="general_2")
    third = recommended_again(decided)
    states = {row.pk: row.state for row in Grade.objects.all()}
    assert states == {decided.pk: "decided", first.pk: "superseded", second.pk: "superseded", third.pk: "agreed"}
    assert settled(decided)
    replaced = Event.objects.filter(action="grade.replaced").order_by("pk").values_list("subject_id", flat=True)
    assert list(replaced) == [str(first.pk), str(second.pk)]


def test_a_decision_against_the_new_recommendation_settles_it(world: World, decided: Grade) -> None:
    now = recommended_again(decided, level="general_2")
    decide(world.second_reviewer, now, "general_3", reason="as before")
    assert Grade.objects.get(pk=decided.pk).state == "superseded"
    assert settled(decided)
    again = recommended_again(now)
    assert (again.state, again.difference and again.difference["grade"]) == ("agreed", now.pk)


def test_what_was_returned_is_not_settled_until_an_examination_agrees(world: World, decided: Grade) -> None:
    now = recommended_again(decided, level="general_4")
    give_back(world.reviewer, now)
    assert not settled(decided)
    assert recommended_again(decided).state == "agreed"
    assert settled(decided)


def test_a_first_recommendation_has_nothing_to_differ_from(world: World) -> None:
    grade = factories.examined(receive(world.provider), recommended="general_3")
    again = recommended_again(grade, cause="declared")
    assert (again.state, again.difference, again.cause) == ("recommended", None, "declared")
    assert happened(again) == ["grade.recommended"]


def test_lowering_what_two_people_decided_takes_two_people(world: World) -> None:
    grade = factories.examined(receive(world.provider), recommended="general_3")
    confirm(world.reviewer, grade, "important")
    decide(world.second_reviewer, grade, "important", reason="agreed")
    now = recommended_again(grade, level="general_2")
    assert services.needs_two_reviewers(now, level="general_2")
    with pytest.raises(Exception, match="two reviewers"):
        decide(world.reviewer, now, "general_2")
    assert Grade.objects.get(pk=now.pk).state == "recommended"


@pytest.mark.parametrize(
    ("recommended", "flags", "risk"),
    [
        ("general_1", (), 1),
        ("general_4", (), 4),
        ("general_2", ("possibly_important",), 5),
        ("general_2", ("possibly_important", "possibly_core"), 6),
        ("important", (), 5),
        ("core", (), 6),
    ],
)
def test_the_database_works_out_the_risk(world: World, recommended: str, flags: tuple[str, ...], risk: int) -> None:
    grade = factories.examined(receive(world.provider), recommended=recommended)
    Grade.objects.filter(pk=grade.pk).update(recommendation=flagged(*flags))
    assert Grade.objects.get(pk=grade.pk).risk == risk
