"""The database refuses by itself: states that the tables do not list, decisions that lack a person."""

import pytest
from django.db import IntegrityError, connection, transaction

from foundation.state_machine import START
from grading import services, states
from grading.models import DataAsset, Grade
from tests import factories
from tests.factories import World
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


@pytest.fixture
def asset(world) -> DataAsset:
    party = world.provider
    return services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename="hours.csv",
        chunks=[observations(3)],
        declared={},
    )


@pytest.fixture
def grade(asset) -> Grade:
    return factories.examined(asset, recommended="general_3")


def update(table: str, pk: int, **values) -> None:
    """A bare UPDATE, as from psql."""
    assignments = ", ".join(f"{name} = %s" for name in values)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {assignments} WHERE id = %s", [*values.values(), pk])
        assert cursor.rowcount == 1


def refused(row, **values) -> str:
    with pytest.raises(IntegrityError) as error:
        update(row._meta.db_table, row.pk, **values)
    before = {name: getattr(row, name) for name in values}
    row.refresh_from_db()
    assert {name: getattr(row, name) for name in values} == before
    return str(error.value)


@pytest.mark.parametrize(
    ("machine", "table"), [(states.ASSET, "grading_dataasset"), (states.GRADE, "grading_grade")], ids=["asset", "grade"]
)
def test_the_trigger_knows_the_same_pairs_as_the_table(machine, table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [f"{table}_state_transitions"])
        (source,) = cursor.fetchone()
    names = (START, *machine.states)
    # a pair from a state to itself is no change of state: the trigger lets it pass without listing it
    listed = {(a, b) for a in names for b in names if f"('{a}', '{b}')" in source}
    assert listed == {(a, b) for a, b in machine.pairs if a != b}


def test_an_update_from_anywhere_cannot_leave_the_table(asset, grade, world):
    assert "illegal transition of grading_dataasset.state: examined -> received" in refused(
        DataAsset.objects.get(pk=asset.pk), state="received"
    )
    services.return_grade(actor=world.reviewer.actor, grade_id=grade.pk, reason="r")
    grade.refresh_from_db()
    for state in ("recommended", "confirmed", "decided", "superseded"):
        assert f"returned -> {state}" in refused(grade, state=state)


def test_nothing_is_born_decided(grade):
    for state in ("confirmed", "decided", "returned", "superseded"):
        copy = Grade.objects.get(pk=grade.pk)
        copy.pk, copy.state = None, state
        with pytest.raises(IntegrityError, match="illegal transition"), transaction.atomic():
            copy.save(force_insert=True)


def test_a_decision_needs_a_level_and_a_person(grade, world):
    reviewer = world.reviewer.user.pk
    assert "grade_decided_has_level_and_reviewer" in refused(grade, state="decided")
    assert "grade_decided_has_level_and_reviewer" in refused(grade, state="decided", level="general_3")
    assert "grade_decided_has_level_and_reviewer" in refused(grade, state="decided", decided_by_id=reviewer)
    update("grading_grade", grade.pk, state="decided", level="general_3", decided_by_id=reviewer)


@pytest.mark.parametrize("level", ["important", "core"])
def test_important_and_core_need_a_first_reviewer_who_is_another(grade, world, level):
    first, second = world.reviewer.user.pk, world.second_reviewer.user.pk
    alone = {"state": "decided", "level": level, "decided_by_id": second}
    assert "grade_important_needs_first_reviewer" in refused(grade, **alone)
    assert "grade_two_different_reviewers" in refused(grade, **alone, confirmed_by_id=second)
    update("grading_grade", grade.pk, **alone, confirmed_by_id=first)


def test_one_person_cannot_lower_what_was_recommended_as_important(asset, world):
    grade = factories.examined(asset, recommended="important")
    alone = {"state": "decided", "level": "general_1", "decided_by_id": world.reviewer.user.pk}
    assert "grade_important_needs_first_reviewer" in refused(grade, **alone)


def test_an_asset_has_one_open_and_one_decided_grade(grade, world):
    with pytest.raises(IntegrityError, match="grade_one_open"), transaction.atomic():
        factories.examined(grade.asset)
    services.decide_grade(actor=world.reviewer.actor, grade_id=grade.pk, level="general_3")
    newer = factories.examined(grade.asset)
    assert "grade_one_decided" in refused(
        newer, state="decided", level="general_1", decided_by_id=world.reviewer.user.pk
    )
