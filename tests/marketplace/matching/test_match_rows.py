"""Matches written many at a time: what is read back is what was said, to the last bit."""

import math
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.models import Demand, Match
from marketplace.matching.services.match_rows import insert_matches, update_matches
from tests.factories import World, published_listing
from tests.marketplace.matching.demands import opened

pytestmark = pytest.mark.django_db

AWKWARD: tuple[float, ...] = (0.1 + 0.2, 1e-300, 0.0, math.pi, 5e-324, 1.0)
SAID = {
    "words": "100 % of “it” isn't \\ {a,b} 航班\n",
    "none": None,
    "deep": [{"met": True, "by": 0.30000000000000004}],
}


def proposed(demand: Demand, listing_id: int, version_id: int, **said: Any) -> Match:
    values: dict[str, Any] = {"eligible": True, "rank": 1, "score": 0.1, "features": {}, "constraints_report": []}
    values |= {"stages": ["lexical"]}
    now = timezone.now()
    return Match(demand=demand, listing_id=listing_id, version_id=version_id, updated_at=now, **{**values, **said})


def test_what_is_written_is_what_is_read(world: World) -> None:
    versions = [published_listing(world) for _score in AWKWARD]
    demand = opened(world.buyer)
    rows = [
        proposed(
            demand, version.listing_id, version.pk, rank=place, score=score, features={"relevance": score, **SAID},
            terms=[SAID], columns_found=["a, b", "{c}", 'd"', "null", ""], stages=["lexical", "semantic:x@1"],
            weights_version="matching_default 1",
        )
        for place, (version, score) in enumerate(zip(versions, AWKWARD, strict=True), start=1)
    ]  # fmt: skip
    assert insert_matches(rows) == rows
    stored = list(Match.objects.order_by("pk"))
    assert [row.pk for row in stored] == [row.pk for row in rows]  # numbered in their order
    names = [field.attname for field in Match._meta.concrete_fields if field.attname != "created_at"]
    for row, read in zip(rows, stored, strict=True):
        assert [getattr(read, name) for name in names] == [getattr(row, name) for name in names]
        assert read.created_at is not None
    assert [row.score for row in stored] == list(AWKWARD)
    for row in rows:
        row.score, row.terms, row.rank = row.score / 3, [], 0
        row.columns_found, row.announced_at = [], timezone.now()
    update_matches(rows[1:], ("score", "terms", "columns_found", "announced_at"))
    first, *others = Match.objects.order_by("pk")
    assert (first.score, first.terms, first.rank) == (AWKWARD[0], [SAID], 1)
    assert [(row.score, row.terms, row.columns_found) for row in others] == [(s / 3, [], []) for s in AWKWARD[1:]]
    assert [row.announced_at for row in others] == [row.announced_at for row in rows[1:]]
    assert [row.rank for row in others] == [2, 3, 4, 5, 6]  # not among what was to be written
    assert all(row.features["words"] == SAID["words"] for row in others)


def test_any_score_is_kept_to_the_last_bit(world: World) -> None:
    version = published_listing(world)
    (row,) = insert_matches([proposed(opened(world.buyer), version.listing_id, version.pk)])

    @settings(max_examples=200, deadline=None, database=None)
    @given(st.floats(0, 10))
    def check(drawn: float) -> None:
        number = drawn + 0.0  # JSON of PostgreSQL has one zero
        row.score, row.features = number, {"relevance": number}
        update_matches([row], ("score", "features"))
        read = Match.objects.get(pk=row.pk)
        assert (read.score.hex(), read.features) == (number.hex(), {"relevance": number})

    check()


def test_nothing_to_write_is_nothing_written(world: World, django_assert_num_queries: Any) -> None:
    version = published_listing(world)
    (row,) = insert_matches([proposed(opened(world.buyer), version.listing_id, version.pk)])
    with django_assert_num_queries(0):
        assert insert_matches([]) == []
        update_matches([], ("score",))
        update_matches([row], ())
