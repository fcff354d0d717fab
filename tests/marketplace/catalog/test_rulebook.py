"""Another version of a scheme, and the listings whose files it would move."""

import pytest

from grading.rules.level_schemes import LEVEL_SCHEME
from marketplace.catalog import services as catalog
from marketplace.catalog.models import ListingVersion
from tests import releasing
from tests.factories import CSV, World, add_file, decided, draft_listing, examined, published_listing
from tests.grading.engine.ladders.ladders import as_toml, changed, row, scheme

pytestmark = pytest.mark.django_db


def graded_elsewhere(version: ListingVersion, level: str) -> None:
    asset = version.distributions.earliest("pk").asset
    asset.declared = {**asset.declared, "graded_elsewhere": {"scheme": "hangzhou", "level": level}}
    asset.save()


def test_listings_that_would_stand_differently_are_named() -> None:
    world = World()
    hangzhou = scheme("hangzhou")
    releasing.release(world, releasing.proposed(world, LEVEL_SCHEME, as_toml(hangzhou)))
    moved, graver, other = (
        published_listing(world),
        published_listing(world, level="general_4"),
        published_listing(world),
    )
    for version in (moved, graver):
        graded_elsewhere(version, "l1")
    undecided = draft_listing(world)
    add_file(world.provider, undecided)
    stricter = changed({**hangzhou, "version": "2"}, "crosswalk/0", row("l1", "general_3"))
    found = releasing.proposed(world, LEVEL_SCHEME, as_toml(stricter)).what_if
    assert found is not None
    listings = found["also"]["listings"]
    assert listings["cases"] == [
        {
            "subject_type": "listing_version", "subject_id": moved.pk, "before": "general_2", "after": "general_3",
            "changes": {"level": ["general_2", "general_3"]},
        }
    ]  # fmt: skip
    assert {case["subject_type"] for case in found["cases"]} == {"grade"}
    assert (found["examined"], listings["examined"]) == (3, 3)
    assert listings["moves"] == [
        {"before": "general_1", "after": "general_1", "count": 1, "changed": 0},
        {"before": "general_2", "after": "general_3", "count": 1, "changed": 1},
        {"before": "general_4", "after": "general_4", "count": 1, "changed": 0},
    ]
    assert (graver.state, other.state) == ("published", "published")


def test_a_listing_stands_where_the_strictest_of_its_files_does() -> None:
    world = World()
    releasing.release(world, releasing.proposed(world, LEVEL_SCHEME, as_toml(scheme("hangzhou"))))
    version = draft_listing(world)
    for name, level in (("a.csv", "general_1"), ("b.csv", "general_4")):
        decided(examined(add_file(world.provider, version, CSV, name).asset), world, level=level)
    catalog.submit_version(actor=world.provider.actor, version_id=version.pk)
    catalog.publish_version(actor=world.reviewer.actor, version_id=version.pk)
    graded_elsewhere(version, "l2")
    moves = {}
    for label, spans in (
        ("2", (("general_1", "general_1"), ("general_2", "general_3"))),  # below the other file
        ("3", (("general_1", "general_1"), ("important", "core"))),
        ("4", (("general_1", "general_3"),)),  # its level is gone
    ):
        found = releasing.proposed(
            world, LEVEL_SCHEME, as_toml({**scheme("hangzhou", spans), "version": label})
        ).what_if
        assert found is not None
        (case,) = found["also"]["listings"]["cases"]
        assert case["subject_id"] == version.pk
        moves[label] = (case["before"], case["after"])
    assert moves == {
        "2": ("important", "general_4"), "3": ("important", "core"), "4": ("important", "unknown_level"),
    }  # fmt: skip
