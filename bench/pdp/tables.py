"""A decision table of about a thousand rows as a large exchange would have it, and the cases of many grants.

The shipped table with exceptions by category: refusals by purpose, region, consent and accreditation, from a level up.
All fixed by a seed.
"""

import random
import tomllib
from typing import Any

from marketplace.authorization.engine.checks import TableError
from marketplace.authorization.engine.decide import AccessFacts
from marketplace.authorization.engine.loading import DEFAULT_TABLE, table_from_data
from marketplace.authorization.engine.table import DecisionTable
from marketplace.authorization.engine.vocabulary import LEVELS

PROVINCES = ("11", "12", "21", "31", "33", "44", "51", "52")
DOMAINS = "abcdef"


def large_text(rows: int, seed: int) -> dict[str, Any]:
    """The data of a sound table of exactly this many rows, each of which decides some case."""
    data = tomllib.loads(DEFAULT_TABLE.read_text(encoding="utf-8"))
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    inputs = data["inputs"]
    categories = [f"{sector}/{domain}" for sector in inputs["sector"]["values"][:-1] for domain in DOMAINS]
    inputs["category"] = {"values": ["none", "several", *categories, "other"], "otherwise": "other"}
    for side in ("provider_region", "buyer_region"):
        inputs[side] = {"values": ["unknown", *PROVINCES, "other"], "otherwise": "other"}
    for kind in ("data_security_capability", "classified_protection"):
        data["accreditations"][kind] = {"values": ["none", "1", "2", "3", "4", "5"]}
    first, *others = _widened(data["rows"])
    wanted = rows - len(data["rows"])
    # some are drawn in vain: rows above them decide all that they would
    exceptions = [_exception(draw, data, number, categories) for number in range(wanted + wanted // 10)]
    idle = _idle({**data, "rows": [first, *exceptions, *others]})
    exceptions = [row for row in exceptions if row["id"] not in idle][:wanted]
    if len(exceptions) < wanted:
        raise ValueError(f"only {len(exceptions)} of {wanted} exceptions are reached: draw more")
    return {**data, "rows": [first, *exceptions, *others]}


def _idle(data: dict[str, Any]) -> set[str]:
    try:
        table_from_data(data)
    except TableError as error:
        if any(problem.code != "unreachable" for problem in error.problems):
            raise
        return {problem.rows[0] for problem in error.problems}
    return set()


def _widened(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The shipped rows, with every level that an accreditation may have beside those that they name."""
    between = {"none": ["none", "1"], "2": ["2"], "3": ["3", "4", "5"]}
    unprotected = {"none": ["none", "1", "2"]}
    for row in rows:
        when = row.get("when", {})
        for kind, spread in (("data_security_capability", between), ("classified_protection", unprotected)):
            if kind in when:
                when[kind] = [level for named in when[kind] for level in spread[named]]
    return rows


def _exception(draw: random.Random, data: dict[str, Any], number: int, categories: list[str]) -> dict[str, Any]:
    inputs, kinds = data["inputs"], data["accreditations"]
    looks: dict[str, Any] = draw.choice(
        [
            {"purpose": draw.sample(inputs["purpose"]["values"], 2)},
            {"buyer_region": draw.sample(PROVINCES, 2)},
            {"origin": ["personal"], "consent_basis": draw.sample(inputs["consent_basis"]["values"], 2)},
            {"provider_region": draw.sample(PROVINCES, 1), "purpose": draw.sample(inputs["purpose"]["values"], 1)},
        ]
    )
    if draw.random() < 0.75:
        kind = draw.choice(list(kinds))
        looks[kind] = kinds[kind]["values"][: draw.randrange(1, len(kinds[kind]["values"]))]
    return {
        "id": f"exception_{number}",
        "when": {"category": [categories[number % len(categories)]], "level": _from_level(draw), **looks},
        "mode": "refused",
        "reason_en": "An exception of the category.",
        "reason_zh": "该分类的例外。",
    }


def _from_level(draw: random.Random) -> list[str]:
    return list(LEVELS[draw.randrange(5) :])


def cases(table: DecisionTable, count: int, seed: int) -> list[AccessFacts]:
    """The facts of as many grants: every input drawn from what the table knows."""
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    known = {name: spec.values for name, spec in table.inputs.items()}
    return [_case(draw, known, table.accreditations) for _ in range(count)]


def _case(draw: random.Random, known: dict[str, tuple[str, ...]], kinds: tuple[str, ...]) -> AccessFacts:
    said = {name: draw.choice(values) for name, values in known.items()}
    held = {kind: int(said[kind]) for kind in kinds if said[kind] != "none"}
    category = draw.choice(known["category"])
    return AccessFacts(
        origin=said["origin"],
        sector=said["sector"],
        level=said["level"],
        supply_mode=said["supply_mode"],
        scenario=None if said["scenario"] == "none" else "winter_roads",
        provider_region=said["provider_region"],
        buyer_region=said["buyer_region"],
        purpose=said["purpose"],
        category=category,
        consent_basis=None if said["consent_basis"] == "none" else said["consent_basis"],
        accreditations=held,
    )
