"""How many audit events a second are written by eight connections while the sealer runs, beside a plain INSERT.

    make bench-audit                          (ARGS="--seconds 5 --rounds 5 --writers 8 --pause 0.2")

Eight processes, one connection each, write for some seconds, by turns in the same run and under the same commit
settings:

    libpq       a prepared INSERT of the same row into a table of the same columns and indexes, BEGIN, INSERT and COMMIT
                called in libpq with parameters made before: Python is out of the way, what remains is what PostgreSQL
                can take in on this machine
    plain       the same INSERT through psycopg, as a program would: no identifier drawn first, no canonical form, no
                authentication code, no model
    record      `audit.record` as the exchange calls it

Another process seals and signs all the while, at beat's pace unless `--pause` says otherwise. Three transactions:

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
WAYS = ("libpq", "plain", "record")
SHAPES = ("event", "change", "five")
EVENTS = {"event": 1, "change": 2, "five": 5}
DATA = {"listing": 4711, "version": 3, "grade": "important", "rules": "2026.1", "approvers": [12, 14], "open": False}
COLUMNS = (
    "at, actor_kind, actor_label, actor_user_id, actor_organisation_id, action, subject_type, subject_id, data,"
    " key_version, mac"
)


class Order(NamedTuple):
    """What the writers do next: `how` is one of `WAYS`."""

    how: str
    shape: str
    seconds: float


def fresh_database(url: str, name: str = DATABASE) -> str:
    """Drop and create the bench's own database on the server of `url`; its URL. No other database is touched."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


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
    row = (
        "member", f"writer {number}", number, 3, "listing.published", "catalog.listing", "4711", text, b"m" * 32
    )  # fmt: skip
    bare = libpq(raw, insert, row, change, number)

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
                raw.execute(insert, row, prepare=True)

    ways: dict[str, Callable[[str], None]] = {"record": record, "plain": plain, "libpq": bare}
    while (order := orders.get()) is not None:
        way, shape, written = ways[order.how], order.shape, 0
        way(shape)  # connections, caches and prepared statements are warm
        together.wait()
        used = connection.connection if order.how == "record" else raw
        begun, spent = time.perf_counter(), cpu(used)
        while (now := time.perf_counter()) - begun < order.seconds:
            way(shape)
            written += EVENTS[shape]
        done.put((written, now - begun, cpu(used) - spent))
    raw.close()
    connection.close()


def libpq(
    raw: "psycopg.Connection[Any]", insert: str, row: tuple[str | int | bytes, ...], change: str, number: int
) -> Callable[[str], None]:
    """The transactions of `plain`, by libpq's own calls."""
    pg = raw.pgconn
    values = [value if isinstance(value, bytes) else str(value).encode() for value in row]
    formats = [1 if isinstance(value, bytes) else 0 for value in row]
    places = (f"${place}" for place in range(1, len(row) + 1))
    while "%s" in insert:
        insert = insert.replace("%s", next(places), 1)
    for name, statement in (("b", "BEGIN"), ("c", "COMMIT"), ("i", insert), ("u", change.replace("%s", "$1"))):
        checked(pg.prepare(name.encode(), statement.encode()))

    def run(shape: str) -> None:
        checked(pg.exec_prepared(b"b", None))
        if shape == "change":
            checked(pg.exec_prepared(b"u", [str(number).encode()]))
        for _ in range(EVENTS[shape]):
            checked(pg.exec_prepared(b"i", values, formats))
        checked(pg.exec_prepared(b"c", None))

    return run


def checked(result: psycopg.pq.abc.PGresult) -> None:
    """RuntimeError with the server's message where a statement failed."""
    if result.status != psycopg.pq.ExecStatus.COMMAND_OK:
        raise RuntimeError(result.get_error_message())


