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
from marketplace.matching.engine.score import SURFACE, TermScore
from marketplace.matching.engine.text import Terms
from marketplace.matching.engine.weights import TextWeights

DRIFT: Final = 0.02
"""A listing is given the benefit of so much, as a share: how rare words are has moved since a demand was matched."""


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


def said_by(parts: Sequence[TermScore], asked: Terms, weights: TextWeights) -> dict[str, tuple[float, float]]:
    """What one listing says by each of its terms to a demand that names it once, as written and as a stem.

    `parts` are the contributions of the listing's terms to its score for the words `asked`, which name all of them.
    """
    surface, stem = Counter(asked.surface), Counter(asked.stems)
    said: dict[str, tuple[float, float]] = {}
    for part in parts:
        written, stemmed = said.get(part.term, (0.0, 0.0))
        if part.stream == SURFACE:
            written = part.contribution / weights.repeated(surface[part.term])
        else:
            stemmed = part.contribution / weights.repeated(stem[part.term])
        said[part.term] = (written, stemmed)
    return said


def score_for(demand: Sequence[TermCount], said: Mapping[str, tuple[float, float]], weights: TextWeights) -> float:
    """The score of the listing for the words of one demand: the reference of what is summed in SQL."""
    return sum(
        said[one.term][0] * weights.repeated(one.surface) + said[one.term][1] * weights.repeated(one.stem)
        for one in demand
        if one.term in said
    )
