"""What a process remembers of open demands is what is committed, and no more is read than what is new."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from foundation.rulebooks.in_force import in_force
from marketplace.matching import remembered
from marketplace.matching.engine.open_demands import OpenDemand
from marketplace.matching.engine.reverse import ANY, Reach
from marketplace.matching.models import Demand, StandingDemand
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.services.standing import drop_standing, keep_standing
from tests.factories import World
from tests.marketplace.matching.demands import opened

pytestmark = pytest.mark.django_db


@pytest.fixture(name="read")
def fixture_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:
    """Which demands were read since this was asked last."""
    read: list[int] = []

    def noticed(*row: Any) -> OpenDemand:
        read.append(row[0])
        return OpenDemand(*row)

    def told() -> list[int]:
        found = sorted(read)
        read.clear()
        return found

    monkeypatch.setattr(remembered, "OpenDemand", noticed)
    return told


def left(demand: Demand, mark: float, words: str = "hospital beds") -> None:
    """What a matching leaves of it."""
    weights = in_force(MATCHING_WEIGHTS).rules.text
    keep_standing(demand_id=demand.pk, words=words, reach=Reach(mark, 0.0, None), weights=weights)


def marks() -> dict[int, float]:
    rows = remembered.open_demands().bounds
    return dict(zip(rows["demand"].tolist(), rows["eligible"].tolist(), strict=True))


def test_only_what_was_written_since_is_read(world: World, read: Callable[[], list[int]]) -> None:
    one, other, third = (opened(world.buyer, text=text) for text in ("beds", "flights", "ports"))
    assert marks() == {}
    left(one, 1.0)
    left(other, 2.0)
    assert marks() == {one.pk: 1.0, other.pk: 2.0}
    assert read() == [one.pk, other.pk]
    assert marks() == {one.pk: 1.0, other.pk: 2.0}
    assert read() == []
    left(other, 3.0)
    left(third, 4.0)
    assert marks() == {one.pk: 1.0, other.pk: 3.0, third.pk: 4.0}
    assert read() == [other.pk, third.pk]
    drop_standing(demand_id=one.pk)
    assert marks() == {other.pk: 3.0, third.pk: 4.0}
    left(one, 1.0)
    StandingDemand.objects.filter(pk=third.pk).update(eligible=5.0)  # whoever writes, and however
    assert marks() == {one.pk: 1.0, other.pk: 3.0, third.pk: 5.0}
    assert read() == [one.pk, third.pk]
    StandingDemand.objects.all().delete()
    assert marks() == {}


def test_what_is_taken_back_was_never_there(world: World, read: Callable[[], list[int]]) -> None:
    one = opened(world.buyer, text="beds")
    left(one, 1.0)
    assert marks() == {one.pk: 1.0}
    for mark in (2.0, 3.0):
        with transaction.atomic():
            left(one, mark)
            assert marks() == {one.pk: mark}
            transaction.set_rollback(True)
        assert marks() == {one.pk: 1.0}
    assert read() == [one.pk] * 5


def test_another_server_or_database_is_read_from_nothing(
    world: World, read: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = opened(world.buyer, text="beds")
    left(one, 1.0)
    assert marks() == {one.pk: 1.0}
    known = remembered._remembered
    elsewhere = replace(
        known, database="elsewhere", demands=known.demands.changed(known.demands.bounds["demand"] < 0, [])
    )
    monkeypatch.setattr(remembered, "_remembered", elsewhere)
    assert marks() == {one.pk: 1.0}
    assert read() == [one.pk] * 2


def test_words_that_no_demand_has_any_longer_are_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_remembered", remembered._NOTHING)
    monkeypatch.setattr(remembered, "_TOGETHER", 2)
    one, other = (opened(world.buyer, text=text) for text in ("beds", "flights"))
    left(other, 0.0, "ports0")
    sizes = []
    for number in range(14):
        left(one, float(number), f"beds{number}")
        sizes.append(len(remembered.open_demands().vocabulary))
    assert sizes == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 2, 3, 4, 5]  # eleven rows were more than four times two, and two


def test_what_is_asked_for_is_what_the_demand_says(world: World) -> None:
    demand = opened(world.buyer, text="beds", regions=["310000", "330100"], columns=["id"], minimum_quality=80.0)
    keep_standing(demand_id=demand.pk, words="beds", reach=ANY, weights=in_force(MATCHING_WEIGHTS).rules.text)
    known = remembered.open_demands()
    named = {name: list(names)[numbers[0]] for name, (names, numbers) in known.named.items()}
    assert named == {
        "sector": "transport",
        "regions": ("310000", "330100"),
        "formats": (),
        "supply_modes": (),
        "purpose": None,
        "scenario": None,
        "currency": "CNY",
        "case": ("210200", ""),
    }
    row = known.bounds[0]
    assert (row["organisation"], row["person"]) == (demand.organisation_id, demand.created_by_id)
    assert (row["minimum_quality"], bool(row["wants_columns"]), bool(row["exclusive"])) == (80.0, True, False)


@pytest.mark.django_db(transaction=True)
def test_who_began_first_and_ends_last_is_not_missed(world: World, read: Callable[[], list[int]]) -> None:
    early, late = (opened(world.buyer, text=text) for text in ("beds", "flights"))
    begun, asked = Barrier(2), Barrier(2)

    def write() -> None:
        try:
            with transaction.atomic():
                left(early, 1.0)
                begun.wait(20)
                asked.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(write)
        begun.wait(20)
        left(late, 2.0)
        assert marks() == {late.pk: 2.0}
        asked.wait(20)
        running.result(20)
    assert marks() == {early.pk: 1.0, late.pk: 2.0}
    assert read() == [early.pk, late.pk]
