from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from foundation.actors import ANONYMOUS, Actor, system
from foundation.audit import canonical, keys, services
from foundation.audit.models import Event, Seal, SealedPosition
from foundation.errors import Forbidden

from .attacks import TABLES, sql
from .conftest import ALICE


@pytest.mark.django_db
def test_record_writes_every_field_and_its_code() -> None:
    written = services.record(
        actor=ALICE, action="request.approved", subject=("authorization.accessrequest", 12), data={"step": 2}
    )
    event = Event.objects.get()
    assert event.pk == written.pk
    assert (event.actor_kind, event.actor_label) == ("member", "alice")
    assert (event.actor_user_id, event.actor_organisation_id) == (7, 3)
    assert (event.action, event.subject_type, event.subject_id) == (
        "request.approved",
        "authorization.accessrequest",
        "12",
    )
    assert event.data == {"step": 2}
    assert event.key_version == 1
    assert event.transaction == sql("SELECT pg_current_xact_id()::text::bigint")[0][0]
    content = canonical.canonical(canonical.event_record(event))
    assert bytes(event.mac) == keys.mac(1, keys.EVENT, content)
    assert b'"id":%d' % event.pk in content


@pytest.mark.django_db
def test_a_model_instance_is_named_by_label_and_key() -> None:
    first = services.record(actor=ANONYMOUS, action="listing.viewed", subject=("catalog.listing", 1))
    second = services.record(actor=ANONYMOUS, action="event.quoted", subject=first)
    assert (second.subject_type, second.subject_id) == ("audit.event", str(first.pk))


@pytest.mark.django_db
def test_an_unsaved_subject_is_refused() -> None:
    with pytest.raises(ValueError, match=r"audit\.event has no identifier yet"):
        services.record(actor=ALICE, action="event.quoted", subject=Event())
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_record_needs_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="needs the transaction"):
        services.record(actor=ALICE, action="listing.published", subject=("catalog.listing", 1))
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_event_goes_with_its_transaction() -> None:
    with transaction.atomic():
        services.record(actor=ALICE, action="listing.published", subject=("catalog.listing", 1))
        transaction.set_rollback(True)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_what_is_written_is_what_is_given_back() -> None:
    actor = Actor(kind="member", label='汉字 "quoted" %s \\', user_id=2**40, organisation_id=1, key_id=9)
    data = {"名": "数据 \n", "n": -(2**53) + 1, "share": 1e-7, "whole": 2.0, "list": [True, None, {"deep": []}]}
    written = services.record(actor=actor, action="listing.published", subject=("x", "%s"), data=data)
    stored = Event.objects.get()
    for field in Event._meta.concrete_fields:
        assert getattr(written, field.attname) == getattr(stored, field.attname), field.attname
    assert canonical.canonical(canonical.event_record(written)) == canonical.canonical(canonical.event_record(stored))
    assert not written._state.adding
    assert keys.fits(1, keys.EVENT, canonical.canonical(canonical.event_record(stored)), bytes(stored.mac))
    assert stored.actor_key_id == 9


@pytest.mark.django_db
def test_events_without_a_key_are_authenticated_as_before_keys_were_recorded() -> None:
    event = services.record(actor=ALICE, action="listing.published", subject=("catalog.listing", 1))
    assert "actor_key_id" not in canonical.event_record(event)


@pytest.mark.django_db
def test_the_statements_are_prepared_once_a_connection() -> None:
    def prepared() -> list[int]:
        rows = sql(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%audit_event%'"
        )
        return sorted(times for (times,) in rows)

    sql("DEALLOCATE ALL")
    before = prepared()
    for number in range(4):
        actor = Actor(kind="member", label="alice", user_id=10**number, organisation_id=3 * 10**number)
        services.record(actor=actor, action="listing.published", subject=("catalog.listing", number))
    assert (before, prepared()) == ([], [4, 4])


@pytest.mark.django_db
def test_behind_a_pooler_that_shares_connections_nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    sql("DEALLOCATE ALL")
    services.record(actor=ALICE, action="listing.published", subject=("catalog.listing", 1))
    assert sql("SELECT count(*) FROM pg_prepared_statements") == [(0,)]
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_a_broken_transaction_takes_no_event() -> None:
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            services.record(actor=ALICE, action="listing.published", subject=("catalog.listing", 1))
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_what_the_database_refuses_is_an_error_of_django() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        services.record(actor=ALICE, action="listing.published", subject=("x" * 101, 1))
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["published", "Listing.published", "listing.", "listing published", ""])
def test_actions_have_one_form(action: str) -> None:
    with pytest.raises(ValueError, match=r"not of the form 'listing\.published'"):
        services.record(actor=ALICE, action=action, subject=("catalog.listing", 1))


@pytest.mark.django_db
def test_an_unconfigured_or_short_secret_writes_nothing(settings: Any) -> None:
    for broken in ({}, {1: "short"}):
        settings.AUDIT_KEYS = broken
        with pytest.raises(Exception, match="AUDIT_KEYS"):
            services.record(actor=ALICE, action="listing.published", subject=("catalog.listing", 1))
        assert not Event.objects.exists()


@pytest.mark.django_db
def test_new_events_use_the_newest_key(settings: Any) -> None:
    settings.AUDIT_KEYS = {**settings.AUDIT_KEYS, 2: "another secret of at least 32 characters"}
    event = services.record(actor=ALICE, action="listing.published", subject=("catalog.listing", 1))
    assert event.key_version == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET data = '{}'",
        "DELETE FROM audit_event",
        "UPDATE audit_sealedposition SET event_id = event_id",
        "DELETE FROM audit_sealedposition",
        "UPDATE audit_seal SET horizon = 0",
        "DELETE FROM audit_seal",
    ],
)
def test_the_database_refuses_change(log: list[Event], statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"is append-only: (UPDATE|DELETE) is refused"), transaction.atomic():
        sql(statement)
    assert (Event.objects.count(), SealedPosition.objects.count(), Seal.objects.count()) == (10, 8, 2)


@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_truncate(log: list[Event], table: str) -> None:
    with pytest.raises(DatabaseError, match=f"{table} is append-only: TRUNCATE is refused"), transaction.atomic():
        sql(f"TRUNCATE {table}")
    assert (Event.objects.count(), SealedPosition.objects.count(), Seal.objects.count()) == (10, 8, 2)


@pytest.mark.django_db
def test_an_identifier_cannot_be_used_twice() -> None:
    event = services.record(actor=ALICE, action="listing.published", subject=("catalog.listing", 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.create(
            id=event.pk, at=event.at, actor_kind="system", action="a.b", subject_type="x", subject_id="1",
            key_version=1, mac=bytes(32),
        )  # fmt: skip
    assert connection.is_usable()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("actor", "allowed"),
    [
        (system("beat"), True),
        (_exchange := Actor(
            kind="member", label="root", organisation_verified=True, organisation_roles=frozenset({"exchange"}),
            member_roles=frozenset({"administrator"}),
        ), True),
        (Actor(
            kind="member", label="auditor", organisation_verified=True, organisation_roles=frozenset({"exchange"}),
            member_roles=frozenset({"auditor"}),
        ), False),
        (ALICE, False),
        (ANONYMOUS, False),
    ],
)  # fmt: skip
def test_only_the_system_and_administrators_of_the_exchange_seal(actor: Actor, allowed: bool) -> None:
    if allowed:
        assert services.seal(actor=actor) == 0
    else:
        with pytest.raises(Forbidden):
            services.seal(actor=actor)
