"""A request with a key is carried out once: answers, their secrecy, other requests, other people, and what is left."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import connection
from django.utils import timezone

from foundation.actors import ANONYMOUS, Actor
from foundation.audit.models import Event
from foundation.audit.services import record
from foundation.errors import Conflict
from foundation.idempotency import services
from foundation.idempotency.answers import Answer
from foundation.idempotency.errors import InProgress, KeyReused
from foundation.idempotency.models import StoredAnswer
from foundation.idempotency.sealing import digest_of, seal, unseal

pytestmark = pytest.mark.django_db
KEY = "8e03978e-40d5-43dd-bc93-6f2f0fd5d4a4"
FIRST, OTHER = "a" * 64, "b" * 64
PERSON = Actor(kind="member", label="p", user_id=5, organisation_id=7)
COLLEAGUE = Actor(kind="member", label="c", user_id=6, organisation_id=7)


class Work:
    """Something that is done once too often when it is done twice."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self.answers, self.done = list(answers), 0

    def __call__(self) -> Answer:
        self.done += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


CREATED = Answer(201, b'{"api_key": "dx_secret"}', {"ETag": '"1"'})


def once(work: Work, *, actor: Actor = PERSON, key: str = KEY, fingerprint: str = FIRST) -> Answer:
    return services.perform_once(actor=actor, key=key, fingerprint=fingerprint, act=work)


def test_the_second_time_the_first_answer_is_given() -> None:
    work = Work(CREATED)
    assert once(work) == CREATED
    again = once(work)
    assert (again.status, again.body, again.headers, again.replayed) == (201, CREATED.body, {"ETag": '"1"'}, True)
    assert work.done == 1


def test_another_request_may_not_use_the_key() -> None:
    work = Work(CREATED)
    once(work)
    with pytest.raises(KeyReused):
        once(work, fingerprint=OTHER)
    assert (work.done, StoredAnswer.objects.count()) == (1, 1)


def test_others_keys_are_their_own() -> None:
    work = Work(*[CREATED] * 4)
    elsewhere = Actor(kind="member", label="p", user_id=5, organisation_id=8)
    for actor in (PERSON, COLLEAGUE, elsewhere, ANONYMOUS):
        assert once(work, actor=actor).replayed is False
    assert work.done == 4


def test_what_was_refused_may_be_sent_again() -> None:
    work = Work(Conflict("not now"), CREATED)
    with pytest.raises(Conflict):
        once(work)
    assert not StoredAnswer.objects.exists()
    assert once(work).replayed is False
    assert work.done == 2


def test_what_is_recorded_of_a_refusal_stays() -> None:
    def refuse() -> Answer:
        record(actor=PERSON, action="delivery.refused", subject=("grant", 1))
        raise Conflict("no")

    with pytest.raises(Conflict):
        services.perform_once(actor=PERSON, key=KEY, fingerprint=FIRST, act=refuse)
    assert Event.objects.filter(action="delivery.refused").count() == 1


def test_answers_that_are_none_of_a_creation_are_not_kept() -> None:
    work = Work(Answer(303, b""), CREATED)
    once(work)
    once(work)
    assert work.done == 2


def test_the_table_tells_neither_key_nor_answer(settings: Any) -> None:
    once(Work(CREATED))
    row = StoredAnswer.objects.get()
    stored = repr(StoredAnswer.objects.values().get()).encode() + bytes(row.sealed)
    assert KEY.encode() not in stored
    assert b"secret" not in stored
    scope = services.scope_of(PERSON)
    assert unseal(bytes(row.sealed), scope=scope, key=KEY, fingerprint=FIRST).body == CREATED.body
    for wrong in ({"key": KEY[:-1] + "0"}, {"fingerprint": OTHER}, {"scope": "member:7:6"}):
        with pytest.raises(InvalidTag):
            unseal(bytes(row.sealed), **{"scope": scope, "key": KEY, "fingerprint": FIRST, **wrong})
    settings.SECRET_KEY = "another secret of the installation"
    with pytest.raises(InvalidTag):
        unseal(bytes(row.sealed), scope=scope, key=KEY, fingerprint=FIRST)


def test_equal_answers_are_sealed_differently() -> None:
    sealed = {seal(CREATED, scope="s", key=KEY, fingerprint=FIRST) for _ in range(3)}
    assert len(sealed) == 3


def test_after_a_day_the_key_is_free_and_the_row_is_swept() -> None:
    work = Work(CREATED, CREATED)
    once(work)
    once(Work(CREATED), actor=COLLEAGUE)
    row = StoredAnswer.objects.get(scope="member:7:5")
    assert timedelta(hours=23, minutes=59) < row.expires_at - row.created_at <= timedelta(hours=24, seconds=5)
    StoredAnswer.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert services.sweep_expired() == 1
    assert StoredAnswer.objects.get().scope == "member:7:6"
    assert once(work).replayed is False
    StoredAnswer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    work.answers.append(CREATED)
    assert once(work).replayed is False, "an overdue answer counts for nothing before it is swept"
    assert work.done == 3


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """A second session on the same database."""
    session = connection.copy()
    yield session
    session.close()


def test_while_the_first_is_being_carried_out_the_second_waits_outside(elsewhere: Any) -> None:
    number = int.from_bytes(bytes.fromhex(digest_of(services.scope_of(PERSON), KEY)[:16]), signed=True)
    work = Work(CREATED)
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        with pytest.raises(InProgress):
            once(work)
        assert work.done == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    assert once(work).status == 201


@pytest.mark.django_db(transaction=True)
def test_of_eight_at_once_one_does_the_work() -> None:
    """The others are told to wait or get the answer; the effect is there once."""
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def act() -> Answer:
        record(actor=PERSON, action="tests.created", subject=("thing", 1))
        return CREATED

    def send() -> None:
        together.wait()
        try:
            answer = services.perform_once(actor=PERSON, key=KEY, fingerprint=FIRST, act=act)
            outcomes.append("replayed" if answer.replayed else "done")
        except InProgress:
            outcomes.append("told to wait")
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(outcomes), outcomes.count("done")) == (8, 1)
    assert Event.objects.filter(action="tests.created").count() == 1


def test_beat_sweeps() -> None:
    assert "foundation.idempotency.sweep" in {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
