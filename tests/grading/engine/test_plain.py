"""Dataclasses to JSON-safe data and back."""

import json
from dataclasses import dataclass
from datetime import date, datetime

import pytest

from grading.engine.plain import from_plain, to_plain
from grading.engine.rules import RuleSet, load_rules


@dataclass(frozen=True)
class Part:
    name: str
    size: float = 0.0


@dataclass(frozen=True)
class Whole:
    parts: tuple[Part, ...]
    by_name: dict[str, Part]
    on: date | None = None
    extra: str = "kept"


def test_round_trip() -> None:
    whole = Whole((Part("a", 1.5), Part("b")), {"a": Part("a", 2.0)}, date(2024, 2, 29))

    assert from_plain(Whole, to_plain(whole)) == whole


def test_what_json_cannot_carry() -> None:
    plain = to_plain({"nan": float("nan"), "inf": float("inf"), "nul": "a\x00b", "on": date(2024, 1, 2), "set": {2, 1}})

    assert plain == {"nan": None, "inf": None, "nul": "a\ufffdb", "on": "2024-01-02", "set": [1, 2]}
    assert to_plain(datetime(2024, 1, 2, 3, 4)) == "2024-01-02T03:04:00"  # noqa: DTZ001


def test_newer_keys_are_ignored_and_missing_ones_default() -> None:
    assert from_plain(Part, {"name": "x", "colour": "red"}) == Part("x")
    with pytest.raises(TypeError):
        from_plain(Part, {"size": 1.0})


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no plain form"):
        to_plain(object())


def test_rules_travel_as_plain_data() -> None:
    rules = load_rules()

    assert from_plain(RuleSet, json.loads(json.dumps(to_plain(rules)))) == rules
