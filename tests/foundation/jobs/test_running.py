"""One attempt: claimed once, held by a lease, fenced by its number, ended by the class of its error."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Event

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from foundation.actors import system
from foundation.jobs import services
from foundation.jobs.models import Job
from tests.foundation.jobs.conftest import claimed, expire_lease, make_due, stored

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 20


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    assert isinstance(now, datetime)
    return now


def test_many_claimants_one_claim(queued, in_thread):
    row, together = queued(), Barrier(8)

    def claim():
        together.wait(SECONDS)
        return services.claim(row.pk)

    found = [future.result(SECONDS) for future in [in_thread(claim) for _ in range(8)]]
    assert [run for _job, run in filter(None, found)] == [services.Run(row.pk, 1)]
    assert stored(row)["attempt"] == 1


def test_a_claim_takes_a_lease(queued, settings):
    settings.JOB_LEASE_SECONDS = 600
    row = queued()
    before = database_now()
    claimed(row)
    found = stored(row)
    assert found["state"] == "running"
    assert before <= found["started_at"]
    assert timedelta(seconds=600) <= found["lease_expires_at"] - before
    assert found["lease_expires_at"] <= database_now() + timedelta(seconds=600)


def test_what_is_not_due_is_not_claimed(queued):
    row = queued()
    Job.objects.filter(pk=row.pk).update(run_after=timezone.now() + timedelta(hours=1))
    before = stored(row)
    assert services.claim(row.pk) is None
    assert stored(row) == before


def test_a_kind_that_this_process_does_not_know_is_left_to_one_that_does(queued):
    row = queued()
    Job.objects.filter(pk=row.pk).update(kind="tests.of_a_newer_release")
    before = stored(row)
    services.execute(row.pk)
    assert stored(row) == before


@pytest.mark.parametrize("state", ["running", "succeeded", "failed", "cancelled"])
def test_only_queued_jobs_are_claimed(queued, state):
    row = in_state(queued, state)
    before = stored(row)
    assert services.claim(row.pk) is None
    assert stored(row) == before


def in_state(queued: Callable[..., Job], state: str) -> Job:
    row = queued()
    run = claimed(row)
    if state == "succeeded":
        services.succeed(run, None)
    elif state == "failed":
        services.fail(run, code="conflict", detail="no", retryable=False)
    elif state == "cancelled":
        Job.objects.filter(pk=row.pk).update(state="cancelled")
    return row


def test_progress_is_kept_within_bounds_and_renews_the_lease(queued, settings):
    row = queued()
    run = claimed(row)
    expire_lease(row)
    run.progress(7.5, "n" * 500)
    found = stored(row)
    assert (found["progress"], found["progress_note"]) == (1.0, "n" * 200)
    assert found["lease_expires_at"] > database_now()
    run.progress(-1)
    assert (stored(row)["progress"], stored(row)["progress_note"]) == (0.0, "")


def test_a_worker_that_lost_its_lease_writes_nothing(queued):
    row = queued()
    stale = claimed(row)
    expire_lease(row)
    services.sweep()
    current = claimed(row)
    assert (stale.attempt, current.attempt) == (1, 2)
    before, entered = stored(row), []
    with pytest.raises(services.LostLease), stale.commit():
        entered.append("results")
    with pytest.raises(services.LostLease):
        stale.progress(0.9)
    with pytest.raises(services.LostLease):
        services.succeed(stale, {"value": "stale"})
    with pytest.raises(services.LostLease):
        services.fail(stale, code="conflict", detail="stale", retryable=True)
    assert entered == []
    assert stored(row) == before
    services.succeed(current, {"value": "current"})
    assert stored(row)["result"] == {"value": "current"}


def test_results_that_fail_are_rolled_back_and_the_lease_is_kept(queued):
    row = queued()
    run = claimed(row)
    with pytest.raises(ZeroDivisionError), run.commit():  # noqa: PT012 (a transaction)
        Job.objects.filter(pk=row.pk).update(subject_type="half")
        _ = 1 / 0
    assert stored(row)["subject_type"] == ""
    run.progress(0.5)


def test_the_transaction_of_results_cannot_be_overtaken(queued, in_thread):
    """While results are being written, even past the lease, the sweep gives the job to nobody else."""
    row = queued()
    run = claimed(row)
    with run.commit():
        expire_lease(row)
        assert in_thread(services.sweep).result(SECONDS) == {"lost": 0, "failed": 0, "resent": 0}
    assert services.sweep()["lost"] == 1


def test_a_finished_job_has_its_result(queued):
    row = queued(arguments={"value": "好"})
    services.execute(row.pk)
    found = stored(row)
    assert (found["state"], found["result"], found["progress"]) == ("succeeded", {"value": "好", "attempt": 1}, 1.0)
    assert found["lease_expires_at"] is None
    assert found["started_at"] <= found["finished_at"]
    services.execute(row.pk)  # the message may come twice
    assert stored(row) == found


def test_an_error_that_a_person_must_mend_is_terminal(queued):
    row = queued("tests.raise", arguments={"what": "conflict"})
    services.execute(row.pk)
    found = stored(row)
    assert (found["state"], found["attempt"]) == ("failed", 1)
    assert (found["error_code"], found["error_detail"]) == ("conflict", "Name alpha is taken.")
    assert found["finished_at"] is not None
    assert found["lease_expires_at"] is None


@pytest.mark.parametrize(
    ("what", "code", "detail"),
    [
        ("retryable", "unavailable", "the server is away"),
        ("unavailable", "unavailable", "A part of the service is not available; try again later."),
        ("database", "unavailable", "OperationalError"),
        ("broker", "unavailable", "OperationalError"),
        ("defect", "internal_error", "ValueError"),
    ],
)
def test_errors_that_may_pass_are_tried_again_after_growing_pauses(queued, what, code, detail):
    row = queued("tests.raise", arguments={"what": what})
    for attempt in (1, 2):
        before = database_now()
        services.execute(row.pk)
        found = stored(row)
        assert (found["state"], found["attempt"]) == ("queued", attempt)
        assert (found["error_code"], found["error_detail"]) == (code, detail)
        pause = timedelta(seconds=2 * 6 ** (attempt - 1))
        assert before + pause <= found["run_after"] <= database_now() + 1.25 * pause
        assert found["sent_at"] == found["run_after"]
        assert found["lease_expires_at"] is found["finished_at"] is None
        services.execute(row.pk)  # before it is due: nothing
        assert stored(row) == found
        make_due(row)
    services.execute(row.pk)
    found = stored(row)
    assert (found["state"], found["attempt"], found["error_code"]) == ("failed", 3, code)
    assert found["finished_at"] is not None


def test_a_new_attempt_forgets_the_error_and_progress_of_the_last(queued):
    row = queued()
    run = claimed(row)
    run.progress(0.7, "far")
    services.fail(run, code="unavailable", detail="away", retryable=True)
    make_due(row)
    claimed(row)
    found = stored(row)
    assert (found["error_code"], found["error_detail"], found["progress"], found["progress_note"]) == ("", "", 0.0, "")


def test_a_result_that_is_not_json_is_a_defect(queued):
    row = queued("tests.unfit")
    services.execute(row.pk)
    assert (stored(row)["state"], stored(row)["error_detail"]) == ("queued", "TypeError")


def test_a_handler_that_finds_its_lease_lost_ends_quietly(queued):
    row = queued("tests.raise", arguments={"what": "lost"})
    services.execute(row.pk)
    found = stored(row)
    assert (found["state"], found["error_code"]) == ("running", "")  # the sweep will see to it


def test_an_attempt_cancelled_meanwhile_ends_quietly(queued, monkeypatch):
    row = queued("tests.raise", arguments={"what": "defect"})
    claim = services.claim

    def claim_then_cancel(job_id):
        found = claim(job_id)
        Job.objects.filter(pk=job_id).update(state="cancelled")
        return found

    monkeypatch.setattr("foundation.jobs.services.running.claim", claim_then_cancel)
    services.execute(row.pk)
    assert (stored(row)["state"], stored(row)["error_code"]) == ("cancelled", "")


def test_a_heartbeat_keeps_the_lease_through_a_long_call(queued, settings):
    settings.JOB_LEASE_SECONDS = 0.6
    row = queued()
    run = claimed(row)
    expire_lease(row)
    with run.heartbeat():
        deadline = time.monotonic() + SECONDS
        while stored(row)["lease_expires_at"] < database_now():
            assert time.monotonic() < deadline, "the heartbeat did not renew the lease"
            time.sleep(0.02)
    run.progress(1.0)


def test_a_heartbeat_ends_with_its_block_and_its_limit(queued, settings):
    settings.JOB_LEASE_SECONDS = 0.03
    row = queued()
    run = claimed(row)
    with run.heartbeat(at_most=timedelta(0)):
        time.sleep(0.1)
    assert services.sweep()["lost"] == 1


def test_a_heartbeat_says_afterwards_that_the_lease_was_lost(queued, settings):
    settings.JOB_LEASE_SECONDS = 0.03
    row = queued()
    run = claimed(row)
    with pytest.raises(services.LostLease), run.heartbeat():  # noqa: PT012 (the block computes)
        Job.objects.filter(pk=row.pk).update(state="cancelled")
        deadline = time.monotonic() + SECONDS
        while any(thread.name == f"lease of job {row.pk}" for thread in threading.enumerate()):
            assert time.monotonic() < deadline, "the heartbeat did not notice"
            time.sleep(0.02)
    assert stored(row)["state"] == "cancelled"


def test_a_heartbeat_never_waits_for_its_own_commit(queued, in_thread, settings):
    settings.JOB_LEASE_SECONDS = 0.03
    row, done = queued(), Event()
    run = claimed(row)

    def work():
        with run.commit(), run.heartbeat():
            Job.objects.filter(pk=row.pk).update(subject_type="written")
            time.sleep(0.2)
        done.set()

    in_thread(work).result(SECONDS)
    assert done.is_set()
    assert stored(row)["subject_type"] == "written"


def test_a_claim_within_a_transaction_that_fails_never_happened(queued):
    row = queued()
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 (a transaction)
        assert services.claim(row.pk) is not None
        _ = 1 / 0
    assert (stored(row)["state"], stored(row)["attempt"]) == ("queued", 0)


def test_results_and_end_are_one_transaction(queued):
    row = queued("tests.write", arguments={"fail": True})
    services.execute(row.pk)
    found = stored(row)
    assert (found["state"], found["subject_type"], found["result"], found["error_code"]) == (
        "queued",
        "",
        None,
        "unavailable",
    )
    Job.objects.filter(pk=row.pk).update(arguments={"fail": False})
    make_due(row)
    services.execute(row.pk)
    found = stored(row)
    assert (found["state"], found["subject_type"], found["result"]) == ("succeeded", "written", {"written": 2})


def test_the_end_of_an_attempt_is_written_when_the_database_is_back(queued, monkeypatch):
    row = queued("tests.raise", arguments={"what": "conflict"})
    tries = []

    def end(*arguments, **named):
        tries.append(named["code"])
        if len(tries) < 3:
            raise OperationalError("the database system is starting up")
        services.fail(*arguments, **named)

    monkeypatch.setattr("foundation.jobs.services.running.fail", end)
    monkeypatch.setattr("foundation.jobs.services.running.PATIENCE_SECONDS", (0.0, 0.0, 0.0))
    services.execute(row.pk)
    assert tries == ["conflict"] * 3
    assert (stored(row)["state"], stored(row)["error_code"]) == ("failed", "conflict")


def test_an_end_that_cannot_be_written_is_left_to_the_sweep(queued, monkeypatch):
    def end(*arguments, **named):
        raise OperationalError("the database system is shutting down")

    row = queued()
    monkeypatch.setattr("foundation.jobs.services.running.succeed", end)
    monkeypatch.setattr("foundation.jobs.services.running.fail", end)
    monkeypatch.setattr("foundation.jobs.services.running.PATIENCE_SECONDS", (0.0,))
    services.execute(row.pk)
    assert stored(row)["state"] == "running"
    expire_lease(row)
    assert services.sweep()["lost"] == 1


def test_a_heartbeat_tells_its_block_that_the_job_was_cancelled(queued, settings):
    settings.JOB_LEASE_SECONDS = 0.03
    row = queued()
    run = claimed(row)
    with pytest.raises(services.LostLease), run.heartbeat() as lost:  # noqa: PT012 (the block computes)
        assert not lost.is_set()
        services.cancel_job(actor=system("tests"), job_id=row.pk)
        assert lost.wait(SECONDS)
