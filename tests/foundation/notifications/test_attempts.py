"""From a queued message to its end, over a real receiver, through the job that a worker runs."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit.models import Event
from foundation.errors import Conflict, Forbidden, IllegalTransition, NotFound
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.notifications import selectors, services
from foundation.notifications.models import Notification, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from foundation.notifications.services.attempts import MOST_TRIES, PAUSES
from foundation.notifications.webhooks import signing
from foundation.notifications.webhooks.sending import DEADLINE_SECONDS, Outcome
from tests.factories import SYSTEM, World
from tests.foundation.notifications.conftest import KIND
from tests.foundation.notifications.webhooks.receiver import Receiver, receiver

FAILED, GONE, TAKEN = Outcome(None, "connection"), Outcome(410), Outcome(204)


@pytest.fixture
def queued(world: World, endpoint: WebhookEndpoint) -> WebhookDelivery:
    return services.test_endpoint(actor=world.provider.actor, endpoint_id=endpoint.pk)


def due(row: WebhookDelivery) -> None:
    """What the clock would do."""
    WebhookDelivery.objects.filter(pk=row.pk).update(next_attempt_at=timezone.now())


def attempt(row: WebhookDelivery, outcome: Outcome) -> WebhookDelivery:
    due(row)
    begun = services.begin_attempt(actor=SYSTEM, delivery_id=row.pk)
    assert begun is not None
    return services.end_attempt(actor=SYSTEM, attempt_id=begun.attempt_id, outcome=outcome)


def state_of(row: Any) -> str:
    row.refresh_from_db()
    return str(row.state)


def run(row: WebhookDelivery) -> dict[str, Any]:
    """Let the worker's own function run the waiting job."""
    job = Job.objects.get(kind="notifications.send_webhook", subject_id=row.pk, state="queued")
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded", job.error_detail
    assert job.result is not None
    return dict(job.result)


def send_to(server: Receiver, world: World, settings: Any) -> tuple[WebhookDelivery, str]:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    endpoint, secret = services.register_endpoint(actor=world.provider.actor, url=server.url, kinds=[KIND])
    return services.test_endpoint(actor=world.provider.actor, endpoint_id=endpoint.pk), secret


def test_a_message_arrives_signed_and_the_receiver_can_tell(world: World, settings: Any) -> None:
    with receiver() as server:
        row, secret = send_to(server, world, settings)
        assert run(row) == {"sent": True, "status": 204, "error": ""}
    assert state_of(row) == "delivered"
    assert server.bodies == [row.body.encode()]
    headers = server.headers[0]
    assert (headers["webhook-id"], headers["content-type"]) == (row.message_id, "application/json")
    now = int(timezone.now().timestamp())
    assert signing.verified(secret, received=headers, body=server.bodies[0], now=now)
    assert not signing.verified(secret, received=headers, body=server.bodies[0] + b" ", now=now)
    (tried,) = row.attempts.all()
    assert (tried.number, tried.status, tried.error, tried.ended_at is not None) == (1, 204, "", True)


def test_both_secrets_sign_until_the_old_ones_time_is_over(world: World, settings: Any) -> None:
    with receiver() as server:
        row, old = send_to(server, world, settings)
        _endpoint, new = services.rotate_secret(actor=world.provider.actor, endpoint_id=row.endpoint_id)
        run(row)
        WebhookEndpoint.objects.update(previous_until=timezone.now())
        services.redeliver(actor=world.provider.actor, delivery_id=row.pk)
        run(row)
    now = int(timezone.now().timestamp())

    def fits(secret: str, place: int) -> bool:
        return signing.verified(secret, received=server.headers[place], body=server.bodies[place], now=now)

    assert [fits(old, 0), fits(new, 0), fits(old, 1), fits(new, 1)] == [True, True, False, True]
    assert server.headers[0]["webhook-id"] == server.headers[1]["webhook-id"]
    assert [tried.number for tried in row.attempts.all()] == [1, 2]


