"""Split jobs: parts in one transaction, one merge whatever the order, failures and cancellations that reach all."""

from collections.abc import Callable
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from foundation.actors import system
from foundation.audit.selectors import timeline
from foundation.errors import Conflict
from foundation.jobs import services
from foundation.jobs.models import Job
from foundation.jobs.services.leases import Run
from tests.foundation.jobs.conftest import claimed, expire_lease, make_due, stored

SYSTEM = system("tests")
SECONDS = 20


@pytest.fixture
def parted(queued: Callable[..., Job]) -> Callable[..., tuple[Job, list[Job]]]:
    """A job split by its handler, and its parts in order."""

    def make(values: list[int], **changes: Any) -> tuple[Job, list[Job]]:
        parent = queued("tests.split", arguments={"values": values}, **changes)
        services.execute(parent.pk)
        return parent, list(Job.objects.filter(parent=parent).order_by("part"))

    return make


def run_of(part: Job) -> Run:
    return claimed(part)


def test_a_split_job_waits_for_parts_that_are_jobs(parted):
    parent, parts = parted([2, 3, 4], organisation_id=7)
    found = stored(parent)
    assert (found["state"], found["attempt"], found["merge_kind"]) == ("waiting", 1, "tests.merge")
    assert found["lease_expires_at"] is found["finished_at"] is found["result"] is None
    columns = ("kind", "state", "part", "subject_type", "subject_id", "organisation_id", "attempt", "max_attempts")
    assert [tuple(stored(part)[column] for column in columns) for part in parts] == [
        ("tests.square", "queued", number, "job", parent.pk, 7, 0, 3) for number in (1, 2, 3)
    ]
    assert [part.arguments for part in parts] == [{"value": 2}, {"value": 3}, {"value": 4}]


def test_nothing_of_a_split_that_is_rolled_back_stays(queued):
    row = queued()
    run = claimed(row)
    before = stored(row)
    with pytest.raises(ZeroDivisionError), run.commit():  # noqa: PT012 (a transaction)
        services.split(run, kind="tests.square", parts=[{"value": 1}], then="tests.merge")
        _ = 1 / 0
    assert stored(row) == before
    assert Job.objects.count() == 1


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]])
def test_the_last_part_queues_the_merge_which_gets_results_in_order(parted, order):
    parent, parts = parted([2, 3, 4])
    for index in order:
        assert stored(parent)["state"] == "waiting"
        services.execute(parts[index].pk)
    found = stored(parent)
    assert (found["state"], found["progress"], found["max_attempts"]) == ("queued", 1.0, 3)
    services.execute(parent.pk)
    found = stored(parent)
    assert (found["state"], found["attempt"]) == ("succeeded", 2)
    assert found["result"] == {"squares": [[1, 4], [2, 9], [3, 16]], "arguments": {"values": [2, 3, 4]}}
    before = [stored(row) for row in (parent, *parts)]
    for row in (parent, *parts):
        services.execute(row.pk)  # messages may come twice
    assert [stored(row) for row in (parent, *parts)] == before


def test_parts_that_end_together_make_one_merge(parted, in_thread):
    parent, parts = parted(list(range(8)))
    runs, together = [run_of(part) for part in parts], Barrier(8)

    def end(run: Run) -> None:
        with run.commit():
            together.wait(SECONDS)
            services.succeed(run, {"square": 0})

    for future in [in_thread(end, run) for run in runs]:
        future.result(SECONDS)
    assert stored(parent)["state"] == "queued"
    assert claimed(parent).attempt == 2


def test_progress_of_a_parent_is_the_mean_of_its_parts(parted):
    parent, parts = parted([2, 3, 4, 5])
    run = run_of(parts[0])
    run.progress(0.5)
    assert stored(parent)["progress"] == 0.125
    services.succeed(run, {"square": 4})
    assert stored(parent)["progress"] == 0.25
    run_of(parts[1]).progress(0.1)
    assert stored(parent)["progress"] == pytest.approx(0.275)


def test_a_report_never_waits_for_the_parent(parted, in_thread):
    parent, parts = parted([2, 3])
    run = run_of(parts[0])
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=parent.pk)
        in_thread(run.progress, 0.5).result(SECONDS)
    assert (stored(parts[0])["progress"], stored(parent)["progress"]) == (0.5, 0.0)


