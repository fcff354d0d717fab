"""Writing rules and proposing them for release."""

from dataclasses import fields
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Conflict, InvalidInput, StaleVersion
from foundation.jobs import services as jobs
from foundation.rulebooks import policies, registry, states
from foundation.rulebooks.content import LONGEST_CODE, LONGEST_PARTICULAR, Content
from foundation.rulebooks.in_force import shipped
from foundation.rulebooks.models import Rulebook, RulebookVersion
from foundation.rulebooks.services._rows import given_reason, locked, record, usable
from foundation.rulebooks.services.comparing import WHAT_IF


@transaction.atomic
def draft_version(*, actor: Actor, kind: str, content: str, note: str, scope: str = "") -> RulebookVersion:
    """Write a new version of a kind's rules: TOML text that the kind's loader accepts, and what changes and why.

    Administrators and operators of the exchange; NotFound for an unknown kind, InvalidInput for rules that are not
    usable. Every edit of what is proposed or released begins here. Of a kind that has a rulebook for every code, the
    code that the text gives itself is the scope.
    """
    author_id = policies.require_writer(actor)
    known = registry.kind(kind)
    if len(scope) > LONGEST_CODE // 2 or not scope.isprintable():
        raise InvalidInput.of("/scope", _("Give a short code, e.g. of a region, or none for the whole exchange."))
    parsed, note = usable(known, content), _note(note)
    if known.by_code:
        _require_code(parsed, scope or parsed.code, "/scope")
        scope = parsed.code
    Rulebook.objects.bulk_create([Rulebook(kind=known.code, scope=scope)], ignore_conflicts=True)
    rulebook = Rulebook.objects.select_for_update().get(kind=known.code, scope=scope)
    newest = rulebook.versions.aggregate(number=Max("number"))["number"] or 0
    row = RulebookVersion.objects.create(
        rulebook=rulebook,
        number=newest + 1,
        state=states.RULEBOOK_VERSION.target("draft"),
        note=note,
        author_id=author_id,
        **_columns(parsed),
    )
    record(actor, "rulebook.drafted", row)
    return row


@transaction.atomic
def revise_draft(
    *, actor: Actor, version_id: int, content: str, note: str, seen_sha256: str | None = None
) -> RulebookVersion:
    """Replace the text of a draft (its author). StaleVersion where it is not the text `seen_sha256` any more."""
    row = locked(actor, version_id)
    policies.require_author(actor, row)
    row.state = states.RULEBOOK_VERSION.target("revise", row.state)
    if seen_sha256 is not None and seen_sha256 != row.sha256:
        raise StaleVersion
    row.note = _note(note)
    known = registry.kind(row.rulebook.kind)
    parsed = usable(known, content)
    if known.by_code:
        _require_code(parsed, row.rulebook.scope, "/content")
    for name, value in _columns(parsed).items():
        setattr(row, name, value)
    row.save()
    record(actor, "rulebook.revised", row)
    return row


@transaction.atomic
def propose_version(*, actor: Actor, version_id: int) -> RulebookVersion:
    """Propose a draft for release (its author): the text is final, and a job finds out what it would change.

    Conflict where the version that the text gives itself stands for another text already.
    """
    row = locked(actor, version_id)
    policies.require_author(actor, row)
    row.state = states.RULEBOOK_VERSION.target("propose", row.state)
    row.state_reason = ""
    _require_own_label(row)
    try:
        with transaction.atomic():
            row.save(update_fields=["state", "state_reason"])
    except IntegrityError as error:
        raise _taken(row) from error
    record(actor, "rulebook.proposed", row)
    if registry.kind(row.rulebook.kind).what_if is not None:
        jobs.enqueue(
            kind=WHAT_IF,
            arguments={"version_id": row.pk},
            subject=("rulebook_version", row.pk),
            organisation_id=actor.organisation_id,
            dedup_key=f"{WHAT_IF}:{row.pk}",
        )
    return row


@transaction.atomic
def return_version(*, actor: Actor, version_id: int, reason: str) -> RulebookVersion:
    """Give a proposed version back to its author as a draft, with the reason; what was computed for it is dropped."""
    row = locked(actor, version_id)
    policies.require_may_return(actor, row)
    row.state = states.RULEBOOK_VERSION.target("return", row.state)
    row.state_reason = given_reason(reason)
    row.what_if = row.what_if_at = None
    row.save(update_fields=["state", "state_reason", "what_if", "what_if_at"])
    record(actor, "rulebook.returned", row, reason=row.state_reason)
    return row


def _columns(parsed: Content) -> dict[str, Any]:
    values = {field.name: getattr(parsed, field.name) for field in fields(parsed)}
    return {"content": values.pop("text"), **values}


def _note(note: str) -> str:
    note = note.strip()
    if not note or len(note) > LONGEST_PARTICULAR:
        message = _("Say what changes and why, in at most %(most)s characters.")
        raise InvalidInput.of("/note", message, most=LONGEST_PARTICULAR)
    return note


def _require_code(parsed: Content, scope: str, pointer: str) -> None:
    """The rulebook of a code holds texts that give themselves this code, which has to fit."""
    if parsed.code != scope:
        message = _("This is the rulebook of '%(scope)s', and the text has the code '%(code)s'.")
        raise InvalidInput.of(pointer, message, scope=scope, code=parsed.code)
    if len(parsed.code) > LONGEST_CODE // 2:
        raise InvalidInput.of("/content", _("Give a code of at most %(most)s characters."), most=LONGEST_CODE // 2)


def _taken(row: RulebookVersion) -> Conflict:
    return Conflict(
        _("'%(label)s' stands for another text already: give the rules a version of their own in the text."),
        label=f"{row.code}@{row.label}",
    )


def _require_own_label(row: RulebookVersion) -> None:
    """Verdicts under the shipped file name its version, too."""
    known = registry.kind(row.rulebook.kind)
    scope = row.rulebook.scope if known.by_code else ""
    if known.file(scope) is None:
        return
    file = shipped(known.code, scope).content
    if (row.code, row.label) == (file.code, file.label) and row.sha256 != file.sha256:
        raise _taken(row)
