"""Which rules count at an instant: the released version, else the file that is shipped with the product.

One indexed query an answer; the rules themselves are loaded once a process and version, since what is released never
changes. So every process sees a release as soon as it is committed, and a later date at its very instant.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from foundation.errors import NotFound
from foundation.rulebooks import registry, states
from foundation.rulebooks.content import Content
from foundation.rulebooks.errors import UnusableRules
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

    A scope without a release of its own has the rules of the whole exchange; of kinds that have a rulebook for every
    code (`registry.Kind`) it has its shipped file, or none at all: NotFound.
    """
    known = registry.kind(kind)
    if known.by_code:
        scope = scope or shipped(kind).content.code
        scopes = {scope}
    else:
        scopes = {"", scope}
    row = _now(kind, frozenset(scopes)) if at is None else _nearest(_standing(kind, at), scopes).first()
    return shipped(kind, scope if known.by_code else "") if row is None else _released(kind, *row)


def recalled(record: Mapping[str, Any]) -> InForce | None:
    """The rules that a record of `InForce.as_record` names; None where the shipped file has become another since.

    Not for kinds that have a rulebook for every code.
    """
    if record["version"] is not None:
        return _released(record["kind"], record["version"], record["sha256"])
    found = shipped(record["kind"])
    return found if found.content.sha256 == record["sha256"] else None


def all_in_force(kind: str, *, at: datetime | None = None) -> dict[str, InForce | UnusableRules]:
    """Code → rules in force at `at` (default: now), of a kind that has a rulebook for every code.

    In the place of a text that this release of the product cannot read stands why.
    """
    files = registry.kind(kind).shipped_by_code or {}
    rows = _fetched(*_statement(kind)) if at is None else _all(kind, at)
    released = {scope: (pk, sha256) for scope, pk, sha256 in rows}
    found: dict[str, InForce | UnusableRules] = {}
    for code in sorted({*files, *released}):
        try:
            found[code] = _released(kind, *released[code]) if code in released else shipped(kind, code)
        except UnusableRules as error:
            found[code] = error
    return found


def _nearest(standing: QuerySet[RulebookVersion], scopes: Collection[str]) -> QuerySet[RulebookVersion, Any]:
    """Identifier and digest of those for one of the scopes, the whole exchange last."""
    return standing.filter(rulebook__scope__in=scopes).order_by("-rulebook__scope").values_list("pk", "sha256")


def _now(kind: str, scopes: frozenset[str]) -> tuple[int, str] | None:
    """The nearest at this instant."""
    return next(iter(_fetched(*_statement(kind, scopes))), None)


def _fetched(statement: str, values: tuple[Any, ...]) -> list[Any]:
    """What is asked with every verdict: it takes longer to be put together than to be answered."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


@lru_cache(maxsize=1024)
def _statement(kind: str, scopes: frozenset[str] | None = None) -> tuple[str, tuple[Any, ...]]:
    """For the nearest of these scopes at this instant; without them for all."""
    rows = _all(kind, None) if scopes is None else _nearest(_standing(kind, None), sorted(scopes))[:1]
    statement, values = rows.query.sql_with_params()
    return statement, tuple(values)


def _all(kind: str, at: datetime | None) -> QuerySet[RulebookVersion, tuple[str, int, str]]:
    return _standing(kind, at).values_list("rulebook__scope", "pk", "sha256")


def _standing(kind: str, at: datetime | None) -> QuerySet[RulebookVersion]:
    """The released versions of a kind in force at an instant, one at most of a scope."""
    instant = Now() if at is None else at
    return RulebookVersion.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=instant),
        rulebook__kind=kind,
        state=states.RELEASED,
        valid_from__lte=instant,
    )


@cache
def shipped(kind: str, scope: str = "") -> InForce:
    """The file that counts while nothing is released. UnusableRules where somebody broke it; NotFound without one."""
    known = registry.kind(kind)
    path = known.file(scope)
    if path is None:
        raise NotFound(_("There are no rules of the kind '%(kind)s' for '%(scope)s'."), kind=kind, scope=scope)
    content, rules = registry.checked(known, path.read_text(encoding="utf-8"))
    return InForce(kind, None, 0, content, rules)


@lru_cache(maxsize=256)
def _released(kind: str, version_id: int, sha256: str) -> InForce:
    row = RulebookVersion.objects.get(pk=version_id, sha256=sha256)
    content, rules = registry.checked(registry.kind(kind), row.content)
    return InForce(kind, row.pk, row.number, content, rules)
