"""The reverse direction: a listing says of itself what the reference says of it; marks are where the ranking ends."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.constraints import ConstraintResult
from marketplace.matching.engine.rank import MatchResult
from marketplace.matching.engine.reverse import Catalogue, Reach, counted, reach_of, said_by
from marketplace.matching.engine.score import Corpus
from marketplace.matching.engine.text import MOST_COUNTED, analyse
from marketplace.matching.engine.weights import TEXT_FIELDS, FieldWeight, TextWeights, load_weights

SHIPPED = load_weights().text
UNEVEN = replace(SHIPPED, stem_share=0.3, k3=None, idf_power=1.0)
UNWEIGHED = replace(SHIPPED, fields={**SHIPPED.fields, "columns": FieldWeight(0.0, 0.5)}, stem_share=0.0)

WORDS = ("flight", "flights", "delays", "delayed", "空气", "质量", "hourly")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
DOCUMENTS = st.lists(st.fixed_dictionaries(dict.fromkeys(TEXT_FIELDS, TEXTS)), min_size=1, max_size=6)


def catalogue(documents: Sequence[dict[str, str]], weights: TextWeights) -> Catalogue:
    """What these documents are to one of them; a field without weight makes no word common."""
    lengths = {name: [len(analyse(one[name]).surface) for one in documents if one[name]] for name in TEXT_FIELDS}
    weighed = [[one[name] for name in TEXT_FIELDS if weights.fields[name].weight] for one in documents]
    terms = [analyse("\n".join(texts)) for texts in weighed]
    return Catalogue(
        size=len(documents),
        means={name: sum(found) / len(found) for name, found in lengths.items() if found},
        surface={word: sum(word in one.surface for one in terms) for one in terms for word in one.surface},
        stems={word: sum(word in one.stems for one in terms) for one in terms for word in one.stems},
    )


@pytest.mark.parametrize("weights", [SHIPPED, UNEVEN, UNWEIGHED])
@given(documents=DOCUMENTS, words=TEXTS)
def test_it_says_what_the_reference_says_of_it(weights: TextWeights, documents: list[Any], words: str) -> None:
    found = Corpus(dict(enumerate(documents)), weights).search(words)
    everything = catalogue(documents, weights)
    for place, document in enumerate(documents):
        said = said_by(document, everything, weights)
        score = sum(
            said[one.term].surface * said[one.term].surface_rarity * weights.repeated(one.surface)
            + said[one.term].stem * said[one.term].stem_rarity * weights.repeated(one.stem)
            for one in counted(analyse(words))
            if one.term in said
        )
        assert score == pytest.approx(found[place].score if place in found else 0.0)


def test_a_word_counts_so_often_at_most() -> None:
    few, many = ({"title": "flight " * MOST_COUNTED + "x " * rest} for rest in (0, 9))
    alone = Catalogue(1, {"title": float(MOST_COUNTED)}, {}, {})
    more = {"title": "flight " * (MOST_COUNTED + 9)}
    assert said_by(more, alone, SHIPPED)["flight"] == said_by(many, alone, SHIPPED)["flight"]
    assert said_by(few, alone, SHIPPED)["flight"].surface > said_by(many, alone, SHIPPED)["flight"].surface


@pytest.mark.parametrize("held", [{}, {"flight": 0.0}, {"flight": 0.4}, {"flight": 1.2}])
def test_a_word_that_no_listing_has_is_as_rare_as_one_that_one_has(held: dict[str, float]) -> None:
    (said,) = said_by({"title": "flight"}, Catalogue(5, {}, held, held), SHIPPED).values()
    assert said.surface_rarity == said.stem_rarity == SHIPPED.rarity(1, 5)


def result(score: float, *failed: str) -> MatchResult:
    """One whose scores were divided by 2."""
    constraints = tuple(ConstraintResult(code, met=False, wanted="", actual="") for code in failed)
    return MatchResult(1, score, {}, (), 2.0, (), (), constraints, None, not failed, "v")


@pytest.mark.parametrize(
    ("ranked", "far", "reach"),
    [
        ([], None, Reach(0.0, 0.0, None)),
        ([result(0.9), result(0.8)], None, Reach(0.0, 0.0, None)),
        ([result(0.9), result(0.8), result(0.7)], None, Reach(1.4, 0.0, None)),
        ([result(0.9), result(0.8), result(0.7), result(0.6)], None, Reach(1.4, 0.0, None)),
        ([result(0.9), result(0.5, "budget"), result(0.4, "sector")], None, Reach(0.0, 0.8, None)),
        ([result(0.5, "budget")], 0.1, Reach(0.0, 0.0, 0.1)),
        ([result(0.5, "budget"), result(0.4, "sector", "budget")], 0.3, Reach(0.0, 0.0, 0.3)),
    ],
)
def test_marks_are_where_what_is_shown_ends(ranked: list[MatchResult], far: float | None, reach: Reach) -> None:
    """Of three eligible ones and two near misses that are shown."""
    assert reach_of(ranked, best=3, near=2, far=far) == reach