def test_a_failed_attempt_is_repeated_in_its_time_with_the_same_message(world: World, settings: Any) -> None:
    with receiver() as server:
        server.answers = [(500, {}, b"down"), (204, {}, b"")]
        row, _secret = send_to(server, world, settings)
        assert run(row) == {"sent": False, "status": 500, "error": ""}
        assert state_of(row) == "pending"
        assert services.queue_due() == 0  # not yet
        due(row)
        assert services.queue_due() == 1
        assert services.queue_due() == 1  # the same job, not another
        assert run(row)["sent"] is True
    assert server.bodies[0] == server.bodies[1]
    assert server.headers[0]["webhook-id"] == server.headers[1]["webhook-id"]
    row.endpoint.refresh_from_db()
    assert row.endpoint.failing_since is None


def test_a_redirect_ends_where_it_began(world: World, settings: Any) -> None:
    with receiver() as inside, receiver() as server:
        server.answers = [(307, {"Location": inside.url}, b"")]
        row, _secret = send_to(server, world, settings)
        assert run(row) == {"sent": False, "status": 307, "error": ""}
        assert (len(server.paths), inside.paths) == (1, [])


def test_an_address_that_may_not_be_reached_fails_like_any_other(world: World, settings: Any) -> None:
    """Registered where loopback was allowed; where it is not, nothing leaves."""
    with receiver() as server:
        row, _secret = send_to(server, world, settings)
        settings.WEBHOOK_ALLOW_LOOPBACK = False
        assert run(row) == {"sent": False, "status": None, "error": "scheme"}
        assert server.paths == []


def test_the_pauses_grow_over_a_day_and_then_it_is_over(world: World, queued: WebhookDelivery) -> None:
    assert MOST_TRIES == 8
    assert timedelta(hours=23) < sum(PAUSES, timedelta()) < timedelta(hours=25)
    for tries in range(1, MOST_TRIES):
        before = timezone.now()
        row = attempt(queued, FAILED)
        assert (row.state, row.tries) == ("pending", tries)
        assert row.next_attempt_at is not None
        pause = row.next_attempt_at - before
        assert PAUSES[tries - 1] <= pause <= PAUSES[tries - 1] * 1.1 + timedelta(seconds=5)
    assert attempt(queued, FAILED).state == "failed"
    endpoint = queued.endpoint
    assert (state_of(endpoint), endpoint.pause_reason) == ("paused", "failing")
    told = Notification.objects.get(kind="notifications.webhook_paused")
    assert (told.recipient_id, told.subject_id) == (world.provider.user.pk, endpoint.pk)
    assert Event.objects.get(action="webhook.given_up").data == {"reason": "failing"}


def test_a_message_that_fails_while_others_arrive_pauses_nothing(world: World, queued: WebhookDelivery) -> None:
    other = services.test_endpoint(actor=world.provider.actor, endpoint_id=queued.endpoint_id)
    for _tries in range(MOST_TRIES - 1):
        attempt(queued, FAILED)
    attempt(other, TAKEN)
    assert attempt(queued, FAILED).state == "failed"
    assert state_of(queued.endpoint) == "active"
    assert not Notification.objects.filter(kind="notifications.webhook_paused").exists()


def test_gone_means_gone(world: World, queued: WebhookDelivery) -> None:
    assert attempt(queued, GONE).state == "failed"
    endpoint = queued.endpoint
    assert (state_of(endpoint), endpoint.pause_reason) == ("paused", "gone")
    with pytest.raises(Conflict):
        services.redeliver(actor=world.provider.actor, delivery_id=queued.pk)
    services.resume_endpoint(actor=world.provider.actor, endpoint_id=endpoint.pk)
    endpoint.refresh_from_db()
    assert (endpoint.state, endpoint.pause_reason, endpoint.failing_since) == ("active", "", None)


def test_what_the_receiver_asks_for_is_kept_within_bounds(queued: WebhookDelivery) -> None:
    now = timezone.now()
    row = attempt(queued, Outcome(429, retry_after=3600))
    assert row.next_attempt_at is not None
    assert timedelta(minutes=59) < row.next_attempt_at - now < timedelta(minutes=61)
    row = attempt(queued, Outcome(503, retry_after=999_999))
    assert row.next_attempt_at is not None
    assert row.next_attempt_at - now < timedelta(hours=6, minutes=1)
    row = attempt(queued, Outcome(500, retry_after=3600))  # only busy receivers are asked back later
    assert row.next_attempt_at is not None
    assert row.next_attempt_at - now < timedelta(minutes=6)


