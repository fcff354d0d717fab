"""Nearness of meaning beside words in common: what an embedding says of the listings, blended into their relevance.

The blend is linear. Both stages are normalised for each demand by the best that any published listing reaches, and the
scale stays that of the words: what is nearest counts as much as what says most of what is asked. A listing that has no
embedding is ranked by its words alone, at its full share: neither lifted nor punished.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine.score import TextScore
from marketplace.matching.engine.text import surface
from marketplace.matching.engine.weights import MeaningWeights

LEXICAL: Final = "lexical"
SEMANTIC: Final = "semantic"
DIGITS: Final = 5
"""Cosines are rounded to so many decimals: products of matrices differ in the last bits from machine to machine."""

_LATIN_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9'\-]*|[0-9]+(?:\.[0-9]+)?")
_LETTER: Final = re.compile(r"[^\W\d_]")
_ASCII_LETTER: Final = re.compile("[A-Za-z]")

Array = NDArray[Any]


class Model(Protocol):
    """What turns texts into vectors. `label` names it with its version: vectors of different labels never meet."""

    label: str
    dimensions: int

    def spoken(self, text: str) -> str:
        """The part of a text that is in a language of the model; empty where it is too little to go by."""

    def embed(self, texts: Sequence[str]) -> Array:
        """A row of float32 of length 1 for each text; the same for a text whatever it is asked together with."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the semantic stage says of one listing: `value` (0 to 1, on the scale of relevance) counts by `share`."""

    value: float
    share: float
    stage: str


def in_english(text: str) -> str:
    """The words in Latin letters of a text most of whose letters are; else nothing.

    For models of English alone: a Chinese text says nothing to them, and one that repeats itself in English says it.
    """
    letters = len(_LETTER.findall(text))
    if not letters or 2 * len(_ASCII_LETTER.findall(text)) < letters:
        return ""
    return text if text.isascii() else " ".join(_LATIN_WORD.findall(text))


def share_of_meaning(text: str, weights: MeaningWeights) -> float:
    """How much the semantic stage counts: least for keywords, most for sentences, in proportion to words between."""
    span = weights.sentence_words - weights.keyword_words
    along = min(1.0, max(0.0, (len(surface(text)) - weights.keyword_words) / span))
    return weights.keywords + (weights.sentences - weights.keywords) * along


class Nearness:
    """How near in meaning listings are to one demand.

    `listings` are distinct identifiers, `cosines` the cosine of each with the demand. `top` is the highest lexical
    share that any listing reaches: the scale; 1 where no word of the demand occurs anywhere. A cosine below
    `weights.least` is nearness of nothing in particular: who is no nearer is not found by it, and it is the least that
    counts as the best.
    """

    def __init__(
        self, listings: Array, cosines: Array, *, text: str, top: float, weights: MeaningWeights, label: str
    ) -> None:
        order = np.argsort(listings)
        self._listings = listings[order]
        self._cosines = np.round(cosines[order].astype(np.float64), DIGITS)
        self._weights = weights
        self._share = share_of_meaning(text, weights)
        self._stage = f"{SEMANTIC}:{label}"
        best = max(weights.least, float(self._cosines.max(initial=0.0)))
        self._values = np.clip(self._cosines, 0.0, None) / best * (top or 1.0)

    def nearest(self, limit: int | None = None, *, among: Array | None = None) -> list[int]:
        """The listings that are near enough to be found by it, nearest first, equally near ones by identifier.

        `among` are the identifiers of those that may be found: the `limit` nearest of these.
        """
        enough = self._cosines >= self._weights.least
        near = np.flatnonzero(enough if among is None else enough & np.isin(self._listings, among))
        order = near[np.lexsort((self._listings[near], -self._cosines[near]))]
        return [int(listing) for listing in self._listings[order[:limit]]]

    def of(self, listing_id: int) -> Meaning | None:
        """What it says of this listing; None where it has no embedding."""
        place = int(np.searchsorted(self._listings, listing_id))
        if place == len(self._listings) or self._listings[place] != listing_id:
            return None
        return Meaning(float(self._values[place]), self._share, self._stage)


def relevance(text: TextScore, meaning: Meaning | None) -> tuple[float, float]:
    """What the words and what the meaning of a listing add to its relevance, 0 to 1 together."""
    if meaning is None:
        return text.share, 0.0
    return (1 - meaning.share) * text.share, meaning.share * meaning.value
