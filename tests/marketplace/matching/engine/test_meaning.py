"""The blend of words and meaning: linear, normalised for each demand, neutral where nothing is known."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.meaning import Meaning, Nearness, in_english, relevance, share_of_meaning
from marketplace.matching.engine.rank import highest_score, judge
from marketplace.matching.engine.score import TermScore, TextScore
from marketplace.matching.engine.weights import MeaningWeights, load_weights

SHIPPED = load_weights()
WEIGHTS = MeaningWeights(keywords=0.4, sentences=0.6, keyword_words=3, sentence_words=12, least=0.3)
TODAY = date(2026, 3, 1)
DEMAND = DemandFacts(text="hourly weather", organisation=1)
LISTING = ListingFacts(listing_id=1, organisation=2, title="x", level="general_1", quality=80.0, freshness_on=TODAY)
TEXT = TextScore(3.0, 6.0, (TermScore("weather", "surface", 2.0), TermScore("weather", "stem", 1.0)))


def near(cosines: dict[int, float], *, text: str = "two words", top: float = 0.5) -> Nearness:
    return Nearness(
        np.array(list(cosines), np.int64),
        np.array(list(cosines.values()), np.float32),
        text=text,
        top=top,
        weights=WEIGHTS,
        label="tiny@1",
    )


def said(nearness: Nearness, listing: int) -> Meaning:
    meaning = nearness.of(listing)
    assert meaning is not None
    return meaning


@pytest.mark.parametrize(
    ("words", "share"), [(1, 0.4), (3, 0.4), (6, 0.4 + 0.2 / 3), (9, 0.4 + 0.4 / 3), (12, 0.6), (60, 0.6)]
)
def test_sentences_lean_on_meaning_more_than_keywords(words: int, share: float) -> None:
    assert share_of_meaning(" ".join(["word"] * words), WEIGHTS) == pytest.approx(share, abs=1e-12)


def test_the_nearest_counts_as_much_as_the_best_of_the_words() -> None:
    nearness = near({7: 0.4, 3: 0.8, 5: 0.1, 9: -0.2}, top=0.5)
    assert said(nearness, 3) == Meaning(0.5, 0.4, "semantic:tiny@1")
    assert said(nearness, 7).value == pytest.approx(0.25)
    assert said(nearness, 5).value == pytest.approx(0.0625)
    assert said(nearness, 9).value == 0.0
    assert nearness.of(4) is None
    assert nearness.of(10) is None
    assert nearness.nearest() == [3, 7]
    assert nearness.nearest(1) == [3]
    assert nearness.nearest(1, among=np.array([7, 5, 11])) == [7]
    assert nearness.nearest(among=np.zeros(0, np.int64)) == []


def test_where_nothing_is_near_nothing_is_made_out_to_be() -> None:
    nearness = near({1: 0.12, 2: 0.06}, top=1.0)
    assert nearness.nearest() == []
    assert said(nearness, 1).value == pytest.approx(0.12 / 0.3)


def test_where_no_word_occurs_meaning_counts_on_a_scale_of_its_own() -> None:
    assert said(near({1: 0.9, 2: 0.45}, top=0.0), 2).value == pytest.approx(0.5)


def test_equally_near_listings_come_by_identifier_whatever_the_last_bits_say() -> None:
    assert near({9: 0.5, 4: 0.5 + 1e-7, 6: 0.5 - 1e-7}).nearest() == [4, 6, 9]


@given(st.dictionaries(st.integers(1, 10**9), st.floats(-1, 1, width=32), min_size=1, max_size=20), st.randoms())
def test_the_order_in_which_listings_are_given_changes_nothing(cosines: dict[int, float], random) -> None:
    shuffled = list(cosines.items())
    random.shuffle(shuffled)
    one, other = near(cosines), near(dict(shuffled))
    assert one.nearest() == other.nearest()
    assert [one.of(listing) for listing in cosines] == [other.of(listing) for listing in cosines]
    assert all(0 <= said(one, listing).value <= 0.5 for listing in cosines)


def test_without_meaning_a_score_is_what_it_was_to_the_last_bit() -> None:
    result = judge(DEMAND, LISTING, TEXT, SHIPPED, today=TODAY)
    share = 3.0 / 6.0
    assert result.features["relevance"] == share
    assert result.features["quality"] == share * SHIPPED.bonus["quality"] * 0.8
    assert "meaning" not in result.features
    assert (result.stages, result.attainable) == (("lexical",), 6.0)


def test_with_meaning_the_parts_still_sum_and_the_terms_still_explain() -> None:
    result = judge(DEMAND, LISTING, TEXT, SHIPPED, today=TODAY, meaning=Meaning(0.25, 0.4, "semantic:tiny@1"))
    assert result.features["relevance"] == pytest.approx(0.6 * 0.5)
    assert result.features["meaning"] == pytest.approx(0.4 * 0.25)
    assert result.features["quality"] == pytest.approx(0.4 * SHIPPED.bonus["quality"] * 0.8)
    assert math.fsum(part.contribution for part in result.terms) / result.attainable == pytest.approx(0.3)
    assert result.stages == ("lexical", "semantic:tiny@1")


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.9), st.floats(0, 100))
def test_features_sum_to_the_score_within_what_bonuses_can_lift(
    words: float, value: float, share: float, quality: float
) -> None:
    text, meaning = TextScore(words, 1.0, ()), Meaning(value, share, "semantic:tiny@1")
    result = judge(DEMAND, replace(LISTING, quality=quality), text, SHIPPED, today=TODAY, meaning=meaning)
    assert math.fsum(result.features.values()) == result.score
    assert result.score <= highest_score(sum(relevance(text, meaning)), SHIPPED)


def test_a_listing_that_is_not_embedded_keeps_its_full_share() -> None:
    assert relevance(TEXT, None) == (0.5, 0.0)
    assert sum(relevance(TEXT, Meaning(0.5, 0.4, "s"))) == pytest.approx(0.5)  # as near as its words: the same


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Hourly air quality, 2013", "Hourly air quality, 2013"),
        ("空气质量 hourly air quality", "hourly air quality"),
        ("上海市公共交通客流统计数据集 csv", ""),
        ("Почасовые данные", ""),
        ("2013 - 2014", ""),
        ("", ""),
    ],
)
def test_what_is_in_english(text: str, spoken: str) -> None:
    assert in_english(text) == spoken
