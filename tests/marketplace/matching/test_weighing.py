"""How rare words are to one listing, read from the heads of postings: as a search for them has it."""

from dataclasses import replace

import pytest

from marketplace.matching import index, weighing
from marketplace.matching.engine.weights import FieldWeight, load_weights
from marketplace.matching.weighing import catalogue_for
from tests.factories import World, published_listing

pytestmark = pytest.mark.django_db

SHIPPED = load_weights().text
WITHOUT_COLUMNS = replace(SHIPPED, fields={**SHIPPED.fields, "columns": FieldWeight(0.0, 0.5)})


def publish(world: World, title: str, *columns: str) -> None:
    published_listing(world, title=title, title_zh="", description="x", tags=[], columns=columns)


def test_a_field_without_weight_makes_no_word_common(world: World) -> None:
    publish(world, "Flights", "carrier", "origin")
    publish(world, "Hospitals", "flights", "origin")
    publish(world, "Rain", "flights", "origin")
    for weights, surface, stems in (
        (SHIPPED, {"flights": 3.0, "hospitals": 1.0, "origin": 3.0}, {"flight": 3.0}),
        (WITHOUT_COLUMNS, {"flights": 1.0, "hospitals": 1.0, "origin": 0.0}, {"flight": 1.0}),
    ):
        found = catalogue_for(["flights", "flight", "hospitals", "origin"], weights)
        assert (found.size, found.surface) == (3, surface)
        assert {term: found.stems[term] for term in stems} == stems
        (hit, *_others) = index.search("flights", weights=weights)
        rarity = weights.rarity(int(found.surface["flights"]), 3)
        assert hit.text.attainable == pytest.approx(rarity * weights.repeated(1))


def test_lengths_are_read_once_a_segment_and_forgotten_when_they_are_many(
    world: World, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries
) -> None:
    publish(world, "Flights of a year", "carrier")
    monkeypatch.setattr(weighing, "_lengths", {})
    for queries in (3, 2):
        with django_assert_num_queries(queries):
            assert catalogue_for(["flights"], SHIPPED).means["title"] == 4.0
    publish(world, "Rain", "carrier")
    monkeypatch.setattr(weighing, "_MOST_KEPT", 1)
    assert catalogue_for(["flights"], SHIPPED).means["title"] == 2.5
    assert len(weighing._lengths) == 2  # those of today, whatever was kept before
