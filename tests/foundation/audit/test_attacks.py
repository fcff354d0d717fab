"""Whatever is done to sealed events, by somebody who may rewrite every table but holds no key, is found."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.actors import system
from foundation.audit import checkpoints, merkle, services
from foundation.audit.models import Event, Seal
from foundation.audit.verification import verify

from .attacks import TABLES, attacker, rehash, sql

KEYS = {"audit_event": "id", "audit_sealedposition": "position", "audit_seal": "number"}
NOT_CONTENT = {("audit_event", "transaction"), ("audit_seal", "frontier")}
"""What may change without a trace: neither says anything about what happened, and neither is believed."""


def contents() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the log but the two columns that are not content."""
    return {
        table: sorted(map(_plain, sql(f"SELECT {', '.join(name for name, _ in columns(table))} FROM {table}")))
        for table in TABLES
    }


@cache
def columns(table: str) -> list[tuple[str, str]]:
    """Name and type of every column that is content."""
    found = sql(
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        table,
    )
    return [(name, type_name) for name, type_name in found if (table, name) not in NOT_CONTENT]


def _plain(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(bytes(value) if isinstance(value, memoryview) else str(value) for value in row)


def _other(data: st.DataObject, old: object, type_name: str) -> object:
    """Any other value that a column of this type holds."""
    match type_name:
        case "bytea":
            return data.draw(st.binary(max_size=40) | st.just(bytes(32)))
        case "bigint" | "integer" | "smallint":
            return data.draw(st.integers(0, 2**15 - 1))
        case "timestamp with time zone":
            return data.draw(st.datetimes()).isoformat() + "+00:00"
        case "jsonb":
            return data.draw(st.sampled_from(['{"n": 99}', "{}", "[]", "null", '{"n": 1e300}', '{"n": "0"}']))
        case _:
            return data.draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=15))


def _row(data: st.DataObject, table: str) -> Any:
    keys = [key for (key,) in sql(f"SELECT {KEYS[table]} FROM {table} ORDER BY 1")]
    return data.draw(st.sampled_from(keys)) if keys else None


def change(data: st.DataObject) -> None:
    """Another value in any column of any row."""
    table = data.draw(st.sampled_from(sorted(KEYS)))
    column, type_name = data.draw(st.sampled_from(columns(table)))
    if (key := _row(data, table)) is None:
        return
    ((old,),) = sql(f"SELECT {column} FROM {table} WHERE {KEYS[table]} = %s", key)
    new = _other(data, old, type_name)
    clause = "" if column != KEYS[table] else f" AND NOT EXISTS (SELECT FROM {table} WHERE {column} = %s)"
    if column == "event_id":
        clause = f" AND NOT EXISTS (SELECT FROM {table} WHERE event_id = %s)"
    elif column in {"first", "last"}:
        clause = f" AND {'%s <= last' if column == 'first' else 'first <= %s'}"
    again = [new] if clause else []
    sql(f"UPDATE {table} SET {column} = %s WHERE {KEYS[table]} = %s{clause}", new, key, *again)


def delete(data: st.DataObject) -> None:
    """Any row is gone."""
    table = data.draw(st.sampled_from(sorted(KEYS)))
    sql(f"DELETE FROM {table} WHERE {KEYS[table]} = %s", _row(data, table))


def insert(data: st.DataObject) -> None:
    """A copy of an event under a new number, sealed at the end or not at all."""
    if (key := _row(data, "audit_event")) is None:
        return
    ((new,),) = sql(
        "INSERT INTO audit_event (at, actor_kind, actor_label, actor_user_id, actor_organisation_id, action,"
        " subject_type, subject_id, data, key_version, mac) SELECT at, actor_kind, actor_label, actor_user_id,"
        " actor_organisation_id, action, subject_type, subject_id, data, key_version, mac FROM audit_event"
        " WHERE id = %s RETURNING id",
        key,
    )
    if data.draw(st.booleans()):
        sql(
            "INSERT INTO audit_sealedposition SELECT max(position) + 1, %s, sha256('x'), 1, sha256('y')"
            " FROM audit_sealedposition HAVING max(position) IS NOT NULL",
            new,
        )


def exchange(data: st.DataObject) -> None:
    """Two positions tell of each other's event."""
    one, other = _row(data, "audit_sealedposition"), _row(data, "audit_sealedposition")
    if one is None or one == other:
        return
    ((first,),) = sql("SELECT event_id FROM audit_sealedposition WHERE position = %s", one)
    ((second,),) = sql("SELECT event_id FROM audit_sealedposition WHERE position = %s", other)
    for position, event in ((one, -1), (other, first), (one, second)):
        sql("UPDATE audit_sealedposition SET event_id = %s WHERE position = %s", event, position)


