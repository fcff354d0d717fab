"""Which technique masks which sensitive type: a versioned rulebook of data."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from marketplace.delivery.engine.techniques import PLAIN, Technique, guarded, keep_ends, pseudonym

DEFAULT_RULES: Final = Path(__file__).resolve().parent.parent / "rules" / "masking.toml"

KEEP: Final = "keep"
TERM: Final = "term"
KEEP_ENDS: Final = "keep_ends"
PSEUDONYM: Final = "pseudonym"
REDACT: Final = "redact"
_TEXTS = ("code", "version", "title_en", "title_zh", "standard", "source", "certainty")


@dataclass(frozen=True, slots=True)
class TypeRule:
    """How one sensitive type is masked. `start`, `end` and `pattern` belong to `keep_ends`, `domain` to `pseudonym`."""

    technique: str
    start: int = 0
    end: int = 0
    pattern: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class MaskingRules:
    """One version of the rules. `types` maps a sensitive type to its rule; a type it does not have is redacted."""

    code: str
    version: str
    title_en: str
    title_zh: str
    standard: str
    source: str
    certainty: str
    types: Mapping[str, TypeRule] = field(default_factory=dict)

    def rule_for(self, sensitive_type: str) -> TypeRule:
        """The rule of a type; redaction for one that the rules do not know."""
        return self.types.get(sensitive_type, TypeRule(REDACT))

    def technique_for(self, sensitive_type: str, key: bytes) -> Technique:
        """The function that masks a value of a type. Raises ValueError where a pseudonym's key is too short."""
        rule = self.rule_for(sensitive_type)
        if rule.technique == KEEP_ENDS:
            return guarded(keep_ends(rule.start, rule.end, rule.pattern))
        if rule.technique == PSEUDONYM:
            return guarded(pseudonym(key, rule.domain))
        technique = PLAIN[rule.technique]
        return technique if rule.technique in (KEEP, TERM) else guarded(technique)


def load_rules(source: str | Path = DEFAULT_RULES) -> MaskingRules:
    """Rules from TOML text, or from the file at a path. Raises ValueError naming the entry that is wrong."""
    text = source.read_text(encoding="utf-8") if isinstance(source, Path) else source
    return rules_from_data(tomllib.loads(text))


def rules_from_data(data: Mapping[str, Any]) -> MaskingRules:
    """The same from the parsed mapping, as a rulebook version stores it."""
    for name in _TEXTS:
        if not isinstance(data.get(name), str):
            raise ValueError(f"masking rules: {name} must be a text")
    types = data.get("types")
    if not isinstance(types, dict):
        raise ValueError("masking rules: types must be a table")
    return MaskingRules(
        types={name: _type_rule(name, entry) for name, entry in types.items()},
        **{name: data[name] for name in _TEXTS},
    )


def _type_rule(name: str, entry: object) -> TypeRule:
    if not isinstance(entry, dict):
        raise ValueError(f"masking rules: types.{name} must be a table")
    technique = entry.get("technique")
    if not isinstance(technique, str) or technique not in {*PLAIN, KEEP_ENDS, PSEUDONYM}:
        raise ValueError(f"masking rules: types.{name} has an unknown technique {technique!r}")
    allowed = {
        KEEP_ENDS: {"technique", "start", "end", "pattern"},
        PSEUDONYM: {"technique", "domain"},
    }.get(technique, {"technique"})
    if set(entry) != allowed:
        raise ValueError(f"masking rules: types.{name} must have exactly {', '.join(sorted(allowed))}")
    rule = TypeRule(**entry)
    for part in ("start", "end"):
        value = getattr(rule, part)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValueError(f"masking rules: types.{name}.{part} must be a whole number from 0")
    if not isinstance(rule.domain, str) or (technique == PSEUDONYM and not rule.domain):
        raise ValueError(f"masking rules: types.{name}.domain must be a text")
    try:
        re.compile(rule.pattern)
    except (re.error, TypeError) as error:
        raise ValueError(f"masking rules: types.{name}.pattern: {error}") from error
    return rule
