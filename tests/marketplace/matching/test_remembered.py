"""What a process remembers of open demands is what is committed, and no more is read than what is new."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from foundation.participants.models import Organisation
from foundation.rulebooks.in_force import in_force
from marketplace.matching import remembered
from marketplace.matching.engine.open_demands import OpenDemand, OpenDemands
from marketplace.matching.engine.reverse import ANY, Reach
from marketplace.matching.models import Demand, StandingDemand
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.services.standing import drop_standing, keep_standing
from tests.at_once import uncommitted
from tests.factories import World, published_listing
from tests.marketplace.matching.demands import opened

pytestmark = pytest.mark.django_db


@pytest.fixture(name="read")
def fixture_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[int]]:
    """Which demands were read whole since this was asked last."""
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


def plainly(known: OpenDemands) -> list[tuple[Any, ...]]:
    """All that is known of each demand, however its names and terms are numbered."""
    names = {name: list(named.names) for name, named in known.named.items()}
    words = list(known.vocabulary)
    return [
        (
            repr(known.bounds[place]),
            [names[name][named.numbers[place]] for name, named in known.named.items()],
            [words[number] for number in known.terms[known.places == place]],
            known.weighed[known.places == place].tolist(),
        )
        for place in range(len(known.bounds))
    ]


def anew(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The same as a process finds it that knows nothing."""
    with monkeypatch.context() as other:
        other.setattr(remembered, "_remembered", remembered._NOTHING)
        return plainly(remembered.open_demands())


def test_of_what_asks_for_the_same_only_what_a_matching_moves_is_read(
    world: World, read: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ("hospital beds", "beds", "flights of airports", "ports")
    demands = [opened(world.buyer, text=text) for text in texts]
    for demand in demands:
        left(demand, 1.0, demand.text)
    first = plainly(remembered.open_demands())
    assert read() == [one.pk for one in demands]
    for _one in range(3):
        published_listing(world, title="Beds of hospitals, flights", description="Beds.")  # nothing of ports
    left(demands[2], 2.0, demands[2].text)
    left(demands[0], 3.0, demands[0].text)
    left(demands[1], 4.0, "beds of ports")
    known = plainly(remembered.open_demands())
    assert read() == [demands[1].pk]
    assert known == anew(monkeypatch)
    assert list(marks().values()) == [3.0, 4.0, 2.0, 1.0]
    assert [row[3] == before[3] for row, before in zip(known, first, strict=True)] == [False, False, False, True]
    published_listing(world, title="Ports of beds")
    for demand, words in zip(demands, (texts[0], "beds of ports", *texts[2:]), strict=True):
        left(demand, 5.0, words)
    read()
    known = plainly(remembered.open_demands())
    assert read() == []
    assert known == anew(monkeypatch)
    Demand.objects.filter(pk=demands[3].pk).update(regions=["310000"])
    left(demands[3], 1.0, demands[3].text)
    read()
    known = plainly(remembered.open_demands())
    assert read() == [demands[3].pk]
    assert known == anew(monkeypatch)


def test_only_what_was_written_since_is_read(world: World, read: Callable[[], list[int]]) -> None:
    one, other, third = (opened(world.buyer, text=text) for text in ("beds", "flights", "ports"))
    assert marks() == {}
    left(one, 1.0)
    left(other, 2.0)
    assert marks() == {one.pk: 1.0, other.pk: 2.0}
    assert read() == [one.pk, other.pk]
    assert marks() == {one.pk: 1.0, other.pk: 2.0}
    assert read() == []
    left(other, 3.0, "ports")
    left(third, 4.0)
    assert marks() == {one.pk: 1.0, other.pk: 3.0, third.pk: 4.0}
    assert read() == [other.pk, third.pk]
    drop_standing(demand_id=one.pk)
    assert marks() == {other.pk: 3.0, third.pk: 4.0}
    left(one, 1.0)
    StandingDemand.objects.filter(pk=third.pk).update(eligible=5.0)  # whoever writes, and however
    assert marks() == {one.pk: 1.0, other.pk: 3.0, third.pk: 5.0}
    assert read() == [one.pk]
    StandingDemand.objects.all().delete()
    assert marks() == {}


def test_what_was_another_while_it_was_read_is_read_again(
    world: World, read: Callable[[], list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    demand = opened(world.buyer, text="beds")
    buyers, home = Organisation.objects.filter(pk=demand.organisation_id), demand.organisation.region
    left(demand, 1.0)
    buyers.update(region="440100")  # the buyer moves, and this process reads the row as it was written before that
    remembered.open_demands()
    assert read() == [demand.pk]
    buyers.update(region=home)
    left(demand, 2.0)  # and so says what it said before the process read it
    known = plainly(remembered.open_demands())
    assert read() == [demand.pk]
    assert known == anew(monkeypatch)
    assert known[0][1][-1] == (home, "")


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
    assert read() == [one.pk]


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
    with uncommitted(lambda: left(early, 1.0)):
        left(late, 2.0)
        assert marks() == {late.pk: 2.0}
    assert marks() == {early.pk: 1.0, late.pk: 2.0}
    assert read() == [early.pk, late.pk]
