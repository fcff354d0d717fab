"""State machines: the table decides, in Python and in the database alike."""

import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from config.machines import MACHINES
from foundation.errors import IllegalTransition
from foundation.state_machine import START, Machine, Row, drop_trigger_sql, trigger_sql

DOOR = Machine(
    "Door",
    [
        Row("build", START, "open", "a joiner"),
        Row("shut", "open", "shut"),
        Row("open", "shut", "open"),
        Row("lock", "shut", "locked", "the owner", "with a key"),
        Row("brick_up", "open", "gone"),
        Row("brick_up", "shut", "gone"),
    ],
)

names = st.text("abc", min_size=0, max_size=2)
tables = st.lists(
    st.builds(Row, names, names, names.filter(bool)), unique_by=lambda row: (row.event, row.source), max_size=12
)


def test_states_events_and_pairs_in_order_of_appearance():
    assert DOOR.states == ("open", "shut", "locked", "gone")
    assert DOOR.events == ("build", "shut", "open", "lock", "brick_up")
    assert DOOR.pairs == {
        ("", "open"), ("open", "shut"), ("shut", "open"), ("shut", "locked"), ("open", "gone"), ("shut", "gone"),
    }  # fmt: skip


def test_a_second_target_for_the_same_event_and_state_is_refused():
    with pytest.raises(ValueError, match="two rows for 'shut' from 'open'"):
        Machine("Door", [Row("shut", "open", "shut"), Row("shut", "open", "locked")])


@given(tables, names, names)
def test_exactly_the_rows_of_the_table_are_possible(rows, event, state):
    machine = Machine("Any", rows)
    expected = [row.target for row in rows if (row.event, row.source) == (event, state)]
    assert machine.allows(event, state) is bool(expected)
    if expected:
        assert machine.target(event, state) == expected[0]
    else:
        with pytest.raises(IllegalTransition) as refused:
            machine.target(event, state)
        assert refused.value.params == {"machine": "Any", "event": event, "state": state}


@pytest.mark.parametrize("table", MACHINES)
@pytest.mark.django_db
def test_the_installed_trigger_is_todays_table(table):
    """Migrations hold the pairs literally: a changed table without a migration is found here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [f"{table}_state_transitions"])
        ((body,),) = cursor.fetchall()
        cursor.execute(
            "SELECT tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s",
            [table, f"{table}_state_transitions"],
        )
        assert cursor.fetchall() == [("O",)]
    moves = {(source, target) for source, target in MACHINES[table].pairs if source != target}
    assert set(re.findall(r"\('(\w*)', '(\w+)'\)", body)) == moves


@pytest.fixture
def doors(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE door (id int PRIMARY KEY, state text, colour text)")
        cursor.execute(trigger_sql(table="door", pairs=DOOR.pairs))
        yield cursor
        cursor.execute("DROP TABLE door")
        cursor.execute(drop_trigger_sql(table="door").split(";")[1])


def reach(cursor: Any, state: str) -> None:
    path = {"open": [], "shut": ["shut"], "locked": ["shut", "locked"], "gone": ["gone"]}[state]
    cursor.execute("INSERT INTO door VALUES (1, 'open', 'red')")
    for step in path:
        cursor.execute("UPDATE door SET state = %s", [step])


@pytest.mark.parametrize("target", DOOR.states)
@pytest.mark.parametrize("source", DOOR.states)
def test_the_database_makes_the_listed_moves_and_no_others(doors, source, target):
    reach(doors, source)
    if source == target or (source, target) in DOOR.pairs:
        doors.execute("UPDATE door SET state = %s", [target])
        expected = target
    else:
        with pytest.raises(IntegrityError, match=f"illegal transition of door.state: {source} -> {target}"):
            doors.execute("UPDATE door SET state = %s", [target])
        expected = source
    doors.execute("SELECT state FROM door")
    assert doors.fetchall() == [(expected,)]


@pytest.mark.parametrize("state", ["shut", "locked", "gone", "", None, "ajar"])
def test_the_database_lets_nothing_begin_elsewhere(doors, state):
    with pytest.raises(IntegrityError):
        doors.execute("INSERT INTO door VALUES (1, %s, 'red')", [state])
    doors.execute("SELECT count(*) FROM door")
    assert doors.fetchall() == [(0,)]


def test_a_state_cannot_be_lost(doors):
    reach(doors, "open")
    with pytest.raises(IntegrityError):
        doors.execute("UPDATE door SET state = NULL")


def test_other_columns_are_free_and_one_wrong_row_stops_a_bulk_update(doors):
    reach(doors, "shut")
    doors.execute("INSERT INTO door VALUES (2, 'open', 'red')")
    doors.execute("UPDATE door SET colour = 'blue'")
    with pytest.raises(IntegrityError), transaction.atomic():
        doors.execute("UPDATE door SET state = 'locked'")
    doors.execute("SELECT id, state, colour FROM door ORDER BY id")
    assert doors.fetchall() == [(1, "shut", "blue"), (2, "open", "blue")]


def test_the_error_is_a_check_violation(doors):
    with pytest.raises(IntegrityError) as refused:
        doors.execute("INSERT INTO door VALUES (1, 'gone', 'red')")
    assert getattr(refused.value.__cause__, "sqlstate", "") == "23514"


def test_what_was_installed_can_be_removed(doors):
    doors.execute(drop_trigger_sql(table="door"))
    doors.execute("INSERT INTO door VALUES (1, 'anything', 'red')")
    assert doors.rowcount == 1
    doors.execute(trigger_sql(table="door", pairs=DOOR.pairs))
