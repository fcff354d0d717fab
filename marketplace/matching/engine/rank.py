"""Ranking the listings for a demand: relevance decides, soft features nudge, hard constraints exclude.

A soft feature adds at most its bonus, as a share of the listing's own relevance: nothing irrelevant climbs by being
cheap, new or of good quality. Who the provider is plays no part.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.matching.engine.constraints import ABSOLUTE, ConstraintResult, check
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from marketplace.matching.engine.score import Corpus, TermScore, TextScore
from marketplace.matching.engine.weights import Weights

RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class MatchResult:
    """One listing for one demand; `eligible` when all constraints are met. `features` sum to `score`.

    `terms` explain the relevance: their contributions, divided by `attainable`, sum to `features["relevance"]`.
    """

    listing_id: int
    score: float
    features: Mapping[str, float]
    terms: tuple[TermScore, ...]
    attainable: float
    constraints: tuple[ConstraintResult, ...]
    eligible: bool
    weights_version: str

    @property
    def failed(self) -> tuple[ConstraintResult, ...]:
        """The constraints that are not met."""
        return tuple(result for result in self.constraints if not result.met)


def rank(demand: DemandFacts, listings: Sequence[ListingFacts], weights: Weights, *, today: date) -> list[MatchResult]:
    """Eligible listings, best first, then near misses (`eligible` false), the fewest failed constraints first.

    Listings that share no word with the demand are no matches; own and ungraded ones are not shown at all.
    Equal scores are ordered by identifier. The word statistics are those of all the listings given.
    Raises ValueError when an identifier is given twice.
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


def judge(demand: DemandFacts, listing: ListingFacts, text: TextScore, weights: Weights, *, today: date) -> MatchResult:
    """One listing for one demand: its constraints, and its score with the features that make it up."""
    soft = {
        "quality": _unit((listing.quality or 0.0) / 100),
        "price": _price_slack(demand, listing),
        "freshness": _freshness(listing, today, weights.freshness_half_life_days),
    }
    features = {RELEVANCE: text.share} | {
        name: text.share * weights.bonus[name] * value for name, value in soft.items()
    }
    constraints = check(demand, listing)
    return MatchResult(
        listing_id=listing.listing_id,
        score=math.fsum(features.values()),
        features=features,
        terms=text.terms,
        attainable=text.attainable,
        constraints=constraints,
        eligible=all(result.met for result in constraints),
        weights_version=weights.version,
    )


def _unit(value: float) -> float:
    return min(1.0, max(0.0, value))


def _price_slack(demand: DemandFacts, listing: ListingFacts) -> float:
    """The share of the budget that is left over; nothing to compare without a budget, or with a price on request."""
    if listing.price is None or demand.budget is None:
        return 0.0
    if listing.price <= 0:
        return 1.0
    if listing.currency != demand.currency:
        return 0.0
    return _unit(float(1 - listing.price / demand.budget)) if demand.budget > 0 else 0.0


def _freshness(listing: ListingFacts, today: date, half_life_days: float) -> float:
    if listing.freshness_on is None:
        return 0.0
    return float(0.5 ** (max(0, (today - listing.freshness_on).days) / half_life_days))
