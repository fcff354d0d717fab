"""Relevance of documents to words: fielded BM25F over a corpus held in memory, with its explanation.

This is the reference: an index elsewhere must give the same numbers. The frequencies of a term in the fields
of a document are weighted and length-normalised, summed, and only then saturated, once for the document
(Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009, section 3.6). The surface and the stemmed
stream are scored alike, and blended.
"""

import math
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from marketplace.matching.engine.text import MOST_COUNTED, Terms, analyse
from marketplace.matching.engine.weights import TextWeights

K = TypeVar("K", bound=Hashable)

SURFACE = "surface"
STEM = "stem"


@dataclass(frozen=True, slots=True)
class TermScore:
    """What one term of the demand contributes to the score of one document, through one stream."""

    term: str
    stream: str
    contribution: float


@dataclass(frozen=True, slots=True)
class TextScore:
    """`score` is the sum of the contributions; `attainable` bounds what any document of the corpus could reach."""

    score: float
    attainable: float
    terms: tuple[TermScore, ...]

    @property
    def share(self) -> float:
        """The score as a share (0 to 1) of the attainable one: the same order, on a scale that people can read."""
        return self.score / self.attainable if self.attainable > 0 else 0.0


@dataclass(frozen=True, slots=True)
class _Stream(Generic[K]):
    name: str
    share: float
    postings: Mapping[str, Mapping[K, float]]
    """For each term the documents that have it, each with its weighted, normalised frequency."""


class Corpus(Generic[K]):
    """Analysed documents: `documents` maps an identifier to the text of each field (fields without weight are ignored).

    Cost of building: linear in the length of the texts. Immutable afterwards.
    """

    def __init__(self, documents: Mapping[K, Mapping[str, str]], weights: TextWeights) -> None:
        self._size = len(documents)
        self._weights = weights
        analysed = {
            identifier: {name: analyse(text) for name, text in fields.items() if name in weights.fields}
            for identifier, fields in documents.items()
        }
        self._streams = tuple(
            _Stream(name, share, _postings(analysed, name, weights))
            for name, share in ((SURFACE, 1 - weights.stem_share), (STEM, weights.stem_share))
            if share > 0
        )

    def search(self, words: str) -> dict[K, TextScore]:
        """The score of every document that shares a term with `words`; the others score nothing and are left out."""
        terms = analyse(words)
        contributions: dict[K, list[TermScore]] = {}
        bounds: list[float] = []
        for stream in self._streams:
            for term, count in Counter(_stream_of(terms, stream.name)).items():
                found = stream.postings.get(term)
                if not found:
                    continue
                most = stream.share * self._weights.repeated(count) * self._weights.rarity(len(found), self._size)
                bounds.append(most)
                for identifier, frequency in found.items():
                    part = TermScore(term, stream.name, most * frequency / (self._weights.k1 + frequency))
                    contributions.setdefault(identifier, []).append(part)
        attainable = math.fsum(bounds)
        return {
            identifier: TextScore(math.fsum(part.contribution for part in parts), attainable, largest_first(parts))
            for identifier, parts in contributions.items()
        }


def largest_first(parts: list[TermScore]) -> tuple[TermScore, ...]:
    """The parts of a score in the order in which an explanation names them."""
    return tuple(sorted(parts, key=lambda part: (-part.contribution, part.term, part.stream)))


def _stream_of(terms: Terms, name: str) -> tuple[str, ...]:
    return terms.surface if name == SURFACE else terms.stems


def _postings(
    analysed: Mapping[K, Mapping[str, Terms]], stream: str, weights: TextWeights
) -> dict[str, dict[K, float]]:
    means = dict(_mean_lengths(analysed, stream))
    postings: dict[str, dict[K, float]] = {}
    for identifier, fields in analysed.items():
        for name, terms in fields.items():
            of_field = _stream_of(terms, stream)
            field = weights.fields[name]
            if not of_field or field.weight == 0:
                continue
            factor = field.weight / (1 - field.b + field.b * len(of_field) / means[name])
            for term, count in Counter(of_field).items():
                documents = postings.setdefault(term, {})
                documents[identifier] = documents.get(identifier, 0.0) + factor * min(count, MOST_COUNTED)
    return postings


def _mean_lengths(analysed: Mapping[K, Mapping[str, Terms]], stream: str) -> Iterator[tuple[str, float]]:
    """Mean length of each field over the documents that fill it: an optional field must not look short."""
    lengths: dict[str, list[int]] = {}
    for fields in analysed.values():
        for name, terms in fields.items():
            length = len(_stream_of(terms, stream))
            if length:
                lengths.setdefault(name, []).append(length)
    for name, values in lengths.items():
        yield name, sum(values) / len(values)
