"""What the engine is told."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from marketplace.catalog.models import ListingVersion
from marketplace.matching import facts
from marketplace.matching.engine.facts import DemandFacts, ListingFacts
from tests.factories import World, add_file, decided, draft_listing, examined, published_listing
from tests.marketplace.matching.demands import drafted
from tests.marketplace.matching.reference import published


def test_every_field_of_a_listing(world: World) -> None:
    version = published_listing(world, quality=88.0, columns=("origin", "dep_delay"), scenario="airport_operation")
    assert published() == [
        (
            version.pk,
            ListingFacts(
                listing_id=version.listing_id,
                organisation=world.provider.organisation_id,
                title="Departures of New York airports\n纽约机场航班",
                description="All flights that departed in 2013, with delays.",
                tags=("flights", "delay"),
                category="transport",
                columns=("origin", "dep_delay"),
                column_types={"origin": "text", "dep_delay": "text"},
                covers_from=date(2013, 1, 1),
                covers_until=date(2013, 12, 31),
                formats=("csv",),
                sector="transport",
                regions=("210200",),
                supply_mode="licensed",
                purposes=("research", "internal_use"),
                scenario="airport_operation",
                price=Decimal("1200.00"),
                currency="CNY",
                quality=88.0,
                level="general_1",
                freshness_on=date(2024, 1, 31),
            ),
        )
    ]


def test_the_texts_of_a_listing_are_read_alone(world: World) -> None:
    version = published_listing(world, columns=("origin", "dep_delay"))
    ((_version, listing),) = published()
    assert facts.texts_of(version, ("origin", "dep_delay")) == listing.text_fields()


def test_a_day_of_publication_stands_in_for_an_unknown_modification(world: World) -> None:
    published_listing(world, modified_on=None)
    ((_version, listing),) = published()
    assert listing.freshness_on == timezone.localdate()


def test_several_files_the_worst_counts(world: World) -> None:
    version = draft_listing(world, scenario="", title_zh="")
    for name, quality, category in (("a.csv", 90.0, "transport"), ("b.csv", 60.0, "weather")):
        asset = add_file(world.provider, version, content=name.encode() + b"\n1\n", filename=name).asset
        decided(examined(asset, quality=quality, columns=("id", name)), world, category=category)
    for state in ("in_review", "published"):
        ListingVersion.objects.filter(pk=version.pk).update(state=state)
    ((_version, listing),) = published()
    assert (listing.quality, listing.category, listing.columns) == (
        60.0,
        "transport\nweather",
        ("id", "a.csv", "b.csv"),
    )
    assert (listing.title, listing.scenario) == ("Departures of New York airports", None)
    assert facts.texts_of(version, listing.columns) == listing.text_fields()


def test_what_is_not_published_is_not_told(world: World) -> None:
    draft_listing(world)
    assert published() == []


def test_a_demand_without_wishes(world: World) -> None:
    demand = drafted(world.buyer, text="flights", sector="")
    assert facts.demand_facts(demand) == DemandFacts(text="flights", organisation=world.buyer.organisation_id)


def test_every_wish_of_a_demand(world: World) -> None:
    demand = drafted(
        world.buyer,
        text="flights",
        sector="transport",
        regions=["210200", "100000"],
        covers_from=date(2013, 1, 1),
        covers_until=date(2013, 12, 31),
        formats=["csv"],
        column_types={"dep_delay": "integer"},
        exclusive=True,
        maximum_age_days=400,
        purpose="research",
        scenario="airport_operation",
        supply_modes=["open", "licensed"],
        columns=["dep_delay"],
        budget=Decimal("5.50"),
        currency="EUR",
        minimum_quality=80.0,
    )
    demand.refresh_from_db()
    demand.sample_columns = [{"name": "Origin", "type": "text"}, {"name": "note", "type": ""}]
    assert facts.demand_facts(demand) == DemandFacts(
        text="flights",
        organisation=world.buyer.organisation_id,
        columns=("dep_delay",),
        sector="transport",
        regions=("210200", "100000"),
        covers_from=date(2013, 1, 1),
        covers_until=date(2013, 12, 31),
        formats=("csv",),
        column_types={"dep_delay": "integer"},
        sample={"Origin": "text", "note": ""},
        exclusive=True,
        maximum_age_days=400,
        supply_modes=("open", "licensed"),
        purpose="research",
        scenario="airport_operation",
        budget=Decimal("5.50"),
        currency="EUR",
        minimum_quality=80.0,
    )
