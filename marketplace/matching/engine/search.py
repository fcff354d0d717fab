"""Searching postings: the same numbers as the reference (`engine.score`), from arrays, without touching every listing.

Common words cost the most and say the least. Terms are added up from the weightiest to the lightest; as soon as the
lighter ones together could not bring in a listing that has none of the weightier ones, they are looked up for the
listings that are still in question only (MaxScore: Turtle and Flood, 1995). None of the best is lost.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from marketplace.matching.engine.postings import BOTH_ROW, STEM_ROW, SURFACE_ROW, Array, Posting, Streams
from marketplace.matching.engine.score import STEM, SURFACE, TermScore, TextScore, largest_first
from marketplace.matching.engine.text import Terms
from marketplace.matching.engine.weights import TEXT_FIELDS, TextWeights

_MARGIN: Final = 1e-9
"""Relative: sums of the same parts in another order differ by far less, and no listing is lost by rounding."""
_LEAST: Final = np.finfo(np.float64).tiny
_LOOKED_UP: Final = 8
"""Looking one listing up costs about as much as adding up so many."""
_NOWHERE: Final = np.zeros(0, np.int32)
_SAMPLED: Final = 16
"""One score of so many says which need not be looked at to find the one at the limit."""
_WORTH_A_LOOK: Final = 2_000
"""Looking whether the rest can be skipped costs about as much as adding up so many entries."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Listings indexed together: their identifiers and the length of each field (a row each), by place."""

    listings: Array
    lengths: Array


class Collection:
    """The live listings of all segments in one row of places. Immutable; holds what does not depend on the words.

    `dead` has for each segment the places that do not count. Costs a pass over the lengths, so that callers keep it.
    """

    def __init__(self, segments: Sequence[Segment], dead: Sequence[Array], weights: TextWeights) -> None:
        self.weights = weights
        sizes = [len(segment.listings) for segment in segments]
        self.offsets = np.concatenate(([0], np.cumsum(sizes, dtype=np.int64)))
        self.listings = np.concatenate([segment.listings for segment in segments] or [np.zeros(0, np.int64)])
        self.alive = np.ones(len(self.listings), bool)
        for offset, places in zip(self.offsets.tolist(), dead, strict=False):
            self.alive[places + offset] = False
        self.dead = np.flatnonzero(~self.alive).astype(np.int32)
        self.size = int(self.alive.sum())
        self._lengths = [segment.lengths for segment in segments]

    @cached_property
    def factors(self) -> tuple[Array | None, ...]:
        """For each field what one occurrence counts at each place; None for fields without weight or words."""
        return tuple(self._factor(column, name) for column, name in enumerate(TEXT_FIELDS))

    def _factor(self, column: int, name: str) -> Array | None:
        field = self.weights.fields[name]
        lengths = np.concatenate([rows[:, column] for rows in self._lengths] or [np.zeros(0, np.uint32)])
        filled = lengths[self.alive & (lengths > 0)]
        if field.weight == 0 or not len(filled):
            return None
        mean = int(filled.sum(dtype=np.int64)) / len(filled)
        return np.asarray(field.weight / (1 - field.b + field.b * np.maximum(lengths, 1) / mean))


@dataclass(frozen=True, slots=True)
class Hit:
    """One listing that was found."""

    listing_id: int
    text: TextScore


@dataclass(slots=True)
class _Term:
    """One term of the words: how its weight is spread over the streams, and its postings over all segments."""

    term: str
    shares: Sequence[tuple[str, float]]
    fields: Sequence[tuple[Array, Array, Array]]
    """Of each field that counts: rising places in the collection, counts, and the factors of the collection; of a part
    of the collection after the other, where the postings come in parts."""
    documents: int
    most: float = 0.0
    """No listing gets more from this term."""


class Hits(list[Hit]):
    """Hits, best first, which can tell later what made the scores of some of them."""

    def __init__(self, collection: Collection, terms: Sequence[_Term], places: Array, scores: Array) -> None:
        self._collection, self._terms = collection, terms
        self._attainable = math.fsum(term.most for term in terms)
        listings = collection.listings[places].tolist()
        self._places = dict(zip(listings, places.tolist(), strict=True))
        super().__init__(
            Hit(listing, TextScore(score, self._attainable, ()))
            for listing, score in zip(listings, scores.tolist(), strict=True)
        )

    def explained(self, listing_ids: Iterable[int]) -> dict[int, TextScore]:
        """The scores of those of these listings that were found, with the terms that made them."""
        chosen = [listing for listing in listing_ids if listing in self._places]
        places = np.array([self._places[listing] for listing in chosen], np.int32)
        parts = _parts(self._collection, self._terms, places)
        return {
            listing: TextScore(math.fsum(part.contribution for part in held), self._attainable, largest_first(held))
            for listing, held in zip(chosen, parts, strict=True)
        }


