"""Looking down from what can score most and stopping early finds what judging every listing finds."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

import numpy as np
import pytest
from django.utils import timezone

from foundation.rulebooks.in_force import in_force
from marketplace.authorization.prospects import Prospects
from marketplace.matching import facts, finding, index
from marketplace.matching.ceilings import Said
from marketplace.matching.engine.constraints import AUTHORIZATION
from marketplace.matching.engine.facts import Access
from marketplace.matching.engine.rank import MatchResult, highest_score, in_order, judge
from marketplace.matching.finding import Finder
from marketplace.matching.indexed import access_facts, facts_of
from marketplace.matching.measured import records_of
from marketplace.matching.models import Demand, IndexedListing
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.services import indexing
from tests.factories import World
from tests.marketplace.authorization.asking import OPEN, ask, listing
from tests.marketplace.matching.listings import drafts

pytestmark = pytest.mark.django_db

MANY: Final = 150
DEMANDS: Final = 40
BEST, NEAR = 6, 3
WORDS: Final = ("flight", "delays", "airport", "schedules", "of", "航班")


def market(world: World, random: Random) -> None:
    """Listings that say nearly the same, so that soft features order them; the table refuses some to every buyer."""
    pick, today, versions = random.choice, timezone.localdate(), drafts(world, random, MANY)
    texts = [(row.listing_id, {"title": " ".join(random.choices(WORDS, k=3)), "columns": "delay"}) for row in versions]
    segment = indexing.write_segment(texts)
    origins: list[dict[str, Any]] = [{"origin": "public"}] * 9
    origins.append({"origin": "personal", "access": {"category": "health"}})
    IndexedListing.objects.bulk_create(
        IndexedListing(
            listing=version.listing,
            version=version,
            segment=segment,
            place=place,
            provider_id=version.listing.organisation_id,
            sector=pick(("transport", "transport", "health")),
            region=pick(("210200", "310100")),
            level=pick((*["general_1"] * 30, *["general_2"] * 20, "core", "")),
            supply_mode=pick(("open", "licensed")),
            price=pick((None, Decimal(0), Decimal(10), Decimal("49.99"), Decimal(90), Decimal(150))),
            currency=pick(("CNY", "CNY", "EUR")),
            quality=pick((None, 20.0, 60.0, 80.0, 100.0)),
            quality_low=pick((None, 10.0, 55.5, 79.0)),
            freshness_on=pick(
                (None, today, today - timedelta(days=random.randrange(2_000)), today + timedelta(days=9))
            ),
            column_types=pick(({}, {"delay": "integer"}, {"delay": "text"})),
            **pick(origins),
        )
        for place, version in enumerate(versions)
    )


def drawn(world: World, random: Random) -> list[Demand]:
    pick = random.choice
    rows = Demand.objects.bulk_create(
        Demand(
            organisation_id=party.organisation_id,
            created_by_id=party.user.pk,
            text=" ".join(random.sample(WORDS, pick((1, 2, 3)))),
            columns=pick(([], [], ["delay"])),
            column_types=pick(({}, {"delay": "integer"})),
            sector=pick(("", "", "transport")),
            regions=pick(([], [], ["210200"])),
            budget=pick((None, Decimal(50), Decimal(100), Decimal(0))),
            minimum_quality=pick((None, None, 60.0)),
        )
        for party in random.choices((world.buyer, world.other_buyer, world.provider), k=DEMANDS)
    )
    return list(Demand.objects.select_related("organisation").filter(pk__in=[row.pk for row in rows]).order_by("pk"))


def everything(demand: Demand) -> list[MatchResult]:
    """All that shares a word with it, judged one by one, in order."""
    weights, now = in_force(MATCHING_WEIGHTS).rules, timezone.now()
    told = facts.demand_facts(demand)
    rows = IndexedListing.objects.in_bulk()
    known = facts_of(rows.values(), now=now)
    prospects = Prospects(demand.organisation, person_id=demand.created_by_id, purpose=demand.purpose or None)
    results = []
    for hit in index.search(told.words(), weights=weights.text):
        row = rows[hit.listing_id]
        answer = prospects.answer(access_facts(row)) if row.level else None
        access = None if answer is None else Access(
            answer.mode, answer.rule_id, not answer.refused, answer.reason_en, answer.reason_zh
        )  # fmt: skip
        today = timezone.localdate(now)
        results.append(judge(told, known[row.pk], hit.text, weights, today=today, access=access))
    return in_order(results)


def said(results: list[MatchResult]) -> list[Any]:
    return [(one.listing_id, pytest.approx(one.score, rel=1e-9), one.constraints, one.access) for one in results]


def seen(results: list[MatchResult]) -> list[Any]:
    return [(one.listing_id, one.score, one.constraints, one.access) for one in results]


def test_what_is_found_is_what_judging_everything_finds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "TOGETHER", 2)
    random = Random(5)
    ask(world, listing(world, OPEN, title="x", title_zh="", description="x", tags=[]))  # a provider has a record
    market(world, random)
    weights = in_force(MATCHING_WEIGHTS).rules
    levels = dict(IndexedListing.objects.values_list("pk", "level"))

    def narrowly(result: MatchResult) -> bool:
        """Refused by the table alone, for another reason than its level."""
        return [one.code for one in result.failed] == [AUTHORIZATION] and levels[result.listing_id] != "core"

    full = short = refused = reordered = spared = 0
    for demand in drawn(world, random):
        reference, finder = everything(demand), Finder(demand, weights)
        results = finder.find(best=BEST, near=NEAR).results
        eligible = [one for one in reference if one.eligible]
        matches = [one for one in results if one.eligible][:BEST]
        assert seen(matches) == said(eligible[:BEST])
        met = sorted((one.features["relevance"] for one in reference if one.eligible or narrowly(one)), reverse=True)
        bar = met[BEST - 1] / highest_score(1 - 1e-6, weights) if len(met) >= BEST else 0.0
        misses = [one for one in results if not one.eligible]
        found = {one.listing_id for one in misses}
        owed = [
            one
            for one in reference
            if len(one.failed) == 1
            and (one.listing_id in found or not narrowly(one) or one.features["relevance"] >= bar)
        ]
        assert seen(misses[: min(NEAR, len(owed))]) == said(owed[:NEAR])
        full += len(eligible) > BEST
        short += len(eligible) < BEST
        refused += any(narrowly(one) for one in owed[:NEAR])
        relevant = sorted(eligible, key=lambda one: -one.features["relevance"])
        reordered += {one.listing_id for one in relevant[:BEST]} != {one.listing_id for one in eligible[:BEST]}
        spared += len(results) < len(reference) / 2
    assert min(full, short, refused, reordered, spared) > 3, (full, short, refused, reordered, spared)


def test_what_is_read_packed_is_what_the_facts_say(world: World) -> None:
    random = Random(6)
    market(world, random)
    rows = list(IndexedListing.objects.all())
    records = records_of({row.provider_id for row in rows if row.provider_id is not None})
    packed = Said([row.pk for row in rows] + [0], currency="CNY")
    columns = packed.columns({**records, world.provider.organisation_id: (7, 3)})
    known = facts_of(rows, now=timezone.now())
    assert sorted(packed.listings.tolist()) == sorted(known)
    for place, listing_id in enumerate(packed.listings.tolist()):
        told = known[listing_id]
        assert packed.providers[place] == told.organisation
        low = told.quality if told.quality_low is None else told.quality_low
        assert same(columns.quality[place], low)
        assert same(columns.price[place], told.price)
        assert columns.comparable[place] == (told.currency == "CNY")
        assert same(columns.fresh_on[place], told.freshness_on and told.freshness_on.toordinal())
        record = (7, 3) if told.organisation == world.provider.organisation_id else (0, 0)
        assert (columns.requests_decided[place], columns.requests_granted[place]) == record
    assert Said([], currency="CNY").columns({}).quality.tolist() == []


def same(number: float, told: Any) -> bool:
    return bool(np.isnan(number)) if told is None else number == float(told)
