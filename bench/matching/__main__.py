"""How well and how fast demands find listings, beside bm25s, tantivy and PostgreSQL's ts_rank.

    make bench-matching DATA=DIR RUN=FILE     (ARGS="--listings FILE --peer PYTHON --only own ts_rank")
    make bench-matching DATA=DIR ARGS="--only own own_semantic"
    make bench-matching DATA=DIR ARGS="--scale 100000 [--rest]"

DIR holds `listings.jsonl` (a JSON object a line: id, title, description, tags), `demands.tsv` (id, tab, text) and
`qrels.txt` (TREC judgments). Listings are published in a database of the bench's own, indexed and searched as the
exchange does it, with the weights that it ships; RUN gets the first hundred of each demand in TREC's format. Printed
are NDCG@5, NDCG@10 and MAP@10 as trec_eval defines them, seconds of indexing, and milliseconds of a demand. Peers get
the same text; --peer names an interpreter that has them, else an environment is made once below the state folder.

`own_semantic` is `own` blended with meaning, where requirements-semantic.txt is installed; else it is left out. The
vectors of its listings are kept below the state folder: embedding takes minutes.

With --scale so many listings are made by recombining titles, descriptions and tags of the real ones, with constraints
to search under: see `bench.matching.scale`; with --rest they are searched through the web server by eight clients:
`bench.matching.rest`.
"""

import argparse
import os
import sys
from pathlib import Path

import django
import psycopg
from django.core.management import call_command

from bench.audit import fresh_database
from bench.matching.judged import Collection, read, worth, write_run

ENGINES = ("own", "own_semantic", "bm25s", "tantivy", "ts_rank")
DATABASE = "exchange_bench_matching"


def compare(collection: Collection, options: argparse.Namespace) -> None:
    """Every engine on the collection: a line each."""
    from bench.matching import meaning, store, ways  # noqa: PLC0415 - after django.setup
    from marketplace.matching import semantic  # noqa: PLC0415 - after django.setup

    python = options.peer or ways.environment(options.state / "matching-peers")
    documents, demands = collection.listings, collection.demands
    sys.stdout.write(f"{len(documents)} listings, {len(demands)} demands\n")
    sys.stdout.write(f"{'':<12} NDCG@5  NDCG@10  MAP@10   index s   p50 ms   p95 ms\n")
    published: list[int] = []
    for name in options.only or ENGINES:
        if name.startswith("own") and not published:
            published = store.published(documents)
            indexed = ways.index_all(published)
        if name == "own":
            result = ways.own(published, documents, demands, indexed)
            if options.run:
                write_run(options.run, result.rankings, "exchange")
        elif name == "own_semantic":
            if semantic.label() is None:
                sys.stdout.write(f"{name:<12} is off: requirements-semantic.txt is not installed\n")
                continue
            result = meaning.own_semantic(published, documents, demands, options.state)
            if options.run:
                write_run(
                    options.run.with_suffix(".semantic" + options.run.suffix), result.rankings, "exchange-semantic"
                )
        elif name == "ts_rank":
            result = ways.ts_rank(documents, demands)
        else:
            result = ways.peer(name, python, documents, demands)
        first, second, third = worth(result.rankings, collection)
        sys.stdout.write(
            f"{name:<12} {first:6.3f}  {second:7.3f}  {third:6.3f}  {result.indexed:8.2f}"
            f" {result.median:8.2f} {result.percentile(0.95):8.2f}\n"
        )
        sys.stdout.flush()


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="How well and how fast demands find listings.")
    parser.add_argument("data", type=Path, help="folder with listings.jsonl, demands.tsv and qrels.txt")
    parser.add_argument("--run", type=Path, help="where the run goes, in TREC's format")
    parser.add_argument("--listings", type=Path, help="the listings, where another folder has them")
    parser.add_argument("--peer", help="interpreter of an environment with bm25s and tantivy")
    parser.add_argument("--only", nargs="+", choices=ENGINES)
    parser.add_argument("--scale", type=int, help="so many listings, recombined, under four constraints")
    parser.add_argument("--rest", action="store_true", help="with --scale: through the web server, eight clients")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of --rest; medians are printed")
    parser.add_argument("--state", type=Path, default=Path(".state/bench"))
    options = parser.parse_args()
    collection = read(options.data, options.listings)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DATABASE_URL"] = fresh_database(os.environ["DATABASE_URL"], DATABASE)
    django.setup()
    call_command("migrate", verbosity=0)
    if options.scale:
        from bench.matching import rest, scale, ways  # noqa: PLC0415 - after django.setup

        if options.rest:
            return rest.run(collection, options.scale, options.rounds)
        python = options.peer or ways.environment(options.state / "matching-peers")
        return int(scale.run(collection, options.scale, python))
    compare(collection, options)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, psycopg.Error, KeyError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
