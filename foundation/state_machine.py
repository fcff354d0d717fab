"""State machines as tables of `(event, from, to, who, guard)` rows. No Django here.

One table drives the services (`Machine.target`), the documentation (`docs/states.md`), the tests (every cell that is
not in the table is refused) and the database trigger that refuses an illegal UPDATE from anywhere (`trigger_sql`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from foundation.errors import IllegalTransition

START: Final = ""
"""The state of what does not exist yet: a row from START creates the object."""


@dataclass(frozen=True, slots=True)
class Row:
    """One permitted transition. `who` and `guard` are prose for readers; policies and services enforce them."""

    event: str
    source: str
    target: str
    who: str = ""
    guard: str = ""


class Machine:
    """A named table of rows; at most one target for each (event, state)."""

    def __init__(self, name: str, rows: Iterable[Row]) -> None:
        self.name = name
        self.rows = tuple(rows)
        self._targets: dict[tuple[str, str], str] = {}
        for row in self.rows:
            if (row.event, row.source) in self._targets:
                raise ValueError(f"{name}: two rows for '{row.event}' from '{row.source}'")
            self._targets[row.event, row.source] = row.target

    @property
    def states(self) -> tuple[str, ...]:
        """All states in order of appearance, START excluded."""
        seen = dict.fromkeys(s for row in self.rows for s in (row.source, row.target))
        return tuple(s for s in seen if s != START)

    @property
    def events(self) -> tuple[str, ...]:
        """All events in order of appearance."""
        return tuple(dict.fromkeys(row.event for row in self.rows))

    @property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The permitted (from, to) pairs, those from START included."""
        return frozenset((row.source, row.target) for row in self.rows)

    def target(self, event: str, state: str = START) -> str:
        """The state that `event` leads to from `state`; IllegalTransition where the table has no row."""
        try:
            return self._targets[event, state]
        except KeyError:
            raise IllegalTransition(machine=self.name, event=event, state=state) from None

    def allows(self, event: str, state: str = START) -> bool:
        """Whether the table has a row for `event` in `state`."""
        return (event, state) in self._targets


def trigger_sql(*, table: str, pairs: Iterable[tuple[str, str]], column: str = "state") -> str:
    """SQL that installs the trigger refusing every INSERT or change of `column` that is not among `pairs`.

    Migrations pass the pairs literally, so that old migrations stay what they were; a test compares the installed
    trigger with today's table. The error has SQLSTATE 23514 (check_violation), like a constraint.
    """
    allowed = sorted(set(pairs))
    values = ", ".join(f"('{source}', '{target}')" for source, target in allowed)
    name = f"{table}_{column}_transitions"
    return f"""
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE previous text := CASE WHEN TG_OP = 'INSERT' THEN '' ELSE OLD.{column} END;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.{column} IS NOT DISTINCT FROM OLD.{column} THEN RETURN NEW; END IF;
    IF (previous, NEW.{column}) IN ({values}) THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'illegal transition of {table}.{column}: % -> %', previous, NEW.{column}
        USING ERRCODE = 'check_violation';
END $$;
DROP TRIGGER IF EXISTS {name} ON {table};
CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {column} ON {table}
    FOR EACH ROW EXECUTE FUNCTION {name}();
"""


def drop_trigger_sql(*, table: str, column: str = "state") -> str:
    """SQL that removes what `trigger_sql` installed."""
    name = f"{table}_{column}_transitions"
    return f"DROP TRIGGER IF EXISTS {name} ON {table}; DROP FUNCTION IF EXISTS {name}();"