def test_a_part_that_fails_for_good_fails_the_parent_and_cancels_the_rest(parted):
    parent, parts = parted([2, -3, 4, 5])
    services.execute(parts[0].pk)
    running = run_of(parts[2])
    services.execute(parts[1].pk)
    found = stored(parent)
    assert (found["state"], found["error_code"], found["error_detail"]) == (
        "failed",
        "conflict",
        "Part 2: -3 is negative.",
    )
    assert found["finished_at"] is not None
    assert [stored(part)["state"] for part in parts] == ["succeeded", "failed", "cancelled", "cancelled"]
    for write in (lambda: running.progress(0.5), lambda: services.succeed(running, {})):
        with pytest.raises(services.LostLease):
            write()
    assert services.claim(parent.pk) is None


def test_a_part_that_may_recover_is_tried_again_first(parted, queued):
    parent = queued("tests.split", arguments={"values": [1], "part": "tests.patient"})
    Job.objects.filter(pk=parent.pk).update(arguments={"values": [], "part": "tests.patient"})
    run = claimed(parent)
    services.split(run, kind="tests.patient", parts=[{}, {}], then="tests.merge")
    part = Job.objects.get(parent=parent, part=1)
    services.execute(part.pk)
    assert (stored(part)["state"], stored(parent)["state"]) == ("queued", "waiting")
    make_due(part)
    services.execute(part.pk)
    assert (stored(part)["state"], stored(parent)["state"]) == ("failed", "failed")
    assert stored(parent)["error_code"] == "unavailable"


def test_a_part_whose_workers_keep_dying_fails_the_parent(parted):
    parent, parts = parted([2, 3])
    for lost in range(3):
        assert stored(parent)["state"] == "waiting", lost
        run_of(parts[0])
        expire_lease(parts[0])
        services.sweep()
    assert (stored(parts[0])["state"], stored(parts[1])["state"]) == ("failed", "cancelled")
    found = stored(parent)
    assert (found["state"], found["error_code"]) == ("failed", "worker_lost")
    assert found["error_detail"].startswith("Part 1: Its workers stopped")


def test_cancelling_a_parent_cancels_its_parts_and_fences_those_that_run(parted):
    parent, parts = parted([2, 3, 4])
    services.execute(parts[0].pk)
    running = run_of(parts[1])
    services.cancel_job(actor=SYSTEM, job_id=parent.pk)
    assert [stored(row)["state"] for row in (parent, *parts)] == ["cancelled", "succeeded", "cancelled", "cancelled"]
    entered = []
    with pytest.raises(services.LostLease), running.commit():
        entered.append("results")
    assert entered == []
    assert services.claim(parts[2].pk) is None


def test_a_part_that_is_ending_while_its_parent_is_cancelled_holds_nobody_up_and_leaves_nothing(parted, in_thread):
    parent, parts = parted([2, 3])
    run = run_of(parts[0])
    with pytest.raises(services.LostLease), run.commit():  # noqa: PT012 (a transaction)
        Job.objects.filter(pk=parts[0].pk).update(dedup_key="written")
        in_thread(lambda: services.cancel_job(actor=SYSTEM, job_id=parent.pk)).result(SECONDS)
        services.succeed(run, {"square": 4})
    assert [stored(row)["state"] for row in (parent, *parts)] == ["cancelled", "running", "cancelled"]
    assert stored(parts[0])["dedup_key"] == ""


def test_the_sweep_cancels_parts_that_were_held_when_their_parent_ended(parted, in_thread):
    parent, parts = parted([2, 3, 4])
    run_of(parts[0])
    with transaction.atomic():
        list(Job.objects.select_for_update().filter(pk__in=[parts[0].pk, parts[1].pk]))
        in_thread(lambda: services.cancel_job(actor=SYSTEM, job_id=parent.pk)).result(SECONDS)
    assert [stored(part)["state"] for part in parts] == ["running", "queued", "cancelled"]
    assert services.claim(parts[1].pk) is None  # nobody waits for it
    expire_lease(parts[0])
    services.sweep()
    assert [stored(part)["state"] for part in parts] == ["cancelled", "cancelled", "cancelled"]


def test_trying_again_repeats_only_what_has_not_succeeded(parted):
    parent, parts = parted([2, -3, 4])
    services.execute(parts[0].pk)
    services.execute(parts[1].pk)
    Job.objects.filter(pk=parts[1].pk).update(arguments={"value": 3})
    done = stored(parts[0])
    assert services.retry_job(actor=SYSTEM, job_id=parent.pk).state == "waiting"
    assert [stored(part)["state"] for part in parts] == ["succeeded", "queued", "queued"]
    for part in parts:
        services.execute(part.pk)
    services.execute(parent.pk)
    assert stored(parent)["result"]["squares"] == [[1, 4], [2, 9], [3, 16]]
    assert stored(parts[0]) == done
    assert [event.action for event in timeline(("job", parent.pk))] == ["job.retried"]


