"""What one publication costs among many open demands, beside matching all of them anew.

    make bench-standing DATA="DIR …"      (ARGS="--demands 10000 --changes 100 --sample 300")

Each DIR holds `listings.jsonl` and `demands.tsv` as for `make bench-matching`. Their listings are published in a
database of the bench's own but for the last ones; demands with the real texts and constraints drawn by a fixed seed are
opened and matched, all of them: that is the full recomputation, by as many processes as there are cores. Then the last
listings are published one by one, some get another price, and some are withdrawn again. For each change:

    find        `services.affected_demands`: which demands it can touch, by the clock; those that the change before
                touched are written anew in between, as their matching does it, so that they have to be read again
    affected    how many of the open ones these are
    rematch     `services.rematch_demand` for those, with `--sample` at most in all; the others by the mean of these
    needed      how many of those matched anew have another pair (listing, eligible) than before

With `--copies` fewer demands are matched, and each stands there several times, with the words, marks and matches that
matching the copies would give. At the end so many of the demands that no change was found to touch are matched anew as
well: whose pairs differ, and whether by one of the changed listings, or by listings that changed places as words became
rarer.
"""

import argparse
import multiprocessing
import os
import random
import statistics
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import django
import psycopg
from django.core.management import call_command

from bench.audit import fresh_database
from bench.matching.judged import Collection, read

DATABASE = "exchange_bench_standing"


def together(folders: Sequence[Path]) -> Collection:
    """All collections as one."""
    found = [read(folder) for folder in folders]
    listings = {(row.title, row.description): row for one in found for row in one.listings}
    demands = {f"{place}.{name}": text for place, one in enumerate(found) for name, text in one.demands.items()}
    return Collection(tuple(listings.values()), demands, {})


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description="What one listing costs among many open demands.")
    parser.add_argument("data", type=Path, nargs="+", help="folders with listings.jsonl and demands.tsv")
    parser.add_argument("--demands", type=int, default=10_000)
    parser.add_argument("--copies", type=int, default=1, help="match so many times fewer, and copy each so many times")
    parser.add_argument("--changes", type=int, default=100, help="so many of each kind")
    parser.add_argument("--sample", type=int, default=300, help="so many demands matched anew of each kind")
    options = parser.parse_args()
    collection = together(options.data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DATABASE_URL"] = fresh_database(os.environ["DATABASE_URL"], DATABASE)
    django.setup()
    call_command("migrate", verbosity=0)
    from django.db import connections  # noqa: PLC0415 - after django.setup

    from bench.standing import measure, setting  # noqa: PLC0415

    draw = random.Random(setting.SEED)  # noqa: S311 - the same for everybody
    versions = setting.published(collection, draw)
    setting.publish(versions[: -options.changes])
    texts = list(collection.demands.values())
    draw.shuffle(texts)
    demands = setting.opened(texts, options.demands // options.copies, draw)
    measure.vacuumed()
    sys.stdout.write(f"{len(versions)} listings, {len(demands)} open demands of {len(texts)} texts\n")
    connections.close_all()
    parts = [demands[place::64] for place in range(64)]
    begun = time.perf_counter()
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn"), initializer=django.setup) as pool:
        seconds = sum(pool.map(measure.matched, parts))
    each = seconds / len(demands)
    sys.stdout.write(
        f"all of them matched: {seconds:.1f} s in {multiprocessing.cpu_count()} processes together"
        f" ({time.perf_counter() - begun:.1f} s by the clock), {1000 * each:.1f} ms a demand\n"
    )
    if options.copies > 1:
        setting.copied(options.copies)
        demands = measure.open_demands()
        sys.stdout.write(f"{len(demands)} open demands, each {options.copies} times\n")
    measure.vacuumed()
    sys.stdout.write(f"a process that knows nothing of them reads all in {1000 * measure.remembered():.0f} ms\n")
    changed = versions[-options.changes :]
    found: set[int] = set()
    for kind in measure.KINDS:
        result = measure.changes(kind, changed, options.sample, draw)
        found |= result.affected
        sys.stdout.write(
            f"{kind:<10} find p50 {1000 * statistics.median(result.seconds):6.1f} ms  p95 {1000 * result.late:6.1f} ms"
            f"   affected p50 {statistics.median(result.counts):6.0f}  p95 {result.many:6.0f}"
            f"   needed {result.needed} of {result.rematched} matched anew"
            f"   rematch {1000 * result.each:.1f} ms a demand,"
            f" {result.each * statistics.mean(result.counts):.2f} s a change (mean count times that)"
            f"   full {each * len(demands):.0f} s\n"
        )
        sys.stdout.flush()
    measure.told_missed(sorted(set(demands) - found), changed, options.sample, draw)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, psycopg.Error, KeyError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
