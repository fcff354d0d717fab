"""What a change of rules would change: cases decided again, counted by what they were and would become."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

MOST_CASES: Final = 1_000
"""Changed cases that are kept one by one; all are counted."""


class Comparison:
    """Collects cases one by one and keeps a bounded part of them.

    `before` and `after` are short codes of a case's class, e.g. modes of authorization; `changes` maps each detail
    that would be different to its (old, new) values. A case without changes is counted only.
    """

    def __init__(self, *, most_cases: int = MOST_CASES) -> None:
        self.examined = 0
        self.changed = 0
        self.undecidable = 0
        self._moves: Counter[tuple[str, str]] = Counter()
        self._changed_moves: Counter[tuple[str, str]] = Counter()
        self._cases: list[dict[str, Any]] = []
        self._figures: list[dict[str, Any]] = []
        self._most = most_cases

    def add(
        self, subject: tuple[str, int], *, before: str, after: str, changes: Mapping[str, tuple[Any, Any]] | None = None
    ) -> None:
        """Count a case, named by type and id."""
        self.examined += 1
        self._moves[before, after] += 1
        if not changes:
            return
        self.changed += 1
        self._changed_moves[before, after] += 1
        if len(self._cases) < self._most:
            self._cases.append(
                {
                    "subject_type": subject[0],
                    "subject_id": subject[1],
                    "before": before,
                    "after": after,
                    "changes": {name: list(pair) for name, pair in changes.items()},
                }
            )

    def add_undecidable(self) -> None:
        """Count a case whose stored inputs do not suffice to decide it again."""
        self.examined += 1
        self.undecidable += 1

    def add_figure(self, name: str, *, before: float, after: float, low: float, high: float, count: int) -> None:
        """A mean over `count` cases, as it is and would be; `low` and `high` bound the difference (95 %)."""
        self._figures.append({"name": name, "before": before, "after": after, "low": low, "high": high, "count": count})

    def counts(self) -> dict[str, int]:
        """How many were decided again, would change, and could not be decided."""
        return {"examined": self.examined, "changed": self.changed, "undecidable": self.undecidable}

    def as_record(self) -> dict[str, Any]:
        """JSON-ready: totals, `moves` with the most frequent first, and the changed `cases` in the order they came."""
        moves = sorted(self._moves.items(), key=lambda item: (-item[1], item[0]))
        figures = {"figures": self._figures} if self._figures else {}
        return {
            **self.counts(),
            **figures,
            "moves": [
                {"before": before, "after": after, "count": count, "changed": self._changed_moves[before, after]}
                for (before, after), count in moves
            ],
            "cases": self._cases,
            "cases_left_off": self.changed - len(self._cases),
        }
