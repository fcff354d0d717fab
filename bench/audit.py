"""How many audit events a second are written by eight connections while the sealer runs, beside a plain INSERT.

    make bench-audit                          (ARGS="--seconds 5 --rounds 5 --writers 8")

Eight processes, one connection each, write for some seconds: `audit.record` as the exchange calls it, and, in the same
run and by turns, a prepared INSERT of the same row into a table of the same columns and indexes, without identifier
drawn first, canonical form, authentication code or model: what PostgreSQL itself can take in on this machine, under the
same commit settings. A third process seals and signs all the while, as beat does, without pause. Three transactions:

    event       BEGIN, one event, COMMIT
    change      BEGIN, UPDATE of a row, two events, COMMIT: what a service of the exchange does
    five        BEGIN, five events, COMMIT

Printed are medians over the rounds and their range, events a second of all writers together, the processor time of one
event, which other work on the machine disturbs less, and the ratio of the rates, round by round. At the end
the log is verified: what was written fast was also written right. Needs a server (DATABASE_URL) that is as durable as
the exchange's own; `python -m foundation.embedded` without --fast is.
"""

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from multiprocessing.synchronize import Event as Flag
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg

DATABASE = "exchange_bench_audit"
SHAPES = ("event", "change", "five")
EVENTS = {"event": 1, "change": 2, "five": 5}
DATA = {"listing": 4711, "version": 3, "grade": "important", "rules": "2026.1", "approvers": [12, 14], "open": False}
COLUMNS = (
    "at, actor_kind, actor_label, actor_user_id, actor_organisation_id, action, subject_type, subject_id, data,"
    " key_version, mac"
)


class Order(NamedTuple):
    """What the writers do next: `how` is `record` or `plain`."""

    how: str
    shape: str
    seconds: float


