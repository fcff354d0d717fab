"""One listing beside all open demands: as the engine says of each of them alone."""

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.constraints import ABSOLUTE, check
from marketplace.matching.engine.facts import Access, DemandFacts, ListingFacts
from marketplace.matching.engine.open_demands import NONE, WEIGHED, OpenDemand, OpenDemands
from marketplace.matching.engine.reached import Doubtful, Reached, reached
from marketplace.matching.engine.reverse import ANY, DRIFT, MOVED, Reach, Said
from marketplace.matching.engine.weights import TextWeights, load_weights
from tests.marketplace.matching.engine.asking import NEVER, WORDS, listings, open_demand, wishes

TODAY: Final = date(2026, 3, 1)
WEIGHTS: Final = load_weights()
PLACES: Final = (Reach(0.0, NEVER, None), Reach(NEVER, 0.0, None), Reach(NEVER, NEVER, 0.0))
"""What a listing reaches that fails nothing, one constraint, and more."""
BARE: Final = ListingFacts(listing_id=9, organisation=2, title="", level="general_1", price=None)


def columns(*rows: OpenDemand) -> OpenDemands:
    return NONE.changed(np.empty(0, bool), rows)


def says(*words: str, rarity: float = 1.0) -> dict[str, Said]:
    """Half a point by each word, as written and as a stem together, times how rare it is."""
    return {word: Said(0.25, 0.25, rarity, rarity) for word in words}


def asked(rows: OpenDemands, listing: ListingFacts, said: dict[str, Said], answer: bool | None = False) -> Reached:
    return reached(rows, listing, said, weights=WEIGHTS, today=TODAY, refused=lambda _region, _purpose: answer)


@given(st.lists(wishes(), min_size=4, max_size=12), listings(), st.sampled_from((True, False, None)))
def test_constraints_are_counted_as_the_engine_counts_them(
    demands: list[DemandFacts], listing: ListingFacts, refused: bool | None
) -> None:
    for place, reach in enumerate(PLACES):
        rows = columns(*(open_demand(number, one, "beds", reach=reach) for number, one in enumerate(demands)))
        found = asked(rows, listing, says("beds"), refused)
        failed = {}
        for answer in (True, False):
            access = Access("licensed", "row", not answer)
            failed[answer] = [
                [one.code for one in check(demand, listing, today=TODAY, access=access) if not one.met]
                for demand in demands
            ]
        would = {
            answer: {
                number
                for number, codes in enumerate(failed[answer])
                if ABSOLUTE.isdisjoint(codes) and min(len(codes), 2) == place
            }
            for answer in (True, False)
        }
        sure = would[True] & would[False] if refused is None else would[refused]
        assert set(found.demands) == sure
        doubtful = (would[True] ^ would[False]) if refused is None else set()
        assert {(one.demand, one.if_allowed) for one in found.doubtful} == {
            (number, number in would[False]) for number in doubtful
        }


def test_who_is_asked_of_is_told_with_what_the_decision_table_asks() -> None:
    demand = DemandFacts(text="", organisation=3, purpose="research")
    rows = columns(open_demand(5, demand, "beds", reach=PLACES[0]), open_demand(4, demand, "flight"))
    assert asked(rows, BARE, says("beds"), None) == Reached((), (Doubtful(5, 3, 50, "210200", "research", True),))


def test_words_are_summed_in_the_units_of_then_and_of_now_and_the_larger_counts() -> None:
    bare = DemandFacts(text="", organisation=3)
    neutral = 1 + WEIGHTS.bonus["record"] * WEIGHTS.record.share  # a provider without a record
    for then, now in ((2.0, 1.99), (1.99, 2.0)):
        best = 2 * 0.5 * 2.0 * (1 + DRIFT) * neutral  # two words, each half a point times its rarity
        for mark, expected in ((0.999 * best, (1,)), (1.001 * best, ())):
            rows = columns(
                open_demand(1, bare, "beds", "delays", "航班", reach=Reach(mark, NEVER, None), rarity=then),
                open_demand(2, bare, "航班", reach=ANY),
            )
            assert asked(rows, BARE, says("beds", "delays", "flight", rarity=now)) == Reached(expected, ())


