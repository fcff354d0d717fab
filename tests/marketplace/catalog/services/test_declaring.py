"""What the draft says reaches the examination, also when it was edited after the upload."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from foundation.actors import Actor
from foundation.errors import Conflict
from foundation.jobs.models import Job
from grading import selectors as grading
from grading.models import DataAsset
from marketplace.catalog import services
from marketplace.catalog import services as catalog
from tests.factories import World, add_file, draft, draft_listing, examined, published_listing


def _examinations() -> int:
    """All that were ever asked for, whatever became of them."""
    return Job.objects.filter(kind="grading.examine").count()


def _no_longer_waiting() -> None:
    Job.objects.update(state="cancelled")


def test_an_unchanged_draft_asks_for_no_second_examination(world: World) -> None:
    version = draft_listing(world)
    add_file(world.provider, version)
    _no_longer_waiting()
    services.submit_version(actor=world.provider.actor, version_id=version.pk)
    assert _examinations() == 1


def test_an_edited_draft_is_examined_by_what_it_says_now(world: World) -> None:
    version = draft_listing(world)
    asset = add_file(world.provider, version).asset
    DataAsset.objects.filter(pk=asset.pk).update(declared={**asset.declared, "columns": {"id": "a number"}})
    _no_longer_waiting()
    services.edit_draft(
        actor=world.provider.actor,
        version_id=version.pk,
        expected_revision=2,
        draft=draft(world.provider, description="Every departure.", licence=""),
    )
    services.submit_version(actor=world.provider.actor, version_id=version.pk)
    asset.refresh_from_db()
    assert asset.declared["description"] == "Every departure."
    assert "licence" not in asset.declared
    assert asset.declared["columns"] == {"id": "a number"}
    assert _examinations() == 2


def test_what_the_owner_declares_of_a_file_meanwhile_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    version = draft_listing(world)
    asset = add_file(world.provider, version).asset
    services.edit_draft(
        actor=world.provider.actor,
        version_id=version.pk,
        expected_revision=2,
        draft=draft(world.provider, description="Every departure."),
    )
    looked, elements = grading.asset, {"importance": ["lifeline_service"]}

    def then_declared(actor: Actor, asset_id: int) -> DataAsset:
        """Another request of the owner's comes between the look and the lock."""
        row = looked(actor, asset_id)
        DataAsset.objects.filter(pk=asset_id).update(declared={**row.declared, "elements": elements})
        return row

    monkeypatch.setattr(grading, "asset", then_declared)
    services.submit_version(actor=world.provider.actor, version_id=version.pk)
    asset.refresh_from_db()
    assert (asset.declared["description"], asset.declared["elements"]) == ("Every departure.", elements)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "2024-01-31"),  # the listing says it itself
        ({"modified_on": None}, "2014-02-01"),
        ({"modified_on": None, "provenance": []}, None),
    ],
)
def test_provenance_says_when_the_data_was_brought_up_to_date(
    world: World, said: dict[str, Any], expected: str | None
) -> None:
    asset = add_file(world.provider, draft_listing(world, **said)).asset
    assert asset.declared.get("modified_on") == expected


def test_only_collecting_and_cleaning_count_and_only_what_was_done(world: World) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    days = {"collection": date(2015, 5, 5), "labelling": date(2020, 1, 1), "acquisition": date(2021, 1, 1)}
    steps = [catalog.DeclaredStep(kind, "Provider", day, "contract", "log") for kind, day in days.items()]
    late = catalog.DeclaredStep("cleaning", "Provider", tomorrow, "contract", "log")
    asset = add_file(world.provider, draft_listing(world, modified_on=None, provenance=[*steps, late])).asset
    assert asset.declared["modified_on"] == "2015-05-05"


def test_a_decided_grade_outlives_a_new_version_that_says_more(world: World) -> None:
    first = published_listing(world)
    second = services.revise_listing(
        actor=world.provider.actor, listing_id=first.listing_id, draft=draft(world.provider, description="More.")
    )
    services.submit_version(actor=world.provider.actor, version_id=second.pk)
    with pytest.raises(Conflict, match=r"table\.csv"):  # nobody knows yet what the examination will find
        services.publish_version(actor=world.reviewer.actor, version_id=second.pk)
    examined(second.distributions.get().asset)
    published = services.publish_version(actor=world.reviewer.actor, version_id=second.pk)
    assert published.state == "published"
    assert second.distributions.get().asset.declared["description"] == "More."