def shorten(data: st.DataObject) -> None:
    """The newest seals are gone with their positions and their events, and the events after them as well."""
    keep = data.draw(st.integers(0, 1))
    ((last,),) = sql("SELECT coalesce(max(last), 0) FROM audit_seal WHERE number <= %s", keep)
    sql("DELETE FROM audit_seal WHERE number > %s", keep)
    sql(
        "DELETE FROM audit_event WHERE id NOT IN (SELECT event_id FROM audit_sealedposition WHERE position <= %s)", last
    )
    sql("DELETE FROM audit_sealedposition WHERE position > %s", last)


ATTACKS: list[Callable[[st.DataObject], None]] = [change, delete, insert, exchange, shorten]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_attack_on_the_sealed_log_is_found(log: list[Event], data: st.DataObject) -> None:
    if not list(checkpoints.kept()):
        assert services.seal(actor=system("test")) == 2  # no unsealed tail: whatever is gone was sealed
        services.write_checkpoint(actor=system("test"))
        assert verify(checkpoints.kept()).ok
    kept, before = list(checkpoints.kept()), contents()
    with attacker():
        for attack in data.draw(st.lists(st.sampled_from(ATTACKS), min_size=1, max_size=3)):
            attack(data)
        if data.draw(st.booleans()):
            rehash()
        if contents() != before:
            assert not verify(kept).ok


OTHER = {"bytea": "sha256('x')", "timestamp with time zone": "now()", "jsonb": "'[1]'", "character varying": "'x'"}


def test_another_value_in_any_column_of_any_table_is_found(log: list[Event]) -> None:
    """Every column there is, so that one which is added later and left out of the codes does not go unnoticed."""
    services.write_checkpoint(actor=system("test"))
    kept, tried = list(checkpoints.kept()), set()
    for table, key in KEYS.items():
        for column, type_name in columns(table):
            other = OTHER.get(type_name, "1234")
            with attacker():
                sql("ALTER TABLE audit_seal DROP CONSTRAINT audit_seal_not_empty")
                sql(f"UPDATE {table} SET {column} = {other} WHERE {key} = (SELECT min({key}) FROM {table})")
                assert not verify(kept).ok, (table, column)
            tried.add((table, column))
    assert {("audit_event", "actor_key_id"), ("audit_sealedposition", "mac"), ("audit_seal", "tree_root")} <= tried


def test_a_genuine_seal_with_another_root_of_the_log_is_found(
    log: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The codes fit, since the exchange itself made the seal: only the positions tell that its tree is wrong."""

    def another(previous: Seal | None) -> merkle.Tree:
        tree = merkle.Tree(remember=True)
        tree.extend(bytes([n]) * 32 for n in range(previous.last if previous else 0))
        return tree

    monkeypatch.setattr("foundation.audit.sealing._grown", another)
    assert services.seal(actor=system("test")) == 2
    assert [(problem.code, problem.seal) for problem in verify().problems] == [("seal_wrong_tree", 3)]


def test_newest_seals_removed_with_their_events_are_found_by_the_checkpoint_alone(log: list[Event]) -> None:
    services.write_checkpoint(actor=system("test"))
    kept = list(checkpoints.kept())
    with attacker():
        sql("DELETE FROM audit_seal WHERE number = 2")
        sql("DELETE FROM audit_sealedposition WHERE position > 5")
        sql("DELETE FROM audit_event WHERE id >= %s", log[5].pk)
        assert verify().ok
        report = verify(kept)
    (problem,) = report.problems
    assert (problem.code, problem.position, problem.last_position) == ("checkpoint_ahead", 6, 8)
    assert (report.checkpoints, report.checkpointed) == (1, 0)


def test_a_removed_unsealed_tail_is_what_the_report_says_is_not_covered(log: list[Event]) -> None:
    services.write_checkpoint(actor=system("test"))
    kept = list(checkpoints.kept())
    report = verify(kept)
    assert (report.checkpointed, report.sealed, report.unsealed_tail) == (8, 8, 2)
    with attacker():
        sql("DELETE FROM audit_event WHERE id >= %s", log[8].pk)
        report = verify(kept)
        assert report.ok
        assert (report.checkpointed, report.sealed, report.unsealed_tail) == (8, 8, 0)
