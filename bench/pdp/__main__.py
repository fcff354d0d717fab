"""What a decision costs: the table of a thousand rows, asked for a hundred thousand grants.

    make bench-pdp                       (ARGS="--rows 1000 --grants 100000 --rounds 5 --peer PYTHON")

Five ways, by turns in each round, on the same cases in the same order:

    decide      the decision table, as a request asks it: facts in, the decision with its row out
    readings    `decide` where reviewers see another sector than was declared: the strictest of two readings
    hand-over   `decide` and the decision point, as a delivery asks: the grant's state, term, terms, forms,
                limits, accreditations and level
    dictionary  a look-up of the same facts, as a tuple, in a dictionary of the same answers, written by hand
    rows        the rows read one after the other until one holds, as the file says

and, with `--peer`, `casbin` in an interpreter of an environment of its own (casbin 1.x): the same rows as policies in
order of priority, on some of the cases, its answers compared with ours. Each call is timed alone; printed are median
and 99th percentile in microseconds, the medians of the rounds, and whether `decide` is within ten times the dictionary.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.pdp.tables import cases, large_text
from marketplace.authorization.engine import pdp
from marketplace.authorization.engine.decide import AccessFacts, decide
from marketplace.authorization.engine.loading import table_from_data
from marketplace.authorization.engine.table import Decision, DecisionTable

BAR: Final = 10.0
NOW: Final = datetime(2026, 6, 1, tzinfo=UTC)
FEW: Final = 2_000
"""Cases for the ways that take longer."""


def timed(ask: Callable[[Any], object], asked: Sequence[Any]) -> tuple[float, float]:
    """Median and 99th percentile of a call, in microseconds."""
    spent = []
    clock = time.perf_counter_ns
    for one in asked:
        begun = clock()
        ask(one)
        spent.append(clock() - begun)
    spent.sort()
    return spent[len(spent) // 2] / 1000, spent[len(spent) * 99 // 100] / 1000


def by_reading(table: DecisionTable, facts: AccessFacts) -> str:
    """The topmost row that holds, by reading them all."""
    said = {
        name: spec.read(value)
        for (name, spec), value in zip(table.inputs.items(), facts.inputs(table.accreditations), strict=True)
    }
    for row in table.rows:
        if all(said[name] in wanted for name, wanted in row.when.items()):
            return row.id
    raise LookupError(said)


def handed_over(decision: Decision, facts: AccessFacts, number: int) -> pdp.GrantFacts:
    """A grant of these facts, as the decision point is told of it."""
    return pdp.GrantFacts(
        state="active",
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=30),
        forms=decision.forms or ("masked",),
        granted_level=facts.level,
        listing_level=facts.level,
        listing_state="published",
        holder=number,
        holder_verified=True,
        provider=number + 1,
        provider_verified=True,
        terms_accepted=True,
        obligations=tuple(code for code in decision.obligations if code != "masking"),
        demanded=({"data_security_capability": 2}, {"classified_protection": 3}),
        accredited={"classified_protection": 3},
        max_downloads=10,
        used_downloads=number % 10,
        max_rows=1_000_000,
        used_rows=number,
    )


def casbin(python: str, table: DecisionTable, asked: Sequence[AccessFacts], answers: Sequence[str]) -> str:
    """Median and 99th percentile of casbin on the same cases, and how many of its answers are ours."""
    names = list(table.inputs)
    rows = [[row.id, *(sorted(row.when[name]) if name in row.when else [] for name in names)] for row in table.rows]
    read = [
        [spec.read(v) for spec, v in zip(table.inputs.values(), one.inputs(table.accreditations), strict=True)]
        for one in asked
    ]
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder, "cases.json")
        given.write_text(json.dumps({"names": names, "rows": rows, "cases": read, "answers": list(answers)}))
        peer = Path(__file__).with_name("peer.py")
        command = [python, str(peer), str(given)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    return done.stdout.strip() or f"casbin did not run: {done.stderr.strip()[-200:]}"


def main() -> int:
    """Print the figures; 1 where the bar is missed."""
    parser = argparse.ArgumentParser(description="What a decision costs, beside a dictionary and casbin.")
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--grants", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--peer", help="interpreter of an environment with casbin")
    options = parser.parse_args()
    text = large_text(options.rows, options.seed)
    begun = time.process_time()
    table = table_from_data(text)
    spent = time.process_time() - begun
    sys.stdout.write(
        f"{len(table.rows)} rows, {len(table.diagram.asks)} nodes; made sound and loaded in {spent:.1f} s CPU\n"
    )
    asked = cases(table, options.grants, options.seed)
    decisions = [decide(table, one) for one in asked]
    kinds = table.accreditations
    known = {one.inputs(kinds): decision for one, decision in zip(asked, decisions, strict=True)}
    if any(by_reading(table, one) != said.rule_id for one, said in zip(asked[:FEW], decisions, strict=False)):
        raise AssertionError("the diagram and a plain reading of the rows disagree")
    grants = [(one, handed_over(said, one, n), n) for n, (one, said) in enumerate(zip(asked, decisions, strict=True))]

    sectors = table.inputs["sector"].values
    read_twice = [replace(one, reviewed={"sector": [sectors[n % len(sectors)]]}) for n, one in enumerate(asked[:FEW])]

    def hand_over(grant: tuple[AccessFacts, pdp.GrantFacts, int]) -> object:
        return decide(table, grant[0]), pdp.permit(grant[1], pdp.Wanted("masked", grant[2], bytes=1, rows=1), now=NOW)

    ways: dict[str, tuple[Callable[[Any], object], Sequence[Any]]] = {
        "decide": (lambda one: decide(table, one), asked),
        "readings": (lambda one: decide(table, one), read_twice),
        "hand-over": (hand_over, grants),
        "dictionary": (lambda one: known[one.inputs(kinds)], asked),
        "rows": (lambda one: by_reading(table, one), asked[:FEW]),
    }
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _round in range(options.rounds):
        for name, (ask, over) in ways.items():
            figures[name].append(timed(ask, over))
    for name, found in figures.items():
        median, late = (statistics.median(column) for column in zip(*found, strict=True))
        sys.stdout.write(f"{name:<12} median {median:8.2f} µs   p99 {late:8.2f} µs\n")
    if options.peer:
        sys.stdout.write(casbin(options.peer, table, asked[:200], [said.rule_id for said in decisions[:200]]) + "\n")
    pairs = zip(figures["decide"], figures["dictionary"], strict=True)
    ratio = statistics.median(mine[0] / theirs[0] for mine, theirs in pairs)
    met = ratio <= BAR
    sys.stdout.write(f"decide / dictionary: {ratio:.1f} (bar: {BAR:.0f}) {'met' if met else 'MISSED'}\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
