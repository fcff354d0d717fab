"""The constraints in SQL say what the engine says, listing by listing, and so do their negations."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

import pytest
from django.db.models import BooleanField, Case, Q, Value, When
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.authorization.models import AccessRequest, Allotment, Grant
from marketplace.matching import conditions
from marketplace.matching.engine.constraints import ABSOLUTE, EXCLUSIVE, check
from marketplace.matching.engine.facts import DemandFacts
from marketplace.matching.indexed import facts_of
from marketplace.matching.models import IndexedListing, IndexSegment
from tests.factories import World
from tests.marketplace.authorization.asking import OPEN, ask, listing
from tests.marketplace.matching.listings import drafts

REGIONS: Final = ("100000", "210000", "210200", "210204", "310000")
DAYS: Final = (date(2013, 1, 1), date(2013, 6, 30), date(2013, 12, 31), date(2026, 1, 1))
MANY: Final = 60


def indexed(world: World, random: Random) -> None:
    """Listings of all kinds, straight into the index: what a publication would not let through is among them."""
    segment = IndexSegment.objects.create(size=MANY, listings=b"", lengths=b"")
    pick, versions = random.choice, drafts(world, random, MANY)
    IndexedListing.objects.bulk_create(
        IndexedListing(
            listing=version.listing,
            version=version,
            segment=segment,
            place=place,
            provider_id=version.listing.organisation_id,
            origin="public",
            sector=pick(("transport", "health")),
            region=pick(REGIONS),
            level=pick(("", "general_1", "core")),
            supply_mode=pick(("open", "licensed", "service")),
            exclusive_offered=pick((True, False)),
            scenario=pick(("", "winter_roads", "harvest")),
            purposes=pick(([], ["research"], ["research", "other"])),
            price=pick((None, Decimal(0), Decimal("99.99"), Decimal(100), Decimal("100.01"))),
            currency=pick(("CNY", "EUR")),
            quality=pick((None, 0.0, 79.999, 80.0, 100.0)),
            formats=pick(([], ["csv"], ["csv", "parquet"], ["xlsx"])),
            column_types={},
            covers_from=pick((None, *DAYS)),
            covers_until=pick((None, *DAYS)),
            freshness_on=pick((None, *DAYS)),
        )
        for place, version in enumerate(versions)
    )


def licensed(world: World, random: Random) -> None:
    """Licences that stand, are over or were taken back; exclusive and other ones."""
    version = listing(world, OPEN)
    template = Grant.objects.get(request=ask(world, version))
    now, request = timezone.now(), template.request
    request.state = "submitted"
    for row in random.sample(list(IndexedListing.objects.filter(place__lt=MANY).select_related("version")), 30):
        request.pk, request.version, request._state.adding = None, row.version, True
        request.save(force_insert=True)
        template.pk, template.request, template._state.adding = None, request, True
        template.listing_id, template.version_id = row.pk, row.version_id
        template.exclusive = random.choice((True, False))
        template.starts_at = now - timedelta(days=9)
        template.ends_at = now + timedelta(days=random.choice((-1, 1)))
        template.save(force_insert=True)
        state = random.choice(("active", "active", "suspended", "revoked", "expired"))
        Grant.objects.filter(pk=template.pk).update(state=state)


def allotted(world: World, random: Random) -> None:
    """Rights that are kept for a buyer, are over though nobody has ended them yet, or were taken up or given back."""
    now = timezone.now()
    free = IndexedListing.objects.filter(place__lt=MANY, exclusive_offered=True)
    rows = [pk for pk in free.values_list("pk", flat=True) if not Grant.objects.filter(listing=pk).exists()]
    asked = {state: AccessRequest.objects.filter(state=state).first() for state in ("submitted", "approved")}
    assert len(rows) >= 6
    assert all(asked.values())
    requests = list(asked.values())
    for place, listing_id in enumerate(rows):
        made = Allotment.objects.create(
            listing_id=listing_id,
            organisation_id=(world.buyer, world.other_provider)[place % 2].organisation_id,
            ends_at=now + timedelta(days=(1, -1)[place // 2 % 2]),
        )
        moved = random.choice(("proposed", "proposed", "declined", "taken_up"))
        if moved == "declined" or (moved == "taken_up" and requests):
            request = requests.pop() if moved == "taken_up" else None
            Allotment.objects.filter(pk=made.pk).update(state=moved, request=request)


DEMANDS: Final = st.builds(
    DemandFacts,
    text=st.just("x"),
    organisation=st.integers(0, 2),
    sector=st.none() | st.just("transport"),
    regions=st.lists(st.sampled_from(REGIONS), max_size=2).map(tuple),
    covers_from=st.none() | st.sampled_from(DAYS),
    covers_until=st.none() | st.sampled_from(DAYS),
    formats=st.lists(st.sampled_from(("csv", "xlsx")), max_size=2).map(tuple),
    supply_modes=st.lists(st.sampled_from(("open", "service")), max_size=2).map(tuple),
    purpose=st.none() | st.sampled_from(("research", "other")),
    scenario=st.none() | st.just("harvest"),
    exclusive=st.booleans(),
    budget=st.none() | st.sampled_from((Decimal(0), Decimal("99.99"), Decimal(100))),
    minimum_quality=st.none() | st.sampled_from((0.0, 80.0, 100.0)),
    maximum_age_days=st.none() | st.integers(0, 36_500),
)


def truth(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


@pytest.mark.django_db
def test_sql_and_engine_agree_on_every_constraint_and_on_what_fails_one(world: World) -> None:
    random = Random(10)
    indexed(world, random)
    licensed(world, random)
    allotted(world, random)
    now = timezone.now()
    today = timezone.localdate(now)
    rows = list(IndexedListing.objects.all())
    facts = facts_of(rows, now=now)
    winners = {buyer for listing in facts.values() for buyer in listing.allotted_to}
    assert winners == {world.buyer.organisation_id, world.other_provider.organisation_id}
    assert any(listing.exclusive_until for listing in facts.values())
    assert any(listing.licensed_until and not listing.exclusive_until for listing in facts.values())
    buyers = (world.buyer.organisation_id, world.provider.organisation_id, world.other_provider.organisation_id)
    seen: dict[str, set[Any]] = {}

    @given(demand=DEMANDS, buyer=st.sampled_from(buyers))
    @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None, database=None)
    def agree(demand: Any, buyer: int) -> None:
        asked = DemandFacts(**{**{name: getattr(demand, name) for name in demand.__slots__}, "organisation": buyer})
        wanted = conditions.conditions(asked, today=today, now=now)
        levels = ("general_1",)
        sets = {
            "all_of": conditions.all_of(wanted, levels=levels),
            "not_all_of": ~conditions.all_of(wanted, levels=levels),
            "refused": conditions.refused(wanted, levels=levels),
            "failing_one": conditions.failing_one(wanted),
            "absolute": conditions.absolute(wanted),
        }
        columns = {f"is_{code}": truth(condition) for code, condition in wanted.items()}
        columns |= {f"not_{code}": truth(~condition) for code, condition in wanted.items()}
        columns |= {f"set_{name}": truth(condition) for name, condition in sets.items()}
        for row in IndexedListing.objects.annotate(**columns).values("pk", "level", *columns):
            results = {one.code: one.met for one in check(asked, facts[row["pk"]], today=today)}
            assert {code: row[f"is_{code}"] for code in wanted} == results
            assert {code: not row[f"not_{code}"] for code in wanted} == results
            failed = [code for code, met in results.items() if not met]
            assert row["set_all_of"] == (not failed and row["level"] in levels)
            assert row["set_not_all_of"] is not row["set_all_of"]
            assert row["set_refused"] == (not failed and row["level"] not in levels)
            assert row["set_failing_one"] == (len(failed) == 1 and failed[0] not in ABSOLUTE)
            assert row["set_absolute"] == ABSOLUTE.isdisjoint(failed)
            for code, met in results.items():
                seen.setdefault(code, set()).add(met)
            kept = set(facts[row["pk"]].allotted_to)
            if asked.exclusive and kept:
                seen.setdefault("kept", set()).add((buyer in kept, results[EXCLUSIVE]))

    agree()
    assert seen.pop("kept") >= {(True, True), (False, False)}
    assert {code for code, both in seen.items() if len(both) < 2} == set(), (
        "a constraint was never met, or never failed"
    )


@pytest.mark.django_db
def test_a_licence_stands_no_longer_at_the_instant_of_its_end(world: World) -> None:
    version = listing(world, OPEN)
    ask(world, version)
    end = Grant.objects.get().ends_at
    rows = IndexedListing.objects.filter(pk=version.listing_id)
    for instant, stands in ((end - timedelta(microseconds=1), True), (end, False)):
        assert rows.filter(conditions.licensed(instant, exclusive=False)).exists() is stands
        assert (facts_of(rows, now=instant)[version.listing_id].licensed_until is not None) is stands
