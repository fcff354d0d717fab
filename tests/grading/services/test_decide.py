"""Confirming, deciding and returning: who, in which state, with what reason; two reviewers at the same instant."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from foundation.audit.models import Event
from foundation.errors import Forbidden, IllegalTransition, InvalidInput, NotFound
from foundation.events.models import Event as Happened
from foundation.participants.models import Membership
from grading import selectors, services, states
from grading.errors import GradeTaken
from grading.models import DataAsset, Grade, Level
from tests import factories
from tests.factories import Party, World
from tests.grading.recommending import recommended_again
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db
SERVICES: dict[str, Callable[..., Grade]] = {
    "confirm": services.confirm_grade,
    "decide": services.decide_grade,
    "return": services.return_grade,
}


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


@pytest.fixture
def grade(world) -> Grade:
    """A recommendation of general 3 for a provider's file."""
    return factories.examined(receive(world.provider), recommended="general_3")


def decide(party: Party, grade: Grade, level: str = "general_3", **more: Any) -> Grade:
    return services.decide_grade(actor=party.actor, grade_id=grade.pk, level=level, **more)


def confirm(
    party: Party, grade: Grade, level: str = "important", reason: str = "catalogue of the region", **more: Any
) -> Grade:
    return services.confirm_grade(actor=party.actor, grade_id=grade.pk, level=level, reason=reason, **more)


def give_back(party: Party, grade: Grade, reason: str = "the columns are not described") -> Grade:
    return services.return_grade(actor=party.actor, grade_id=grade.pk, reason=reason)


def stored(grade: Grade) -> tuple:
    row = Grade.objects.get(pk=grade.pk)
    return row.state, row.level, row.category, row.reason, row.confirmed_by_id, row.decided_by_id, row.returned_by_id


UNTOUCHED = ("recommended", "", "", "", None, None, None)


def decisions() -> list[str]:
    actions = ["grade.confirmed", "grade.decided", "grade.returned", "grade.superseded"]
    return list(Event.objects.filter(action__in=actions).order_by("pk").values_list("action", flat=True))


def test_one_reviewer_decides_a_general_level_as_recommended(world, grade):
    decide(world.reviewer, grade)
    row = Grade.objects.get(pk=grade.pk)
    assert stored(grade) == ("decided", "general_3", "transport", "", None, world.reviewer.user.pk, None)
    assert row.decided_at is not None
    event = Event.objects.get(action="grade.decided")
    assert (event.subject_type, event.subject_id, event.actor_user_id) == (
        "grade",
        str(grade.pk),
        world.reviewer.user.pk,
    )
    assert event.data == {
        "asset": grade.asset_id,
        "recommended_level": "general_3",
        "level": "general_3",
        "recommended_category": "transport",
        "category": "transport",
        "reason_given": False,
    }
    happened = Happened.objects.get(name="grade.decided")
    assert (happened.subject_type, happened.subject_id) == ("grade", grade.pk)
    assert happened.data == {"asset": grade.asset_id, "level": "general_3"}
    assert selectors.decided_grades([grade.asset_id]) == {grade.asset_id: row}


@pytest.mark.parametrize(
    ("choice", "pointer"),
    [
        ({"level": "general_2"}, "/reason"),
        ({"level": "general_2", "reason": "  "}, "/reason"),
        ({"level": "general_4"}, "/reason"),
        ({"category": "health"}, "/reason"),
        ({"level": "secret"}, "/level"),
        ({"level": ""}, "/level"),
        ({"category": "c" * 121, "reason": "long"}, "/category"),
        ({"category": "a\x00b", "reason": "odd"}, "/category"),
        ({"reason": "r" * 4001}, "/reason"),
    ],
)
def test_what_departs_without_a_reason_or_is_unknown_is_refused(world, grade, choice, pointer):
    with pytest.raises(InvalidInput) as error:
        decide(world.reviewer, grade, **choice)
    assert [f.pointer for f in error.value.fields] == [pointer]
    assert stored(grade) == UNTOUCHED
    assert decisions() == []
    assert not Happened.objects.filter(name="grade.decided").exists()


