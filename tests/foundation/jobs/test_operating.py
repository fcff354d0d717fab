"""The sweep, retry and cancel: by whom, in which states, and that nothing changes otherwise."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from kombu import Connection

from foundation.actors import ANONYMOUS, system
from foundation.audit.selectors import timeline
from foundation.errors import Forbidden, IllegalTransition, NotFound
from foundation.jobs import selectors, services
from foundation.jobs.models import Job
from foundation.jobs.services.queueing import send, waiting_messages
from foundation.jobs.states import JOB
from tests.factories import World
from tests.foundation.jobs.conftest import claimed, expire_lease, make_due, stored

SYSTEM = system("tests")
ACTIONS: dict[str, Callable[..., Job]] = {"retry": services.retry_job, "cancel": services.cancel_job}


def in_state(queued: Callable[..., Job], state: str, **changes: Any) -> Job:
    row = queued(**changes)
    if state == "queued":
        return row
    run = claimed(row)
    if state == "succeeded":
        services.succeed(run, {"value": 1})
    elif state == "failed":
        services.fail(run, code="conflict", detail="no", retryable=False)
    elif state == "cancelled":
        services.cancel_job(actor=SYSTEM, job_id=row.pk)
    elif state == "waiting":
        services.split(run, kind="tests.return", parts=[{"value": 1}], then="tests.merge")
    return row


def test_a_lost_job_is_queued_again(queued):
    row = queued()
    claimed(row)
    expire_lease(row)
    assert services.sweep() == {"lost": 1, "failed": 0, "resent": 0}
    found = stored(row)
    assert (found["state"], found["attempt"], found["lease_expires_at"]) == ("queued", 1, None)
    assert services.sweep() == {"lost": 0, "failed": 0, "resent": 0}
    assert claimed(row).attempt == 2


def test_a_lease_that_lasts_is_respected(queued):
    row = queued()
    claimed(row)
    before = stored(row)
    assert services.sweep() == {"lost": 0, "failed": 0, "resent": 0}
    assert stored(row) == before


def test_a_job_whose_workers_keep_dying_fails_and_says_so(queued):
    row = queued()
    for _attempt in range(2):
        claimed(row)
        expire_lease(row)
        assert services.sweep()["lost"] == 1
    claimed(row)
    expire_lease(row)
    assert services.sweep() == {"lost": 0, "failed": 1, "resent": 0}
    found = stored(row)
    assert (found["state"], found["attempt"], found["error_code"]) == ("failed", 3, "worker_lost")
    assert (
        found["error_detail"]
        == "Its workers stopped without a word, one after the other: the job may need more memory than a worker has."
    )
    assert found["finished_at"] is not None


@pytest.fixture
def emptied() -> Iterator[None]:
    """A queue without messages of other tests, and without ours afterwards."""
    current_app.control.purge()
    yield
    current_app.control.purge()


def test_no_more_is_sent_again_than_has_no_message_in_the_queue(queued, settings, emptied):
    """While all workers are busy messages wait, too: more of them would only fill the broker."""
    rows = [queued() for _ in range(4)]
    long_ago = settings.JOB_RESEND_SECONDS + 1
    for seconds, row in enumerate(rows):
        Job.objects.filter(pk=row.pk).update(sent_at=Now() - timedelta(seconds=long_ago + seconds))
    assert [send(row.pk) for row in rows[:3]] == [True, True, True]
    before = [stored(row)["sent_at"] for row in rows]
    assert services.sweep()["resent"] == 1
    after = [stored(row)["sent_at"] for row in rows]
    assert [old != new for old, new in zip(before, after, strict=True)] == [False, False, False, True]
    assert services.sweep()["resent"] == 0  # there are four messages now
    current_app.control.purge()
    assert services.sweep()["resent"] == 3


def test_a_broker_that_is_away_has_no_messages(monkeypatch):
    monkeypatch.setattr(
        current_app,
        "connection_for_write",
        lambda: Connection("redis://127.0.0.1:1/0", transport_options={"max_retries": 0}),
    )
    assert waiting_messages() == 0


def test_overdue_messages_are_sent_again_once(queued, settings, emptied):
    overdue, fresh, resting = queued(), queued(), queued()
    long_ago = Now() - timedelta(seconds=settings.JOB_RESEND_SECONDS + 1)
    Job.objects.filter(pk__in=[overdue.pk, resting.pk]).update(sent_at=long_ago)
    Job.objects.filter(pk=resting.pk).update(run_after=Now() + timedelta(hours=1))
    before = [stored(fresh), stored(resting)]
    sent_at = stored(overdue)["sent_at"]
    assert services.sweep() == {"lost": 0, "failed": 0, "resent": 1}
    assert stored(overdue)["sent_at"] > sent_at
    assert [stored(fresh), stored(resting)] == before
    assert services.sweep()["resent"] == 0


def test_jobs_that_somebody_holds_do_not_stop_the_sweep(queued, in_thread):
    held, free = queued(), queued()
    for row in (held, free):
        claimed(row)
        expire_lease(row)
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=held.pk)
        assert in_thread(services.sweep).result(20)["lost"] == 1
    assert (stored(held)["state"], stored(free)["state"]) == ("running", "queued")


def test_retry_gives_a_failed_job_one_more_attempt(queued):
    row = in_state(queued, "failed")
    Job.objects.filter(pk=row.pk).update(attempt=3)
    answer = services.retry_job(actor=SYSTEM, job_id=row.pk)
    found = stored(row)
    assert (answer.state, found["state"], found["attempt"], found["max_attempts"]) == ("queued", "queued", 3, 4)
    assert found["finished_at"] is None
    assert claimed(row).attempt == 4
    assert [event.action for event in timeline(("job", row.pk))] == ["job.retried"]


def test_cancel_stops_a_queued_job(queued):
    row = queued()
    assert services.cancel_job(actor=SYSTEM, job_id=row.pk).state == "cancelled"
    before = stored(row)
    services.execute(row.pk)
    assert stored(row) == before
    assert before["finished_at"] is not None
    assert [event.action for event in timeline(("job", row.pk))] == ["job.cancelled"]


def test_cancel_fences_a_running_job(queued):
    row = queued()
    run = claimed(row)
    services.cancel_job(actor=SYSTEM, job_id=row.pk)
    before = stored(row)
    with pytest.raises(services.LostLease):
        run.progress(0.5)
    with pytest.raises(services.LostLease):
        services.succeed(run, {"value": 1})
    assert stored(row) == before
    expire_lease(row)
    assert services.sweep() == {"lost": 0, "failed": 0, "resent": 0}


@pytest.mark.parametrize(
    ("event", "state"),
    [(event, state) for event in ACTIONS for state in JOB.states if not JOB.allows(event, state)],
)
def test_what_the_table_does_not_list_is_refused(queued, event, state):
    row = in_state(queued, state)
    before = stored(row)
    recorded = timeline(("job", row.pk)).count()
    with pytest.raises(IllegalTransition):
        ACTIONS[event](actor=SYSTEM, job_id=row.pk)
    assert stored(row) == before
    assert timeline(("job", row.pk)).count() == recorded


@pytest.mark.parametrize("target", JOB.states)
@pytest.mark.parametrize("source", JOB.states)
def test_the_database_refuses_what_the_table_does_not_list(queued, source, target):
    row = in_state(queued, source)
    rows = Job.objects.filter(pk=row.pk)
    if target == "waiting":
        rows.update(merge_kind="tests.merge")
    if source == target or (source, target) in JOB.pairs:
        assert rows.update(state=target) == 1
    else:
        with pytest.raises(IntegrityError, match="illegal transition"), transaction.atomic():
            rows.update(state=target)
        assert stored(row)["state"] == source


@pytest.mark.parametrize("state", [state for state in JOB.states if state != "queued"])
def test_no_job_is_born_in_another_state(queued, state):
    with pytest.raises(IntegrityError, match="illegal transition"), transaction.atomic():
        Job.objects.create(kind="tests.return", state=state)
    assert not Job.objects.exists()


@pytest.mark.parametrize("event", ACTIONS)
def test_only_operators_of_the_exchange_steer_jobs(queued, event):
    world = World()
    row = in_state(queued, "failed" if event == "retry" else "queued", organisation_id=world.buyer.organisation_id)
    before = stored(row)
    refused = {
        ANONYMOUS: NotFound,
        world.other_buyer.actor: NotFound,
        world.buyer.actor: Forbidden,
        world.auditor.actor: Forbidden,
        world.reviewer.actor: Forbidden,
    }
    for actor, error in refused.items():
        with pytest.raises(error):
            ACTIONS[event](actor=actor, job_id=row.pk)
        assert stored(row) == before, actor.label
    assert not timeline(("job", row.pk)).exists()
    operator = world.colleague(world.exchange, "operator")
    assert ACTIONS[event](actor=operator.actor, job_id=row.pk).state == JOB.target(event, before["state"])
    assert timeline(("job", row.pk)).get().actor_user_id == operator.user.pk


def test_each_organisation_follows_its_own_jobs(queued):
    world = World()
    row = queued(organisation_id=world.buyer.organisation_id)
    other = queued()
    assert list(selectors.visible_jobs(world.buyer.actor).filter(kind="tests.return")) == [row]
    assert list(selectors.visible_jobs(world.auditor.actor).filter(kind="tests.return")) == [other, row]
    assert not selectors.visible_jobs(ANONYMOUS).exists()
    with pytest.raises(NotFound):
        selectors.job(world.buyer.actor, other.pk)


def test_an_unknown_job_is_not_found(queued):
    for service in ACTIONS.values():
        with pytest.raises(NotFound):
            service(actor=SYSTEM, job_id=1)


def test_a_retried_job_keeps_its_pause_no_longer(queued):
    row = queued("tests.raise", arguments={"what": "retryable"})
    services.execute(row.pk)
    assert services.claim(row.pk) is None
    make_due(row)
    assert claimed(row).attempt == 2


def test_a_loss_is_no_error(queued):
    """A worker that dies takes none of the attempts that errors have, and the other way round."""
    row = queued("tests.raise", arguments={"what": "retryable"})
    for _lost in range(2):
        claimed(row)
        expire_lease(row)
        services.sweep()
    for _error in range(2):
        services.execute(row.pk)
        make_due(row)
    found = stored(row)
    assert (found["state"], found["attempt"], found["losses"]) == ("queued", 4, 2)
    services.execute(row.pk)
    assert (stored(row)["state"], stored(row)["error_code"]) == ("failed", "unavailable")


def test_a_long_pause_is_left_to_the_sweep(queued, settings, emptied):
    row = queued("tests.patient")
    services.execute(row.pk)
    found = stored(row)
    assert found["run_after"] - found["sent_at"] == timedelta(seconds=settings.JOB_RESEND_SECONDS)
    assert services.sweep()["resent"] == 0
    make_due(row)
    Job.objects.filter(pk=row.pk).update(sent_at=F("run_after") - timedelta(seconds=settings.JOB_RESEND_SECONDS))
    assert services.sweep()["resent"] == 1


def test_what_ended_long_ago_is_removed_with_its_parts(queued, settings):
    settings.JOB_RETENTION_DAYS = 10
    old, young, open_one = in_state(queued, "failed"), in_state(queued, "succeeded"), queued()
    parent = in_state(queued, "waiting")
    services.cancel_job(actor=SYSTEM, job_id=parent.pk)
    Job.objects.filter(pk__in=[old.pk, parent.pk]).update(finished_at=Now() - timedelta(days=11))
    Job.objects.filter(pk=open_one.pk).update(created_at=Now() - timedelta(days=99))
    assert services.prune() == 2
    assert set(Job.objects.values_list("pk", flat=True)) == {young.pk, open_one.pk}


def test_what_is_tried_again_at_this_moment_is_not_removed(queued, in_thread, settings):
    settings.JOB_RETENTION_DAYS = 10
    row = in_state(queued, "failed")
    Job.objects.filter(pk=row.pk).update(finished_at=Now() - timedelta(days=11))
    with transaction.atomic():
        services.retry_job(actor=SYSTEM, job_id=row.pk)
        assert in_thread(services.prune).result(5) == 0
    assert stored(row)["state"] == "queued"
    assert services.prune() == 0
