"""Several acts let go together, each on a connection of its own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import close_old_connections, connection, transaction

from foundation.errors import DomainError
from tests.waiting import until


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """The outcome of each act: `done`, or the class of the DomainError that it raised."""
    outcomes, gate = [""] * len(acts), threading.Barrier(len(acts))

    def run(at: int) -> None:
        try:
            gate.wait(10)
            acts[at]()
            outcomes[at] = "done"
        except DomainError as error:
            outcomes[at] = type(error).__name__
        finally:
            connection.close()
            close_old_connections()

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def somebody_waits() -> bool:
    """Whether another connection to this database waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # within a transaction it is read once otherwise
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def while_uncommitted(first: Callable[[], Any], second: Callable[[], Any]) -> str:
    """What becomes of `second`, begun when `first` is done and not committed, and waiting until it is."""
    outcomes: list[str] = []
    thread = threading.Thread(target=lambda: outcomes.extend(at_once(second)))
    with transaction.atomic():
        first()
        thread.start()
        until(somebody_waits)
    thread.join(30)
    (outcome,) = outcomes
    return outcome


@contextmanager
def uncommitted(act: Callable[[], Any]) -> Iterator[None]:
    """Meanwhile `act` is done by another connection and not committed yet; afterwards it is."""
    begun, asked = threading.Barrier(2), threading.Barrier(2)

    def run() -> None:
        try:
            with transaction.atomic():
                act()
                begun.wait(20)
                asked.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        begun.wait(20)
        yield
        asked.wait(20)
        running.result(20)