def test_a_lower_level_is_decided_with_its_reason_kept_in_the_row_only(world, grade):
    decide(world.reviewer, grade, "general_2", reason="names are of stations", category="meteorology")
    assert stored(grade)[:4] == ("decided", "general_2", "meteorology", "names are of stations")
    data = Event.objects.get(action="grade.decided").data
    assert data["reason_given"] is True
    assert "names are of stations" not in str(data)


def test_one_person_does_not_wave_away_that_data_may_be_core(world, grade):
    Grade.objects.filter(pk=grade.pk).update(recommendation={"flags": [{"code": "possibly_core"}]})
    with pytest.raises(Forbidden) as error:
        decide(world.reviewer, grade)
    assert error.value.rule == "grading.second_pair_of_eyes"
    assert stored(grade) == UNTOUCHED
    confirm(world.reviewer, grade, "general_3")
    decide(world.second_reviewer, grade)
    assert stored(grade)[:2] == ("decided", "general_3")


@pytest.mark.parametrize("level", ["important", "core"])
def test_important_and_core_take_two_different_people(world, grade, level):
    with pytest.raises(Forbidden) as error:
        decide(world.reviewer, grade, level, reason="catalogue")
    assert error.value.rule == "grading.second_pair_of_eyes"
    assert stored(grade) == UNTOUCHED

    confirm(world.reviewer, grade, level)
    first = world.reviewer.user.pk
    assert stored(grade) == ("confirmed", level, "transport", "", first, None, None)
    for _again in range(2):
        with pytest.raises(Forbidden) as error:
            decide(world.reviewer, grade, level, reason="catalogue")
        assert error.value.rule == "grading.second_pair_of_eyes"
    with pytest.raises(IllegalTransition):
        confirm(world.second_reviewer, grade, level)
    assert stored(grade) == ("confirmed", level, "transport", "", first, None, None)

    decide(world.second_reviewer, grade, level, reason="I agree")
    assert stored(grade) == ("decided", level, "transport", "I agree", first, world.second_reviewer.user.pk, None)
    assert Grade.objects.get(pk=grade.pk).confirmed_reason == "catalogue of the region"
    assert decisions() == ["grade.confirmed", "grade.decided"]


@pytest.mark.parametrize(
    ("choice", "pointer"),
    [({"level": "core"}, "/level"), ({"level": "general_3"}, "/level"), ({"category": "x"}, "/category")],
)
def test_the_second_decides_what_the_first_confirmed_or_returns_it(world, grade, choice, pointer):
    confirm(world.reviewer, grade)
    with pytest.raises(InvalidInput) as error:
        decide(world.second_reviewer, grade, **{"level": "important", "reason": "why not", **choice})
    assert [f.pointer for f in error.value.fields] == [pointer]
    assert stored(grade)[0] == "confirmed"
    give_back(world.second_reviewer, grade)
    assert stored(grade)[0] == "returned"


def test_the_second_keeps_the_category_that_the_first_changed(world, grade):
    confirm(world.reviewer, grade, category="defence")
    with pytest.raises(InvalidInput) as error:
        decide(world.second_reviewer, grade, "important", reason="agreed")
    assert [f.pointer for f in error.value.fields] == ["/category"]
    decide(world.second_reviewer, grade, "important", reason="agreed", category="defence")
    assert stored(grade)[:3] == ("decided", "important", "defence")


@pytest.mark.parametrize("level", ["general_1", "general_2", "general_3", "general_4"])
def test_a_general_level_needs_no_first_confirmation(world, grade, level):
    with pytest.raises(InvalidInput) as error:
        confirm(world.reviewer, grade, level)
    assert [f.pointer for f in error.value.fields] == ["/level"]
    assert stored(grade) == UNTOUCHED


