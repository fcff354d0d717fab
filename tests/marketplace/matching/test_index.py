"""The index in PostgreSQL: it agrees with the reference, and holds what is published at every moment."""

from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.rulebooks.in_force import in_force
from marketplace.catalog import services as catalog
from marketplace.matching import index, services
from marketplace.matching.engine.score import Corpus
from marketplace.matching.models import IndexedListing, IndexPosting, IndexSegment, IndexTombstone
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.services import indexing
from tests.factories import World, published_listing
from tests.marketplace.matching.engine.test_search import WEIGHTS, Fields, assert_same, best, corpora, texts
from tests.marketplace.matching.reference import published

pytestmark = pytest.mark.django_db


def found(words: str, **options: Any) -> list[int]:
    """The listings found, best first."""
    return [hit.listing_id for hit in index.search(words, weights=in_force(MATCHING_WEIGHTS).rules.text, **options)]


def assert_is_what_is_published() -> None:
    """Every row points at its own place; a search for common words gives what the reference gives."""
    texts = {listing.listing_id: listing.text_fields() for _version, listing in published()}
    assert set(IndexedListing.objects.values_list("pk", flat=True)) == texts.keys()
    words = "flights departures 航班 delay 2013 airports hospital"
    reference = best(Corpus(texts, WEIGHTS).search(words))
    assert_same(index.search(words, weights=WEIGHTS), reference)


def stored(segments: list[list[Fields]], after: int = 0) -> dict[int, Fields]:
    """Index documents of listings that do not exist, which nobody asks before a commit: listing → its texts."""
    listings: dict[int, Fields] = {}
    rows = []
    for held in segments:
        numbered = [(after + len(listings) + place, dict(fields)) for place, fields in enumerate(held, start=1)]
        segment = indexing.write_segment(numbered)
        for place, (number, fields) in enumerate(numbered):
            listings[number] = fields
            rows.append(IndexedListing(listing_id=number, version_id=number, segment=segment, place=place))
    IndexedListing.objects.bulk_create(rows)
    return listings


def dropped(listings: dict[int, Fields], gone: set[int]) -> dict[int, Fields]:
    """Take some away again: those that are left."""
    rows = IndexedListing.objects.filter(pk__in=gone)
    IndexTombstone.objects.bulk_create(IndexTombstone(segment_id=row.segment_id, place=row.place) for row in rows)
    rows.delete()
    return {number: fields for number, fields in listings.items() if number not in gone}


def test_postgresql_gives_what_the_reference_gives() -> None:
    @settings(max_examples=30)
    @given(corpora, texts, st.integers(1, 4), st.data())
    def check(segments: list[list[Fields]], words: str, limit: int, data: st.DataObject) -> None:
        with transaction.atomic():
            listings = stored(segments)
            listings = dropped(listings, data.draw(st.sets(st.sampled_from(sorted(listings)))))
            reference = best(Corpus(listings, WEIGHTS).search(words))
            assert_same(index.search(words, weights=WEIGHTS), reference)
            admitted = data.draw(st.sets(st.sampled_from(sorted(listings)))) if listings else set()
            kept = [hit for hit in reference if hit.listing_id in admitted]
            hits = index.search(words, weights=WEIGHTS, where=Q(pk__in=admitted), limit=limit)
            assert {hit.listing_id for hit in hits} <= admitted
            assert [hit.text.score for hit in hits] == pytest.approx([h.text.score for h in kept[:limit]], rel=1e-9)
            transaction.set_rollback(True)

    check()


def test_what_is_published_is_found_and_what_is_not_is_not(world: World) -> None:
    first, second = published_listing(world, title="Departures"), published_listing(world, title="Hospital beds")
    assert found("departures") == [first.listing_id]
    assert_is_what_is_published()
    catalog.suspend_version(actor=world.reviewer.actor, version_id=first.pk, reason="A complaint.")
    assert found("departures") == []
    assert_is_what_is_published()
    catalog.reinstate_version(actor=world.reviewer.actor, version_id=first.pk)
    assert found("departures") == [first.listing_id]
    catalog.withdraw_version(actor=world.provider.actor, version_id=second.pk)
    assert found("hospital") == []
    assert_is_what_is_published()
    assert IndexSegment.objects.count() == 1
    assert set(IndexPosting.objects.values_list("segment_id", flat=True)) == {IndexSegment.objects.get().pk}
    assert not IndexTombstone.objects.exists()


def test_a_publication_that_is_undone_leaves_the_index_as_it_was(world: World) -> None:
    version = published_listing(world, title="Departures")
    with transaction.atomic():
        catalog.withdraw_version(actor=world.provider.actor, version_id=version.pk)
        assert found("departures") == []
        transaction.set_rollback(True)
    assert found("departures") == [version.listing_id]


