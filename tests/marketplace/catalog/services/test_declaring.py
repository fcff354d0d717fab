"""What the draft says reaches the examination, also when it was edited after the upload."""

import pytest

from foundation.errors import Conflict
from foundation.jobs.models import Job
from grading.models import DataAsset
from marketplace.catalog import services
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