def test_lowering_what_was_recommended_as_important_takes_two_people_too(world):
    grade = factories.examined(receive(world.provider), recommended="important")
    with pytest.raises(Forbidden) as error:
        decide(world.reviewer, grade, "general_4", reason="aggregated")
    assert error.value.rule == "grading.second_pair_of_eyes"
    confirm(world.reviewer, grade, "general_4", reason="aggregated")
    decide(world.second_reviewer, grade, "general_4", reason="aggregated")
    assert stored(grade)[:2] == ("decided", "general_4")


def test_a_grade_is_returned_with_a_reason(world, grade):
    for empty in ("", "  "):
        with pytest.raises(InvalidInput) as error:
            give_back(world.reviewer, grade, empty)
        assert [f.pointer for f in error.value.fields] == ["/reason"]
    assert stored(grade) == UNTOUCHED
    give_back(world.reviewer, grade)
    assert stored(grade) == ("returned", "", "", "the columns are not described", None, None, world.reviewer.user.pk)
    assert decisions() == ["grade.returned"]


def test_the_first_reviewer_may_return_what_they_confirmed(world, grade):
    confirm(world.reviewer, grade)
    give_back(world.reviewer, grade)
    assert stored(grade)[0] == "returned"


def test_every_cell_that_the_table_does_not_have_is_refused(world):
    inputs = {"confirm": {"level": "core", "reason": "r"}, "decide": {"level": "general_3"}, "return": {"reason": "r"}}
    refused = 0
    for state in states.GRADE.states:
        for event, service in SERVICES.items():
            if states.GRADE.allows(event, state):
                continue
            grade = _in_state(world, state)
            before = stored(grade)
            with pytest.raises(GradeTaken) as error:
                service(actor=world.reviewer.actor, grade_id=grade.pk, **inputs[event])
            assert error.value.params == {"machine": "Grade", "event": event, "state": state}
            assert error.value.members["grade"]["state"] in (state, "recommended", "decided")
            assert stored(grade) == before
            refused += 1
    assert refused == 13


def _in_state(world: World, state: str) -> Grade:
    grade = factories.examined(receive(world.provider), recommended="general_3")
    if state == "agreed":
        decide(world.reviewer, grade)
        return recommended_again(grade)
    if state == "confirmed":
        confirm(world.second_reviewer, grade)
    elif state in ("decided", "superseded"):
        decide(world.reviewer, grade)
    elif state == "returned":
        give_back(world.reviewer, grade)
    if state == "superseded":
        grade.refresh_from_db()
        grade.state = "superseded"
        grade.save()
    return grade


def test_a_newer_decision_supersedes_the_older_one(world, grade):
    decide(world.reviewer, grade)
    newer = factories.examined(grade.asset, recommended="general_2")
    decide(world.reviewer, newer, "general_2")
    assert (stored(grade)[0], stored(newer)[0]) == ("superseded", "decided")
    assert decisions() == ["grade.decided", "grade.superseded", "grade.decided"]
    assert Event.objects.get(action="grade.superseded").subject_id == str(grade.pk)
    assert selectors.decided_grades([grade.asset_id])[grade.asset_id].pk == newer.pk


@pytest.mark.parametrize("event", SERVICES)
def test_nobody_but_reviewers_of_the_exchange_takes_a_step(world, grade, event):
    choice = {"reason": "r"} if event == "return" else {"level": "important", "reason": "r"}
    reviewer_elsewhere = world.colleague(world.other_provider, "reviewer")
    own_reviewer = world.colleague(world.provider, "reviewer")
    tries: list[tuple[Party, type[Forbidden | NotFound]]] = [
        (world.exchange, Forbidden),
        (world.approver, Forbidden),
        (world.auditor, Forbidden),
        (world.colleague(world.exchange, "operator"), Forbidden),
        (world.provider, Forbidden),
        (own_reviewer, Forbidden),
        (world.buyer, NotFound),
        (reviewer_elsewhere, NotFound),
    ]
    for party, refusal in tries:
        with pytest.raises(refusal) as error:
            SERVICES[event](actor=party.actor, grade_id=grade.pk, **choice)
        if isinstance(error.value, Forbidden):
            assert error.value.rule == "grading.reviewer_only"
    with pytest.raises(Forbidden):  # a decision has a person who answers for it
        SERVICES[event](actor=factories.SYSTEM, grade_id=grade.pk, **choice)
    with pytest.raises(NotFound):
        SERVICES[event](actor=world.reviewer.actor, grade_id=grade.pk + 1_000_000, **choice)
    assert stored(grade) == UNTOUCHED
    assert decisions() == []


