"""BM25F against the formula worked by hand, and its explanation."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching.engine.score import Corpus
from marketplace.matching.engine.weights import FieldWeight, load_weights

DEFAULT = load_weights().text
PLAIN = replace(
    DEFAULT,
    k1=1.2,
    k3=None,
    idf_power=1.0,
    stem_share=0.0,
    fields={"title": FieldWeight(3, 0.5), "description": FieldWeight(1, 0.75)},
)
DOCUMENTS = {
    1: {"title": "flights", "description": "flights from new york flights"},
    2: {"title": "hourly weather", "description": "weather at three airports"},
    3: {"title": "hospital", "description": ""},
}


def test_one_term_by_hand() -> None:
    # Mean lengths: title (1 + 2 + 1) / 3; description (5 + 4) / 2, the empty one not counted.
    title = 3 / (0.5 + 0.5 * 1 / (4 / 3))
    description = 2 * 1 / (0.25 + 0.75 * 5 / 4.5)
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    expected = idf * (title + description) / (1.2 + title + description)
    found = Corpus(DOCUMENTS, PLAIN).search("flights")
    assert set(found) == {1}
    assert found[1].score == pytest.approx(expected, rel=1e-12)
    assert found[1].attainable == pytest.approx(idf, rel=1e-12)


def test_saturation_is_of_the_document_not_of_each_field() -> None:
    """A term in two fields counts less than twice: what a sum of scores by field gets wrong."""
    documents = {1: {"title": "rain", "description": "rain"}, 2: {"title": "rain", "description": "snow"}}
    found = Corpus(documents, PLAIN).search("rain")
    assert found[1].score < 2 * found[2].score


def test_a_repeated_word_of_the_demand_counts_again_until_k3() -> None:
    plain, bounded = Corpus(DOCUMENTS, PLAIN), Corpus(DOCUMENTS, replace(PLAIN, k3=3.0))
    assert plain.search("weather weather")[2].score == pytest.approx(2 * plain.search("weather")[2].score)
    assert bounded.search("weather")[2].score == pytest.approx(plain.search("weather")[2].score)
    assert bounded.search("weather weather")[2].score == pytest.approx(
        4 * 2 / (3 + 2) * plain.search("weather")[2].score
    )


def test_what_is_rare_counts_more_by_the_power() -> None:
    plain, leaning = Corpus(DOCUMENTS, PLAIN), Corpus(DOCUMENTS, replace(PLAIN, idf_power=1.3))
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    assert leaning.search("flights")[1].score == pytest.approx(idf**0.3 * plain.search("flights")[1].score)


def test_the_stemmed_stream_finds_other_forms_and_the_surface_prefers_the_same_one() -> None:
    documents = {1: {"title": "airport delays"}, 2: {"title": "airport delay"}}
    assert set(Corpus(documents, replace(DEFAULT, stem_share=0.0)).search("delay")) == {2}
    blended = Corpus(documents, DEFAULT).search("delay")
    assert blended[2].score > blended[1].score > 0


def test_words_that_no_document_has_change_nothing() -> None:
    corpus = Corpus(DOCUMENTS, DEFAULT)
    assert corpus.search("weather xylophone") == corpus.search("weather")
    assert corpus.search("xylophone") == {}
    assert corpus.search("") == {}


def test_chinese_is_found_by_its_pairs() -> None:
    documents = {1: {"title": "航班数据"}, 2: {"title": "班车数值"}}
    found = Corpus(documents, DEFAULT).search("航班")
    assert found[1].score > found[2].score > 0


def test_fields_without_a_weight_are_not_searched() -> None:
    assert Corpus({1: {"notes": "flights"}}, DEFAULT).search("flights") == {}


WORDS = st.lists(
    st.sampled_from(["flights", "flight", "weather", "rain", "航班", "数据", "delays", "delay", "airport"]), max_size=6
)
TEXTS = WORDS.map(" ".join)
CORPORA = st.dictionaries(
    st.integers(0, 9), st.fixed_dictionaries({"title": TEXTS, "tags": TEXTS, "description": TEXTS}), max_size=6
)


@given(documents=CORPORA, words=TEXTS)
def test_contributions_sum_to_the_score_within_what_is_attainable(documents: Any, words: Any) -> None:
    for found in Corpus(documents, DEFAULT).search(words).values():
        assert math.fsum(part.contribution for part in found.terms) == pytest.approx(found.score, rel=1e-12)
        assert all(part.contribution > 0 for part in found.terms)
        assert 0 < found.share < 1
        assert found.share == found.score / found.attainable
        assert list(found.terms) == sorted(found.terms, key=lambda part: -part.contribution)


@given(documents=CORPORA, words=TEXTS, random=st.randoms(use_true_random=False))
def test_order_of_documents_and_of_words_changes_nothing(documents: Any, words: Any, random: Any) -> None:
    items, wanted = list(documents.items()), words.split()
    random.shuffle(items)
    random.shuffle(wanted)
    one, other = Corpus(documents, DEFAULT).search(words), Corpus(dict(items), DEFAULT).search(" ".join(wanted))
    assert one.keys() == other.keys()
    for identifier, found in one.items():
        assert other[identifier].score == pytest.approx(found.score, rel=1e-12)


@given(documents=CORPORA, words=TEXTS)
def test_exactly_the_documents_that_share_a_term_are_found(documents: Any, words: Any) -> None:
    exact = replace(DEFAULT, stem_share=0.0)
    for identifier, fields in documents.items():
        # Every Chinese word here has two characters of its own, so that sharing a word is sharing a term.
        shares = bool(set(words.split()) & set(" ".join(fields.values()).split()))
        assert (identifier in Corpus(documents, exact).search(words)) == shares
