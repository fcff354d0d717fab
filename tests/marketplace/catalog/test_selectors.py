"""Who sees which version, and what is told of its files."""

from copy import copy

import pytest

from foundation.actors import ANONYMOUS, Actor
from foundation.errors import NotFound
from grading.models import Profile
from marketplace.catalog import selectors, services, states
from marketplace.catalog.models import ListingVersion
from tests.factories import (
    SYSTEM,
    World,
    add_file,
    decided,
    draft,
    draft_listing,
    examined,
    published_listing,
    submitted_listing,
)


def _one_of_each(world: World) -> dict[str, int]:
    """A version of the world's provider in every state."""
    made = {
        states.DRAFT: draft_listing(world),
        states.IN_REVIEW: submitted_listing(world),
        states.SUPERSEDED: published_listing(world),
        states.SUSPENDED: published_listing(world),
        states.WITHDRAWN: published_listing(world),
    }
    services.suspend_version(actor=world.reviewer.actor, version_id=made[states.SUSPENDED].pk, reason="x")
    services.withdraw_version(actor=world.provider.actor, version_id=made[states.WITHDRAWN].pk)
    newer = services.revise_listing(
        actor=world.provider.actor, listing_id=made[states.SUPERSEDED].listing_id, draft=draft(world.provider)
    )
    services.submit_version(actor=world.provider.actor, version_id=newer.pk)
    made[states.PUBLISHED] = services.publish_version(actor=world.reviewer.actor, version_id=newer.pk)
    found = {row.state: row.pk for row in ListingVersion.objects.all()}
    assert found == {state: row.pk for state, row in made.items()}
    return found


@pytest.fixture(scope="class")
def shown(class_db: None) -> tuple[World, dict[str, int]]:
    """One world with a version in every state, for all who look at it."""
    world = World()
    return world, _one_of_each(world)


@pytest.mark.django_db
class TestVisibility:
    @pytest.mark.parametrize(
        ("who", "sees_all"),
        [
            ("anonymous", False),
            ("buyer", False),
            ("other_provider", False),
            ("authority", False),
            ("provider", True),
            ("reviewer", True),
            ("approver", True),
            ("system", True),
        ],
    )
    def test_visibility(self, shown: tuple[World, dict[str, int]], who: str, sees_all: bool) -> None:
        world, made = copy(shown[0]), shown[1]
        special = {"anonymous": ANONYMOUS, "system": SYSTEM}
        actor: Actor = special[who] if who in special else getattr(world, who).actor
        for state, version_id in made.items():
            seen = sees_all or state == states.PUBLISHED
            for read in (selectors.version, _file_of):
                if state == states.DRAFT and read is _file_of:
                    continue  # it has none
                if seen:
                    assert read(actor, version_id)
                else:
                    with pytest.raises(NotFound):
                        read(actor, version_id)
        assert set(selectors.visible_versions(actor).values_list("state", flat=True)) == (
            set(states.LISTING_VERSION.states) if sees_all else {states.PUBLISHED}
        )
        assert selectors.visible_listings(actor).count() == (5 if sees_all else 1)


def _file_of(actor: Actor, version_id: int) -> object:
    row = ListingVersion.objects.get(pk=version_id).distributions.get()
    return selectors.distribution(actor, row.pk)


def test_a_suspended_member_of_the_provider_still_reads_its_own(world: World) -> None:
    version = draft_listing(world)
    assert selectors.version(world.colleague(world.provider, "auditor").actor, version.pk) == version


def test_current_version_is_the_published_one(world: World) -> None:
    version = published_listing(world)
    assert selectors.current_version(ANONYMOUS, version.listing_id) == version
    services.suspend_version(actor=world.reviewer.actor, version_id=version.pk, reason="x")
    with pytest.raises(NotFound):
        selectors.current_version(world.provider.actor, version.listing_id)


def test_overviews_show_the_open_version_to_its_own_only(world: World) -> None:
    first = published_listing(world)
    second = services.revise_listing(
        actor=world.provider.actor, listing_id=first.listing_id, draft=draft(world.provider)
    )
    (own,) = selectors.overviews(world.provider.actor, selectors.own_listings(world.provider.actor))
    (public,) = selectors.overviews(world.buyer.actor, selectors.published_listings())
    assert (own.current, own.open) == (first, second)
    assert (public.current, public.open) == (first, None)


def test_the_level_is_the_highest_and_unknown_while_one_is(world: World) -> None:
    version = draft_listing(world)
    assert selectors.level_of(version) is None
    for filename, level in (("a.csv", "general_4"), ("b.csv", "general_2")):
        asset = add_file(world.provider, version, filename=filename).asset
        grade = examined(asset)
        assert selectors.level_of(version) is None
        decided(grade, world, level=level)
    assert selectors.level_of(version) == "general_4"
    (facts,) = selectors.facts([version])
    assert facts.level == "general_4"
    assert [file.level for file in facts.files] == ["general_4", "general_2"]


def test_levels_are_ordered_as_the_standard_orders_them() -> None:
    assert selectors.highest(["general_4", "important", "general_1"]) == "important"
    assert selectors.highest(["core", "important"]) == "core"
    with pytest.raises(ValueError, match="empty"):
        selectors.highest([])


def test_facts_are_of_the_newest_examination(world: World) -> None:
    version = draft_listing(world)
    asset = add_file(world.provider, version).asset
    (unknown,) = selectors.facts([version])
    assert (unknown.quality, unknown.files[0].rows, unknown.files[0].column_names) == (None, None, ())
    examined(asset, rows=1, columns=["old"], quality=50.0).delete()
    examined(asset, rows=7, columns=["carrier", "到达"], quality=88.0)
    (facts,) = selectors.facts([version])
    (file,) = facts.files
    assert (file.rows, file.columns, file.column_names) == (7, 2, ("carrier", "到达"))
    assert (file.quality, file.quality_coverage, facts.quality) == (88.0, 0.75, 88.0)


def test_no_file_hides_another_ones_quality(world: World) -> None:
    version = draft_listing(world)
    examined(add_file(world.provider, version, filename="a.csv").asset, quality=95.0)
    second = add_file(world.provider, version, filename="b.csv").asset
    assert selectors.facts([version])[0].quality is None
    examined(second, quality=40.0)
    assert selectors.facts([version])[0].quality == 40.0


def test_facts_cost_the_same_for_one_version_and_for_many(world: World, django_assert_num_queries) -> None:
    for _ in range(4):
        published_listing(world)
    rows = list(selectors.published_versions())
    for some in (rows[:1], rows):
        with django_assert_num_queries(4):
            found = selectors.facts(some)
            assert [f.files[0].column_names for f in found] == [("id", "name", "value")] * len(some)
            assert {f.version.listing.organisation.name for f in found} == {"Dalian Data Company"}


def test_a_profile_without_columns_has_no_names(world: World) -> None:
    version = draft_listing(world)
    asset = add_file(world.provider, version).asset
    Profile.objects.create(asset=asset, engine_version="tests", rows=0, columns=0, data={})
    (facts,) = selectors.facts([version])
    assert facts.files[0].column_names == ()
