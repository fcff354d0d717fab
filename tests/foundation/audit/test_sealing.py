import os
import threading
from collections.abc import Callable
from queue import Queue

import psycopg
import pytest
from django.db import connection, transaction

from foundation.actors import system
from foundation.audit import sealing, services, tasks
from foundation.audit.models import Event, Seal, SealedPosition
from foundation.audit.verification import verify

from .attacks import attacker, sql
from .conftest import ALICE, write

pytestmark = pytest.mark.django_db(transaction=True)


class Writer(threading.Thread):
    """Another connection that records one event and commits (or not) when told."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._orders: Queue[bool] = Queue()
        self._events: Queue[int] = Queue()
        self.start()
        self.event_id = self._events.get(timeout=20)

    def run(self) -> None:
        try:
            with transaction.atomic():
                event = services.record(actor=ALICE, action="demand.opened", subject=("matching.demand", 1))
                self._events.put(event.pk)
                transaction.set_rollback(not self._orders.get(timeout=60))
        finally:
            connection.close()

    def end(self, *, commit: bool) -> None:
        self._orders.put(commit)
        self.join(timeout=20)
        assert not self.is_alive()


def sealed() -> list[int]:
    return list(SealedPosition.objects.order_by("position").values_list("event_id", flat=True))


def seal() -> int:
    return services.seal(actor=system("test"))


def test_positions_have_no_gaps_and_seals_are_chained(log: list[Event]) -> None:
    assert list(SealedPosition.objects.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert sealed() == [event.pk for event in log[:8]]
    first, second = Seal.objects.order_by("number")
    assert (first.number, first.first, first.last) == (1, 1, 5)
    assert (second.number, second.first, second.last) == (2, 6, 8)
    assert bytes(first.previous_hash) == bytes(32)
    assert bytes(second.previous_hash) == bytes(first.hash)


def test_nothing_new_makes_no_seal(log: list[Event]) -> None:
    assert (seal(), seal()) == (2, 0)
    assert Seal.objects.count() == 3


@pytest.mark.parametrize("commit", [True, False])
def test_a_transaction_in_flight_is_never_sealed_over(commit: bool) -> None:
    before = write(2)
    writer = Writer()
    after = write(2)
    assert writer.event_id < after[0].pk
    assert seal() == 2
    assert sealed() == [event.pk for event in before]
    assert seal() == 0
    writer.end(commit=commit)
    late = [writer.event_id] if commit else []
    assert seal() == 2 + len(late)
    assert sealed() == [e.pk for e in before] + late + [e.pk for e in after]
    assert verify().ok


def test_identifiers_committed_out_of_order_are_all_sealed() -> None:
    first, second = Writer(), Writer()
    second.end(commit=True)
    assert seal() == 0  # the first could still write
    first.end(commit=True)
    assert seal() == 2
    assert sealed() == [first.event_id, second.event_id]


def test_a_transaction_of_another_database_holds_nothing_back() -> None:
    with psycopg.connect(os.environ["DATABASE_URL"]) as elsewhere:  # the cluster's own database, not the tests'
        elsewhere.execute("SELECT pg_current_xact_id()")
        events = write(2)
        assert seal() == 2
    assert sealed() == [event.pk for event in events]
    assert verify().ok


@pytest.mark.parametrize("others_end", [False, True])
def test_a_transaction_does_not_seal_its_own_events(others_end: bool) -> None:
    with transaction.atomic():
        services.record(actor=ALICE, action="demand.opened", subject=("matching.demand", 1))
        if others_end:  # a later transaction that has ended moves the end of the snapshot beyond ours
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as elsewhere:
                elsewhere.execute("SELECT pg_current_xact_id()")
        assert seal() == 0
    assert seal() == 1


def test_a_transaction_that_ended_between_two_looks_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    write(2)
    looks = iter([(1, 9, True), (1, 9, True)])
    once = sealing._look_once
    monkeypatch.setattr(sealing, "_look_once", lambda: next(looks, None) or once())
    assert seal() == 2


def test_a_transaction_that_stays_unseen_holds_the_sealer_back(monkeypatch: pytest.MonkeyPatch) -> None:
    write(2)
    looked: list[int] = []

    def unseen() -> tuple[int, int, bool]:
        looked.append(1)
        return 1, 9, True

    with monkeypatch.context() as patched:
        patched.setattr(sealing, "_look_once", unseen)
        assert seal() == 0
    assert len(looked) == sealing.LOOKS
    assert seal() == 2


def test_batches_leave_nothing_behind() -> None:
    with transaction.atomic():  # one transaction across the borders of the batches
        together = [
            services.record(actor=ALICE, action="demand.opened", subject=("matching.demand", n)) for n in range(7)
        ]
    alone = write(4)
    made = []
    while one := sealing.seal_batch(batch=3):
        made.append((one.first, one.last))
    assert made == [(1, 3), (4, 6), (7, 9), (10, 11)]
    assert sealed() == [event.pk for event in together + alone]
    assert verify().ok


def test_only_one_process_seals_and_writers_do_not_wait() -> None:
    write(1)
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                assert sealing._lock()
                locked.set()
                done.wait(timeout=60)
        finally:
            connection.close()

    other = threading.Thread(target=hold, daemon=True)
    other.start()
    assert locked.wait(timeout=20)
    with transaction.atomic():
        sql("SET LOCAL lock_timeout = '5s'")
        services.record(actor=ALICE, action="demand.opened", subject=("matching.demand", 1))
    assert seal() == 0
    done.set()
    other.join(timeout=20)
    assert seal() == 2


def _in_another_cluster(shift: int, statement: Callable[[str], object] = sql) -> None:
    """As if the log came from a backup of a cluster whose transactions are `shift` ahead of this one's."""
    statement(f"UPDATE audit_event SET transaction = transaction + {shift}")
    statement(f"UPDATE audit_seal SET horizon = horizon + {shift}")


