"""How relevant published listings are to one demand: by their words, and by their meaning where the stage is on.

Vectors of listings are kept by each process that asks: a product of a matrix with a vector looks at all of them, and
those that do not meet the constraints are left out before the nearest are counted off, so that nothing near is missed
however narrow they are (why no index of vectors: docs/adr/0025-meaning-beside-words.md).
What is kept is checked against the database at every demand: rows of vectors never change, they are only replaced.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

import numpy as np
from django.db.models import Aggregate, BinaryField, F, Q

from marketplace.matching import index, semantic
from marketplace.matching.engine.meaning import Array, Meaning, Model, Nearness, relevance
from marketplace.matching.engine.score import TextScore
from marketplace.matching.engine.search import Hit, Hits
from marketplace.matching.engine.weights import Weights
from marketplace.matching.models import Demand, DemandEmbedding, IndexedListing, ListingEmbedding

MOST_NEAR: Final = 1_000
"""So many of the nearest that may be found are looked at beside what has the words: who comes later is not near."""
LOADED_TOGETHER: Final = 10_000


class Relevance:
    """The relevance of listings to `words`, at one moment; the semantic stage keeps out of it unless it can say much.

    It does so where a model is installed, the weights in force give it a share, `text` is in a language of the model,
    and listings were embedded. `text` is what the buyer says: names of columns are words to search for, but neither
    the language that a demand is in nor a sentence.
    """

    def __init__(self, words: str, weights: Weights, *, text: str, vector: Array | None) -> None:
        """`vector` is that of the text under the model in use (`vector_of`); without one words alone count."""
        self._words = words
        self._text = text
        self._vector = vector
        self._weights = weights
        self._nearness = self._near()
        self._searches: list[Hits] = []

    @property
    def by_words(self) -> bool:
        """Whether words alone make it."""
        return self._nearness is None

    def search(self, *, where: Q | None, limit: int | None, slack: float) -> list[Hit]:
        """As `index.search`, which it is while the stage is off; else in the order of the relevance of both.

        None comes with the terms that made its score, which `explained` tells. What is found for its meaning alone
        comes with a text score of 0. Of what has the words the `limit` best are looked at, of what is near the
        MOST_NEAR nearest, both among those that meet `where`.
        """
        hits: list[Hit] = list(self._worded(where, limit=limit, slack=slack))
        if self._nearness is None:
            return hits
        hits += self._nearby(self._nearness, {hit.listing_id for hit in hits}, where, limit)
        both = {hit.listing_id: sum(relevance(hit.text, self.meaning_of(hit.listing_id))) for hit in hits}
        hits.sort(key=lambda hit: (-both[hit.listing_id], hit.listing_id))
        if limit is None or len(hits) <= limit:
            return hits
        bar = both[hits[limit - 1].listing_id] / slack
        return [hit for place, hit in enumerate(hits) if place < limit or (slack > 1 and both[hit.listing_id] >= bar)]

    def explained(self, listing_ids: Iterable[int]) -> dict[int, TextScore]:
        """The text scores of those of these listings that were found by their words, with the terms that made them."""
        left = set(listing_ids)
        texts: dict[int, TextScore] = {}
        for hits in self._searches:
            texts |= hits.explained(left - texts.keys())
        return texts

    def meaning_of(self, listing_id: int) -> Meaning | None:
        """What the semantic stage says of a listing; None where it does not."""
        return None if self._nearness is None else self._nearness.of(listing_id)

    def _nearby(self, nearness: Nearness, found: set[int], where: Q | None, limit: int | None) -> list[Hit]:
        """Listings that are near and were not found by their words, among the best of them at least."""
        among = None if where is None else _admitted(where)
        nearest = nearness.nearest(limit and max(limit, MOST_NEAR), among=among)
        others = [listing for listing in nearest if listing not in found]
        if not others:
            return []
        meant = Q(pk__in=others) if where is None else where & Q(pk__in=others)
        hits = self._worded(meant)
        worded = {hit.listing_id for hit in hits}
        admitted = IndexedListing.objects.filter(meant).exclude(pk__in=worded).values_list("pk", flat=True)
        return [*hits, *(Hit(listing, TextScore(0.0, 0.0, ())) for listing in admitted)]

    def _worded(self, where: Q | None, *, limit: int | None = None, slack: float = 1.0) -> Hits:
        found = index.search(
            self._words, weights=self._weights.text, where=where, limit=limit, slack=slack, explained=0
        )
        self._searches.append(found)
        return found

    def _near(self) -> Nearness | None:
        weights, vector, model = self._weights.meaning, self._vector, semantic.kind()
        if weights is None or vector is None or model is None:
            return None
        kept = _current(model)
        if not len(kept.listings):
            return None
        best = index.search(self._words, weights=self._weights.text, limit=1, explained=0)
        top = best[0].text.share if best else 0.0
        return Nearness(
            kept.listings, kept.vectors @ vector, text=self._text, top=top, weights=weights, label=model.label
        )


def vector_of(demand: Demand, weights: Weights) -> Array | None:
    """The vector of what a demand says, which its matching stores; computed where none is stored.

    None where the stage is off, has no share, or the text is in no language of the model.
    """
    kind = semantic.kind()
    if kind is None or weights.meaning is None:
        return None
    stored = DemandEmbedding.objects.filter(pk=demand.pk, label=kind.label, digest=digest_of(demand.text))
    vector = stored.values_list("vector", flat=True).first()
    if vector is None:
        model = semantic.model()
        vector = b"" if model is None else semantic.packed(demand.text, model)
    return semantic.unpacked(bytes(vector), kind.dimensions)[0] if len(vector) else None


def digest_of(text: str) -> bytes:
    """By which it is seen that the vector of a demand is of its present text."""
    return blake2b(text.encode(), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class _Kept:
    """Vectors of one model that this process has read: `rows` are the identifiers of their rows, rising."""

    label: str
    rows: Array
    listings: Array
    vectors: Array


_kept: _Kept | None = None


class _Packed(Aggregate):
    """All values of a column of identifiers, eight bytes each: a list of a hundred thousand takes ten times as long."""

    template = "string_agg(int8send(%(expressions)s), ''::bytea)"
    output_field = BinaryField()


def _admitted(where: Q) -> Array:
    """The listings of the index that meet a condition."""
    return _unpacked(IndexedListing.objects.filter(where).aggregate(pks=_Packed("pk"))["pks"])


def _unpacked(packed: bytes | None) -> Array:
    return np.frombuffer(packed or b"", ">i8").astype(np.int64)


def _current(model: type[Model]) -> _Kept:
    """The vectors that count now."""
    global _kept
    while True:
        live = IndexedListing.objects.filter(
            listing__embedding__label=model.label, listing__embedding__digest=F("digest")
        ).exclude(listing__embedding__vector=b"")
        rows = np.sort(_unpacked(live.aggregate(rows=_Packed("listing__embedding__pk"))["rows"]))
        kept = _kept  # replaced as a whole, whichever thread is last
        if kept is None or kept.label != model.label:
            none = np.zeros(0, np.int64)
            kept = _Kept(model.label, none, none, np.zeros((0, model.dimensions), np.float32))
        if not np.array_equal(kept.rows, rows):
            kept = _followed(kept, rows, model)
        if np.array_equal(kept.rows, rows):
            _kept = kept
            return kept


def _followed(kept: _Kept, rows: Array, model: type[Model]) -> _Kept:
    """What is kept, without rows that are gone and with those that are new, as far as they are still there."""
    stay = np.isin(kept.rows, rows, assume_unique=True)
    missing = np.setdiff1d(rows, kept.rows, assume_unique=True).tolist()
    parts = [(kept.rows[stay], kept.listings[stay], kept.vectors[stay])]
    for begin in range(0, len(missing), LOADED_TOGETHER):
        chosen = ListingEmbedding.objects.filter(pk__in=missing[begin : begin + LOADED_TOGETHER])
        read: list[tuple[int, int, Any]] = list(chosen.values_list("pk", "listing_id", "vector"))
        vectors = semantic.unpacked(b"".join(bytes(vector) for _row, _listing, vector in read), model.dimensions)
        identifiers = np.array([(row, listing) for row, listing, _vector in read], np.int64).reshape(-1, 2)
        parts.append((identifiers[:, 0], identifiers[:, 1], vectors))
    held, listings, vectors = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(held)
    return _Kept(kept.label, held[order], listings[order], vectors[order])
