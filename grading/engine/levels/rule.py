"""One rule of a grading scheme: when it holds, what may then be harmed how badly, where it is from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from grading.engine.levels.elements import (
    AREAS,
    COARSEST_AMOUNT,
    DECLARATIONS,
    DEPTHS,
    ELEMENTS,
    EXTENTS,
    FINEST,
    GROUPS,
    IMPORTANCE,
    TIME_UNITS,
)

HARMED_OBJECTS: Final = (
    "national_security",
    "economic_operation",
    "social_order",
    "public_interest",
    "organisation_rights",
    "individual_rights",
)
DEGREES: Final = ("general", "serious", "especially_serious")
FLAGS: Final = ("possibly_important", "possibly_core")
#: Verdicts on columns that a rule can look at.
CONDITIONS: Final = ("personal", "sensitive_personal", "business", "geography")
#: Words that may follow `group:`, `area:` … in a condition. Types and sectors are checked where they are
#: known: when a scheme is drafted or released.
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "declared": DECLARATIONS,
    "group": GROUPS,
    "area": AREAS,
    "importance": IMPORTANCE,
    "depth": DEPTHS,
    "source": ("important", "core"),
}
ALWAYS: Final = "always"
#: Keys of a rule that this version reads; titles and notes are for people.
KEYS: Final = frozenset(
    {
        "code", "when", "rows_at_least", "harmed_object", "degree", "source", "certainty", "flag", "element",
        "group_at_least", "area_at_least", "coordinates_at_least", "time_at_least", "amounts_at_least",
        "extent_at_least", "share_at_least", "area_km2_at_least", "types_at_least", "depth", "fields",
        "title", "title_zh", "note",
    }
)  # fmt: skip


class InvalidScheme(ValueError):
    """A scheme file that cannot be used; the message names the key and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """When `when` and all else that it asks for holds, `harmed_object` may be harmed in that degree.

    `when`: one of CONDITIONS, `type:<sensitive type>`, `declared:<word>`, `group:`, `area:`, `importance:`, `depth:`,
    `source:<level>`, `field:<sector>`, or `always`. `rows_at_least`: rows or declared persons. The other thresholds:
    gravity of a group and of an area (the scheme says it), decimals of coordinates and of amounts, fineness of time,
    coverage, kinds of personal information side by side. `depth` and `fields`: those that are asked for besides.
    Thresholds only: more of anything never makes a rule fail. `flag` only in rules that flag.
    """

    code: str
    when: str
    rows_at_least: int
    harmed_object: str
    degree: str
    source: str
    certainty: str
    flag: str | None = None
    element: str = ""
    group_at_least: int = 0
    area_at_least: int = 0
    coordinates_at_least: int | None = None
    time_at_least: str = ""
    amounts_at_least: int | None = None
    extent_at_least: str = ""
    share_at_least: float = 0.0
    area_km2_at_least: float = 0.0
    types_at_least: int = 0
    depth: str = ""
    fields: tuple[str, ...] = ()


def parse_rule(given: Any, *, flag: bool = False) -> Rule:
    """Check plain data and make a Rule of it. Raises InvalidScheme naming rule and key."""
    if not isinstance(given, Mapping):
        raise InvalidScheme("a rule must be a table")
    code = str(given.get("code", "?"))
    for key in ("code", "when", "harmed_object", "degree", "source", "certainty"):
        if not given.get(key):
            raise InvalidScheme(f"rule {code}: {key} is missing")
    if unknown := sorted(set(given) - KEYS):
        raise InvalidScheme(f"rule {code}: {', '.join(unknown)} is not known; known are {', '.join(sorted(KEYS))}")
    if given["harmed_object"] not in HARMED_OBJECTS or given["degree"] not in DEGREES:
        raise InvalidScheme(f"rule {code}: unknown harmed_object or degree")
    if flag and given.get("flag") not in FLAGS:
        raise InvalidScheme(f"rule {code}: flag must be one of {', '.join(FLAGS)}")
    return Rule(
        code=code,
        when=_condition(code, str(given["when"])),
        rows_at_least=_whole(given, code, "rows_at_least"),
        harmed_object=given["harmed_object"],
        degree=given["degree"],
        source=given["source"],
        certainty=given["certainty"],
        flag=given.get("flag") if flag else None,
        element=_word(given, code, "element", ELEMENTS),
        group_at_least=_whole(given, code, "group_at_least"),
        area_at_least=_whole(given, code, "area_at_least"),
        coordinates_at_least=_decimals(given, code, "coordinates_at_least", least=0, most=FINEST.coordinates),
        time_at_least=_word(given, code, "time_at_least", TIME_UNITS),
        amounts_at_least=_decimals(given, code, "amounts_at_least", least=COARSEST_AMOUNT, most=FINEST.amounts),
        extent_at_least=_word(given, code, "extent_at_least", EXTENTS),
        share_at_least=_number(given, code, "share_at_least", most=1.0),
        area_km2_at_least=_number(given, code, "area_km2_at_least"),
        types_at_least=_whole(given, code, "types_at_least"),
        depth=_word(given, code, "depth", DEPTHS),
        fields=_fields(given, code),
    )


def _condition(code: str, when: str) -> str:
    kind, colon, word = when.partition(":")
    if not colon and kind in (*CONDITIONS, ALWAYS):
        return when
    if colon and word and (kind in ("type", "field") or word in WORDS.get(kind, ())):
        return when
    if kind in WORDS:
        raise InvalidScheme(f"rule {code}: when must be {kind}: and one of {', '.join(WORDS[kind])}")
    kinds = ", ".join(f"{kind}:…" for kind in ("type", "field", *WORDS))
    raise InvalidScheme(f"rule {code}: when must be one of {', '.join(CONDITIONS)}, {ALWAYS}, {kinds}")


def _whole(given: Mapping[str, Any], code: str, key: str) -> int:
    value = given.get(key, 0)
    if type(value) is not int or value < 0:
        raise InvalidScheme(f"rule {code}: {key} must be a whole number that is not negative, not {value!r}")
    return value


def _decimals(given: Mapping[str, Any], code: str, key: str, *, least: int, most: int | None) -> int | None:
    """None, or decimals that can be measured: a rule that asks for more would never hold."""
    value = given.get(key)
    if value is not None and (type(value) is not int or not least <= value <= (most or 0)):
        raise InvalidScheme(f"rule {code}: {key} must be a whole number from {least} to {most}, not {value!r}")
    return value


def _number(given: Mapping[str, Any], code: str, key: str, *, most: float = 1e9) -> float:
    value = given.get(key, 0.0)
    if type(value) not in (int, float) or not 0 <= value <= most:
        raise InvalidScheme(f"rule {code}: {key} must be a number from 0 to {most:g}, not {value!r}")
    return float(value)


def _word(given: Mapping[str, Any], code: str, key: str, known: tuple[str, ...]) -> str:
    value = given.get(key, "")
    if value and value not in known:
        raise InvalidScheme(f"rule {code}: {key} must be one of {', '.join(known)}, not {value!r}")
    return str(value)


def _fields(given: Mapping[str, Any], code: str) -> tuple[str, ...]:
    value = given.get("fields", [])
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
        raise InvalidScheme(f"rule {code}: fields must be a list of sectors")
    return tuple(value)