def test_a_merge_that_failed_is_tried_again_without_the_parts(parted):
    parent, parts = parted([2])
    services.execute(parts[0].pk)
    Job.objects.filter(pk=parts[0].pk).update(result={})
    services.execute(parent.pk)
    assert (stored(parent)["state"], stored(parent)["error_code"]) == ("failed", "conflict")
    Job.objects.filter(pk=parts[0].pk).update(result={"square": 4})
    assert services.retry_job(actor=SYSTEM, job_id=parent.pk).state == "queued"
    services.execute(parent.pk)
    assert stored(parent)["result"]["squares"] == [[1, 4]]


def test_a_job_is_not_tried_again_while_a_part_is_ending(parted, in_thread):
    parent, parts = parted([2, -3])
    run = run_of(parts[0])
    with run.commit():
        in_thread(services.execute, parts[1].pk).result(SECONDS)
        assert in_thread(stored, parent).result(SECONDS)["state"] == "failed"
        with pytest.raises(Conflict, match="try again in a moment"):
            in_thread(lambda: services.retry_job(actor=SYSTEM, job_id=parent.pk)).result(SECONDS)
        assert in_thread(stored, parent).result(SECONDS)["state"] == "failed"


def test_a_part_that_ends_while_its_job_is_tried_again_is_not_forgotten(parted, in_thread):
    parent, parts = parted([2, -3])
    run, begun, go_on = run_of(parts[0]), Event(), Event()

    def ending() -> None:
        with run.commit():
            begun.set()
            assert go_on.wait(SECONDS)
            Job.objects.filter(pk=parts[0].pk).update(state="failed", finished_at=Now())

    ends = in_thread(ending)
    assert begun.wait(SECONDS)
    in_thread(services.execute, parts[1].pk).result(SECONDS)

    def ends_after(execute: Any, sql: str, *arguments: Any) -> Any:
        try:
            return execute(sql, *arguments)
        finally:
            if "NOWAIT" in sql:
                go_on.set()
                ends.result(SECONDS)

    with connection.execute_wrapper(ends_after), pytest.raises(Conflict, match="try again in a moment"):
        services.retry_job(actor=SYSTEM, job_id=parent.pk)
    assert services.retry_job(actor=SYSTEM, job_id=parent.pk).state == "waiting"
    assert [stored(part)["state"] for part in parts] == ["queued", "queued"]


@pytest.mark.parametrize("service", [services.retry_job, services.cancel_job])
def test_parts_are_steered_through_their_parent(parted, service):
    parent, parts = parted([-2, 3])
    before = [stored(row) for row in (parent, *parts)]
    with pytest.raises(Conflict, match=f"part of job {parent.pk}"):
        service(actor=SYSTEM, job_id=parts[0].pk)
    assert [stored(row) for row in (parent, *parts)] == before


def test_a_merge_of_a_newer_release_is_left_to_a_worker_that_knows_it(parted):
    parent, parts = parted([2])
    Job.objects.filter(pk=parent.pk).update(merge_kind="tests.of_a_newer_release")
    services.execute(parts[0].pk)
    before = stored(parent)
    services.execute(parent.pk)
    assert stored(parent) == before
    assert before["state"] == "queued"


@pytest.mark.parametrize("count", [0, 1001])
def test_numbers_of_parts_that_make_no_sense_are_refused(queued, count):
    row = queued()
    run = claimed(row)
    before = stored(row)
    with pytest.raises(ValueError, match="1 to 1000 parts"):
        services.split(run, kind="tests.square", parts=[{}] * count, then="tests.merge")
    assert stored(row) == before


def test_neither_parts_nor_merges_are_split(parted):
    parent, parts = parted([2])
    run = run_of(parts[0])
    with pytest.raises(ValueError, match="not split again"):
        services.split(run, kind="tests.square", parts=[{}], then="tests.merge")
    services.succeed(run, {"square": 4})
    with pytest.raises(ValueError, match="merge does not split"):
        services.split(claimed(parent), kind="tests.square", parts=[{}], then="tests.merge")
    assert Job.objects.count() == 2
