"""enqueue(): in the caller's transaction, once per key where nobody holds it, never before the caller's change."""

from threading import Barrier

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerDown

from foundation.jobs import services
from foundation.jobs.models import Job
from foundation.jobs.services.queueing import send
from tests.foundation.jobs.conftest import claimed, expire_lease, make_due, stored

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 20


def test_a_job_is_a_row_of_the_callers_transaction(queued):
    row = queued(arguments={"value": [1, "zwei"]}, subject=("listing", 7), organisation_id=3)
    found = stored(row)
    assert {name: found[name] for name in ("kind", "arguments", "state", "subject_type", "subject_id")} == {
        "kind": "tests.return",
        "arguments": {"value": [1, "zwei"]},
        "state": "queued",
        "subject_type": "listing",
        "subject_id": 7,
    }
    assert (found["organisation_id"], found["attempt"], found["max_attempts"], found["progress"]) == (3, 0, 3, 0.0)
    assert found["run_after"] == found["created_at"]
    assert found["lease_expires_at"] is found["started_at"] is found["finished_at"] is found["result"] is None


def test_no_job_outlives_the_change_that_was_rolled_back(queued):
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 (a transaction)
        services.enqueue(kind="tests.return", arguments={"value": 1})
        _ = 1 / 0
    assert not Job.objects.exists()


def test_outside_a_transaction_it_is_refused(queued):
    with pytest.raises(RuntimeError, match="transaction"):
        services.enqueue(kind="tests.return", arguments={"value": 1})
    assert not Job.objects.exists()


def test_a_job_is_tried_as_often_as_its_kind_says(queued):
    found = stored(queued("tests.patient"))
    assert (found["max_attempts"], found["max_losses"]) == (2, 2)


def test_an_unknown_kind_is_refused(queued):
    with pytest.raises(KeyError, match=r"tests\.unheard"), transaction.atomic():
        services.enqueue(kind="tests.unheard", arguments={})
    assert not Job.objects.exists()


def test_equal_waiting_jobs_are_one(queued):
    first, second = queued(dedup_key="a"), queued(dedup_key="a")
    other = queued(dedup_key="b")
    assert first.pk == second.pk != other.pk
    assert Job.objects.count() == 2


def test_without_a_key_each_is_its_own(queued):
    assert queued().pk != queued().pk


def test_a_key_that_stands_for_something_else_is_refused(queued):
    row = queued(dedup_key="a")
    with pytest.raises(ValueError, match=f"job {row.pk}"):
        queued(dedup_key="a", arguments={"value": 2})
    assert Job.objects.count() == 1


@pytest.mark.parametrize("first_commits", [True, False])
def test_two_enqueuers_at_once_each_have_a_job_that_stands_and_falls_with_their_change(
    queued, in_thread, first_commits
):
    with transaction.atomic():
        row = services.enqueue(kind="tests.return", arguments={"value": 1}, dedup_key="a")
        other = in_thread(lambda: queued(dedup_key="a").pk).result(SECONDS)  # does not wait for the fate of the first
        transaction.set_rollback(not first_commits)
    assert set(Job.objects.values_list("pk", flat=True)) == ({row.pk, other} if first_commits else {other})
    assert queued(dedup_key="a").pk == (row.pk if first_commits else other)


def test_a_waiting_job_cannot_start_before_the_second_change_is_committed(queued, in_thread):
    row = queued(dedup_key="a")
    with transaction.atomic():
        assert services.enqueue(kind="tests.return", arguments={"value": 1}, dedup_key="a").pk == row.pk
        assert in_thread(services.claim, row.pk).result(SECONDS) is None
    assert in_thread(services.claim, row.pk).result(SECONDS)[1] == services.Run(row.pk, 1)


def test_a_running_job_is_no_reason_not_to_queue_another(queued):
    """It may have read the data before the change that asks for the new one."""
    running = queued(dedup_key="a")
    claimed(running)
    waiting = queued(dedup_key="a")
    assert waiting.pk != running.pk
    assert sorted(Job.objects.values_list("state", flat=True)) == ["queued", "running"]


def test_an_enqueuer_that_meets_a_claim_makes_a_job_of_its_own(queued, in_thread):
    row = queued(dedup_key="a")
    with transaction.atomic():
        assert services.claim(row.pk) is not None
        other = in_thread(lambda: queued(dedup_key="a").pk).result(SECONDS)
    assert other != row.pk
    assert (stored(row)["state"], Job.objects.get(pk=other).state) == ("running", "queued")


def test_a_lost_job_comes_back_beside_a_newer_one_with_its_key(queued):
    lost = queued(dedup_key="a")
    claimed(lost)
    newer = queued(dedup_key="a")
    expire_lease(lost)
    assert services.sweep() == {"lost": 1, "failed": 0, "resent": 0}
    assert set(Job.objects.filter(state="queued").values_list("pk", flat=True)) == {lost.pk, newer.pk}


def test_a_failed_attempt_is_tried_again_beside_a_newer_one_with_its_key(queued):
    failing = queued("tests.raise", arguments={"what": "retryable"}, dedup_key="a")
    run = claimed(failing)
    newer = queued("tests.raise", arguments={"what": "retryable"}, dedup_key="a")
    services.fail(run, code="unavailable", detail="", retryable=True)
    assert set(Job.objects.filter(state="queued").values_list("pk", flat=True)) == {failing.pk, newer.pk}
    make_due(failing)
    assert claimed(failing).attempt == 2


@pytest.mark.parametrize(("seconds", "asked"), [(0.1, 3), (2.0, 1)])
def test_a_broker_that_hangs_is_waited_for_once(monkeypatch, seconds, asked):
    """However many jobs a change causes; the sweep sends them all later."""
    clock, tries = [1000.0], []

    def send_task(name, args, **options):
        tries.append(args)
        clock[0] += seconds
        raise BrokerDown("Timeout connecting to server")

    monkeypatch.setattr("foundation.jobs.services.queueing._spared_until", 0.0)
    monkeypatch.setattr("foundation.jobs.services.queueing.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("foundation.jobs.services.queueing.current_app.send_task", send_task)
    assert [send(number) for number in (1, 2, 3)] == [False, False, False]
    assert len(tries) == asked
    clock[0] += 10
    assert send(4) is False
    assert tries[-1] == [4]


def test_two_enqueuers_in_opposite_order_wait_for_nobody(queued, in_thread):
    """Neither for rows that the other has just made, nor for those that were there and that the other has locked."""
    old = {key: queued(dedup_key=key).pk for key in ("old-a", "old-b")}
    half, both = Barrier(2), Barrier(2)

    def enqueuer(keys: list[str]) -> list[int]:
        with transaction.atomic():
            made = [services.enqueue(kind="tests.return", arguments={"value": 1}, dedup_key=keys[0]).pk]
            half.wait(SECONDS)
            made += [services.enqueue(kind="tests.return", arguments={"value": 1}, dedup_key=k).pk for k in keys[1:]]
            both.wait(SECONDS)
        return made

    for first, second in ((["a", "b"], ["b", "a"]), (["old-a", "old-b"], ["old-b", "old-a"])):
        one, other = in_thread(enqueuer, first), in_thread(enqueuer, second)
        made = {*one.result(SECONDS), *other.result(SECONDS)}
        assert len(made) == 4  # each has a job that its own transaction holds
        assert made >= {old[key] for key in first if key in old}
    assert queued(dedup_key="old-a").pk == old["old-a"]  # once they are committed, they are one again