def fresh_database(url: str) -> str:
    """Drop and create the bench's own database on the server of `url`; its URL. No other database is touched."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    return urlunsplit(urlsplit(url)._replace(path=f"/{DATABASE}"))


def prepare(writers: int) -> dict[str, str]:
    """The log's tables, a copy of one of them, and a row for each writer to change; the settings that matter."""
    from django.core.management import call_command  # noqa: PLC0415 (after django.setup)
    from django.db import connection  # noqa: PLC0415

    call_command("migrate", "audit", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plain_event (LIKE audit_event INCLUDING ALL)")
        cursor.execute("CREATE TABLE thing (id bigint PRIMARY KEY, state text NOT NULL, changed_at timestamptz)")
        cursor.execute("INSERT INTO thing SELECT n, 'draft' FROM generate_series(1, %s) AS n", [writers])
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_level", "shared_buffers")
        cursor.execute(f"SELECT {', '.join(f'current_setting({name!r})' for name in names)}")
        return dict(zip(names, cursor.fetchone(), strict=True))


def write(number: int, orders: "multiprocessing.Queue[Order | None]", together: Barrier, done: Any) -> None:
    """A writer: carry out orders, all writers at once, and say how many events each took in and how long it was."""
    django.setup()
    from django.db import connection, transaction  # noqa: PLC0415

    from foundation.actors import Actor  # noqa: PLC0415
    from foundation.audit import services  # noqa: PLC0415

    actor = Actor(kind="member", label=f"writer {number}", user_id=number, organisation_id=3)
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    insert = f"INSERT INTO plain_event ({COLUMNS}) VALUES (now(), %s, %s, %s, %s, %s, %s, %s, %s::jsonb, 1, %s)"  # noqa: S608
    text = '{"approvers":[12,14],"grade":"important","listing":4711,"open":false,"rules":"2026.1","version":3}'
    change = "UPDATE thing SET state = 'published', changed_at = now() WHERE id = %s"

    def record(shape: str) -> None:
        with transaction.atomic():
            if shape == "change":
                with connection.cursor() as cursor:
                    cursor.execute(change, [number])
            for _ in range(EVENTS[shape]):
                services.record(actor=actor, action="listing.published", subject=("catalog.listing", 4711), data=DATA)

    def plain(shape: str) -> None:
        with raw.transaction():
            if shape == "change":
                raw.execute(change, [number])
            for _ in range(EVENTS[shape]):
                raw.execute(
                    insert,
                    (
                        "member",
                        f"writer {number}",
                        number,
                        3,
                        "listing.published",
                        "catalog.listing",
                        "4711",
                        text,
                        b"m" * 32,
                    ),
                    prepare=True,
                )

    ways: dict[str, Callable[[str], None]] = {"record": record, "plain": plain}
    while (order := orders.get()) is not None:
        way, shape, written = ways[order.how], order.shape, 0
        way(shape)  # connections, caches and prepared statements are warm
        together.wait()
        begun, spent = time.perf_counter(), cpu(raw if order.how == "plain" else connection.connection)
        while (now := time.perf_counter()) - begun < order.seconds:
            way(shape)
            written += EVENTS[shape]
        done.put((written, now - begun, cpu(raw if order.how == "plain" else connection.connection) - spent))
    raw.close()
    connection.close()


def cpu(connection: "psycopg.Connection[Any]") -> float:
    """Seconds of processor time of this process and of the server's process for it, as far as it is on this machine."""
    mine = time.process_time()
    try:
        fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return mine
    return mine + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def seal(stop: Flag, sealed: Any) -> None:
    """Seal and sign without pause until told to stop; then what is left, and how many events were sealed in all."""
    django.setup()
    from foundation.actors import system  # noqa: PLC0415
    from foundation.audit import services  # noqa: PLC0415

    actor, total = system("bench"), 0
    while True:
        last = stop.is_set()
        total += services.seal(actor=actor)
        services.write_checkpoint(actor=actor)
        if last:
            sealed.put(total)
            return
        time.sleep(0.2)


def measure(writers: int, rounds: int, seconds: float) -> tuple[dict[tuple[str, str], list[tuple[float, float]]], int]:
    """By way and shape, for each round: events a second, and microseconds of processor time for one event.

    And how many events were sealed meanwhile and after.
    """
    spawn = multiprocessing.get_context("spawn")
    together, done, stop, sealed = spawn.Barrier(writers), spawn.Queue(), spawn.Event(), spawn.Queue()
    orders: list[Any] = [spawn.Queue() for _ in range(writers)]
    crew = [spawn.Process(target=write, args=(n + 1, orders[n], together, done)) for n in range(writers)]
    sealer = spawn.Process(target=seal, args=(stop, sealed))
    for process in (*crew, sealer):
        process.start()
    rates: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for turn in range(rounds + 1):  # the first is not counted
        for shape in SHAPES:
            for how in ("plain", "record"):
                for queue in orders:
                    queue.put(Order(how, shape, seconds if turn else 1.0))
                answers = [done.get(timeout=600) for _ in crew]
                if turn:
                    rate = sum(count / took for count, took, _ in answers)
                    spent = sum(spent for *_, spent in answers) / sum(count for count, *_ in answers)
                    rates.setdefault((how, shape), []).append((rate, spent * 1e6))
    for queue in orders:
        queue.put(None)
    for process in crew:
        process.join()
    stop.set()
    total = sealed.get(timeout=600)
    sealer.join()
    return rates, total


def main() -> int:
    """Measure, print, verify."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUDIT_CHECKPOINT_DIR"] = str(Path(folder) / "checkpoints")
        os.environ["DATABASE_URL"] = fresh_database(os.environ["DATABASE_URL"])
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        settings = prepare(given.writers)
        print(f"PostgreSQL {settings.pop('server_version')}, " + ", ".join(f"{k} {v}" for k, v in settings.items()))
        print(
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; {given.writers} processes of a connection,"
            f" {given.rounds} rounds of {given.seconds:g} s; sealer and signer at work all the while"
        )
        rates, sealed = measure(given.writers, given.rounds, given.seconds)
        return report(rates, sealed)


def report(rates: dict[tuple[str, str], list[tuple[float, float]]], sealed: int) -> int:
    """Print the figures; 1 if the log that was written does not verify."""
    from foundation.audit import checkpoints  # noqa: PLC0415
    from foundation.audit.verification import verify  # noqa: PLC0415

    print(f"\n{'':12} {'plain INSERT':^36} {'audit.record':^36}")
    heads = f"{'events/s (range)':>24} {'CPU µs':>10}"
    print(f"{'transaction':12} {heads} {heads} {'ratio':>6}")
    for shape in SHAPES:
        cells = []
        for how in ("plain", "record"):
            found = [rate for rate, _ in rates[how, shape]]
            spent = statistics.median(spent for _, spent in rates[how, shape])
            rate = f"{statistics.median(found):,.0f} ({min(found):,.0f}-{max(found):,.0f})"
            cells.append(f"{rate:>24} {spent:10,.0f}")
        pairs = zip(rates["record", shape], rates["plain", shape], strict=True)
        ratio = statistics.median(record / plain for (record, _), (plain, _) in pairs)
        print(f"{shape:12} {cells[0]} {cells[1]} {ratio:6.2f}")
    print("CPU: of the writer and of the server's process for it, an event. 5,000 a second take 200 µs a core.")
    begun = time.perf_counter()
    checked = verify(checkpoints.kept())
    took = time.perf_counter() - begun
    print(
        f"\n{sealed:,} events sealed; verified {checked.events:,} events under {checked.seals:,} seals and "
        f"{checked.checkpoints:,} checkpoints in {took:.1f} s ({checked.events / took:,.0f} events/s): "
        + ("all as written" if checked.ok and not checked.unsealed_tail else f"{checked.found} PROBLEMS")
    )
    return 0 if checked.ok and not checked.unsealed_tail else 1


if __name__ == "__main__":
    sys.exit(main())
