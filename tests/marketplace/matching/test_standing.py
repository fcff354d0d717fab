"""The reverse direction: from one statement the demands that may show a listing, as the engine would find them."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

import numpy as np
import pytest
from django.db import transaction
from django.utils import timezone

from foundation.rulebooks.in_force import in_force
from marketplace.authorization.models import Grant
from marketplace.authorization.prospects import Prospects
from marketplace.catalog.models import ListingVersion
from marketplace.matching import facts, index, services, standing
from marketplace.matching.engine.constraints import ABSOLUTE, check
from marketplace.matching.engine.facts import Access
from marketplace.matching.engine.open_demands import WEIGHED
from marketplace.matching.engine.reverse import ANY, DRIFT
from marketplace.matching.engine.soft import soft_values
from marketplace.matching.engine.weights import COLUMNS, Weights
from marketplace.matching.indexed import access_facts, facts_of
from marketplace.matching.models import Demand, IndexedListing, Match, StandingDemand
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.services import rematching
from marketplace.matching.services.standing import begin_matching, being_matched, keep_standing
from tests.factories import Party, World, published_listing
from tests.marketplace.authorization.asking import BY_SECTOR, OPEN, accredit, ask, listing
from tests.marketplace.matching.demands import matched, opened

pytestmark = pytest.mark.django_db

WORDS: Final = ("flight", "flights", "delays", "airport", "schedules", "hospital", "beds", "航班", "延误", "机场", "of")
MANY: Final = 90
NEVER: Final = 1e9


def catalogue(world: World, random: Random) -> list[IndexedListing]:
    """Listings that fail what demands ask for in all ways; of one an exclusive licence stands, of one another."""
    kinds: list[dict[str, Any]] = [
        {}, {"price": Decimal(0), "currency": "EUR"}, {"price": Decimal(100), "region": "100000"},
        {"region": "210000", "purposes": []},
        {"region": "310100", "level": "general_3", "quality": None, "scenario": "winter_roads"},
        {"level": "general_4", "exclusive_offered": True, "supply_mode": "service"},
        {**BY_SECTOR, "region": "330100"}, {**BY_SECTOR, "consent_kind": "contract"}, {"level": None},
        {"exclusive_offered": True, "modified_on": timezone.localdate() - timedelta(days=10), "quality": 60.0},
    ]  # fmt: skip
    versions = []
    for kind in kinds:
        texts: dict[str, Any] = {
            "title": " ".join(random.sample(WORDS, 3)),
            "description": " ".join(random.choices(WORDS, k=6)),
        }
        if kind.get("level", "") is None:  # published with a grade, which was taken back since
            version = published_listing(world, **texts)
            version.distributions.get().asset.grades.update(state="superseded")
            services.index_listings([version.listing_id])
        else:
            version = published_listing(world, **{**kind, **texts})
        versions.append(version)
    licensed(world, versions[0], exclusive=False)
    licensed(world, versions[9], exclusive=True)
    indexed = IndexedListing.objects.all()
    indexed.filter(pk=versions[0].listing_id).update(price=None, freshness_on=None)
    indexed.filter(pk=versions[3].listing_id).update(covers_from=None, purposes=[], scenario="harvest")
    return list(indexed.order_by("pk"))


def licensed(world: World, version: ListingVersion, *, exclusive: bool) -> None:
    """A licence of this version that stands."""
    request = ask(world, listing(world, OPEN, title="x", title_zh=""))
    grant = Grant.objects.get(request=request)
    request.pk, request.version, request.state, request._state.adding = None, version, "submitted", True
    request.save(force_insert=True)
    grant.pk, grant.request, grant.exclusive, grant._state.adding = None, request, exclusive, True
    grant.listing_id, grant.version_id = version.listing_id, version.pk
    grant.save(force_insert=True)


def standing_demands(buyers: list[Party], random: Random) -> list[Demand]:
    """Open demands of all kinds, with their words; what is to be reached comes later."""
    pick = random.choice
    people = {buyer: (buyer.organisation_id, buyer.user.pk) for buyer in buyers}
    owners = [people[pick(buyers)] for _one in range(MANY)]
    rows = Demand.objects.bulk_create(
        Demand(
            organisation_id=organisation,
            created_by_id=person,
            text=" ".join(random.choices(WORDS, k=pick((1, 2, 4)))),
            columns=pick(([], [], ["id"], ["depth", "name"])),
            sample_columns=pick(([], [], [{"name": "delays", "type": "text"}])),
            sector=pick(("", "", "transport", "transport", "health")),
            regions=pick(([], [], [], ["210204"], ["310000", "330100"], ["100000"])),
            covers_from=pick((None, None, date(2013, 2, 1))),
            covers_until=pick((None, None, None, date(2013, 6, 30), date(2026, 1, 1))),
            formats=pick(([], [], ["csv", "xlsx"], ["parquet"])),
            supply_modes=pick(([], [], ["licensed", "open"], ["service"])),
            purpose=pick(("", "", "research", "other")),
            scenario=pick(("", "", "", "winter_roads", "harvest")),
            exclusive=pick((False, False, False, True)),
            budget=pick((None, None, Decimal(0), Decimal(100), Decimal(2000))),
            currency=pick(("CNY", "CNY", "EUR")),
            minimum_quality=pick((None, None, None, 80.0)),
            maximum_age_days=pick((None, None, 30, 36_500)),
        )
        for organisation, person in owners
    )
    Demand.objects.update(state="open")
    weights = in_force(MATCHING_WEIGHTS).rules.text
    for row in rows:
        words = facts.demand_facts(row).words()
        keep_standing(demand_id=row.pk, words=words, reach=ANY, weights=weights)
    return list(Demand.objects.select_related("organisation").order_by("pk"))


class Judge:
    """What the engine and the search say of any demand and listing."""

    def __init__(self, demands: list[Demand], listings: list[IndexedListing]) -> None:
        self.weights: Weights = in_force(MATCHING_WEIGHTS).rules
        self.told = facts_of(listings, now=timezone.now())
        self.scores = {
            row.pk: {hit.listing_id: hit.text.score for hit in index.search(words, weights=self.weights.text)}
            for row, words in ((row, facts.demand_facts(row).words()) for row in demands)
        }
        self.prospects: dict[tuple[int, str], Prospects] = {}

    def access(self, row: Demand, listing: IndexedListing) -> Access | None:
        key = (row.organisation_id, row.purpose)
        if key not in self.prospects:
            self.prospects[key] = Prospects(row.organisation, person_id=row.created_by_id, purpose=row.purpose or None)
        decision = self.prospects[key].answer(access_facts(listing)) if listing.level else None
        return None if decision is None else Access(decision.mode, decision.rule_id, not decision.refused)

    def __call__(self, row: Demand, listing: IndexedListing) -> tuple[int, float, float]:
        """How many constraints fail (99: it is never shown), what its words score, and that lifted by the features."""
        demand, told, today = facts.demand_facts(row), self.told[listing.pk], timezone.localdate()
        score = self.scores[row.pk].get(listing.pk, 0.0)
        failed = {one.code for one in check(demand, told, today=today, access=self.access(row, listing)) if not one.met}
        values = soft_values(demand, told, self.weights, today)
        values |= {COLUMNS: 1.0 if demand.columns or demand.sample else 0.0}
        lifted = score * (1 + sum(self.weights.bonus[name] * value for name, value in values.items()))
        return (99 if ABSOLUTE & failed or not score else len(failed)), score, lifted


def test_one_statement_finds_whom_the_engine_would_find(world: World) -> None:
    random = Random(11)
    accredited = world.organisation("Accredited", "buyer", region="310100")
    accredit(accredited, data_security_capability=3)
    listings = catalogue(world, random)
    demands = standing_demands([world.buyer, world.other_buyer, accredited, world.provider], random)
    judge, seen = Judge(demands, listings), set()
    for one in listings:
        expected, marks = [], []
        for row in demands:
            failed, score, lifted = judge(row, one)
            share = random.choice((0, 0.5, 1, 1 + 0.9 * DRIFT, 1 + 1.1 * DRIFT, 3))
            where = {0: "eligible", 1: "near"}.get(failed, "far")
            place = random.choice((where, where, "eligible", "near", "far"))
            mark: dict[str, Any] = {"eligible": NEVER, "near": NEVER, "far": None}
            mark[place] = share * (score if place == "far" else lifted)
            marks.append(StandingDemand(demand=row, **mark))
            if where == place and failed < 99 and share <= 1 + DRIFT:
                expected.append(row.pk)
                seen.add(place)
        StandingDemand.objects.bulk_update(marks, ["eligible", "near", "far"])
        assert sorted(standing.shown_for(one.pk)) == sorted(expected)
    assert seen == {"eligible", "near", "far"}


def pairs(demand: Demand) -> set[tuple[int, str, bool]]:
    rows = Match.objects.filter(demand=demand, state__in=["proposed", "accepted", "converted"])
    return set(rows.values_list("listing_id", "state", "eligible"))


def touched(versions: list[ListingVersion], random: Random) -> int:
    """Change one listing in one way, index it, and say which."""
    version = random.choice(versions)
    rows = ListingVersion.objects.filter(pk=version.pk)
    change = random.choice(("price", "sector", "region", "level", "mode"))
    if change == "level":
        version.distributions.get().asset.grades.update(level=random.choice(("general_1", "general_4")))
    else:
        ways: dict[str, dict[str, Any]] = {
            "price": {"price": Decimal(random.choice((1, 90, 900)))},
            "sector": {"sector": random.choice(("transport", "health"))},
            "region": {"region": random.choice(("210200", "310100"))},
            "mode": {"supply_mode": random.choice(("open", "licensed"))},
        }
        rows.update(**ways[change])
    services.index_listings([version.listing_id])
    return version.listing_id


def test_whose_pairs_differ_in_a_full_recomputation_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """With little room, so that what is to be reached matters; the words stay, so that nothing drifts."""
    monkeypatch.setattr(rematching, "MOST_MATCHES", 1)
    monkeypatch.setattr(rematching, "MOST_NEAR_MISSES", 1)
    random = Random(3)
    versions = [
        published_listing(world, title=f"Flight delays {'of airports ' * number}", price=Decimal(90 * number))
        for number in range(4)
    ]
    demands = [
        opened(world.buyer, text="flight delays", sector="", budget=Decimal(100)),
        opened(world.other_buyer, text="airports", sector="transport"),
        opened(world.buyer, text="delays of flights", sector="transport", supply_modes=["licensed"]),
        opened(world.other_buyer, text="airports of flights", regions=["310100"], budget=Decimal(50)),
    ]
    for demand in demands:
        matched(demand)
    moved = left = 0
    for _round in range(7):
        before = [pairs(demand) for demand in demands]
        affected = services.affected_demands(touched(versions, random))
        for demand, earlier in zip(demands, before, strict=True):
            matched(demand)
            if pairs(demand) != earlier:
                assert demand.pk in affected
                moved += 1
            left += demand.pk not in affected
    assert moved > 3
    assert left > 3


def unseen(demand: Demand) -> set[tuple[int, str, bool]]:
    """Its pairs as a matching now would make them, which is taken back."""
    with transaction.atomic():
        matched(demand)
        would = pairs(demand)
        transaction.set_rollback(True)
    return would


def test_what_is_left_out_has_the_same_pairs_however_rarities_move(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publications of words from few topics, each followed by the matching of whom it affects, and of nobody else."""
    monkeypatch.setattr(rematching, "MOST_MATCHES", 2)
    monkeypatch.setattr(rematching, "MOST_NEAR_MISSES", 1)
    random = Random(7)
    topics = ("flight", "delays", "airports", "hospital", "beds", "wards")
    plain: dict[str, Any] = {"title_zh": "", "description": "Table.", "tags": []}
    demands = [opened(world.buyer, text=" ".join(random.sample(topics, 2)), sector="") for _one in range(4)]
    demands += [opened(world.other_buyer, text=" ".join(random.sample(topics, 3)), regions=["210200"]) for _one in "ab"]
    for _one in range(4):
        published_listing(world, **plain, title=" ".join(random.sample(topics, 3)))
    for demand in demands:
        matched(demand)
    left = moved = 0
    for _round in range(10):
        kind: dict[str, Any] = random.choice(({}, {"region": "310100"}, {"sector": "health", "region": "310100"}))
        version = published_listing(world, **plain, **kind, title=" ".join(random.sample(topics[_round // 5 * 3 :], 3)))
        affected = services.affected_demands(version.listing_id)
        for demand in demands:
            before = pairs(demand)
            if demand.pk in affected:
                matched(demand)
                moved += pairs(demand) != before
            else:
                assert unseen(demand) == before
                left += 1
    assert moved > 3
    assert left > 3


def test_a_bulk_that_makes_words_common_hides_no_listing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rematching, "MOST_MATCHES", 2)
    monkeypatch.setattr(rematching, "MOST_NEAR_MISSES", 1)
    texts: dict[str, Any] = {"title_zh": "", "tags": []}
    for place in range(6):
        published_listing(world, **texts, title=f"Hospital beds {place}", description="Wards.")
    for place in range(2):
        published_listing(world, **texts, title=f"Delays {place}", description="Of one flight")
    published_listing(world, **texts, title="Delays", description="Of one flight", region="310100")
    demand = opened(world.buyer, text="flight delays", sector="transport", regions=["210200"])
    matched(demand)
    bulk = [
        published_listing(world, **texts, title=f"Flight delays {n}", sector="health", region="310100")
        for n in range(8)
    ]
    best = published_listing(world, **texts, title="Flight delays", description="Delays of each flight")
    assert services.affected_demands(bulk[-1].listing_id) == [demand.pk]
    monkeypatch.setattr(standing, "MOVED", NEVER)
    assert services.affected_demands(bulk[-1].listing_id) == []
    assert services.affected_demands(best.listing_id) == [demand.pk]
    matched(demand)
    assert Match.objects.get(demand=demand, rank=1, state="proposed").listing_id == best.listing_id
    monkeypatch.undo()
    assert services.affected_demands(bulk[-1].listing_id) == []  # matched in the units of now


def test_what_is_matched_by_somebody_else_is_affected_and_what_was_never_matched(world: World) -> None:
    version = published_listing(world)
    new = opened(world.buyer, text="hospital beds")
    assert services.affected_demands(version.listing_id) == [new.pk]
    matched(new)
    assert services.affected_demands(version.listing_id) == []
    begin_matching(new.pk)
    assert being_matched() == []  # by nobody else


def test_terms_are_kept_while_a_demand_is_open(world: World) -> None:
    demand = opened(world.buyer, text="Airports, airports 机场", columns=["name"])
    matched(demand)
    kept = StandingDemand.objects.get(demand=demand)
    weighed = np.frombuffer(kept.weighed, WEIGHED)
    terms = set(zip(kept.terms.split(), weighed["surface"].tolist(), weighed["stem"].tolist(), strict=True))
    chinese = {("机", 1, 1), ("场", 1, 1), ("机场", 1, 1)}
    assert terms == {("airports", 2, 0), ("airport", 0, 2), ("name", 1, 0), ("nam", 0, 1), *chinese}
    keep_standing(demand_id=demand.pk, words="机场", reach=ANY, weights=in_force(MATCHING_WEIGHTS).rules.text)
    assert StandingDemand.objects.get(demand=demand).terms == "场 机 机场"
    services.close_demand(actor=world.buyer.actor, demand_id=demand.pk)
    assert not StandingDemand.objects.exists()


def test_a_dismissed_listing_does_not_bring_its_demand_back(world: World) -> None:
    version = published_listing(world)
    demand = opened(world.buyer)
    matched(demand)
    assert services.affected_demands(version.listing_id) == [demand.pk]
    services.dismiss_match(actor=world.buyer.actor, match_id=Match.objects.get().pk, reason="No.")
    assert services.affected_demands(version.listing_id) == []