@pytest.mark.parametrize("text", [WEIGHTS.text, replace(WEIGHTS.text, stem_share=0.3, k3=None)])
def test_what_a_demand_repeats_counts_as_the_weights_say(text: TextWeights) -> None:
    weights = replace(WEIGHTS, text=text, bonus=dict.fromkeys(WEIGHTS.bonus, 0.0))
    said = Said(0.5, 0.25, 3.0, 2.0)
    score = 0.5 * 3.0 * text.repeated(4) + 0.25 * 2.0 * text.repeated(2)
    apart = (1 - text.stem_share) * text.repeated(4) * 0.01 + text.stem_share * text.repeated(2) * 0.02
    weighed = np.array([(4, 2, 3.01, 2.02), (0, 1, 1.0, 1.0)], WEIGHED).tobytes()
    held = 0.5 * 3.01 * text.repeated(4) + 0.25 * 2.02 * text.repeated(2)
    assert score < held
    for mark, moved, expected in (
        (0.999 * (1 + DRIFT) * held, NEVER, (1,)),
        (1.001 * (1 + DRIFT) * held, NEVER, ()),
        (2 * held, 0.999 * apart / (2 * held), (1,)),
        (2 * held, 1.001 * apart / (2 * held), ()),
    ):
        one = open_demand(1, DemandFacts(text="", organisation=3), reach=Reach(mark, NEVER, None))
        rows = columns(one._replace(terms="beds delays", weighed=weighed))
        found = reached(
            rows,
            BARE,
            {"beds": said},
            weights=weights,
            today=TODAY,
            refused=lambda _region, _purpose: False,
            moved=moved,
        )
        assert found == Reached(expected, ())


def test_words_that_moved_by_more_than_is_allowed_for_bring_their_demand_whatever_it_asks_for() -> None:
    elsewhere = DemandFacts(text="", organisation=2, sector="health")  # the listing's own provider asks
    for rarity, expected in ((1 + 0.9 * MOVED, ()), (1 + 1.1 * MOVED, (1,)), (1 - 1.1 * MOVED, (1,))):
        rows = columns(
            open_demand(1, elsewhere, "beds", reach=Reach(NEVER, 1.0, None)),
            open_demand(2, elsewhere, "delays", reach=Reach(NEVER, 1.0, None)),
            open_demand(3, elsewhere, "beds", reach=ANY),  # whoever shares a word reaches it: nothing to move
        )
        assert asked(rows, BARE, says("beds", rarity=rarity)) == Reached(expected, ())


def test_nobody_is_asked_of_a_demand_that_comes_whatever_is_answered() -> None:
    rows = columns(open_demand(1, DemandFacts(text="", organisation=3), "beds", reach=Reach(0.4, NEVER, None)))
    for moved, expected in ((0.9, Reached((), (Doubtful(1, 3, 10, "210200", "", True),))), (1.1, Reached((1,), ()))):
        assert asked(rows, BARE, says("beds", rarity=1 + moved * MOVED * 0.4), None) == expected


@given(st.data())
def test_columns_that_changed_are_as_if_made_at_once(data: st.DataObject) -> None:
    made, rows = NONE, dict[int, OpenDemand]()
    for _round in range(3):
        changed = data.draw(st.dictionaries(st.integers(1, 6), st.tuples(wishes(), st.sets(st.sampled_from(WORDS)))))
        gone = data.draw(st.sets(st.integers(1, 6)))
        read = [open_demand(number, one, *sorted(words)) for number, (one, words) in changed.items()]
        kept = [number not in changed and number not in gone for number in made.bounds["demand"].tolist()]
        made = made.changed(np.array(kept, bool), read)
        rows = {number: row for number, row in rows.items() if number not in gone} | {one.demand: one for one in read}
        anew = columns(*rows.values())
        assert made.bounds.tobytes() == anew.bounds.tobytes()
        for one in data.draw(st.lists(listings(), max_size=3)):
            said = says(*data.draw(st.sets(st.sampled_from(WORDS))))
            for answer in (False, None):
                assert asked(made, one, said, answer) == asked(anew, one, said, answer)
