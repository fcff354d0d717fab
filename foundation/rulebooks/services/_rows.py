"""Locks and small writes that the use cases share. Locks are taken rulebook first, then version."""

from typing import Any

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import FieldError, InvalidInput
from foundation.rulebooks import registry, selectors
from foundation.rulebooks.content import Content
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.models import Rulebook, RulebookVersion

LONGEST_REASON = 500


def locked(actor: Actor, version_id: int) -> RulebookVersion:
    """The version with its rulebook, both locked; NotFound where the actor may not see it."""
    rulebook_id = selectors.version(actor, version_id).rulebook_id
    Rulebook.objects.select_for_update().get(pk=rulebook_id)
    return RulebookVersion.objects.select_for_update(of=("self",)).select_related("rulebook").get(pk=version_id)


def usable(kind: registry.Kind, text: str) -> Content:
    """The parsed text. InvalidInput with every problem that the kind's loader found."""
    try:
        content, _rules = registry.checked(kind, text)
    except UnusableRules as error:
        message = _("These rules cannot be used: %(problem)s")
        raise InvalidInput([FieldError("/content", message, {"problem": line}) for line in error.problems]) from error
    return content


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