def test_a_log_restored_into_a_younger_cluster_is_sealed_to_its_end(log: list[Event]) -> None:
    with transaction.atomic():
        for table in ("audit_event", "audit_seal"):
            sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        _in_another_cluster(1_000_000)
        for table in ("audit_event", "audit_seal"):
            sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    new = write(2)
    while sealing.seal_batch(batch=1):
        pass
    assert sorted(sealed()) == [event.pk for event in log + new]
    newer = write(1)
    assert seal() == 1
    assert sealed()[-1] == newer[0].pk
    # the horizons were changed by the test, so the two seals made before are rightly found altered
    assert {(problem.code, problem.seal) for problem in verify().problems} == {("seal_altered", 1), ("seal_altered", 2)}


def test_thorough_finds_what_lies_below_the_horizon(log: list[Event]) -> None:
    with attacker():
        sql("UPDATE audit_event SET transaction = 3 WHERE id = %s", log[-1].pk)
        assert sealing.seal_batch(thorough=False) is None or log[-1].pk not in sealed()
        assert sealing.seal_batch(thorough=True) is not None
        assert log[-1].pk in sealed()


def test_an_event_without_canonical_form_does_not_stop_the_sealer(log: list[Event]) -> None:
    with transaction.atomic():
        sql(
            "INSERT INTO audit_event (at, actor_kind, actor_label, action, subject_type, subject_id, data, key_version,"
            " mac) VALUES (now(), 'system', '', 'a.b', 'x', '1', '{\"n\": 1e300}', 1, 'forged')"
        )
    assert seal() == 3
    (problem,) = verify().problems
    assert (problem.code, problem.position) == ("event_forged", 11)


def test_the_task_seals() -> None:
    write(3)
    assert tasks.seal.name == "foundation.audit.seal"
    assert tasks.seal() == 3
    assert Seal.objects.count() == 1
