"""Similar decided data: by sensitive types, category and names of columns."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grading.models import Grade
from grading.reviewing.similar import Similar, similar_decided
from tests import factories
from tests.factories import Party, World
from tests.grading.recommending import found
from tests.grading.services.test_decide import receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def graded(party: Party, columns: tuple[str, ...], types: tuple[str, ...], category: str = "transport") -> Grade:
    grade = factories.examined(receive(party), columns=columns, recommended="general_3")
    found(grade, grade.profile_id, *types)
    grade.recommended_category = category
    grade.save()
    return grade


def test_the_likest_first_with_what_is_shared(world: World) -> None:
    patients = graded(world.provider, ("name", "phone", "ward"), ("person_name", "cn_mobile"), "health")
    twin = factories.decided(
        graded(world.other_provider, ("Name ", "phone", "ward", "bed"), ("person_name", "cn_mobile"), "health"),
        world,
        level="general_4",
        category="health",
    )
    half = factories.decided(
        graded(world.other_provider, ("owner",), ("person_name",), "transport"), world, level="general_3"
    )
    factories.decided(graded(world.other_provider, ("hour",), (), "meteorology"), world, category="meteorology")
    graded(world.other_provider, ("name", "phone", "ward"), ("person_name", "cn_mobile"), "health")  # undecided
    assert similar_decided(world.reviewer.actor, patients) == [
        Similar(twin, round((1.0 + 0.75 + 1) / 3, 4), ("cn_mobile", "person_name"), True, ("name", "phone", "ward")),
        Similar(half, round(0.5 / 3, 4), ("person_name",), False, ()),
    ]
    assert similar_decided(world.reviewer.actor, patients, most=1)[0].grade == twin
    assert similar_decided(world.provider.actor, patients) == [], "owners see their own only"


def test_without_sensitive_types_the_names_and_the_category_tell(world: World) -> None:
    hours = graded(world.provider, ("hour", "temp"), ())
    other = factories.decided(graded(world.provider, ("hour", "temp"), ()), world)
    persons = factories.decided(graded(world.provider, ("name",), ("person_name",)), world)
    alike = [(one.grade.pk, one.likeness) for one in similar_decided(world.reviewer.actor, hours)]
    assert alike == [(other.pk, round(2.5 / 3, 4)), (persons.pk, round(1 / 3, 4))]


def test_constant_queries(world: World) -> None:
    grade, counts, actor = graded(world.provider, ("hour",), ("email",)), [], world.reviewer.actor
    for _round in range(2):
        for _other in range(3):
            factories.decided(graded(world.provider, ("hour",), ("email",)), world)
        with CaptureQueriesContext(connection) as seen:
            assert len(similar_decided(actor, grade)) in (3, 5)
        counts.append(len(seen))
    assert counts[0] == counts[1]
