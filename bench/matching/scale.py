"""Demands with four constraints among very many listings: `--scale 100000`.

Each listing takes its title, description and tags from three real ones, drawn by a fixed seed, and has one of six
sectors, one of five regions, one of four supply modes and a price drawn at random. Each demand asks for one sector, one
region, two supply modes and a budget that half of the prices keep within: about 8 listings of 1,000 meet all four.
Timed one by one, over all demands of the collection:

    own         `matching.index.search` with the constraints, a hundred deep, the first twenty with their words
    no limits   the same without constraints
    filters     the floor: the bare SQL of the constraints, identifiers fetched
    tantivy     the same constraints as required terms and a range of its own query

Listings are indexed by as many processes as there are cores.
"""

import multiprocessing
import random
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from typing import Any, Final

import django
from django.db import connections
from django.db.models import Q

from bench.matching import store, ways
from bench.matching.judged import Collection, Document
from marketplace.catalog.models import Sector, SupplyMode
from marketplace.matching.models import IndexedListing
from marketplace.matching.services import index_listings

SEED: Final = 7
SECTORS: Final = tuple(Sector.values)[:6]
REGIONS: Final = ("110000", "310000", "440000", "330000", "510000")
HIGHEST_PRICE: Final = 10_000

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


def condition(wanted: Wanted) -> Q:
    """The four constraints over the columns of the index."""
    sector, region, modes, budget = wanted
    return Q(sector=sector, region=region, supply_mode__in=modes, price__lte=budget)


def run(collection: Collection, count: int, peer: str) -> int:
    """Print the figures."""
    draw = random.Random(SEED)  # noqa: S311 - the same for everybody
    documents = recombined(collection.listings, count, draw)
    columns: list[dict[str, object]] = [
        {
            "sector": draw.choice(SECTORS),
            "region": draw.choice(REGIONS),
            "supply_mode": draw.choice(SupplyMode.values),
            "price": Decimal(draw.randrange(HIGHEST_PRICE)),
        }
        for _document in documents
    ]
    wanted: dict[str, Wanted] = {
        demand: (
            draw.choice(SECTORS),
            draw.choice(REGIONS),
            tuple(draw.sample(SupplyMode.values, 2)),
            HIGHEST_PRICE // 2,
        )
        for demand in collection.demands
    }
    listings = store.published(documents, columns)
    indexed = index_all(listings)
    sys.stdout.write(f"{count} listings indexed in {indexed:.1f} s: {count / indexed:.0f} a second\n")
    ways.vacuumed()
    asked = (indexed, listings, documents, collection.demands)
    told(ways.asked("own", *asked, lambda demand: condition(wanted[demand])))
    told(ways.asked("no limits", *asked, lambda _demand: None))
    told(filters(wanted))
    constraints = [[sector, region, list(modes), budget] for sector, region, modes, budget in wanted.values()]
    plain = [[row["sector"], row["region"], row["supply_mode"], int(str(row["price"]))] for row in columns]
    limits = {"columns": plain, "constraints": constraints}
    told(ways.peer("tantivy", peer, documents, collection.demands, limits))
    return 0


def told(result: ways.Result) -> None:
    """A line of the table."""
    sys.stdout.write(
        f"{result.name:<10} p50 {result.median:8.2f} ms   p95 {result.percentile(0.95):8.2f} ms"
        f"   Python {result.cpu:6.2f} ms"
        f"   indexed in {result.indexed:.1f} s\n"
    )
    sys.stdout.flush()


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
