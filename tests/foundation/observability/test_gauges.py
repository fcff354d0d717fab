"""Gauges are read from the tables at the time of the scrape."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError

from foundation.observability import gauges
from foundation.observability.gauges import Gauges, Reading, gauge


@pytest.fixture
def registered() -> Iterator[dict[str, gauges.Gauge]]:
    """The registry, emptied for the test and put back."""
    before = dict(gauges._gauges)
    gauges._gauges.clear()
    yield gauges._gauges
    gauges._gauges.clear()
    gauges._gauges.update(before)


def _samples() -> dict[tuple[str, tuple[str, ...]], float]:
    return {(s.name, tuple(s.labels.values())): s.value for family in Gauges().collect() for s in family.samples}


@pytest.mark.django_db
def test_every_reading_is_a_sample(registered: dict[str, gauges.Gauge]) -> None:
    @gauge("exchange_things", "Things", "kind")
    def things() -> Reading:
        return [(("a",), 2), (("b",), 3.5)]

    assert _samples() == {
        ("exchange_things", ("a",)): 2,
        ("exchange_things", ("b",)): 3.5,
        ("exchange_gauges_unreadable", ()): 0,
    }


@pytest.mark.django_db
def test_one_that_cannot_be_read_is_counted_and_the_others_are_still_read(registered: dict[str, gauges.Gauge]) -> None:
    @gauge("exchange_a", "Broken")
    def broken() -> Reading:
        raise DatabaseError("away")

    @gauge("exchange_b", "Whole")
    def whole() -> Reading:
        return [((), 1)]

    assert _samples() == {("exchange_b", ()): 1, ("exchange_gauges_unreadable", ()): 1}


def test_two_readers_for_a_name_are_refused(registered: dict[str, gauges.Gauge]) -> None:
    def one() -> Reading:
        return []

    def two() -> Reading:
        return []

    gauge("exchange_a", "One")(one)
    with pytest.raises(ValueError, match="two readers for gauge 'exchange_a'"):
        gauge("exchange_a", "Two")(two)
