"""Parts of one table that a listing offers count together; tables of other columns do not."""

import pytest

from foundation.jobs.models import Job
from grading.models import DataAsset
from marketplace.catalog import services
from marketplace.catalog.models import ListingVersion
from tests import factories, releasing
from tests.factories import World, add_file, draft, draft_listing

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def file(world: World, version: ListingVersion, name: str, rows: int, *columns: str) -> DataAsset:
    row = add_file(world.provider, version, content=f"{name}\n1\n".encode(), filename=f"{name}.csv")
    factories.decided(factories.examined(row.asset, rows=rows, columns=columns), world)
    return row.asset


def submitted(world: World, version: ListingVersion) -> None:
    services.submit_version(actor=world.provider.actor, version_id=version.pk)
    Job.objects.filter(kind="grading.examine", state="queued").update(state="cancelled")


def collected(*assets: DataAsset) -> list[int | None]:
    return [DataAsset.objects.get(pk=asset.pk).collected_rows for asset in assets]


def test_files_with_the_same_columns_count_together(world: World) -> None:
    version = draft_listing(world)
    june, july = file(world, version, "june", 600, "id", "name"), file(world, version, "july", 700, "Name ", "ID")
    other = file(world, version, "stations", 50, "id", "place")
    submitted(world, version)
    assert collected(june, july, other) == [None, None, None]
    releasing.run_waiting("catalog.collect_listing")
    assert collected(june, july, other) == [1300, 1300, None]


def test_a_file_counts_as_where_most_are_offered(world: World) -> None:
    first = draft_listing(world)
    june, july = file(world, first, "june", 600, "id"), file(world, first, "july", 700, "id")
    submitted(world, first)
    releasing.run_waiting("catalog.collect_listing")
    Job.objects.filter(kind="grading.examine", state="queued").update(state="cancelled")
    services.publish_version(actor=world.reviewer.actor, version_id=first.pk)
    second = services.revise_listing(
        actor=world.provider.actor, listing_id=first.listing_id, draft=draft(world.provider)
    )
    august = file(world, second, "august", 800, "id")
    assert collected(june, july, august) == [1300, 1300, None]
    submitted(world, second)
    releasing.run_waiting("catalog.collect_listing")
    assert collected(june, july, august) == [2100, 2100, 2100]
    services.withdraw_version(actor=world.provider.actor, version_id=second.pk)
    grade = june.grades.get()
    run_of_graded(grade.pk)
    assert collected(june, july, august) == [1300, 1300, 2100], "what nobody offers stays as it was"


def test_a_file_that_is_examined_after_the_submission_is_counted_then(world: World) -> None:
    version = draft_listing(world)
    june = file(world, version, "june", 600, "id")
    late = add_file(world.provider, version, content=b"id\n1\n2\n", filename="late.csv").asset
    services.submit_version(actor=world.provider.actor, version_id=version.pk)
    releasing.run_waiting("catalog.collect_listing")
    assert collected(june, late) == [None, None]
    grade = factories.examined(late, rows=700, columns=("id",))
    run_of_graded(grade.pk)
    assert collected(june, late) == [1300, 1300]


def run_of_graded(grade_id: int) -> None:
    """The job that follows a recommendation."""
    Job.objects.create(kind="catalog.collect_graded", arguments={"subject_id": grade_id}, max_attempts=1, max_losses=1)
    releasing.run_waiting("catalog.collect_graded")
