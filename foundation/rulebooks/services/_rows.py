"""Locks and small writes that the use cases share. Locks are taken rulebook first, then version."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, FieldError, InvalidInput
from foundation.rulebooks import registry, selectors, states
from foundation.rulebooks.content import Content
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.models import Rulebook, RulebookVersion

LONGEST_REASON = 500


def locked(actor: Actor, version_id: int) -> RulebookVersion:
    """The version with its rulebook, both locked; NotFound where the actor may not see it.

    Rulebooks that are checked together are locked together, so that two releases never contradict each other unseen.
    """
    rulebook = selectors.version(actor, version_id).rulebook
    together = registry.kind(rulebook.kind).together is not None
    wanted = {"kind": rulebook.kind} if together else {"pk": rulebook.pk}
    list(Rulebook.objects.select_for_update().filter(**wanted).order_by("pk"))
    return RulebookVersion.objects.select_for_update(of=("self",)).select_related("rulebook").get(pk=version_id)


def usable(kind: registry.Kind, text: str) -> Content:
    """The parsed text. InvalidInput with every problem, of the text and between it and the kind's others now."""
    try:
        content, rules = registry.checked(kind, text)
        if kind.together is not None:
            known = kind.together(None, None)
            if problems := [said for said in kind.together(rules, None) if said not in known]:
                raise UnusableRules(problems)
    except UnusableRules as error:
        message = _("These rules cannot be used: %(problem)s")
        raise InvalidInput([FieldError("/content", message, {"problem": line}) for line in error.problems]) from error
    return content


@contextmanager
def held_together(row: RulebookVersion, begins: datetime) -> Iterator[None]:
    """Conflict where what is written inside would make the rulebooks of the version's kind contradict each other.

    Looked at from `begins` on, wherever a version begins: what is in force changes nowhere else. What was wrong before
    is no obstacle, so that it can be mended piece by piece.
    """
    together = registry.kind(row.rulebook.kind).together
    if together is None:
        yield
        return
    later = RulebookVersion.objects.filter(rulebook__kind=row.rulebook.kind, state=states.RELEASED)
    others = later.filter(valid_from__gt=begins).values_list("valid_from", flat=True)
    instants = sorted({begins, *(at for at in others if at is not None)})
    before = [together(None, at) for at in instants]
    yield
    for at, known in zip(instants, before, strict=True):
        if problems := [said for said in together(None, at) if said not in known]:
            message = _("The rules in force from %(instant)s would contradict each other: %(problems)s")
            raise Conflict(message, instant=at.isoformat(), problems="; ".join(problems))


def given_reason(reason: str) -> str:
    """The reason, which must not be empty."""
    reason = reason.strip()
    if not reason:
        raise InvalidInput.of("/reason", _("State the reason."))
    if len(reason) > LONGEST_REASON:
        raise InvalidInput.of("/reason", _("Shorten the reason to %(most)s characters."), most=LONGEST_REASON)
    return reason


def record(actor: Actor, action: str, row: RulebookVersion, **more: Any) -> None:
    """Audit an action on a version: which rules, which text."""
    named = {"kind": row.rulebook.kind, "scope": row.rulebook.scope, "number": row.number, "sha256": row.sha256}
    audit.record(actor=actor, action=action, subject=("rulebook_version", row.pk), data={**named, **more})