def test_a_worker_that_was_killed_leaves_an_attempt_without_an_end(queued: WebhookDelivery) -> None:
    first = services.begin_attempt(actor=SYSTEM, delivery_id=queued.pk)
    assert first is not None
    assert services.begin_attempt(actor=SYSTEM, delivery_id=queued.pk) is None  # the job that came back has to wait
    due(queued)
    second = services.begin_attempt(actor=SYSTEM, delivery_id=queued.pk)
    assert second is not None
    assert second.headers["webhook-id"] == first.headers["webhook-id"]
    services.end_attempt(actor=SYSTEM, attempt_id=second.attempt_id, outcome=TAKEN)
    ends = list(WebhookAttempt.objects.order_by("number").values_list("ended_at", flat=True))
    assert ends[0] is None
    assert ends[1] is not None
    assert state_of(queued) == "delivered"
    for outcome in (FAILED, TAKEN, GONE):  # what came too late changes nothing
        late = services.end_attempt(actor=SYSTEM, attempt_id=first.attempt_id, outcome=outcome)
        assert late.state == "delivered"
        endpoint = WebhookEndpoint.objects.get(pk=queued.endpoint_id)
        assert (endpoint.state, endpoint.failing_since) == ("active", None)


def test_no_second_attempt_begins_while_the_first_may_last(queued: WebhookDelivery) -> None:
    begun = services.begin_attempt(actor=SYSTEM, delivery_id=queued.pk)
    queued.refresh_from_db()
    assert begun is not None
    assert queued.next_attempt_at is not None
    assert queued.next_attempt_at > timezone.now() + 2 * timedelta(seconds=DEADLINE_SECONDS)
    row = services.end_attempt(actor=SYSTEM, attempt_id=begun.attempt_id, outcome=FAILED)
    assert row.next_attempt_at is not None
    assert row.next_attempt_at < timezone.now() + PAUSES[0] * 1.1 + timedelta(seconds=1)  # from its end on


def test_the_end_of_an_earlier_attempt_does_not_move_the_next_one(queued: WebhookDelivery) -> None:
    begun = []
    for _number in range(2):
        due(queued)
        begun.append(services.begin_attempt(actor=SYSTEM, delivery_id=queued.pk))
    queued.refresh_from_db()
    planned = queued.next_attempt_at
    assert begun[0] is not None
    row = services.end_attempt(actor=SYSTEM, attempt_id=begun[0].attempt_id, outcome=FAILED)
    assert row.next_attempt_at == planned


@pytest.mark.django_db(transaction=True)
def test_two_endpoints_that_are_given_up_at_once_do_not_wait_for_each_other(queued: WebhookDelivery) -> None:
    begun = services.begin_attempt(actor=SYSTEM, delivery_id=queued.pk)
    assert begun is not None
    other = connection.copy()
    try:
        with transaction.atomic():
            services.end_attempt(actor=SYSTEM, attempt_id=begun.attempt_id, outcome=GONE)
            with other.cursor() as cursor:  # what telling the endpoint of another's end does
                cursor.execute("SET lock_timeout = '200ms'")
                cursor.execute(
                    "INSERT INTO notifications_webhookdelivery (endpoint_id, uid, kind, body, state, tries)"
                    " VALUES (%s, gen_random_uuid(), 'webhook.test', '{}', 'pending', 0) RETURNING 1",
                    [queued.endpoint_id],
                )
                assert cursor.fetchone() == (1,)
    finally:
        other.close()


def test_a_killed_last_attempt_ends_the_message(queued: WebhookDelivery) -> None:
    for _tries in range(MOST_TRIES):
        due(queued)
        assert services.begin_attempt(actor=SYSTEM, delivery_id=queued.pk) is not None
    due(queued)
    assert services.begin_attempt(actor=SYSTEM, delivery_id=queued.pk) is None
    assert state_of(queued) == "failed"


def test_nothing_is_sent_while_paused_and_what_waited_is_sent_on_resuming(
    world: World, queued: WebhookDelivery
) -> None:
    actor = world.provider.actor
    attempt(queued, FAILED)
    services.pause_endpoint(actor=actor, endpoint_id=queued.endpoint_id)
    due(queued)
    assert services.queue_due() == 0
    assert services.begin_attempt(actor=SYSTEM, delivery_id=queued.pk) is None
    with pytest.raises(Conflict):
        services.test_endpoint(actor=actor, endpoint_id=queued.endpoint_id)
    WebhookDelivery.objects.update(next_attempt_at=timezone.now() + timedelta(hours=6))
    services.resume_endpoint(actor=actor, endpoint_id=queued.endpoint_id)
    assert services.queue_due() == 1
    assert attempt(queued, TAKEN).state == "delivered"


