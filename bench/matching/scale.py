"""Demands with four constraints among very many listings: `--scale 100000`.

Each listing takes its title, description and tags from three real ones, drawn by a fixed seed, and has one of six
sectors, one of five regions, one of four supply modes and a price drawn at random. Each demand asks for one sector, one
region, two supply modes and a budget that half of the prices keep within: about 8 listings of 1,000 meet all four.
Timed one by one, over all demands of the collection:

    own         `matching.index.search` with the constraints, a hundred deep, the first twenty with their words
    no limits   the same without constraints
    filters     the floor: the bare SQL of the constraints, identifiers fetched
    tantivy     the same constraints as required terms and a range of its own query

Listings are indexed by as many processes as there are cores. Memory is taken for batches of them, beside their texts.
"""

import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from typing import Any, Final

import django
from django.db import connection, connections
from django.db.models import Q

from bench.matching import store, ways
from bench.matching.judged import Collection, Document
from marketplace.catalog.models import ListingVersion, Sector, SupplyMode
from marketplace.matching.models import IndexedListing, IndexPosting
from marketplace.matching.services import index_listings

SEED: Final = 7
SECTORS: Final = tuple(Sector.values)[:6]
REGIONS: Final = ("110000", "310000", "440000", "330000", "510000")
HIGHEST_PRICE: Final = 10_000

Offered = tuple[str, str, str, int]
"""Sector, region, supply mode and price of a listing."""
Wanted = tuple[str, str, tuple[str, ...], int]


def recombined(documents: Sequence[Document], count: int, draw: random.Random) -> list[Document]:
    """So many documents, each of the parts of three."""
    return [
        Document(
            str(number),
            draw.choice(documents).title,
            draw.choice(documents).description,
            draw.choice(documents).tags,
        )
        for number in range(count)
    ]


def offered(count: int, draw: random.Random) -> list[Offered]:
    """What so many listings offer."""
    return [
        (draw.choice(SECTORS), draw.choice(REGIONS), draw.choice(SupplyMode.values), draw.randrange(HIGHEST_PRICE))
        for _number in range(count)
    ]


def columns(offers: Iterable[Offered]) -> Iterator[dict[str, object]]:
    """The same as fields of versions."""
    for sector, region, mode, price in offers:
        yield {"sector": sector, "region": region, "supply_mode": mode, "price": Decimal(price)}


def condition(wanted: Wanted) -> Q:
    """The four constraints over the columns of the index."""
    sector, region, modes, budget = wanted
    return Q(sector=sector, region=region, supply_mode__in=modes, price__lte=budget)


def run(collection: Collection, count: int, peer: str) -> int:
    """Print the figures."""
    draw = random.Random(SEED)  # noqa: S311 - the same for everybody
    documents = recombined(collection.listings, count, draw)
    offers = offered(count, draw)
    wanted: dict[str, Wanted] = {
        demand: (
            draw.choice(SECTORS),
            draw.choice(REGIONS),
            tuple(draw.sample(SupplyMode.values, 2)),
            HIGHEST_PRICE // 2,
        )
        for demand in collection.demands
    }
    listings = store.published(documents, columns(offers))
    indexed = index_all(listings)
    sys.stdout.write(f"{count} listings indexed in {indexed:.1f} s: {count / indexed:.0f} a second\n")
    ways.vacuumed()
    asked = (indexed, listings, documents, collection.demands)
    told(ways.asked("own", *asked, lambda demand: condition(wanted[demand])))
    told(ways.asked("no limits", *asked, lambda _demand: None))
    told(filters(wanted))
    constraints = [[sector, region, list(modes), budget] for sector, region, modes, budget in wanted.values()]
    limits = {"columns": offers, "constraints": constraints}
    told(ways.peer("tantivy", peer, documents, collection.demands, limits))
    room()
    return 0


def told(result: ways.Result) -> None:
    """A line of the table."""
    sys.stdout.write(
        f"{result.name:<10} p50 {result.median:8.2f} ms   p95 {result.percentile(0.95):8.2f} ms"
        f"   Python {result.cpu:6.2f} ms"
        f"   indexed in {result.indexed:.1f} s\n"
    )
    sys.stdout.flush()


def room() -> None:
    """What all of it took: this process at its largest, listings and index on disk with their indexes."""
    sizes = []
    with connection.cursor() as cursor:
        for model in (ListingVersion, IndexedListing, IndexPosting):
            cursor.execute("SELECT pg_total_relation_size(%s::regclass)", [model._meta.db_table])
            sizes += [f"{model._meta.db_table} {cursor.fetchone()[0] >> 20} MiB"]
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    sys.stdout.write(f"on disk {', '.join(sizes)}; this process {most} MiB at most\n")


def index_all(listings: Sequence[int]) -> float:
    """Seconds that it takes to index them, by batches."""
    batches = [listings[place : place + ways.TOGETHER] for place in range(0, len(listings), ways.TOGETHER)]
    connections.close_all()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=context, initializer=django.setup) as pool:
        list(pool.map(index_listings, [[]] * multiprocessing.cpu_count()))  # the processes are there
        begun = time.perf_counter()
        list(pool.map(index_listings, batches))
        return time.perf_counter() - begun


def filters(wanted: dict[str, Wanted]) -> ways.Result:
    """The bare SQL of the constraints."""
    seconds = []
    for limits in wanted.values():
        rows: Any = IndexedListing.objects.filter(condition(limits)).order_by().values_list("pk", flat=True)
        begun = time.perf_counter()
        list(rows)
        seconds.append(time.perf_counter() - begun)
    return ways.Result("filters", 0.0, seconds, {})
