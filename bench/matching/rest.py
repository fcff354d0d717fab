"""The same through the public REST interface: `--scale 100000 --rest`.

gunicorn as Procfile starts it (WEB_WORKERS processes of eight threads, DATABASE_POOL connections each), eight client
threads in a process of their own, each with the key of a buyer of its own and one connection kept open. No worker runs:
the jobs that demands enqueue wait. Limits of requests are raised, so that nobody is refused; everything else is as
settings have it. Clients and server share the machine.

    search      GET /api/v1/listings?q=… under a sector, a region, a way of supply and a band of prices: the first page
    no limits   the same with words alone
    demand      POST /api/v1/demands, opened at once; the matching itself is the job's

Each line is the median of so many rounds, the three in turn; a round asks every demand of the collection once.
"""

import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Final
from urllib.parse import urlencode

from django.db import connections

from bench.matching import scale, store, ways
from bench.matching.clients import PATIENCE, Ask, Round, clients
from bench.matching.judged import Collection
from foundation.actors import system
from foundation.participants import services as registration
from marketplace.catalog.models import SupplyMode

CLIENTS: Final = 8
ROUNDS: Final = 5
BAND: Final = "to_10000"
"""Nine prices of ten are in it."""
ACTOR: Final = system("bench")


def run(collection: Collection, count: int, rounds: int = ROUNDS) -> int:
    """Print the figures."""
    draw = random.Random(scale.SEED)  # noqa: S311 - the same for everybody
    documents = scale.recombined(collection.listings, count, draw)
    indexed = scale.index_all(store.published(documents, scale.columns(scale.offered(count, draw))))
    sys.stdout.write(f"{count} listings indexed in {indexed:.1f} s\n")
    ways.vacuumed()
    tokens = buyers()
    connections.close_all()
    asks = asks_of(list(collection.demands.values()), draw)
    with tempfile.TemporaryFile() as log:
        server, port = started(log)
        try:
            told(measured(asks, tokens, port, rounds), len(collection.demands))
        finally:
            server.terminate()
            server.wait(PATIENCE)
    return 0


def buyers() -> list[str]:
    """The keys of as many verified buyers as there are clients."""
    first = registration.NewMember("exchange-administrator", roles=["administrator"])
    registration.bootstrap_exchange(
        actor=ACTOR, name="Exchange of the bench", name_zh="", region="210000", member=first
    )
    tokens = []
    for number in range(CLIENTS):
        organisation, _member, token = registration.register_organisation(
            actor=ACTOR,
            name=f"Buyer {number} of the bench",
            kind="enterprise",
            region="210200",
            roles=[("buyer", "")],
            member=registration.NewMember(f"buyer-{number}"),
        )
        registration.verify_organisation(actor=ACTOR, organisation_id=organisation.pk)
        tokens.append(token)
    return tokens


def asks_of(texts: Sequence[str], draw: random.Random) -> dict[str, list[Ask]]:
    """What is asked, by the name of its line: one for each text."""
    found: dict[str, list[Ask]] = {"search": [], "no limits": [], "demand": []}
    for text in texts:
        sector, region = draw.choice(scale.SECTORS), draw.choice(scale.REGIONS)
        modes = draw.sample(SupplyMode.values, 2)
        limits = {"sector": sector, "region": region, "supply_mode": modes[0], "price": BAND}
        found["search"].append(("GET", f"/api/v1/listings?{urlencode({'q': text, **limits})}", None))
        found["no limits"].append(("GET", f"/api/v1/listings?{urlencode({'q': text})}", None))
        wish = {
            "text": text,
            "sector": sector,
            "regions": [region],
            "supply_modes": modes,
            "budget": str(scale.HIGHEST_PRICE // 2),
            "open": True,
        }
        found["demand"].append(("POST", "/api/v1/demands", json.dumps(wish).encode()))
    return found


def started(log: Any) -> tuple["subprocess.Popen[bytes]", int]:
    """The web server on a free port of the loopback, answering."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    unlimited = {f"THROTTLE_{name}": "1000000/second" for name in ("KEY", "ADDRESS")}
    pool = os.environ.get("DATABASE_POOL", "8")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "--config", "config/gunicorn.py"],
        env={**os.environ, **unlimited, "BIND": "127.0.0.1", "PORT": str(port), "DATABASE_POOL": pool},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    until = time.monotonic() + PATIENCE
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server, port
        if server.poll() is not None or time.monotonic() > until:
            log.seek(0)
            server.terminate()
            raise OSError(f"the web server does not answer: {log.read().decode(errors='replace')[-2_000:]}")
        time.sleep(0.1)


def measured(
    asks: Mapping[str, Sequence[Ask]], tokens: Sequence[str], port: int, rounds: int
) -> dict[str, list[Round]]:
    """The rounds of each line; one more before them, which warms up what processes keep."""
    found: dict[str, list[Round]] = {name: [] for name in asks}
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        for number in range(rounds + 1):
            for name, wanted in asks.items():
                one = apart.submit(clients, list(wanted), list(tokens), port).result()
                if number:
                    found[name].append(one)
    return found


def told(found: Mapping[str, Sequence[Round]], asked: int) -> None:
    """The table: medians of the rounds, with the least and the most of requests a second."""
    sys.stdout.write(f"{CLIENTS} clients, {asked} requests a round; medians of rounds\n")
    for name, rounds in found.items():
        rates = [len(one.each) / one.whole for one in rounds]
        sys.stdout.write(
            f"{name:<10} p50 {_median(rounds, 0.5):8.1f} ms   p95 {_median(rounds, 0.95):8.1f} ms"
            f"   {statistics.median(rates):7.1f} requests a second ({min(rates):.1f} to {max(rates):.1f})\n"
        )


def _median(rounds: Sequence[Round], share: float) -> float:
    """Milliseconds that this share of a round's requests took at most: the median of the rounds."""
    return 1000 * statistics.median(
        sorted(one.each)[min(len(one.each) - 1, int(share * len(one.each)))] for one in rounds
    )