def search(
    collection: Collection,
    words: Terms,
    postings: Mapping[str, Sequence[Streams]],
    *,
    allowed: Array | None = None,
    limit: int | None = None,
    slack: float = 1.0,
    explained: int | None = None,
) -> Hits:
    """The listings that share a term with the words, best first, equal scores by identifier.

    `postings` has for each term what `engine.postings.settled` gives of it, once or for parts of the collection. Only
    places that `allowed` (a mask) admits are found; how rare a word is, is asked of all. `limit` keeps the best so many
    and all whose score, times `slack`, is not below the last of them: what else is added to a score may lift them.
    Only the first so many as `explained` says come with the terms that made their score.
    """
    terms = _terms(collection, words, postings)
    admitted = collection.alive if allowed is None else allowed & collection.alive
    everything = allowed is None and not len(collection.dead)
    places, scores = _best(collection, terms, None if everything else admitted, limit, slack)
    order = np.lexsort((collection.listings[places], -scores))
    if limit is not None and slack == 1:
        order = order[:limit]
    hits = Hits(collection, terms, places[order], scores[order])
    count = len(hits) if explained is None else min(explained, len(hits))
    texts = hits.explained(hit.listing_id for hit in hits[:count])
    hits[:count] = sorted((Hit(*one) for one in texts.items()), key=lambda hit: (-hit.text.score, hit.listing_id))
    return hits


def _terms(collection: Collection, words: Terms, postings: Mapping[str, Sequence[Streams]]) -> list[_Term]:
    """The terms that stand anywhere, the weightiest first."""
    weights = collection.weights
    surfaces, stems = Counter(words.surface), Counter(words.stems)
    found = []
    for term in dict.fromkeys((*surfaces, *stems)):
        parts = postings.get(term, ())
        wanted = (
            (SURFACE, SURFACE_ROW, weights.repeated(surfaces[term]) * (1 - weights.stem_share)),
            (STEM, STEM_ROW, weights.repeated(stems[term]) * weights.stem_share),
        )
        shares = [(stream, share) for stream, _row, share in wanted if share > 0]
        if all(BOTH_ROW in streams for streams in parts):
            found.append(_term(collection, term, shares, [streams[BOTH_ROW] for streams in parts]))
            continue
        for stream, row, share in wanted:
            if share > 0:
                held = (streams.get(row) or streams.get(BOTH_ROW) for streams in parts)
                found.append(_term(collection, term, [(stream, share)], [posting for posting in held if posting]))
    found = [one for one in found if one.documents and one.shares]
    for one in found:
        one.most = weights.rarity(one.documents, collection.size) * sum(share for _stream, share in one.shares)
    return sorted(found, key=lambda one: (-one.most, one.term))


def _term(collection: Collection, term: str, shares: Sequence[tuple[str, float]], postings: Sequence[Posting]) -> _Term:
    held = [
        (places, counts, factor)
        for posting in postings
        for (places, counts), factor in zip(posting.fields, collection.factors, strict=True)
        if len(places)
    ]
    fields = [(places, counts, factor) for places, counts, factor in held if factor is not None]
    found = _Term(term, shares, fields, sum(posting.documents for posting in postings))
    if len(fields) < len(held):  # some stand in fields without weight only
        found.documents = len(np.unique(np.concatenate([places for places, _counts, _factor in fields] or [_NOWHERE])))
    if len(collection.dead):
        found.documents -= int(np.count_nonzero(_frequency(found, collection.dead)))
    return found


