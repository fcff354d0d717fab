"""The engines that are compared: this project's index, PostgreSQL's own ranking, and peers in their own environment."""

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from bench.matching.judged import Document, Ranking
from marketplace.matching import index
from marketplace.matching.engine.text import surface
from marketplace.matching.engine.weights import load_weights
from marketplace.matching.models import IndexedListing, IndexPosting, IndexSegment
from marketplace.matching.services import index_listings

DEPTH: Final = 100
SHOWN: Final = 20
"""Of so many results the words that made them relevant are told, too: a page."""
TOGETHER: Final = 8_192
PEERS: Final = ("bm25s==0.3.16", "numba==0.68.1", "tantivy==0.27.0")
UV: Final = (sys.executable, "-m", "uv", "--quiet", "--no-progress")


@dataclass(frozen=True, slots=True)
class Result:
    """`indexed` and `seconds` (of each demand) by the clock; `rankings` by demand.

    `cpu` are the milliseconds a demand that the asking process computed, 0 where that was not measured.
    """

    name: str
    indexed: float
    seconds: Sequence[float]
    rankings: Mapping[str, Ranking]
    cpu: float = 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the demands took at most."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def median(self) -> float:
        """Milliseconds."""
        return 1000 * statistics.median(self.seconds)


def index_all(listings: Sequence[int]) -> float:
    """Index what was published; how many seconds it took."""
    begun = time.perf_counter()
    for place in range(0, len(listings), TOGETHER):
        index_listings(listings[place : place + TOGETHER])
    seconds = time.perf_counter() - begun
    vacuumed()
    return seconds


def own(listings: Sequence[int], documents: Sequence[Document], demands: Mapping[str, str], indexed: float) -> Result:
    """The product's index, with the weights it ships with: `matching.index.search`, a hundred deep."""
    return asked("own", indexed, listings, documents, demands, lambda _demand: None)


def asked(
    name: str,
    indexed: float,
    listings: Sequence[int],
    documents: Sequence[Document],
    demands: Mapping[str, str],
    where: Callable[[str], Q | None],
) -> Result:
    """Ask the index for every demand, timed one by one; the first is asked once before, as in a process that runs."""
    weights = load_weights().text
    names = {pk: document.id for pk, document in zip(listings, documents, strict=True)}
    rankings: dict[str, Ranking] = {}
    seconds = []
    index.search(next(iter(demands.values())), weights=weights, limit=DEPTH, explained=SHOWN)
    computed = time.process_time()
    for demand, text in demands.items():
        begun = time.perf_counter()
        hits = index.search(text, weights=weights, where=where(demand), limit=DEPTH, explained=SHOWN)
        seconds.append(time.perf_counter() - begun)
        rankings[demand] = [(names[hit.listing_id], hit.text.score) for hit in hits]
    computed = time.process_time() - computed
    return Result(name, indexed, seconds, rankings, 1000 * computed / len(seconds))


def vacuumed() -> None:
    """As autovacuum leaves the tables after a while: it comes again where a snapshot was held meanwhile."""
    with connection.cursor() as cursor:
        for model in (IndexPosting, IndexSegment, IndexedListing):
            for _time in range(20):
                cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
                cursor.execute(
                    "SELECT relallvisible < relpages FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table]
                )
                if cursor.fetchall() == [(False,)]:
                    break
                time.sleep(0.5)


def ts_rank(documents: Sequence[Document], demands: Mapping[str, str]) -> Result:
    """PostgreSQL: title A, tags B, description C, English configuration, a GIN index, any of the words, `ts_rank`."""
    rankings: dict[str, Ranking] = {}
    seconds = []
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_ts_rank")
        cursor.execute("CREATE TABLE bench_ts_rank (place int, words tsvector)")
        begun = time.perf_counter()
        cursor.executemany(
            "INSERT INTO bench_ts_rank VALUES (%s, setweight(to_tsvector('english', %s), 'A')"
            " || setweight(to_tsvector('english', %s), 'B') || setweight(to_tsvector('english', %s), 'C'))",
            [(place, *cut(document)) for place, document in enumerate(documents)],
        )
        cursor.execute("CREATE INDEX ON bench_ts_rank USING gin (words)")
        indexed = time.perf_counter() - begun
        cursor.execute("VACUUM ANALYZE bench_ts_rank")
        for demand, text in demands.items():
            begun = time.perf_counter()
            cursor.execute(
                "SELECT place, ts_rank(words, asked) FROM bench_ts_rank,"
                " (SELECT replace(plainto_tsquery('english', %s)::text, '&', '|')::tsquery AS asked) AS query"
                " WHERE words @@ asked ORDER BY 2 DESC, 1 LIMIT %s",
                [spaced(text), DEPTH],
            )
            found = cursor.fetchall()
            seconds.append(time.perf_counter() - begun)
            rankings[demand] = [(documents[place].id, float(score)) for place, score in found]
    return Result("ts_rank", indexed, seconds, rankings)


def spaced(text: str) -> str:
    """Chinese as characters and pairs with spaces between, for engines that cut at spaces; other text as it is."""
    return text if re.search("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", text) is None else " ".join(surface(text))


def cut(document: Document) -> tuple[str, str, str]:
    """Title, tags and description for the others."""
    return spaced(document.title), spaced("\n".join(document.tags)), spaced(document.description)


def peer(
    name: str,
    python: str,
    documents: Sequence[Document],
    demands: Mapping[str, str],
    limits: Mapping[str, Any] | None = None,
) -> Result:
    """An engine in the environment of another interpreter; RuntimeError with what it said where it fails.

    `limits` may give the `columns` of the documents and the `constraints` of the demands.
    """
    held: Mapping[str, Any] = limits or {}
    head = {
        "demands": [spaced(text) for text in demands.values()],
        "constraints": held.get("constraints"),
        "depth": DEPTH,
    }
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder, "given.jsonl")
        with given.open("w", encoding="utf-8") as lines:
            lines.write(json.dumps(head) + "\n")
            for document, columns in zip(documents, held.get("columns") or repeat(()), strict=False):
                lines.write(json.dumps([*cut(document), *columns]) + "\n")
        command = [python, str(Path(__file__).with_name("peer.py")), name, str(given)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise RuntimeError(f"{name} did not run: {done.stderr.strip()[-400:]}")
    said = json.loads(done.stdout.splitlines()[-1])
    rankings = {
        demand: [(documents[place].id, score) for place, score in found]
        for demand, found in zip(demands, said["found"], strict=True)
    }
    return Result(name, said["indexed"], said["seconds"], rankings)


def environment(folder: Path) -> str:
    """The interpreter of an environment with the peers, made when it is not there yet."""
    python = folder / "bin" / "python"
    if not python.exists():
        for command in (
            (*UV, "venv", "--no-project", "--python", sys.executable, str(folder)),
            (*UV, "pip", "install", "--python", str(python), *PEERS),
        ):
            subprocess.run(command, check=True)  # noqa: S603 - our own words
    return str(python)
