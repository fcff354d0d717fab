"""What is found for a demand: the index searched under its constraints, the decision table asked, the nearest misses.

Nothing is read of listings that the constraints sort out in SQL, and a few numbers each of those that are found. In
the order of what they can score at most they are judged by the engine once more, so that no listing passes which the
engine would refuse, until none that is left could be among the best.
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import numpy as np
from django.db.models import Q
from django.utils import timezone

from marketplace.authorization.prospects import Prospects
from marketplace.catalog.bulk import one_of
from marketplace.matching import conditions
from marketplace.matching.ceilings import Said
from marketplace.matching.engine.ceiling import ceilings
from marketplace.matching.engine.constraints import wanted_span
from marketplace.matching.engine.facts import Access
from marketplace.matching.engine.meaning import relevance
from marketplace.matching.engine.rank import MatchResult, highest_score, in_order, judge
from marketplace.matching.engine.relax import Relaxation, days_of, relaxations
from marketplace.matching.engine.search import Hit
from marketplace.matching.engine.weights import Weights
from marketplace.matching.facts import demand_facts
from marketplace.matching.indexed import access_facts, facts_of
from marketplace.matching.measured import records_of
from marketplace.matching.models import Demand, IndexedListing
from marketplace.matching.relevance import Relevance, vector_of

MOST_LOOKED_AT: Final = 4_000
"""Of what meets every other constraint, so many are asked of the decision table at most, the most relevant: where one
common word is all that is asked, a third of the catalogue is about equally relevant."""
TOGETHER: Final = 16
"""So many more than are wanted are judged at a time: some are refused, or score less than they could."""
MOST_WEIGHED: Final = 1_000
"""Nearest misses are counted among so many of the most relevant listings that fail one constraint."""


@dataclass(frozen=True, slots=True)
class Found:
    """Eligible listings, best first, then near misses; the version of each; what loosening one wish would bring in.

    `relaxations` is empty while something meets every wish. `far` is what the words of a listing that fails more than
    one constraint must score to be looked at (`engine.reverse.Reach`); None: none is. `by_words`: only words made
    the relevance.
    """

    results: list[MatchResult]
    versions: Mapping[int, int]
    relaxations: list[Relaxation]
    far: float | None
    by_words: bool


Counts = Callable[[MatchResult], bool]
"""Whether a result is of the kind that is looked for."""


@dataclass(slots=True)
class _Left:
    """Hits that are not judged yet, and what each can score at most, falling."""

    most: list[float]
    hits: list[Hit]

    def taken(self, many: int) -> list[Hit]:
        """The first so many, which are left no longer."""
        first = self.hits[:many]
        del self.most[:many], self.hits[:many]
        return first


class Finder:
    """One demand's searches, under one version of the weights, at one moment."""

    def __init__(self, demand: Demand, weights: Weights) -> None:
        self._facts = demand_facts(demand)
        self._weights = weights
        self._slack = highest_score(1.0, weights)
        self._now: datetime = timezone.now()
        self._today: date = timezone.localdate(self._now)
        self._prospects = Prospects(demand.organisation, person_id=demand.created_by_id, purpose=demand.purpose or None)
        self._wanted = conditions.conditions(self._facts, today=self._today, now=self._now)
        levels = self._prospects.levels()
        self._met = conditions.all_of(self._wanted, levels=levels)
        self._missed = conditions.failing_one(self._wanted) | conditions.refused(self._wanted, levels=levels)
        vector = vector_of(demand, weights)
        self._relevance = Relevance(self._facts.words(), weights, text=demand.text, vector=vector)
        self._judged: dict[int, MatchResult] = {}
        self._records: dict[int | None, tuple[int, int]] = {}
        self._versions: dict[int, int] = {}

    def find(self, *, best: int, near: int, without: Collection[int] = (), always: Collection[int] = ()) -> Found:
        """The `best` eligible listings and the `near` nearest misses; none of `without`, and `always` if they match.

        More may come along, without the words that made them relevant. Which are eligible and their order is that of
        judging every listing, or the MOST_LOOKED_AT most relevant where there are more. So it is with near misses that
        fail one constraint, but those that only the decision table refuses are looked for among what the search for
        the eligible ones found; near misses that fail more are the most relevant only.
        """
        others = ~Q(pk__in=list(without)) if without else Q()
        left = self._search(self._met & others, best, _is_eligible)
        if always:
            self._judge(self._hits(Q(pk__in=list(always))))
        if near:
            self._search(self._missed & others, near, _fails_one)
            self._judge_down(left, near, _fails_one)  # the decision table may refuse some of these
        far = None
        if sum(not result.eligible for result in self._judged.values()) < near:
            hits = self._hits(conditions.absolute(self._wanted) & ~self._met & others, near)
            far = hits[near - 1].text.score / self._slack if len(hits) >= near else 0.0
            self._judge(hits)
        eligible = any(result.eligible for result in self._judged.values())
        steps = [] if eligible else self._relaxations(others)
        ranked = self._explained(best, near, always)
        return Found(ranked, self._versions, steps, far, self._relevance.by_words)

    def _explained(self, best: int, near: int, always: Collection[int]) -> list[MatchResult]:
        """All in order, and those that will be shown with the words that made them relevant."""
        ordered = in_order(self._judged.values())
        eligible = sum(result.eligible for result in ordered)
        shown = {*always, *(result.listing_id for result in (*ordered[:eligible][:best], *ordered[eligible:][:near]))}
        texts = self._relevance.explained(shown)
        return [
            replace(result, terms=texts[result.listing_id].terms) if result.listing_id in texts else result
            for result in ordered
        ]

    def in_order(self, listing_ids: Collection[int]) -> list[MatchResult]:
        """Of these listings those that share a word with the demand, in the order in which they would be shown."""
        self._judge(self._hits(Q(pk__in=list(listing_ids))))
        chosen = set(listing_ids)
        return in_order(result for result in self._judged.values() if result.listing_id in chosen)

    def _relaxations(self, others: Q) -> list[Relaxation]:
        hits = self._hits(self._missed & others, MOST_WEIGHED)[:MOST_WEIGHED]
        self._judge(hits)
        failures = [
            (hit.listing_id, self._judged[hit.listing_id].failed) for hit in hits if hit.listing_id in self._judged
        ]
        return relaxations(failures, wanted_days=days_of(wanted_span(self._facts)))

    def _search(self, where: Q, enough: int, counts: Counts) -> _Left:
        """Look further down until `enough` of those looked at count: what was not looked at cannot pass them.

        What was found and left unjudged.
        """
        limit = enough
        while True:
            hits = self._hits(where, limit)
            left = self._by_ceiling(hits, enough + TOGETHER)
            last = self._judge_down(left, enough, counts)
            if len(hits) < limit or limit >= MOST_LOOKED_AT:
                return left
            if last is not None and last >= self._relevance_of(hits[limit - 1]):  # which nothing further down reaches
                return left
            limit = min(4 * limit, MOST_LOOKED_AT)

    def _judge_down(self, left: _Left, enough: int, counts: Counts) -> float | None:
        """Judge from the one down that can score most, until none that is left could be among `enough` that count.

        What the last of these scores; None where fewer count.
        """
        while True:
            scores = sorted((result.score for result in self._judged.values() if counts(result)), reverse=True)
            last = scores[enough - 1] if len(scores) >= enough else None
            if not left.hits or (last is not None and last >= left.most[0]):
                return last
            self._judge(left.taken(max(0, enough - len(scores)) + TOGETHER))

    def _by_ceiling(self, hits: Sequence[Hit], few: int) -> _Left:
        """Those that are not judged yet, whoever can score most first; to order a few would cost more than it saves."""
        unjudged = [hit for hit in hits if hit.listing_id not in self._judged]
        if len(unjudged) <= few:
            return _Left([math.inf] * len(unjudged), unjudged)
        by_id = {hit.listing_id: hit for hit in unjudged}
        said = Said(by_id, currency=self._facts.currency)
        columns = said.columns(self._records_of(set(said.providers.tolist())))
        found = [by_id[listing] for listing in said.listings.tolist()]
        shares = np.array([self._relevance_of(hit) for hit in found])
        most = ceilings(shares, columns, self._facts, self._weights, today=self._today)
        order = np.argsort(-most, kind="stable")
        return _Left(most[order].tolist(), [found[place] for place in order.tolist()])

    def _relevance_of(self, hit: Hit) -> float:
        return sum(relevance(hit.text, self._relevance.meaning_of(hit.listing_id)))

    def _hits(self, where: Q, limit: int | None = None) -> list[Hit]:
        """With all that bonuses could lift among the first `limit`, but for what comes after the MOST_LOOKED_AT."""
        found = self._relevance.search(where=where, limit=limit, slack=self._slack)
        return found[:MOST_LOOKED_AT]

    def _judge(self, hits: Iterable[Hit]) -> None:
        texts = {hit.listing_id: hit.text for hit in hits if hit.listing_id not in self._judged}
        rows = list(IndexedListing.objects.filter(pk__in=one_of(texts)))
        records = self._records_of({row.provider_id for row in rows if row.provider_id is not None})
        facts = facts_of(rows, now=self._now, records=records)
        for row in rows:
            self._versions[row.pk] = row.version_id
            self._judged[row.pk] = judge(
                self._facts,
                facts[row.pk],
                texts[row.pk],
                self._weights,
                today=self._today,
                access=self._access(row),
                meaning=self._relevance.meaning_of(row.pk),
            )

    def _records_of(self, providers: Set[int]) -> Mapping[int | None, tuple[int, int]]:
        """Of these providers, and others asked about before, how many requests were decided and how many granted."""
        if missing := providers - self._records.keys():
            found = records_of(missing)
            self._records |= {provider: found.get(provider, (0, 0)) for provider in missing}
        return self._records

    def _access(self, row: IndexedListing) -> Access | None:
        if not row.level:
            return None
        decision = self._prospects.answer(access_facts(row))
        return Access(decision.mode, decision.rule_id, not decision.refused, decision.reason_en, decision.reason_zh)


def _is_eligible(result: MatchResult) -> bool:
    return result.eligible


def _fails_one(result: MatchResult) -> bool:
    return len(result.failed) == 1