def test_a_listing_whose_words_are_the_same_keeps_its_place(world: World) -> None:
    version = published_listing(world)
    place = IndexedListing.objects.values_list("segment_id", "place").get()
    assert services.index_listings([version.listing_id]) == 0
    assert IndexedListing.objects.values_list("segment_id", "place").get() == place
    type(version).objects.filter(pk=version.pk).update(description="Other words.")
    assert services.index_listings([version.listing_id]) == 1
    assert IndexedListing.objects.get().segment_id != place[0]
    assert IndexSegment.objects.count() == 1
    assert_is_what_is_published()


def test_a_sweep_mends_what_is_missing_and_what_is_stale(world: World) -> None:
    kept, lost, stale = (published_listing(world) for _number in range(3))
    IndexedListing.objects.filter(pk=lost.listing_id).delete()
    type(stale).objects.filter(pk=stale.pk).update(state="suspended")
    assert services.sweep_index() == 2
    assert services.merge_segments() == 1  # the one that the lost row pointed at
    assert set(IndexedListing.objects.values_list("pk", flat=True)) == {kept.listing_id, lost.listing_id}
    assert_is_what_is_published()
    assert services.sweep_index() == 0
    assert services.sweep_index(everything=True) == 2


def test_small_segments_become_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "MERGED_TOGETHER", 3)
    versions = [published_listing(world) for _number in range(2)]
    assert services.merge_segments() == 0
    versions.append(published_listing(world))
    before = index.search("flights", weights=WEIGHTS)
    assert services.merge_segments() == 3
    assert [(row.size, row.pk in IndexPosting.objects.values_list("segment_id", flat=True)) for row in
            IndexSegment.objects.all()] == [(3, True)]  # fmt: skip
    assert index.search("flights", weights=WEIGHTS) == before
    for version in versions[:2]:
        catalog.withdraw_version(actor=world.provider.actor, version_id=version.pk)
    assert IndexTombstone.objects.count() == 2
    assert services.merge_segments() == 1  # mostly dead
    assert (IndexSegment.objects.get().size, IndexTombstone.objects.count()) == (1, 0)
    assert_is_what_is_published()


def test_a_condition_that_nothing_meets_finds_nothing(world: World) -> None:
    published_listing(world)
    assert found("flights", where=Q(pk__in=[])) == []
    assert found("flights", where=Q(pk=-1)) == []
    assert found("") == []


def test_words_of_large_segments_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "LARGE", 2)
    sent: list[Any] = []
    rows = index._rows

    def noted(sql: str, params: Any) -> list[Any]:
        found = rows(sql, params)
        sent.append([(row[1], row[2]) for row in found if row[0] == index._POSTING])
        return found

    monkeypatch.setattr(index, "_rows", noted)
    with transaction.atomic():
        listings = stored([[{"title": "air price"}, {"title": "数据 air"}], [{"title": "air prices"}]])
        first, second = (index.search("air prices", weights=WEIGHTS) for _time in range(2))
        assert_same(first, best(Corpus(listings, WEIGHTS).search("air prices")))
        assert second == first
        large, small = IndexSegment.objects.order_by("pk").values_list("pk", flat=True)
        assert {segment for segment, _term in sent[-2]} == {large, small}
        assert {segment for segment, _term in sent[-1]} == {small}
        listings |= stored([[{"title": "air"}, {"title": "prices of air"}]], after=len(listings))
        assert_same(index.search("air prices", weights=WEIGHTS), best(Corpus(listings, WEIGHTS).search("air prices")))
        transaction.set_rollback(True)


@pytest.mark.parametrize(("of_each", "again"), [(10_000, set()), (1, {"air", "price"})])
def test_what_is_kept_grows_with_the_listings(monkeypatch: pytest.MonkeyPatch, of_each: int, again: set[str]) -> None:
    monkeypatch.setattr(index, "LARGE", 2)
    monkeypatch.setattr(index, "LEAST_KEPT", 0)
    monkeypatch.setattr(index, "KEPT_OF_EACH", of_each)
    sent: list[set[str]] = []
    rows = index._rows

    def noted(sql: str, params: Any) -> list[Any]:
        found = rows(sql, params)
        sent.append({row[2] for row in found if row[0] == index._POSTING})
        return found

    monkeypatch.setattr(index, "_rows", noted)
    with transaction.atomic():
        stored([[{"title": "air"}, {"title": "price"}]])
        for _time in range(2):
            assert len(index.search("air price", weights=WEIGHTS)) == 2
        assert sent[-1] & {"air", "price"} == again
        transaction.set_rollback(True)
