"""Walks through all rules of the machine: Hypothesis leaves whole rules out of a run, a walk meets them all."""

from random import Random
from typing import Any, Final

from tests.marketplace.authorization.lifecycle import model
from tests.marketplace.authorization.lifecycle.machine import PAIRS, Access

WALK: Final = {
    "ask": 3, "approve": 6, "barred_votes": 4, "anybody_votes": 1, "reject": 1, "inquire": 1, "buyer_acts": 3,
    "delegate": 2, "take_back": 1, "time_passes": 2, "sweep": 1, "accept": 3, "move": 3, "fetch": 5,
    "follow_an_old_link": 3, "go_on": 2,
}  # fmt: skip
"""Rule → how often it is taken."""


def walk(random: Random, steps: int) -> None:
    """Rules by their weight, each with what it asks for."""
    machine = Access()
    machine.begin()
    try:
        for _step in range(steps):
            (rule,) = random.choices(list(WALK), list(WALK.values()))
            if may_be_taken(machine, rule):
                getattr(machine, rule)(**given(random, rule))
                machine.agree()
    finally:
        machine.teardown()


def may_be_taken(machine: Access, rule: str) -> bool:
    """What the rule's precondition says."""
    if rule in ("approve", "barred_votes", "anybody_votes", "reject", "inquire"):
        return any(machine.model.open_slots())
    needed: dict[str, Any] = {
        "buyer_acts": machine.model.requests, "take_back": machine.model.delegations, "accept": machine.model.grants,
        "move": machine.model.grants, "fetch": machine.model.grants, "follow_an_old_link": machine.links,
        "go_on": machine.running,
    }  # fmt: skip
    return bool(needed.get(rule, True))


def given(random: Random, rule: str) -> dict[str, Any]:
    """The rule's parameters."""
    place, who, mostly = random.randrange(60), random.randrange(60), random.random() < 0.75
    buyer = random.choice(["b1", "b2"])
    asked: dict[str, dict[str, Any]] = {
        "ask": {
            "kind": random.choice(list(model.DEMANDED)), "buyer": buyer, "days": random.randint(1, 60),
            "limit": random.choice([None, 1, 2]),
        },
        "approve": {"place": place, "who": who, "times": random.randint(1, 4)},
        "barred_votes": {"place": place, "who": who, "approves": random.random() < 0.5},
        "anybody_votes": {"place": place, "who": who, "approves": random.random() < 0.5},
        "reject": {"place": place, "who": who},
        "inquire": {"place": place, "who": who},
        "buyer_acts": {
            "place": place, "what": random.choice(["answer", "answer", "withdraw", "appeal", "appeal"]), "buyer": buyer,
            "fits": mostly,
        },
        "delegate": {"pair": random.choice(PAIRS), "days": random.randint(1, 40)},
        "time_passes": {"days": random.choice([1, 1, 5, 20, 91])},
        "sweep": {},
        "accept": {"place": place, "buyer": buyer, "fits": mostly},
        "move": {
            "place": place, "event": random.choice(["suspend", "suspend", "resume", "revoke"]),
            "who": random.choice(["keeper", "keeper", "e1", "e5", "e4", "h1", "c1", "b1"]),
        },
        "fetch": {"place": place, "buyer": buyer, "fits": mostly, "at_once": random.random() < 0.5},
    }  # fmt: skip
    return asked.get(rule, {"place": place})