def _best(
    collection: Collection, terms: Sequence[_Term], admitted: Array | None, limit: int | None, slack: float
) -> tuple[Array, Array]:
    """The places of what may be among the best, with their scores: everything found where no limit is set."""
    if admitted is not None:
        places = np.flatnonzero(admitted).astype(np.int32)
        if len(places) * _LOOKED_UP < len(admitted):
            return _narrowed(collection, terms, places, np.zeros(len(places)), limit, slack)
    total = np.zeros(len(collection.listings))
    scratch = np.zeros(len(collection.listings))
    rest = math.fsum(term.most for term in terms)
    for number, term in enumerate(terms):
        entries = sum(len(places) for places, _counts, _factor in term.fields)
        if limit is not None and number and entries > _WORTH_A_LOOK:
            bar = _bar(total, limit, slack)
            if rest < bar * (1 - _MARGIN):
                places = np.flatnonzero(total).astype(np.int32)
                return _narrowed(collection, terms[number:], places, total[places], limit, slack)
        _add(term, total, scratch, admitted, collection.weights.k1)
        rest = math.fsum(later.most for later in terms[number + 1 :])
    found = np.flatnonzero(total)
    if limit is not None:
        found = found[total[found] >= _bar(total[found], limit, slack) * (1 - _MARGIN)]
    return found, total[found]


def _add(term: _Term, total: Array, scratch: Array, admitted: Array | None, k1: float) -> None:
    """Add what one term says of every admitted place that has it. `scratch` is all zero before and after."""
    touched = []
    for narrow, counts, factor in term.fields:
        places = narrow.astype(np.int64)  # what numpy would do anew for each of the arrays that it picks from
        if admitted is not None:
            kept = admitted[places]
            places, counts = places[kept], counts[kept]
        if len(term.fields) == 1:  # nothing to sum before it is saturated
            total[places] += term.most * _saturated(counts * factor[places], k1)
            return
        touched.append(places[scratch[places] == 0])
        scratch[places] += counts * factor[places]
    if touched:
        places = np.concatenate(touched)
        total[places] += term.most * _saturated(scratch[places], k1)
        scratch[places] = 0


def _bar(scores: Array, limit: int | None, slack: float) -> float:
    """What a listing must score at least: the share 1 / slack of the score at the limit, 0 where fewer are found."""
    found = scores[scores > 0]  # thousands of equal ones, zeros above all, make a partition slow
    if limit is None or len(found) < limit:
        return 0.0
    if len(found) >= _SAMPLED * limit:  # who is below the limit of some is below that of all
        found = found[found >= _at(found[::_SAMPLED], limit)]
    return _at(found, limit) / slack


def _at(scores: Array, limit: int) -> float:
    """The score at this place, from 1 on."""
    return float(np.partition(scores, len(scores) - limit)[len(scores) - limit])


def _narrowed(
    collection: Collection, rest: Sequence[_Term], places: Array, scores: Array, limit: int | None, slack: float
) -> tuple[Array, Array]:
    """The same where what is left is asked of these listings only, and of no more than can still be among the best."""
    for number, term in enumerate(rest):
        if bar := _bar(scores, limit, slack):
            kept = scores + math.fsum(later.most for later in rest[number:]) >= bar * (1 - _MARGIN)
            places, scores = places[kept], scores[kept]
        scores = scores + term.most * _saturated(_frequency(term, places), collection.weights.k1)
    kept = (scores > 0) & (scores >= _bar(scores, limit, slack) * (1 - _MARGIN))
    return places[kept], scores[kept]


def _saturated(frequency: Array, k1: float) -> Array:
    """What a frequency is worth, 0 to 1: nothing is worth nothing, also where `k1` is 0 and the rest counts in full."""
    return frequency / np.maximum(k1 + frequency, _LEAST)


def _frequency(term: _Term, wanted: Array) -> Array:
    """The weighted, normalised frequency of a term at these places."""
    frequency = np.zeros(len(wanted))
    for places, counts, factor in term.fields:
        found = places.searchsorted(wanted)
        held = places.take(found, mode="clip") == wanted
        frequency += held * counts.take(found, mode="clip") * factor.take(wanted)
    return frequency


def _parts(collection: Collection, terms: Sequence[_Term], places: Array) -> list[list[TermScore]]:
    """For each place what each term contributes to its score, through each stream."""
    parts: list[list[TermScore]] = [[] for _place in places]
    for term in terms:
        frequency = _frequency(term, places)
        rarity = collection.weights.rarity(term.documents, collection.size)
        shares = _saturated(frequency, collection.weights.k1).tolist()
        for row in np.flatnonzero(frequency).tolist():
            parts[row] += [TermScore(term.term, stream, share * rarity * shares[row]) for stream, share in term.shares]
    return parts
