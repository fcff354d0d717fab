"""Ranking the listings for a demand: relevance decides, soft features nudge, hard constraints exclude.

A soft feature adds at most its bonus, as a share of the listing's own relevance: nothing irrelevant climbs by being
cheap, new or of good quality. Who the provider is plays no part.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.matching.engine.constraints import ABSOLUTE, ConstraintResult, check
from marketplace.matching.engine.facts import Access, DemandFacts, ListingFacts
from marketplace.matching.engine.meaning import LEXICAL, Meaning, relevance
from marketplace.matching.engine.score import Corpus, TermScore, TextScore
from marketplace.matching.engine.soft import columns_in_common, sample_in_common, soft_values
from marketplace.matching.engine.weights import Weights

RELEVANCE = "relevance"
MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class MatchResult:
    """One listing for one demand; `eligible` when all constraints are met. `features` sum to `score`.

    `terms` explain the relevance: their contributions, divided by `attainable`, sum to `features["relevance"]`.
    `stages` are those that made the relevance: the words, and the model of the semantic stage where it had a say, whose
    part is `features["meaning"]`. `columns` are the wanted ones that it has, `sample` those of the sample beside them,
    each with its type. `access` is what the decision table answers, None where it was not asked.
    """

    listing_id: int
    score: float
    features: Mapping[str, float]
    terms: tuple[TermScore, ...]
    attainable: float
    columns: tuple[str, ...]
    sample: tuple[tuple[str, str], ...]
    constraints: tuple[ConstraintResult, ...]
    access: Access | None
    eligible: bool
    weights_version: str
    stages: tuple[str, ...] = (LEXICAL,)

    @property
    def failed(self) -> tuple[ConstraintResult, ...]:
        """The constraints that are not met."""
        return tuple(result for result in self.constraints if not result.met)


def rank(demand: DemandFacts, listings: Sequence[ListingFacts], weights: Weights, *, today: date) -> list[MatchResult]:
    """Eligible listings, best first, then near misses (`eligible` false), the fewest failed constraints first.

    The reference in memory, without the decision table: the word statistics are those of all the listings given.
    Listings that share no word with the demand are no matches. Raises ValueError when an identifier is given twice.
    """
    by_id = {listing.listing_id: listing for listing in listings}
    if len(by_id) != len(listings):
        raise ValueError("each listing may be given once")
    corpus = Corpus({identifier: listing.text_fields() for identifier, listing in by_id.items()}, weights.text)
    return in_order(
        judge(demand, by_id[identifier], text, weights, today=today)
        for identifier, text in corpus.search(demand.words()).items()
        if text.score > 0
    )


def in_order(results: Iterable[MatchResult]) -> list[MatchResult]:
    """The fewest failed constraints first, then the highest score; equal scores by identifier.

    Own and ungraded listings are not shown at all.
    """
    shown = [result for result in results if not ABSOLUTE.intersection(failed.code for failed in result.failed)]
    return sorted(shown, key=lambda result: (len(result.failed), -result.score, result.listing_id))


def judge(
    demand: DemandFacts,
    listing: ListingFacts,
    text: TextScore,
    weights: Weights,
    *,
    today: date,
    access: Access | None = None,
    meaning: Meaning | None = None,
) -> MatchResult:
    """One listing for one demand: its constraints, and its score with the features that make it up.

    Without a `meaning` its words alone make its relevance.
    """
    values = soft_values(demand, listing, weights, today)
    by_words, by_meaning = relevance(text, meaning)
    features = {RELEVANCE: by_words} | ({} if meaning is None else {MEANING: by_meaning})
    features |= {name: (by_words + by_meaning) * weights.bonus[name] * value for name, value in values.items()}
    constraints = check(demand, listing, today=today, access=access)
    return MatchResult(
        listing_id=listing.listing_id,
        score=math.fsum(features.values()),
        features=features,
        terms=text.terms,
        attainable=text.attainable if meaning is None else text.attainable / (1 - meaning.share),
        columns=columns_in_common(demand, listing),
        sample=sample_in_common(demand, listing),
        constraints=constraints,
        access=access,
        eligible=all(result.met for result in constraints),
        weights_version=weights.version,
        stages=(LEXICAL,) if meaning is None else (LEXICAL, meaning.stage),
    )


def highest_score(share: float, weights: Weights) -> float:
    """What a listing of this relevance can reach at most, with every bonus: where a search may stop."""
    return share * (1 + math.fsum(weights.bonus.values())) * (1 + 1e-9)  # sums are rounded
