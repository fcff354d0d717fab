"""The shipped rules cover the taxonomy; what the loader refuses."""

import tomllib
from copy import deepcopy
from typing import Any

import pytest

from grading.engine.sensitivity import Taxonomy, load_taxonomy
from marketplace.delivery.engine.rules import DEFAULT_RULES, TypeRule, load_rules, rules_from_data
from marketplace.delivery.engine.techniques import PLAIN

DATA = tomllib.loads(DEFAULT_RULES.read_text(encoding="utf-8"))


def taxonomy() -> Taxonomy:
    schemes = DEFAULT_RULES.parents[3] / "grading" / "schemes" / "sensitive_types.toml"
    return load_taxonomy(schemes)


def test_every_sensitive_type_has_a_rule_and_every_rule_a_type() -> None:
    assert set(load_rules().types) == set(taxonomy().types)


def test_only_terms_and_public_codes_leave_as_they_are() -> None:
    kept = {name for name, rule in load_rules().types.items() if rule.technique in ("keep", "term")}
    terms = {"gender", "health", "marital_status", "education", "family_relation"}
    assert kept == terms | {"social_credit_code", "division_code"}


def test_a_type_without_a_rule_is_redacted() -> None:
    rules = load_rules()
    assert rules.rule_for("aura") == TypeRule("redact")
    assert rules.technique_for("aura", b"")("secret") == "***"


def test_the_text_and_the_file_give_the_same() -> None:
    assert load_rules(DEFAULT_RULES.read_text(encoding="utf-8")) == load_rules()


@pytest.mark.parametrize("technique", sorted(PLAIN))
def test_every_plain_technique_can_be_ruled(technique: Any) -> None:
    data = deepcopy(DATA) | {"types": {"aura": {"technique": technique}}}
    assert rules_from_data(data).rule_for("aura").technique == technique


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ({"technique": "shred"}, "unknown technique"),
        ({"technique": ["name"]}, "unknown technique"),
        ({}, "unknown technique"),
        ("name", "must be a table"),
        ({"technique": "name", "start": 1}, "exactly technique"),
        ({"technique": "pseudonym"}, "exactly domain, technique"),
        ({"technique": "pseudonym", "domain": ""}, "domain"),
        ({"technique": "keep_ends", "start": 1, "end": 1}, "exactly end, pattern, start, technique"),
        ({"technique": "keep_ends", "start": -1, "end": 1, "pattern": "a"}, "start"),
        ({"technique": "keep_ends", "start": 1, "end": True, "pattern": "a"}, "end"),
        ({"technique": "keep_ends", "start": 1, "end": 1, "pattern": "("}, "pattern"),
    ],
)
def test_a_faulty_entry_is_named(entry: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        rules_from_data(deepcopy(DATA) | {"types": {"aura": entry}})


@pytest.mark.parametrize("change", [{"version": 1}, {"types": []}])
def test_a_faulty_file_is_refused(change: Any) -> None:
    with pytest.raises(ValueError, match="masking rules"):
        rules_from_data(deepcopy(DATA) | change)
