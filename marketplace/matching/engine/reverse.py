"""The reverse direction: what one listing says to every open demand at once, and what it must reach to be shown.

A demand's order does not change when all its scores are divided by the same number. So what is compared here are
scores *before* they are told as a share of the attainable one: the contributions of the terms, summed, and lifted by
the soft features. Those of one listing need nothing of a demand but its terms.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from marketplace.matching.engine.rank import MatchResult
from marketplace.matching.engine.text import MOST_COUNTED, Terms, analyse
from marketplace.matching.engine.weights import TextWeights

DRIFT: Final = 0.04
"""A listing is given the benefit of so much, as a share: how rare words are has moved since a demand was matched."""
MOVED: Final = DRIFT / 2
"""A demand of which the words that a listing has moved by more, as a share of what is to be reached, is matched anew.

Half of the benefit is what may have moved in the listing, half what may have moved in those that it must reach.
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a listing must score, before division by the attainable score, to be shown for a demand.

    `eligible`: where it meets every constraint; `near`: where it fails one. 0: whatever shares a word will do. `far`:
    what its words must score where it fails more; None: no such listing is shown.
    """

    eligible: float
    near: float
    far: float | None


@dataclass(frozen=True, slots=True)
class TermCount:
    """How often a term stands in a demand, as written and as a stem."""

    term: str
    surface: int
    stem: int


ANY: Final = Reach(0.0, 0.0, 0.0)
"""Whatever shares a word may be shown: what else made the ranking is not known beforehand of another listing."""


def reach_of(ranked: Sequence[MatchResult], *, best: int, near: int, far: float | None) -> Reach:
    """What is left to reach beside a ranking by words of which `best` eligible results and `near` misses are shown."""
    eligible = [result for result in ranked if result.eligible]
    misses = [result for result in ranked if not result.eligible]
    last = misses[near - 1] if len(misses) >= near else None
    return Reach(
        eligible=_undivided(eligible[best - 1]) if len(eligible) >= best else 0.0,
        near=_undivided(last) if last is not None and len(last.failed) == 1 else 0.0,
        far=far,
    )


def _undivided(result: MatchResult) -> float:
    return result.score * result.attainable


def counted(terms: Terms) -> list[TermCount]:
    """The terms of a demand, each once, in alphabetical order."""
    surface, stem = Counter(terms.surface), Counter(terms.stems)
    return [TermCount(term, surface[term], stem[term]) for term in sorted(surface.keys() | stem.keys())]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What all published listings are to one of them: `size` is how many.

    `means` has the mean length of each field among those that fill it, `surface` and `stems` how many have a term.
    """

    size: int
    means: Mapping[str, float]
    surface: Mapping[str, float]
    stems: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Said:
    """What a listing says by a term to who names it once, as written and as a stem, but for how rare the term is.

    That stands beside it, as it is now: what a demand left to reach is in units of its own matching.
    """

    surface: float
    stem: float
    surface_rarity: float
    stem_rarity: float


def rarities(term: str, catalogue: Catalogue, weights: TextWeights) -> tuple[float, float]:
    """How much a term says in this catalogue, as written and as a stem; one that no listing has is in one soon."""
    documents = [max(1, round(held.get(term, 1.0))) for held in (catalogue.surface, catalogue.stems)]
    surface, stem = (weights.rarity(many, max(many, catalogue.size)) for many in documents)
    return surface, stem


def said_by(fields: Mapping[str, str], catalogue: Catalogue, weights: TextWeights) -> dict[str, Said]:
    """What a listing with these texts says by each of its terms: `engine.score` from the listing's side."""
    frequencies: dict[str, list[float]] = {}
    for name, text in fields.items():
        terms, field = analyse(text), weights.fields[name]
        if not terms.surface or field.weight == 0:
            continue
        length = len(terms.surface)
        factor = field.weight / (1 - field.b + field.b * length / catalogue.means.get(name, length))
        for place, stream in enumerate((terms.surface, terms.stems)):
            for term, count in Counter(stream).items():
                frequencies.setdefault(term, [0.0, 0.0])[place] += factor * min(count, MOST_COUNTED)
    shares = (1 - weights.stem_share, weights.stem_share)
    said = {}
    for term, found in frequencies.items():
        surface, stem = (
            share * frequency / (weights.k1 + frequency) if frequency else 0.0
            for share, frequency in zip(shares, found, strict=True)
        )
        said[term] = Said(surface, stem, *rarities(term, catalogue, weights))
    return said
