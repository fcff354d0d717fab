"""Verdicts as the detectors would give them, by sensitive type."""

from grading.engine.sensitivity import ColumnVerdict
from grading.rules.shipped import shipped_rules

TYPES = shipped_rules().taxonomy.types


def verdict(kind: str | None, *, in_context: bool = True, column: str = "c") -> ColumnVerdict:
    """What the detectors would say of a column of the given type."""
    if kind is None:
        return ColumnVerdict(column, None, None, False, False, 0.0, (), 0.0, 0, 10, False, 1)
    entry = TYPES[kind]
    nature = entry.nature_in_context if in_context else entry.nature
    personal = nature in ("personal", "sensitive_personal") and (in_context or not entry.context)
    floor = entry.floor_in_context if in_context else (1 if entry.context else entry.floor)
    sensitive = personal and nature == "sensitive_personal"
    return ColumnVerdict(column, kind, nature, personal, sensitive, 0.9, (), 1.0, 10, 10, True, floor)


def verdicts(*kinds: str | None, in_context: bool = True) -> tuple[ColumnVerdict, ...]:
    """Columns c0, c1 … of these types."""
    return tuple(verdict(kind, in_context=in_context, column=f"c{place}") for place, kind in enumerate(kinds))
