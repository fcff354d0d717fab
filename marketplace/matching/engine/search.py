"""Searching postings: the same numbers as the reference (`engine.score`), from arrays, without touching every listing.

Common words cost the most and say the least. Terms are added up from the weightiest to the lightest; as soon as the
lighter ones together could not bring in a listing that has none of the weightier ones, they are looked up for the
listings that are still in question only (MaxScore: Turtle and Flood, 1995). None of the best is lost.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from marketplace.matching.engine.postings import BOTH_ROW, STEM_ROW, SURFACE_ROW, Array, Posting
from marketplace.matching.engine.score import STEM, SURFACE, TermScore, TextScore, largest_first
from marketplace.matching.engine.text import Terms
from marketplace.matching.engine.weights import TEXT_FIELDS, TextWeights

_MARGIN: Final = 1e-9
"""Relative: sums of the same parts in another order differ by far less, and no listing is lost by rounding."""
_LEAST: Final = np.finfo(np.float64).tiny
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
        self.all_alive = bool(self.alive.all())
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
    shares: tuple[tuple[str, float], ...]
    fields: tuple[tuple[Array, Array, Array], ...]
    """Of each field that counts: rising places in the collection, counts, and the factors of the collection."""
    documents: int
    most: float = 0.0
    """No listing gets more from this term."""


def search(
    collection: Collection,
    words: Terms,
    postings: Mapping[tuple[str, str], Sequence[tuple[int, Posting]]],
    *,
    allowed: Array | None = None,
    limit: int | None = None,
    slack: float = 1.0,
    explained: int | None = None,
) -> list[Hit]:
    """The listings that share a term with the words, best first, equal scores by identifier.

    `postings` has for (term, row stream) the number of the segment in the collection, with what stands there. Only
    places that `allowed` (a mask) admits are found; how rare a word is, is asked of all. `limit` keeps the best so many
    and all whose score, times `slack`, is not below the last of them: what else is added to a score may lift them.
    Only the first so many as `explained` says come with the terms that made their score.
    """
    terms = _terms(collection, words, postings)
    attainable = math.fsum(term.most for term in terms)
    admitted = collection.alive if allowed is None else allowed & collection.alive
    everything = allowed is None and collection.all_alive
    places, scores = _best(collection, terms, None if everything else admitted, limit, slack)
    order = np.lexsort((collection.listings[places], -scores))
    if limit is not None and slack == 1:
        order = order[:limit]
    places, scores = places[order], scores[order]
    count = len(places) if explained is None else min(explained, len(places))
    parts = _parts(collection, terms, places[:count])
    hits = [
        Hit(listing, TextScore(math.fsum(part.contribution for part in held), attainable, largest_first(held)))
        for listing, held in zip(collection.listings[places[:count]].tolist(), parts, strict=True)
    ]
    hits.sort(key=lambda hit: (-hit.text.score, hit.listing_id))
    rest = zip(collection.listings[places[count:]].tolist(), scores[count:].tolist(), strict=True)
    return hits + [Hit(listing, TextScore(score, attainable, ())) for listing, score in rest]


def _terms(
    collection: Collection, words: Terms, postings: Mapping[tuple[str, str], Sequence[tuple[int, Posting]]]
) -> list[_Term]:
    """The terms that stand anywhere, the weightiest first."""
    weights = collection.weights
    surfaces, stems = Counter(words.surface), Counter(words.stems)
    found = []
    for term in dict.fromkeys((*surfaces, *stems)):
        wanted = {
            SURFACE: weights.repeated(surfaces[term]) * (1 - weights.stem_share),
            STEM: weights.repeated(stems[term]) * weights.stem_share,
        }
        own = {
            SURFACE: postings.get((term, SURFACE_ROW), ()),
            STEM: postings.get((term, STEM_ROW), ()),
        }
        both = postings.get((term, BOTH_ROW), ())
        if not own[SURFACE] and not own[STEM]:
            shares = tuple((stream, share) for stream, share in wanted.items() if share > 0)
            found.append(_term(collection, term, shares, both))
        else:
            found += [
                _term(collection, term, ((stream, share),), (*both, *own[stream]))
                for stream, share in wanted.items()
                if share > 0
            ]
    held = [one for one in found if one.documents and one.shares]
    for one in held:
        one.most = weights.rarity(one.documents, collection.size) * sum(share for _stream, share in one.shares)
    return sorted(held, key=lambda one: (-one.most, one.term))


def _term(
    collection: Collection, term: str, shares: tuple[tuple[str, float], ...], parts: Sequence[tuple[int, Posting]]
) -> _Term:
    ordered = sorted(parts, key=lambda part: part[0])
    fields = []
    for column, factor in enumerate(collection.factors):
        if factor is None:
            continue
        held = [(number, *posting.fields[column]) for number, posting in ordered if len(posting.fields[column][0])]
        if not held:
            continue
        places = np.concatenate([places + collection.offsets[number] for number, places, _counts in held])
        counts = np.concatenate([counts for _number, _places, counts in held])
        fields.append((places, counts, factor))
    return _Term(term, shares, tuple(fields), _documents(collection, ordered, fields))


def _documents(collection: Collection, parts: Sequence[tuple[int, Posting]], fields: Sequence[Any]) -> int:
    """How many live listings have the term in a field that counts."""
    every_field_counts = all(
        factor is not None or not any(len(posting.fields[column][0]) for _number, posting in parts)
        for column, factor in enumerate(collection.factors)
    )
    if collection.all_alive and every_field_counts:
        return sum(posting.documents for _number, posting in parts)
    if not fields:
        return 0
    held = np.zeros(len(collection.alive), bool)
    for places, _counts, _factor in fields:
        held[places] = True
    return int((held & collection.alive).sum())


def _best(
    collection: Collection, terms: Sequence[_Term], admitted: Array | None, limit: int | None, slack: float
) -> tuple[Array, Array]:
    """The places of what may be among the best, with their scores: everything found where no limit is set."""
    total = np.zeros(len(collection.listings))
    scratch = np.zeros(len(collection.listings))
    rest = math.fsum(term.most for term in terms)
    for number, term in enumerate(terms):
        entries = sum(len(places) for places, _counts, _factor in term.fields)
        if limit is not None and number and entries > _WORTH_A_LOOK:
            bar = _bar(total[total > 0], limit, slack)
            if rest < bar * (1 - _MARGIN):
                return _narrowed(collection, terms[number:], total, rest, limit, slack)
        _add(term, total, scratch, admitted, collection.weights.k1)
        rest = math.fsum(later.most for later in terms[number + 1 :])
    found = np.flatnonzero(total)
    if limit is not None:
        found = found[total[found] >= _bar(total[found], limit, slack) * (1 - _MARGIN)]
    return found, total[found]


def _add(term: _Term, total: Array, scratch: Array, admitted: Array | None, k1: float) -> None:
    """Add what one term says of every admitted place that has it. `scratch` is all zero before and after."""
    touched = []
    for places, counts, factor in term.fields:
        if admitted is not None:
            kept = admitted[places]
            places, counts = places[kept], counts[kept]
        if len(term.fields) == 1:
            total[places] += term.most * _saturated(counts * factor[places], k1)
            return
        touched.append(places[scratch[places] == 0])
        scratch[places] += counts * factor[places]
    if touched:
        places = np.concatenate(touched)
        total[places] += term.most * _saturated(scratch[places], k1)
        scratch[places] = 0


def _bar(scores: Array, limit: int, slack: float) -> float:
    """What a listing must score at least: the share 1 / slack of the score at the limit, 0 where fewer are found."""
    if len(scores) < limit:
        return 0.0
    return float(np.partition(scores, len(scores) - limit)[len(scores) - limit]) / slack


def _narrowed(
    collection: Collection, rest: Sequence[_Term], total: Array, left: float, limit: int, slack: float
) -> tuple[Array, Array]:
    """The same where what is left is asked of those listings only that can still be among the best."""
    places = np.flatnonzero(total)
    scores = total[places]
    for number, term in enumerate(rest):
        kept = scores + left >= _bar(scores, limit, slack) * (1 - _MARGIN)
        places, scores = places[kept], scores[kept]
        scores = scores + term.most * _saturated(_frequency(term, places), collection.weights.k1)
        left = math.fsum(later.most for later in rest[number + 1 :])
    kept = scores >= _bar(scores, limit, slack) * (1 - _MARGIN)
    return places[kept], scores[kept]


def _saturated(frequency: Array, k1: float) -> Array:
    """What a frequency is worth, 0 to 1: nothing is worth nothing, also where `k1` is 0 and the rest counts in full."""
    return frequency / np.maximum(k1 + frequency, _LEAST)


def _frequency(term: _Term, wanted: Array) -> Array:
    """The weighted, normalised frequency of a term at these places."""
    frequency = np.zeros(len(wanted))
    for places, counts, factor in term.fields:
        found = np.minimum(np.searchsorted(places, wanted), len(places) - 1)
        frequency += np.where(places[found] == wanted, counts[found] * factor[wanted], 0.0)
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