def test_only_what_has_ended_is_sent_again_and_only_by_administrators(world: World, queued: WebhookDelivery) -> None:
    with pytest.raises(IllegalTransition):
        services.redeliver(actor=world.provider.actor, delivery_id=queued.pk)
    attempt(queued, TAKEN)
    with pytest.raises(NotFound):
        services.redeliver(actor=world.buyer.actor, delivery_id=queued.pk)
    with pytest.raises(Forbidden):
        services.redeliver(actor=world.colleague(world.provider, "operator").actor, delivery_id=queued.pk)
    assert state_of(queued) == "delivered"
    again = services.redeliver(actor=world.provider.actor, delivery_id=queued.pk)
    assert (again.state, again.tries, again.message_id) == ("pending", 0, queued.message_id)


def test_one_that_was_forgotten_before_it_is_locked_is_not_found(
    world: World, queued: WebhookDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = selectors.delivery

    def then_forgotten(actor: Actor, delivery_id: int) -> WebhookDelivery:
        row = looked(actor, delivery_id)
        WebhookDelivery.objects.filter(pk=delivery_id).delete()
        return row

    monkeypatch.setattr(selectors, "delivery", then_forgotten)
    with pytest.raises(NotFound):
        services.redeliver(actor=world.provider.actor, delivery_id=queued.pk)


def test_a_missing_key_costs_the_receiver_nothing(queued: WebhookDelivery, settings: Any) -> None:
    settings.NOTIFICATION_KEYS = {2: "another secret of thirty-two characters"}
    assert services.begin_attempt(actor=SYSTEM, delivery_id=queued.pk) is None
    queued.refresh_from_db()
    assert (queued.state, queued.tries, queued.attempts.count()) == ("pending", 0, 0)
    assert queued.next_attempt_at is not None
    assert queued.next_attempt_at > timezone.now() + timedelta(minutes=4)


def test_what_is_old_goes(world: World, queued: WebhookDelivery, settings: Any) -> None:
    attempt(queued, TAKEN)
    fresh = services.test_endpoint(actor=world.provider.actor, endpoint_id=queued.endpoint_id)
    for days in (1, 400):
        Notification.objects.create(
            recipient=world.provider.user,
            organisation=world.provider.organisation,
            kind=KIND,
            subject_id=1,
            created_at=timezone.now() - timedelta(days=days),
        )
    WebhookDelivery.objects.filter(pk=queued.pk).update(ended_at=timezone.now() - timedelta(days=31))
    assert services.prune() == {"notifications": 1, "deliveries": 1}
    assert (list(WebhookDelivery.objects.all()), Notification.objects.filter(kind=KIND).count()) == ([fresh], 1)


def test_a_failure_for_good_is_told_once_to_whom_the_job_belongs(world: World) -> None:
    owner = world.provider.organisation_id
    rows = [
        Job.objects.create(kind="tests.kind", organisation_id=owner),
        Job.objects.create(kind="tests.kind", organisation_id=None),
        Job.objects.create(kind="tests.kind", organisation_id=owner),
    ]
    ended = timezone.now() - timedelta(minutes=1)
    for row, state in zip(rows, ("failed", "failed", "succeeded"), strict=True):
        Job.objects.filter(pk=row.pk).update(state="running")
        Job.objects.filter(pk=row.pk).update(state=state, finished_at=ended, error_code="tests_failed")
    assert [services.announce_failed_jobs(), services.announce_failed_jobs()] == [1, 0]
    job = Job.objects.get(kind="tell.jobs.job_failed")
    assert job.arguments == {"subject_id": rows[0].pk}
    jobs.execute(job.pk)
    assert list(Notification.objects.values_list("recipient_id", "kind", "subject_id")) == [
        (world.provider.user.pk, "jobs.job_failed", rows[0].pk)
    ]
    Job.objects.filter(pk=rows[0].pk).update(finished_at=timezone.now() + timedelta(minutes=1))
    assert services.announce_failed_jobs() == 1  # queued again by hand, and failed again
