"""emit(): the event and its listeners' jobs, in the transaction of the change."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from foundation.actors import ANONYMOUS, system
from foundation.audit.selectors import timeline
from foundation.errors import Forbidden
from foundation.events import services
from foundation.events.checks import followers_exist, listeners_exist
from foundation.events.models import Event
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from tests.foundation.events.table import SUBSCRIPTIONS
from tests.foundation.jobs import kinds

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _table(settings):
    assert kinds.RAISED
    settings.SUBSCRIPTIONS = "tests.foundation.events.table.SUBSCRIPTIONS"
    services.subscriptions.cache_clear()
    yield
    services.subscriptions.cache_clear()


def emit(name: str = "thing.happened", number: int = 7, **more: Any) -> Event:
    with transaction.atomic():
        return services.emit(name=name, subject=("thing", number), **more)


def test_an_event_is_a_row_and_a_job_for_each_listener():
    event = emit(data={"level": "general_1"}, organisation_id=5)
    assert Event.objects.values("name", "subject_type", "subject_id", "data").get(pk=event.pk) == {
        "name": "thing.happened",
        "subject_type": "thing",
        "subject_id": 7,
        "data": {"level": "general_1"},
    }
    rows = Job.objects.order_by("pk").values_list("kind", "arguments", "subject_type", "subject_id", "organisation_id")
    assert list(rows) == [
        ("tests.return", {"subject_id": 7}, "thing", 7, 5),
        ("tests.raise", {"subject_id": 7}, "thing", 7, 5),
    ]


def test_an_event_that_nobody_listens_to_is_kept():
    emit("thing.ignored")
    assert (Event.objects.count(), Job.objects.count()) == (1, 0)


def test_an_event_that_no_table_knows_is_a_typing_error():
    with pytest.raises(KeyError, match=r"thing\.hapened"):
        emit("thing.hapened")
    assert (Event.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused():
    with pytest.raises(RuntimeError, match="transaction"):
        services.emit(name="thing.happened", subject=("thing", 7))
    assert (Event.objects.count(), Job.objects.count()) == (0, 0)


def test_nothing_is_told_of_a_change_that_was_rolled_back():
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012 (a transaction)
        services.emit(name="thing.happened", subject=("thing", 7))
        _ = 1 / 0
    assert (Event.objects.count(), Job.objects.count()) == (0, 0)


def test_listeners_that_have_not_begun_hear_of_several_events_once():
    emit()
    emit()
    emit(number=8)
    assert (Event.objects.count(), Job.objects.filter(subject_id=7).count(), Job.objects.count()) == (3, 2, 4)


def test_a_listener_that_has_begun_is_told_again():
    emit()
    assert jobs.claim(Job.objects.get(kind="tests.return").pk) is not None
    emit()
    assert sorted(Job.objects.values_list("kind", "state")) == [
        ("tests.raise", "queued"),
        ("tests.return", "queued"),
        ("tests.return", "running"),
    ]


def test_subjects_of_different_types_are_told_apart():
    with transaction.atomic():
        services.emit(name="thing.happened", subject=("thing", 7))
        services.emit(name="thing.happened", subject=("other", 7))
    assert Job.objects.count() == 4


def test_a_listener_that_no_room_registers_is_found_at_start(monkeypatch):
    assert listeners_exist() == []
    monkeypatch.setitem(SUBSCRIPTIONS, "thing.happened", ("tests.unheard",))
    found = listeners_exist()
    assert [(error.id, "tests.unheard" in error.msg) for error in found] == [("events.E001", True)]


def test_what_is_done_at_once_is_there_and_of_an_event_that_is_known(settings, monkeypatch):
    monkeypatch.setattr(
        "tests.foundation.events.table.DONE_AT_ONCE", {"thing.happened": ("operator.index",)}, raising=False
    )
    settings.DONE_AT_ONCE = "tests.foundation.events.table.DONE_AT_ONCE"
    assert followers_exist() == []
    lost = {"thing.happened": ("operator.lost",), "thing.hapened": ()}
    monkeypatch.setattr("tests.foundation.events.table.DONE_AT_ONCE", lost)
    assert [(error.id, error.msg.split("'")[1]) for error in followers_exist()] == [
        ("events.E002", "thing.happened"),
        ("events.E002", "thing.hapened"),
    ]


def test_what_is_done_at_once_is_done_in_the_change_and_can_stop_it(monkeypatch):
    done: list[int] = []
    monkeypatch.setattr(services, "followers", lambda name: [done.append] if name == "thing.happened" else [])
    emit()
    assert done == [7]

    def refuse(number: int) -> None:
        raise ValueError(number)

    monkeypatch.setattr(services, "followers", lambda _name: [refuse])
    with pytest.raises(ValueError, match="7"):
        emit()
    assert Event.objects.count() == 1


def test_listeners_are_told_again_by_an_operator():
    event, ignored = emit(), emit("thing.ignored")
    Job.objects.all().delete()
    assert services.replay(actor=system("tests"), event_ids=[event.pk, ignored.pk]) == 2
    assert sorted(Job.objects.values_list("kind", "subject_id")) == [("tests.raise", 7), ("tests.return", 7)]
    assert [entry.action for entry in timeline(("event", event.pk))] == ["event.replayed"]


def test_nobody_else_tells_again():
    event = emit()
    Job.objects.all().delete()
    with pytest.raises(Forbidden):
        services.replay(actor=ANONYMOUS, event_ids=[event.pk])
    assert not Job.objects.exists()


def test_old_events_are_removed_and_no_others(settings):
    settings.EVENT_RETENTION_DAYS = 30
    old, young = emit(number=1), emit(number=2)
    Event.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    assert services.prune() == 1
    assert list(Event.objects.values_list("pk", flat=True)) == [young.pk]
    assert services.prune() == 0
