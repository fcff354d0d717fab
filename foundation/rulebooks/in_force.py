"""Which rules count at an instant: the released version, else the file that is shipped with the product.

One indexed query an answer; the rules themselves are loaded once a process and version, since what is released never
changes. So every process sees a release as soon as it is committed, and a later date at its very instant.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from foundation.rulebooks import registry, states
from foundation.rulebooks.content import Content
from foundation.rulebooks.models import RulebookVersion


@dataclass(frozen=True, slots=True)
class InForce:
    """Rules with where they come from. `number` is 0 and `version_id` None for the shipped file."""

    kind: str
    version_id: int | None
    number: int
    content: Content
    rules: Any

    def as_record(self) -> dict[str, Any]:
        """What a verdict stores of the rules it rests on."""
        return {"kind": self.kind, "version": self.version_id, "number": self.number, "sha256": self.content.sha256}


def in_force(kind: str, *, scope: str = "", at: datetime | None = None) -> InForce:
    """The rules of a kind in force at `at` (default: now, by the database's clock); NotFound for an unknown kind.

    A scope without a release of its own has the rules of the whole exchange.
    """
    registry.kind(kind)
    instant = Now() if at is None else at
    row = (
        RulebookVersion.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=instant),
            rulebook__kind=kind,
            rulebook__scope__in={"", scope},
            state=states.RELEASED,
            valid_from__lte=instant,
        )
        .order_by("-rulebook__scope")
        .values_list("pk", "sha256")
        .first()
    )
    return shipped(kind) if row is None else _released(kind, *row)


@cache
def shipped(kind: str) -> InForce:
    """The file that counts while nothing is released. UnusableRules where somebody broke it."""
    known = registry.kind(kind)
    content, rules = registry.checked(known, known.shipped.read_text(encoding="utf-8"))
    return InForce(kind, None, 0, content, rules)


@lru_cache(maxsize=64)
def _released(kind: str, version_id: int, sha256: str) -> InForce:
    row = RulebookVersion.objects.get(pk=version_id, sha256=sha256)
    content, rules = registry.checked(registry.kind(kind), row.content)
    return InForce(kind, row.pk, row.number, content, rules)
