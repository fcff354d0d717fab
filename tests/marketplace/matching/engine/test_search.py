"""Searching packed postings gives what the reference gives: the same listings, scores, bounds and explanations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.engine import search as searching
from marketplace.matching.engine.postings import MOST_PLACES, Posting, pack, settled, unpack
from marketplace.matching.engine.score import Corpus, TextScore
from marketplace.matching.engine.search import Collection, Hit, Hits, Segment, search
from marketplace.matching.engine.text import analyse
from marketplace.matching.engine.weights import TEXT_FIELDS, FieldWeight, TextWeights, load_weights

WEIGHTS = load_weights().text
WORDS = (
    "price",
    "prices",
    "pricing",
    "air",
    "the",
    "数据",
    "空气质量",
    "航班",
    "flights",
    "x1",
    "Größe",
    "the the the",
)

texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
documents = st.fixed_dictionaries({"title": texts}, optional=dict.fromkeys(TEXT_FIELDS[1:], texts))
corpora = st.lists(st.lists(documents, min_size=1, max_size=6), min_size=1, max_size=4)
weightings = st.builds(
    TextWeights,
    k1=st.sampled_from([0.5, 1.2, 2.0]),
    stem_share=st.sampled_from([0.0, 0.3, 1.0]),
    k3=st.sampled_from([None, 0.0, 8.0]),
    idf_power=st.sampled_from([1.0, 1.3]),
    fields=st.fixed_dictionaries(
        {
            name: st.builds(FieldWeight, weight=st.sampled_from([0.0, 1.0, 3.0]), b=st.sampled_from([0.0, 0.4, 1.0]))
            for name in TEXT_FIELDS
        }
    ),
)

Fields = Mapping[str, str]


class Packed:
    """Documents in segments, as a store would keep them; identifiers from 100 on."""

    def __init__(self, segments: Sequence[Sequence[Fields]], weights: TextWeights, dead: Sequence[int] = ()) -> None:
        numbered = iter(range(100, 100_000))
        self.segments = [[(next(numbered), fields) for fields in held] for held in segments]
        self.live = {
            identifier: fields for held in self.segments for identifier, fields in held if identifier not in dead
        }
        packed = [pack(held) for held in self.segments]
        rows: list[dict[str, dict[str, list[tuple[int, Posting]]]]] = [{}, {}]
        begin = 0
        for number, (segment, held) in enumerate(zip(packed, self.segments, strict=True)):
            for term, stream, data in segment.postings:  # the first two are one part, the others another
                rows[number > 1].setdefault(term, {}).setdefault(stream, []).append((begin, unpack(data)))
            begin += len(held)
        self.postings = {term: [settled(part[term]) for part in rows if term in part] for term in {*rows[0], *rows[1]}}
        read = [
            Segment(
                np.frombuffer(segment.listings, "<i8"),
                np.frombuffer(segment.lengths, "<u4").reshape(-1, len(TEXT_FIELDS)),
            )
            for segment in packed
        ]
        gone = [
            np.array([place for place, (identifier, _fields) in enumerate(held) if identifier in dead], np.int64)
            for held in self.segments
        ]
        self.collection = Collection(read, gone, weights)

    def search(self, words: str, **options: Any) -> Hits:
        return search(self.collection, analyse(words), self.postings, **options)


def best(found: Mapping[int, TextScore]) -> list[Hit]:
    """What the reference found, in the order of a search."""
    hits = [Hit(identifier, text) for identifier, text in found.items() if text.score > 0]
    return sorted(hits, key=lambda hit: (-hit.text.score, hit.listing_id))


def assert_same(ours: Sequence[Hit], reference: Sequence[Hit]) -> None:
    """The same scores to 1e-9; neighbours whose scores are equal but for rounding may change places."""
    assert [hit.text.score for hit in ours] == pytest.approx([hit.text.score for hit in reference], rel=1e-9)
    known = {hit.listing_id: hit.text for hit in reference}
    for hit in ours:
        other = known[hit.listing_id]
        assert hit.text.score == pytest.approx(other.score, rel=1e-9)
        assert hit.text.attainable == pytest.approx(other.attainable, rel=1e-9)
        mine = {(part.term, part.stream): part.contribution for part in hit.text.terms}
        assert mine == pytest.approx({(part.term, part.stream): part.contribution for part in other.terms}, rel=1e-9)


@settings(max_examples=60)
@given(corpora, weightings, texts, st.data())
def test_a_search_gives_what_the_reference_gives(
    segments: list[list[Fields]], weights: TextWeights, words: str, data: st.DataObject
) -> None:
    everybody = range(100, 100 + sum(map(len, segments)))
    dead = data.draw(st.lists(st.sampled_from(everybody), max_size=4))
    packed = Packed(segments, weights, dead)
    reference = best(Corpus(packed.live, weights).search(words))
    assert_same(packed.search(words), reference)


@settings(max_examples=60)
@given(corpora, texts, st.integers(1, 5), st.data())
def test_a_limit_and_a_mask_keep_the_best_of_what_is_admitted(
    segments: list[list[Fields]], words: str, limit: int, data: st.DataObject
) -> None:
    everybody = range(100, 100 + sum(map(len, segments)))
    packed = Packed(segments, WEIGHTS, data.draw(st.lists(st.sampled_from(everybody), max_size=4)))
    admitted = data.draw(st.sets(st.sampled_from(everybody)))
    mask = np.isin(packed.collection.listings, list(admitted))
    reference = [hit for hit in best(Corpus(packed.live, WEIGHTS).search(words)) if hit.listing_id in admitted]
    with pytest.MonkeyPatch.context() as patch:  # looks for what can be skipped after every term
        patch.setattr(searching, "_WORTH_A_LOOK", 0)
        patch.setattr(searching, "_SAMPLED", data.draw(st.sampled_from([1, 2, 16])))
        patch.setattr(searching, "_LOOKED_UP", data.draw(st.sampled_from([0, 1_000])))  # every place, or every entry
        found = packed.search(words, allowed=mask, limit=limit)
        lifted = packed.search(words, allowed=mask, limit=limit, slack=1.5)
    assert len(found) == min(limit, len(reference))
    known = {hit.listing_id: hit for hit in reference}
    assert_same(found, [known[hit.listing_id] for hit in found])
    assert [hit.text.score for hit in found] == pytest.approx([hit.text.score for hit in reference[:limit]], rel=1e-9)
    bar = reference[limit - 1].text.score if len(reference) >= limit else 0.0
    assert {hit.listing_id for hit in reference if hit.text.score * 1.5 >= bar * (1 + 1e-9)} <= {
        hit.listing_id for hit in lifted
    }


def test_common_words_are_looked_up_for_the_best_only(monkeypatch: pytest.MonkeyPatch) -> None:
    segment = [{"title": "zinc common"}, *({"title": f"common word{n}"} for n in range(50))]
    packed = Packed([segment], WEIGHTS)
    added: list[str] = []
    add = searching._add
    monkeypatch.setattr(searching, "_WORTH_A_LOOK", 10)

    def noted(term: Any, *rest: Any) -> None:
        added.append(term.term)
        add(term, *rest)

    monkeypatch.setattr(searching, "_add", noted)
    assert [hit.listing_id for hit in packed.search("zinc common", limit=1)] == [100]
    assert added == ["zinc"]
    packed.search("zinc common", limit=2)
    assert added == ["zinc", "zinc", "common"]


def test_only_the_first_come_with_their_terms() -> None:
    packed = Packed([[{"title": "air"}, {"title": "air quality"}, {"title": "clean air quality index"}]], WEIGHTS)
    everything, some = packed.search("air quality"), packed.search("air quality", explained=1)
    assert some[0] == everything[0]
    assert [hit.text.terms for hit in some[1:]] == [(), ()]
    assert [hit.text.score for hit in some] == pytest.approx([hit.text.score for hit in everything], rel=1e-12)


def test_what_made_a_score_is_told_later_of_what_was_found() -> None:
    packed = Packed([[{"title": "air"}, {"title": "air quality"}, {"title": "water"}]], WEIGHTS)
    everything, nothing = packed.search("air quality"), packed.search("air quality", explained=0)
    assert [hit.text.terms for hit in nothing] == [(), ()]
    assert nothing.explained([100, 102]) == {100: everything[1].text}


def test_streams_may_be_the_same_in_some_segments_only() -> None:
    packed = Packed([[{"title": "flight"}], [{"title": "flights"}, {"title": "flight flights"}]] * 2, WEIGHTS)
    assert_same(packed.search("flight flights"), best(Corpus(packed.live, WEIGHTS).search("flight flights")))


@pytest.mark.parametrize("turned", [False, True])
def test_streams_may_be_the_same_in_one_part_and_differ_in_the_other(turned: bool) -> None:
    same: list[list[Fields]] = [[{"title": "flight"}], [{"title": "flight delays"}]]
    differ: list[list[Fields]] = [[{"title": "flights"}, {"title": "flight flights"}], [{"title": "flights"}]]
    packed = Packed([*differ, *same] if turned else [*same, *differ], WEIGHTS)
    assert [set(streams) for streams in packed.postings["flight"]] == [{"s", "t"}, {"b"}][:: 1 if turned else -1]
    assert_same(packed.search("flight flights"), best(Corpus(packed.live, WEIGHTS).search("flight flights")))


def test_what_a_field_without_weight_holds_is_not_found() -> None:
    weights = replace(WEIGHTS, fields={**WEIGHTS.fields, "tags": FieldWeight(0.0, 0.5)})
    packed = Packed([[{"title": "air", "tags": "water"}, {"title": "water"}]], weights)
    assert [hit.listing_id for hit in packed.search("water")] == [101]
    assert_same(packed.search("water"), best(Corpus(packed.live, weights).search("water")))


def test_a_word_counts_255_times_at_most_and_a_segment_has_its_bounds() -> None:
    packed = Packed([[{"title": "air " * 300}, {"title": "air " * 255 + "other " * 45}]], WEIGHTS)
    first, second = packed.search("air")
    assert first.text.score == second.text.score
    assert_same([first, second], best(Corpus(packed.live, WEIGHTS).search("air")))
    with pytest.raises(ValueError, match="1 to 65536"):
        pack([])
    with pytest.raises(ValueError, match="not 65537"):
        pack([(number, {}) for number in range(MOST_PLACES + 1)])


def test_chinese_is_stored_once_for_both_streams() -> None:
    streams = {stream for _term, stream, _data in pack([(1, {"title": "空气质量"})]).postings}
    assert streams == {"b"}
    assert {term: stream for term, stream, _data in pack([(1, {"title": "price air"})]).postings} == {
        "price": "s", "pric": "t", "air": "b",
    }  # fmt: skip


def test_without_saturation_any_occurrence_counts_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = replace(WEIGHTS, k1=0.0)
    segment = [{"title": "zinc"}, {"title": "zinc ore"}, *({"title": f"common word{n}"} for n in range(50))]
    packed = Packed([segment], weights)
    monkeypatch.setattr(searching, "_WORTH_A_LOOK", 10)
    reference = best(Corpus(packed.live, weights).search("zinc common"))
    assert_same(packed.search("zinc common", limit=2), reference[:2])
    assert_same(packed.search("zinc common"), reference)
