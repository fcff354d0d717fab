"""Reading rules: what was released is public (P23, P26), what is being written belongs to the exchange."""

from datetime import datetime

from django.db import models

from foundation.actors import Actor
from foundation.errors import NotFound
from foundation.rulebooks import registry
from foundation.rulebooks.in_force import InForce, all_in_force, in_force, shipped
from foundation.rulebooks.models import RulebookVersion


def overview() -> list[InForce]:
    """Every kind with its rules in force now for the whole exchange."""
    return [in_force(code) for code in registry.codes()]


def everything() -> list[InForce]:
    """Every kind with its rules in force now, and of kinds with a rulebook for every code each of them."""
    found: list[InForce] = []
    for code in registry.codes():
        if registry.kind(code).by_code:
            found += (one for one in all_in_force(code).values() if isinstance(one, InForce))
        else:
            found.append(in_force(code))
    return found


def rules(kind: str, *, scope: str = "", at: datetime | None = None) -> InForce:
    """The rules of a kind in force at an instant (default: now), or NotFound for an unknown kind; public."""
    return in_force(kind, scope=scope, at=at)


def shipped_rules(kind: str, *, scope: str = "") -> InForce:
    """The file that is shipped with the product, or NotFound for an unknown kind or code; public."""
    return shipped(kind, scope if registry.kind(kind).by_code else "")


def visible_versions(actor: Actor, *, kind: str = "") -> models.QuerySet[RulebookVersion]:
    """Versions that were ever released, newest first; the exchange sees all. NotFound for an unknown kind."""
    rows = RulebookVersion.objects.select_related("rulebook", "author", "releaser")
    if kind:
        rows = rows.filter(rulebook__kind=registry.kind(kind).code)
    if actor.is_system or actor.is_exchange:
        return rows
    return rows.filter(released_at__isnull=False)


def version(actor: Actor, version_id: int) -> RulebookVersion:
    """One version, or NotFound."""
    row = visible_versions(actor).filter(pk=version_id).first()
    if row is None:
        raise NotFound
    return row


def version_of(actor: Actor, *, kind: str, number: int, scope: str = "") -> RulebookVersion:
    """The version of a kind and scope with this number, or NotFound."""
    row = visible_versions(actor, kind=kind).filter(number=number, rulebook__scope=scope).first()
    if row is None:
        raise NotFound
    return row


def text_of(row: RulebookVersion, number: int) -> str:
    """The text of another version of the same rulebook, to compare with; 0 is the shipped file. NotFound if none."""
    if number == 0:
        return _file_text(row)
    other = RulebookVersion.objects.filter(rulebook_id=row.rulebook_id, number=number).first()
    if other is None:
        raise NotFound
    return other.content


def _file_text(row: RulebookVersion) -> str:
    """The shipped file of the version's rulebook; empty for a code that none is shipped for."""
    kind, scope = row.rulebook.kind, row.rulebook.scope
    by_code = registry.kind(kind).by_code
    if by_code and registry.kind(kind).file(scope) is None:
        return ""
    return shipped(kind, scope if by_code else "").content.text


def in_place_of(row: RulebookVersion) -> InForce | None:
    """The rules in force where this version would stand; None for a code that has none yet."""
    try:
        return in_force(row.rulebook.kind, scope=row.rulebook.scope)
    except NotFound:
        return None


def kind_of(version_id: int) -> str:
    """The kind of rules of a version, for jobs that follow its events; empty where there is none."""
    return RulebookVersion.objects.filter(pk=version_id).values_list("rulebook__kind", flat=True).first() or ""


def scope_of(version_id: int) -> str:
    """The scope of a version's rulebook; empty for the whole exchange, or where there is none."""
    return RulebookVersion.objects.filter(pk=version_id).values_list("rulebook__scope", flat=True).first() or ""
