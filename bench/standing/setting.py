"""A market of the bench's own: graded listings, buyers of many regions, open demands; needs Django set up."""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from bench.matching.judged import Collection
from foundation.participants.models import Accreditation, Organisation, User
from foundation.vault.models import Blob
from grading.models import DataAsset, Grade, Profile, QualityAssessment
from marketplace.catalog.models import Distribution, Listing, ListingVersion, Purpose, Sector, SupplyMode
from marketplace.matching.models import Demand, Match
from marketplace.matching.services import index_listings

SEED: Final = 11
TOGETHER: Final = 4_096
LONGEST_TITLE: Final = 300
LONGEST_TAG: Final = 60
LONGEST_TEXT: Final = 5_000
SECTORS: Final = tuple(Sector.values)[:6]
REGIONS: Final = ("110000", "310000", "440100", "330100", "510000", "210200")
HIGHEST_PRICE: Final = 10_000
PROVIDERS: Final = 50
BUYERS: Final = 500
FILES: Final = (("general_1", 95.0), ("general_1", 70.0), ("general_2", 85.0), ("general_3", 60.0), ("general_4", 90.0))
"""Level and score of the files that listings have, the first four times as often."""


def published(collection: Collection, draw: random.Random) -> list[int]:
    """A listing of every document, published and indexed but for the last ones; the identifiers of their versions."""
    providers = organisations("Provider", PROVIDERS, draw)
    assets = [_asset(providers[0], number, level, score) for number, (level, score) in enumerate(FILES)]
    chosen = [assets[0]] * 4 + assets[1:]
    documents = collection.listings
    listings = Listing.objects.bulk_create(
        (Listing(organisation=draw.choice(providers)) for _document in documents), TOGETHER
    )
    versions = ListingVersion.objects.bulk_create(
        (
            ListingVersion(
                listing=listing,
                number=1,
                title=document.title[:LONGEST_TITLE],
                description="\n".join(filter(None, (document.title[LONGEST_TITLE:], document.description))),
                tags=[tag[:LONGEST_TAG] for tag in document.tags],
                origin="public",
                sector=draw.choice(SECTORS),
                region=draw.choice(REGIONS),
                supply_mode=draw.choice(SupplyMode.values),
                purposes=draw.choice(([], [], ["research", "internal_use"])),
                price=Decimal(draw.randrange(HIGHEST_PRICE)),
                temporal_start=date(2015, 1, 1),
                temporal_end=date(draw.choice((2018, 2022, 2026)), 12, 31),
                published_at=datetime(2026, 1, 1, tzinfo=UTC),
            )
            for listing, document in zip(listings, documents, strict=True)
        ),
        TOGETHER,
    )
    Distribution.objects.bulk_create(
        (
            Distribution(version=version, asset=draw.choice(chosen), title="table", media_type="text/csv")
            for version in versions
        ),
        TOGETHER,
    )
    ListingVersion.objects.update(state="in_review")
    return [version.pk for version in versions]


def publish(versions: Sequence[int]) -> None:
    """Publish and index them, many at a time."""
    for place in range(0, len(versions), TOGETHER):
        rows = ListingVersion.objects.filter(pk__in=versions[place : place + TOGETHER])
        rows.update(state="published")
        index_listings(rows.values_list("listing_id", flat=True))


def _asset(owner: Organisation, number: int, level: str, score: float) -> DataAsset:
    """A file of a decided grade and a score; there is nothing in it."""
    blob = Blob.objects.create(address=f"{number:064}", size=1, wrapped_key=b"", master_key_version=1)
    asset = DataAsset.objects.create(
        organisation=owner, blob=blob, filename="table.csv", sha256=f"{number:064}", byte_size=1, format="csv"
    )
    profile = Profile.objects.create(asset=asset, engine_version="bench", rows=1, columns=0, data={"columns": []})
    QualityAssessment.objects.create(
        profile=profile,
        asset=asset,
        engine_version="bench",
        rules_code="bench",
        rules_version="1",
        overall=score,
        coverage=1.0,
        data={"dimensions": {}, "findings": []},
    )
    grade = Grade.objects.create(
        asset=asset,
        profile=profile,
        engine_version="bench",
        scheme_code="gbt_43697",
        scheme_version="1",
        recommended_level=level,
        recommended_category="transport",
        recommendation={},
    )
    reviewer, _made = User.objects.get_or_create(username="reviewer")
    grade.state, grade.level, grade.category = "decided", level, "transport"
    grade.decided_by, grade.decided_at = reviewer, datetime(2026, 1, 1, tzinfo=UTC)
    grade.save()
    return asset


