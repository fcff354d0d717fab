"""Requests in figures, counted by PostgreSQL: what ended and how, refusals by ground, times, what is open by age."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from foundation.actors import Actor
from foundation.participants.policies import require_exchange
from marketplace.authorization import states
from marketplace.authorization.figures import queries

FEWEST: Final = 3
"""Buyers that a figure for everybody rests on at least: of two, each knows the other's part."""
OUTCOMES: Final = ("granted_at_once", "granted", "refused", "rejected", "withdrawn", "expired", "lapsed")
"""How requests end: refused by the decision table, rejected by approvers."""
AGES: Final = (7, 30, 90)
"""Days that part what is open; the last band is above them all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of requests, and up to FEWEST of the buyers they are of: enough to say whether there are that many."""

    requests: int
    buyers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Times:
    """Hours that `count` things took, as continuous percentiles; `rejected` of these steps; buyers as in a cell."""

    count: int
    rejected: int
    median_hours: float
    p90_hours: float
    buyers: frozenset[int]


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a request was refused: `by` a `row` of a decision table, or by people on a `ground` (empty: not stated)."""

    by: str
    code: str
    table: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Requests from `since` on, before `until`; empty places of a table are left out.

    `ended` is by authorization mode and outcome of OUTCOMES, `to_grant` from submission to grant by mode, `steps` by
    kind of approver and mode from the opening of a step to its decision, without the time in which an answer of the
    buyer was waited for. `open_by_age` is what was open at `until`: by days of AGES, 0 for those above; a request that
    is open again, after an appeal, counts as open ever since it was submitted. `waiting` is what approvers have before
    them now: kind of approver → steps by age. `appeals` are those filed, by what became of the request: `open`,
    `granted`, `rejected` or another outcome. `words` has the reasons of rows as their newest refusal gave them,
    (English, Chinese).
    """

    since: datetime
    until: datetime
    submitted: Cell
    ended: Mapping[tuple[str, str], Cell]
    outcomes: Mapping[str, Cell]
    refusals: Mapping[Ground, Cell]
    words: Mapping[Ground, tuple[str, str]]
    to_grant: Mapping[str, Times]
    steps: Mapping[tuple[str, str], Times]
    open_by_age: Mapping[int, Cell]
    appeals: Mapping[str, int]
    waiting: Mapping[str, Mapping[int, int]]


def request_figures(actor: Actor, *, since: datetime, until: datetime) -> Figures:
    """All figures, of however few: for people of the exchange (Forbidden). Five queries, however many requests."""
    require_exchange(actor)
    return gather(since, until)


def gather(since: datetime, until: datetime) -> Figures:
    """The figures as they are, for callers that have found who may see them, or hide what singles out somebody."""
    asked = {"since": since, "until": until, "fewest": FEWEST}
    ended: dict[tuple[str, str], Cell] = {}
    outcomes: dict[str, Cell] = {}
    to_grant: dict[str, Times] = {}
    for all_modes, mode, outcome, count, buyers, *hours in _rows(queries.ENDED, asked):
        if all_modes:
            outcomes[outcome] = _cell(count, buyers)
            continue
        ended[mode, outcome] = _cell(count, buyers)
        if outcome in ("granted", "granted_at_once"):
            to_grant[mode] = _times(count, 0, buyers, hours)
    refusals, words = _refusals(asked)
    submitted, open_by_age, waiting = _open(asked)
    return Figures(
        since=since,
        until=until,
        submitted=submitted,
        ended=dict(sorted(ended.items(), key=lambda item: (item[0][0], OUTCOMES.index(item[0][1])))),
        outcomes={code: outcomes[code] for code in OUTCOMES if code in outcomes},
        refusals=refusals,
        words=words,
        to_grant=dict(sorted(to_grant.items())),
        steps={
            (approver, mode): _times(count, rejected, buyers, hours)
            for approver, mode, count, rejected, buyers, *hours in sorted(
                _rows(queries.STEPS, asked), key=lambda row: row[:2]
            )
        },
        open_by_age=open_by_age,
        appeals=_appeals(asked),
        waiting=waiting,
    )


def _refusals(asked: Mapping[str, Any]) -> tuple[dict[Ground, Cell], dict[Ground, tuple[str, str]]]:
    """The most frequent ground first."""
    refusals: dict[Ground, Cell] = {}
    words: dict[Ground, tuple[str, str]] = {}
    for by, code, table, count, buyers, english, chinese in _rows(queries.REFUSALS, asked):
        ground = Ground(by, code, table)
        refusals[ground] = _cell(count, buyers)
        if by == "row":
            words[ground] = (english or "", chinese or "")
    order = sorted(refusals, key=lambda ground: (-refusals[ground].requests, ground.by, ground.code))
    return {ground: refusals[ground] for ground in order}, words


def _open(asked: Mapping[str, Any]) -> tuple[Cell, dict[int, Cell], dict[str, dict[int, int]]]:
    submitted = Cell(0, frozenset())
    by_age: dict[int, Cell] = {}
    waiting: dict[str, dict[int, int]] = {}
    for what, approver, age, count, buyers in _rows(queries.OPEN, asked):
        if what == "submitted":
            submitted = _cell(count, buyers)
        elif what == "open":
            by_age[age] = _cell(count, buyers)
        else:
            waiting.setdefault(approver, {})[age] = count
    bands = (*AGES, 0)
    return (
        submitted,
        {age: by_age[age] for age in bands if age in by_age},
        {approver: {age: found[age] for age in bands if age in found} for approver, found in sorted(waiting.items())},
    )


def _appeals(asked: Mapping[str, Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for state, count in _rows(queries.APPEALS, asked):
        became = "open" if state in states.PENDING else "granted" if state == states.APPROVED else state
        found[became] = found.get(became, 0) + count
    return dict(sorted(found.items()))


def _rows(query: str, asked: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return list(cursor.fetchall())


def _cell(count: int, buyers: Iterable[int] | None) -> Cell:
    return Cell(count, frozenset(buyers or ()))


def _times(count: int, rejected: int, buyers: Iterable[int] | None, hours: list[Any]) -> Times:
    median, far = (round(float(value or 0.0), 2) for value in hours)
    return Times(count, rejected, median, far, frozenset(buyers or ()))