def cpu(connection: "psycopg.Connection[Any]") -> float:
    """Seconds of processor time of this process and of the server's process for it, as far as it is on this machine."""
    mine = time.process_time()
    try:
        fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return mine
    return mine + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def seal(pause: float, stop: Flag, sealed: Any) -> None:
    """Seal and sign, pause, and again, until told to stop; then what is left, once nothing holds it back any more.

    How many events were sealed in all, and the processor time that took, seconds.
    """
    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.db.models import Max  # noqa: PLC0415

    from foundation.actors import system  # noqa: PLC0415
    from foundation.audit import services  # noqa: PLC0415
    from foundation.audit.models import Event, SealedPosition  # noqa: PLC0415

    connection.ensure_connection()
    actor, total, begun = system("bench"), 0, cpu(connection.connection)
    while True:
        last = stop.wait(pause)
        total += services.seal(actor=actor)
        services.write_checkpoint(actor=actor)
        if last and not (Event.objects.count() - (SealedPosition.objects.aggregate(n=Max("position"))["n"] or 0)):
            sealed.put((total, cpu(connection.connection) - begun))
            return
        time.sleep(0.2)


def measure(
    writers: int, rounds: int, seconds: float, pause: float
) -> tuple[dict[tuple[str, str], list[tuple[float, float]]], tuple[int, float]]:
    """By way and shape, for each round: events a second, and microseconds of processor time for one event.

    And how many events were sealed meanwhile and after, with the seconds of processor time that took.
    """
    spawn = multiprocessing.get_context("spawn")
    together, done, stop, sealed = spawn.Barrier(writers), spawn.Queue(), spawn.Event(), spawn.Queue()
    orders: list[Any] = [spawn.Queue() for _ in range(writers)]
    crew = [spawn.Process(target=write, args=(n + 1, orders[n], together, done)) for n in range(writers)]
    sealer = spawn.Process(target=seal, args=(pause, stop, sealed))
    for process in (*crew, sealer):
        process.start()
    rates: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for turn in range(rounds + 1):  # the first is not counted
        for shape in SHAPES:
            for how in WAYS:
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
    total: tuple[int, float] = sealed.get(timeout=600)
    sealer.join()
    return rates, total


def main() -> int:
    """Measure, print, verify."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--pause", type=float, default=10.0, help="of the sealer, seconds; 10 is beat's pace")
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
            f" {given.rounds} rounds of {given.seconds:g} s; sealer and signer at work every {given.pause:g} s"
        )
        rates, sealed = measure(given.writers, given.rounds, given.seconds, given.pause)
        return report(rates, sealed)


def report(rates: dict[tuple[str, str], list[tuple[float, float]]], sealed: tuple[int, float]) -> int:
    """Print the figures; 1 if the log that was written does not verify."""
    from foundation.audit import checkpoints  # noqa: PLC0415
    from foundation.audit.verification import verify  # noqa: PLC0415

    titles = {"libpq": "INSERT by libpq", "plain": "INSERT by psycopg", "record": "audit.record"}
    print(f"\n{'':11}" + "".join(f"{titles[how]:>31}" for how in WAYS) + f"{'record to':>18}")
    heads = f"{'events/s (range)':>23}{'CPU µs':>8}"
    print(f"{'transaction':11}" + heads * len(WAYS) + f"{'libpq':>9}{'plain':>9}")
    for shape in SHAPES:
        line = f"{shape:11}"
        for how in WAYS:
            found = [rate for rate, _ in rates[how, shape]]
            spent = statistics.median(spent for _, spent in rates[how, shape])
            rate = f"{statistics.median(found):,.0f} ({min(found):,.0f}-{max(found):,.0f})"
            line += f"{rate:>23}{spent:8,.0f}"
        for how in ("libpq", "plain"):
            pairs = zip(rates["record", shape], rates[how, shape], strict=True)
            line += f"{statistics.median(record / other for (record, _), (other, _) in pairs):9.2f}"
        print(line)
    print("CPU: of the writer and of the server's process for it, an event. 5,000 a second take 200 µs a core.")
    total, spent = sealed
    print(f"The sealer, an event: {spent / max(total, 1) * 1e6:,.0f} µs.")
    begun = time.perf_counter()
    outcome = verify(checkpoints.kept())
    took = time.perf_counter() - begun
    print(
        f"\n{total:,} events sealed; verified {outcome.events:,} events under {outcome.seals:,} seals and "
        f"{outcome.checkpoints:,} checkpoints in {took:.1f} s ({outcome.events / took:,.0f} events/s): "
        + ("all as written" if outcome.ok and not outcome.unsealed_tail else f"{outcome.found} PROBLEMS")
    )
    return 0 if outcome.ok and not outcome.unsealed_tail else 1


if __name__ == "__main__":
    sys.exit(main())