def organisations(name: str, count: int, draw: random.Random) -> list[Organisation]:
    """Verified ones of several regions; every fifth is accredited for the security of data."""
    rows = Organisation.objects.bulk_create(
        Organisation(name=f"{name} {number}", kind="enterprise", region=draw.choice(REGIONS)) for number in range(count)
    )
    Organisation.objects.filter(name__startswith=name).update(state="verified")
    Accreditation.objects.bulk_create(
        Accreditation(
            kind="data_security_capability",
            organisation=row,
            claimed_via=row,
            level=3,
            number="1",
            issuer="bench",
            valid_from=date(2020, 1, 1),
            valid_until=date(2099, 12, 31),
        )
        for row in rows[::5]
    )
    Accreditation.objects.update(state="confirmed")
    return rows


def opened(texts: Sequence[str], count: int, draw: random.Random) -> list[int]:
    """So many open demands, each with a real text and wishes drawn at random; not matched yet."""
    buyers = organisations("Buyer", BUYERS, draw)
    person = User.objects.create(username="buyer")
    rows = Demand.objects.bulk_create(
        (
            Demand(organisation=draw.choice(buyers), created_by=person, text=texts[number % len(texts)][:LONGEST_TEXT])
            for number in range(count)
        ),
        TOGETHER,
    )
    for row in rows:
        for name, value in _wishes(draw):
            setattr(row, name, value)
    Demand.objects.bulk_update(
        rows,
        ["sector", "regions", "supply_modes", "budget", "minimum_quality", "purpose", "covers_until", "exclusive"],
        TOGETHER,
    )
    Demand.objects.update(state="open")
    return [row.pk for row in rows]


def _wishes(draw: random.Random) -> Iterator[tuple[str, Any]]:
    """Each wish is stated by a share of the demands."""
    if draw.random() < 0.5:
        yield "sector", draw.choice(SECTORS)
    if draw.random() < 0.3:
        yield "regions", draw.sample(REGIONS, 2)
    if draw.random() < 0.3:
        yield "supply_modes", draw.sample(SupplyMode.values, 2)
    if draw.random() < 0.5:
        yield "budget", Decimal(draw.randrange(1, HIGHEST_PRICE))
    if draw.random() < 0.3:
        yield "minimum_quality", draw.choice((60.0, 80.0, 90.0))
    if draw.random() < 0.5:
        yield "purpose", draw.choice(Purpose.values)
    if draw.random() < 0.2:
        yield "covers_until", date(2020, 6, 30)
    if draw.random() < 0.05:
        yield "exclusive", True


def copied(times: int) -> None:
    """Each matched demand so many times in all, with its words, marks and matches: what matching the copies gives."""
    wishes = ", ".join(
        str(field.column) for field in Demand._meta.concrete_fields if field.column not in ("id", "state", "created_at")
    )
    of_match = ", ".join(
        str(field.column) for field in Match._meta.concrete_fields if field.column not in ("id", "demand_id")
    )
    last = Demand.objects.count()
    with connection.cursor() as cursor:
        for copy in range(1, times):
            more = copy * last
            cursor.execute(
                f"INSERT INTO matching_demand (id, state, {wishes}) OVERRIDING SYSTEM VALUE"  # noqa: S608 - our own names
                f" SELECT id + %s, 'draft', {wishes} FROM matching_demand WHERE id <= %s",
                [more, last],
            )
            for table, columns in (
                ("matching_standingdemand", "eligible, near, far, asked, terms, weighed"),
                ("matching_match", of_match),
            ):
                cursor.execute(
                    f"INSERT INTO {table} (demand_id, {columns})"  # noqa: S608
                    f" SELECT demand_id + %s, {columns} FROM {table} WHERE demand_id <= %s",
                    [more, last],
                )
    Demand.objects.filter(state="draft").update(state="open")
