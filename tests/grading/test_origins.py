"""Sources of derived data: two owners at once, circles however long, sources taken back, and what looking costs."""

import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.audit.models import Event as AuditEvent
from foundation.audit.selectors import timeline
from foundation.errors import InvalidInput
from foundation.jobs.models import Job
from grading import origins, services
from grading.declaring.elements import source_assets
from grading.models import DataAsset
from tests import factories, releasing
from tests.at_once import at_once
from tests.factories import World
from tests.grading.samples import observations

Looking = CaptureQueriesContext


def assets(world: World, count: int) -> list[DataAsset]:
    """Received from the provider, undeclared."""
    return [
        services.receive_file(
            actor=world.provider.actor,
            organisation_id=world.provider.organisation_id,
            filename=f"records{number}.csv",
            chunks=[observations(3)],
            declared={},
        )
        for number in range(count)
    ]


def derived_from(*sources: DataAsset) -> dict[str, Any]:
    return {"derivation": {"sources": [{"asset": source.pk} for source in sources], "processing": ["masked"]}}


def store(asset: DataAsset, *sources: DataAsset) -> None:
    DataAsset.objects.filter(pk=asset.pk).update(declared=derived_from(*sources))


def declare(world: World, asset: DataAsset, *sources: DataAsset) -> Job:
    return services.declare_elements(actor=world.provider.actor, asset_id=asset.pk, declared=derived_from(*sources))


def named(assets: Iterable[DataAsset]) -> list[list[int]]:
    """The sources that each of these names by now."""
    said = dict(DataAsset.objects.values_list("pk", "declared"))
    return [[pk for _place, pk in source_assets(said[asset.pk])] for asset in assets]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("between", [0, 1], ids=["from each other", "through others"])
def test_of_two_who_derive_from_each_other_at_once_one_is_refused(
    between: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would see the other's declaration only when it is too late; also where they name none in common."""
    world = World()
    first, second, *others = assets(world, 2 + 2 * between)
    one, other = (others[0], others[1]) if others else (first, second)
    if others:
        store(one, second)  # first → one → second → other → first
        store(other, first)
    looked, both = origins._made_from, threading.Barrier(2)

    def look_together(asset_id: int, asked: Iterable[int]) -> set[int]:
        found = looked(asset_id, asked)
        with suppress(threading.BrokenBarrierError):  # where the other looks later
            both.wait(0.5)
        return found

    monkeypatch.setattr(origins, "_made_from", look_together)
    sources = (one, other) if others else (second, first)
    outcomes = at_once(partial(declare, world, first, sources[0]), partial(declare, world, second, sources[1]))
    assert sorted(outcomes) == ["InvalidInput", "done"]
    assert sorted(map(len, named([first, second]))) == [0, 1]


@pytest.mark.django_db(transaction=True)
def test_a_source_is_not_taken_back_while_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes it back waits, and then sees what was derived from it."""
    world = World()
    source, derived = assets(world, 2)
    looked, held = origins._made_from, threading.Event()

    def look_slowly(asset_id: int, asked: Iterable[int]) -> set[int]:
        held.set()
        threading.Event().wait(0.3)
        return looked(asset_id, asked)

    def discard() -> None:
        held.wait(10)
        services.discard_asset(actor=world.provider.actor, asset_id=source.pk)

    monkeypatch.setattr(origins, "_made_from", look_slowly)
    assert at_once(partial(declare, world, derived, source), discard) == ["done", "done"]
    assert named([derived]) == [[source.pk]]
    line = timeline(("data_asset", derived.pk)).get(action="data_asset.source_discarded")
    assert line.data == {"source": source.pk, "sha256": source.sha256}


@pytest.mark.django_db
def test_what_was_derived_remembers_that_a_source_is_gone() -> None:
    world = World()
    source, derived, other = assets(world, 3)
    store(derived, source, other)
    services.discard_asset(actor=world.provider.actor, asset_id=source.pk)
    (line,) = AuditEvent.objects.filter(action="data_asset.source_discarded")
    assert (line.subject_type, line.subject_id, line.data) == (
        "data_asset", str(derived.pk), {"source": source.pk, "sha256": source.sha256},
    )  # fmt: skip
    assert line.actor_label == AuditEvent.objects.get(action="data_asset.discarded").actor_label
    assert named([derived]) == [[source.pk, other.pk]]


@pytest.mark.django_db
def test_each_source_that_leads_back_is_named_however_far() -> None:
    world = World()
    asset, child, grandchild, stranger, new = assets(world, 5)
    store(child, asset, stranger)
    store(grandchild, stranger, child)
    with pytest.raises(InvalidInput) as raised:
        declare(world, asset, stranger, grandchild, new, asset, child)
    assert [(field.pointer, "derived from it" in field.message) for field in raised.value.fields] == [
        ("/derivation/sources/1/asset", True),
        ("/derivation/sources/3/asset", True),
        ("/derivation/sources/4/asset", True),
    ]
    assert named([asset]) == [[]]
    declare(world, asset, stranger, new)
    assert named([asset]) == [[stranger.pk, new.pk]]


@pytest.mark.django_db
def test_a_circle_that_stands_ends_the_walk() -> None:
    world = World()
    asset, one, other = assets(world, 3)
    store(one, other)
    store(other, one)
    declare(world, asset, one)
    assert named([asset]) == [[one.pk]]


@pytest.mark.django_db
def test_looking_at_sources_costs_the_same_for_many_and_for_long_chains() -> None:
    world = World()
    asset, again, *chain = assets(world, 8)
    for later, earlier in zip(chain[1:], chain, strict=False):
        store(later, earlier)
    with Looking(connection) as few:
        declare(world, asset, chain[0])
    with Looking(connection) as many:
        declare(world, again, *reversed(chain))
    assert len(many) == len(few)


@pytest.mark.django_db
def test_looking_for_what_was_derived_costs_the_same_for_many() -> None:
    world = World()
    asked = []
    for count in (1, 4):
        source, *derived = assets(world, 1 + count)
        for one in derived:
            store(one, source)
        grade = factories.examined(source, recommended="general_3")
        services.decide_grade(actor=world.reviewer.actor, grade_id=grade.pk, level="general_3")
        with Looking(connection) as queries:
            done = releasing.run_waiting(services.REGRADE_DERIVED)
        assert (done.result, done.progress) == ({"regraded": count}, 1.0)
        asked.append(sum('FROM "grading_grade"' in query["sql"] for query in queries))
    assert asked[0] == asked[1]