@pytest.mark.parametrize("event", SERVICES)
def test_reviewers_keep_their_hands_off_data_of_their_own_organisation(world, event):
    operator = world.colleague(world.exchange, "operator")
    grade = factories.examined(receive(operator), recommended="general_3")
    choice = {"reason": "r"} if event == "return" else {"level": "important", "reason": "r"}
    with pytest.raises(Forbidden) as error:
        SERVICES[event](actor=world.reviewer.actor, grade_id=grade.pk, **choice)
    assert error.value.rule == "grading.not_own_organisation"
    assert stored(grade) == UNTOUCHED


@pytest.mark.parametrize("event", SERVICES)
def test_a_second_membership_does_not_open_the_data_of_the_other_organisation(world, grade, event):
    reviewer = world.reviewer
    Membership.objects.create(organisation_id=world.provider.organisation_id, user=reviewer.user, roles=["auditor"])
    choice = {"reason": "r"} if event == "return" else {"level": "important", "reason": "r"}
    with pytest.raises(Forbidden) as error:
        SERVICES[event](actor=reviewer.actor, grade_id=grade.pk, **choice)
    assert error.value.rule == "grading.not_own_organisation"
    assert stored(grade) == UNTOUCHED


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["decide", "return"])
def test_two_reviewers_at_the_same_instant_one_wins(world, grade, second):
    """Two connections, released together, many times: never two winners, never none."""
    first_actor, second_actor = world.reviewer.actor, world.second_reviewer.actor
    for _round in range(5):
        grade = factories.examined(receive(world.provider), recommended="general_3")
        gate = threading.Barrier(2, timeout=20)

        def take(actor, event, grade_id=grade.pk, gate=gate):
            try:
                gate.wait()
                more = {"reason": "r"} if event == "return" else {"level": "general_3"}
                SERVICES[event](actor=actor, grade_id=grade_id, **more)
                return None
            except GradeTaken as error:
                return error.members["grade"]
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            steps = [pool.submit(take, first_actor, "decide"), pool.submit(take, second_actor, second)]
            answers = [step.result(timeout=30) for step in steps]
        row = Grade.objects.get(pk=grade.pk)
        at, by = (row.decided_at, row.decided_by) if row.state == "decided" else (row.returned_at, row.returned_by)
        assert at is not None
        assert by is not None
        told = [answer for answer in answers if answer is not None]
        assert told == [
            {
                "id": row.pk,
                "state": row.state,
                "level": row.level,
                "category": row.category,
                "at": at.isoformat(),
                "by": by.get_username(),
            }
        ], "the loser is told what the winner decided"
        of_grade = Event.objects.filter(subject_type="grade", subject_id=str(grade.pk))
        assert of_grade.filter(action__in=["grade.decided", "grade.returned"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_first_reviewers_at_the_same_instant_one_confirms(world, grade):
    gate = threading.Barrier(2, timeout=20)

    def take(actor):
        try:
            gate.wait()
            services.confirm_grade(actor=actor, grade_id=grade.pk, level="core", reason="catalogue")
            return ""
        except GradeTaken as error:
            stands = error.members["grade"]
            return f"{stands['state']} {stands['level']} {stands['by']}"
        finally:
            connection.close()

    actors = [world.reviewer.actor, world.second_reviewer.actor]
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take, actors))
    row = Grade.objects.get(pk=grade.pk)
    assert row.confirmed_by is not None
    assert answers == ["", f"confirmed core {row.confirmed_by.get_username()}"]
    assert decisions() == ["grade.confirmed"]


def test_levels_are_ordered_lowest_first():
    assert Level.values == ["general_1", "general_2", "general_3", "general_4", "important", "core"]
