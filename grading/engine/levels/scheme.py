"""Grading schemes as data: the matrix of GB/T 43697-2024, floors, scale rules and flags; checked when loaded."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HARMED_OBJECTS = (
    "national_security",
    "economic_operation",
    "social_order",
    "public_interest",
    "organisation_rights",
    "individual_rights",
)
DEGREES = ("general", "serious", "especially_serious")
CELLS = ("general", "important", "core")
GENERAL_LEVELS = ("general_1", "general_2", "general_3", "general_4")
FLAGS = ("possibly_important", "possibly_core")
#: What a rule can look at: verdicts on columns, or what the provider declares.
CONDITIONS = ("personal", "sensitive_personal", "business", "geography")


class InvalidScheme(ValueError):
    """A scheme file that cannot be used; the message names the key and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When `when` holds and the table has `rows_at_least` rows, `harmed_object` may be harmed in that degree.

    `when`: one of CONDITIONS, `type:<sensitive type>`, or `declared:<word>`. `flag` only in rules that flag.
    """

    code: str
    when: str
    rows_at_least: int
    harmed_object: str
    degree: str
    source: str
    certainty: str
    flag: str | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A version of a grading scheme. `matrix[object][degree]` is core, important or general."""

    code: str
    version: str
    standard: str
    title: str
    title_zh: str
    source: str
    certainty: str
    matrix: Mapping[str, Mapping[str, str]]
    general_levels: Mapping[str, str]
    rules: tuple[Rule, ...]
    flags: tuple[Rule, ...]

    def cell(self, harmed_object: str, degree: str) -> str:
        """`core`, `important` or `general`."""
        return self.matrix[harmed_object][degree]


def load_scheme(path: Path | str) -> Scheme:
    """Read a scheme file. Raises InvalidScheme naming what is missing or out of order."""
    return parse_scheme(tomllib.loads(Path(path).read_text(encoding="utf-8")))


def parse_scheme(data: Mapping[str, Any]) -> Scheme:
    """Check plain data (as of the TOML file) and make a Scheme of it."""
    for key in ("code", "version", "standard", "title", "title_zh", "source", "certainty", "matrix", "general_levels"):
        if not data.get(key):
            raise InvalidScheme(f"{key} is missing")
    matrix = _checked_matrix(data["matrix"])
    general = dict(data["general_levels"])
    if set(general) != {"none", *DEGREES}:
        raise InvalidScheme(f"general_levels must have exactly none, {', '.join(DEGREES)}")
    places = [_place(general[degree]) for degree in ("none", *DEGREES)]
    if places != sorted(places):
        raise InvalidScheme("general_levels must not fall with graver harm")
    rules = tuple(_rule(item) for item in (*data.get("floors", ()), *data.get("scale", ())))
    for rule in rules:
        if matrix[rule.harmed_object][rule.degree] != "general":
            raise InvalidScheme(f"rule {rule.code} leads to important or core data: only people decide that")
    flags = tuple(_rule(item, flag=True) for item in data.get("flags", ()))
    codes = [rule.code for rule in (*rules, *flags)]
    if len(codes) != len(set(codes)):
        raise InvalidScheme("two rules have the same code")
    return Scheme(
        code=data["code"],
        version=str(data["version"]),
        standard=data["standard"],
        title=data["title"],
        title_zh=data["title_zh"],
        source=data["source"],
        certainty=data["certainty"],
        matrix=matrix,
        general_levels=general,
        rules=rules,
        flags=flags,
    )


def _checked_matrix(given: Mapping[str, Mapping[str, str]]) -> Mapping[str, Mapping[str, str]]:
    if set(given) != set(HARMED_OBJECTS):
        raise InvalidScheme(f"matrix must have exactly {', '.join(HARMED_OBJECTS)}")
    for harmed, row in given.items():
        if set(row) != set(DEGREES) or any(cell not in CELLS for cell in row.values()):
            raise InvalidScheme(f"matrix.{harmed} must give core, important or general for {', '.join(DEGREES)}")
        order = [CELLS.index(row[degree]) for degree in DEGREES]
        if order != sorted(order):
            raise InvalidScheme(f"matrix.{harmed} must not fall with graver harm")
    return {harmed: dict(row) for harmed, row in given.items()}


def _place(level: str) -> int:
    if level not in GENERAL_LEVELS:
        raise InvalidScheme(f"general level {level} is unknown")
    return GENERAL_LEVELS.index(level)


def _rule(given: Mapping[str, Any], *, flag: bool = False) -> Rule:
    code = str(given.get("code", "?"))
    for key in ("code", "when", "harmed_object", "degree", "source", "certainty"):
        if not given.get(key):
            raise InvalidScheme(f"rule {code}: {key} is missing")
    if given["harmed_object"] not in HARMED_OBJECTS or given["degree"] not in DEGREES:
        raise InvalidScheme(f"rule {code}: unknown harmed_object or degree")
    if given["when"] not in CONDITIONS and not str(given["when"]).startswith(("type:", "declared:")):
        raise InvalidScheme(f"rule {code}: when must be one of {', '.join(CONDITIONS)}, type:… or declared:…")
    if flag and given.get("flag") not in FLAGS:
        raise InvalidScheme(f"rule {code}: flag must be one of {', '.join(FLAGS)}")
    return Rule(
        code=code,
        when=given["when"],
        rows_at_least=int(given.get("rows_at_least", 0)),
        harmed_object=given["harmed_object"],
        degree=given["degree"],
        source=given["source"],
        certainty=given["certainty"],
        flag=given.get("flag") if flag else None,
    )
