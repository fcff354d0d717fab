"""Scale 规模 of what is published together: what other files of the same publication add to the thresholds of rules.

Rules of scale ask for rows or persons where columns are of some kind. A file adds to another's what it has itself of
that kind: its rows where such a column is among its own, persons where columns are personal. Whether two files are
about the same persons nobody knows: they count as different ones, so the sum is the most that it can be.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grading.engine.plain import from_plain

#: The condition of rules that hold whatever the columns are: every file counts.
ALWAYS: Final = "always"
NATURES: Final = ("business", "geography")


@dataclass(frozen=True, slots=True)
class Held:
    """What files hold that meet one condition: how many files, their rows and persons together."""

    files: int = 0
    rows: int = 0
    persons: int = 0


#: Condition of a rule on columns (`personal`, `type:geolocation` …, ALWAYS) → what the other files hold that meet it.
Collected = Mapping[str, Held]


def conditions_met(
    *, sensitive_type: str | None, personal: bool, sensitive_personal: bool, nature: str | None
) -> Iterator[str]:
    """The conditions of rules that a column meets."""
    if sensitive_type is not None:
        yield f"type:{sensitive_type}"
    if personal:
        yield "personal"
    if sensitive_personal:
        yield "sensitive_personal"
    if nature in NATURES:
        yield str(nature)


def held(*, rows: int, subjects: int | None, conditions: Iterable[str]) -> Collected:
    """What one file adds to others: `conditions` are those that its columns meet, `subjects` the declared persons."""
    met = {ALWAYS, *conditions}
    persons = max(rows, subjects or 0) if "personal" in met else 0
    return {condition: Held(1, rows, persons) for condition in sorted(met)}


def together(parts: Iterable[Collected]) -> Collected:
    """What several files hold."""
    found: dict[str, Held] = {}
    for part in parts:
        for condition, one in part.items():
            known = found.get(condition, Held())
            found[condition] = Held(known.files + one.files, known.rows + one.rows, known.persons + one.persons)
    return dict(sorted(found.items()))


def most(choices: Iterable[Collected]) -> Collected:
    """For a file that stands in several publications: of each number the greatest."""
    found: dict[str, Held] = {}
    for choice in choices:
        for condition, one in choice.items():
            known = found.get(condition, Held())
            found[condition] = Held(
                max(known.files, one.files), max(known.rows, one.rows), max(known.persons, one.persons)
            )
    return dict(sorted(found.items()))


def collected_of(data: Mapping[str, Any] | None) -> Collected:
    """What `to_plain` was given; nothing where nothing is stored."""
    return {str(condition): from_plain(Held, one) for condition, one in (data or {}).items()}
