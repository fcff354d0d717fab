"""Accreditations: claimed by an organisation for itself or its people, judged by the exchange, revoked by it."""

from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.participants import certificates, happenings, policies, selectors, states
from foundation.participants.certificates import Certificate
from foundation.participants.models import Accreditation, Organisation, User

LONGEST_REASON: Final = 500


@transaction.atomic
def claim_accreditation(
    *, actor: Actor, organisation_id: int, certificate: Certificate, user_id: int | None = None
) -> Accreditation:
    """Claim a certificate for one's organisation, or for its member `user_id` (administrators of the organisation).

    NotFound for an organisation or a member that is not there. Conflict where a claim of this kind for this holder
    waits already. Only verified organisations claim: anybody can register one.
    """
    organisation = selectors.organisation(actor, organisation_id)
    policies.require_administrator(actor, organisation.pk)
    policies.require_verified_at_all(actor)
    if user_id is not None and selectors.member_actor(user_id=user_id, organisation_id=organisation.pk) is None:
        raise NotFound(_("The organisation has no such member."))
    certificates.require_plausible(certificate, of_person=user_id is not None)
    try:
        with transaction.atomic():
            row = Accreditation.objects.create(
                kind=certificate.kind,
                organisation=organisation if user_id is None else None,
                user_id=user_id,
                claimed_via=organisation,
                level=certificate.level,
                valid_from=certificate.valid_from,
                valid_until=certificate.valid_until,
                state=states.ACCREDITATION.target("claim"),
                claimed_by_id=actor.user_id,
                **certificates.texts(certificate),
            )
    except IntegrityError as error:
        raise Conflict(_("A claim of this kind waits already: withdraw it first, or wait for the decision.")) from error
    told(actor, row, "accreditation.claimed", via=organisation.pk)
    return row


@transaction.atomic
def withdraw_accreditation(*, actor: Actor, accreditation_id: int) -> Accreditation:
    """Take back a claim that is not decided (administrators of the organisation that claimed)."""
    seen = selectors.accreditation(actor, accreditation_id)
    policies.require_administrator(actor, seen.claimed_via_id)
    return end(actor, _locked(seen), "withdraw", "accreditation.withdrawn")


@transaction.atomic
def confirm_accreditation(*, actor: Actor, accreditation_id: int) -> Accreditation:
    """Confirm a claim (the exchange, nobody of the holder's); it supersedes the confirmed one of its kind and holder.

    The one before counts until the day before this one begins, whatever its level and however long it was made out
    for. Conflict for a claim whose last day is over, for a member who has left, and where the confirmed one begins
    later: an older one would replace it.
    """
    row = _to_be_judged(actor, accreditation_id)
    row.state = states.ACCREDITATION.target("confirm", row.state)
    if row.valid_until < timezone.localdate():
        raise Conflict(_("The certificate ended on %(day)s."), day=row.valid_until.isoformat())
    if row.user_id is not None and not _is_member(row.user_id, row.claimed_via_id):
        raise Conflict(_("The person is no longer a member of the organisation that claimed it."))
    _supersede(actor, row)
    row.decided_by_id, row.decided_at = actor.user_id, timezone.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    told(actor, row, "accreditation.confirmed")
    return row


@transaction.atomic
def refuse_accreditation(*, actor: Actor, accreditation_id: int, reason: str) -> Accreditation:
    """Refuse a claim, with the reason (the exchange, nobody of the holder's)."""
    row = _to_be_judged(actor, accreditation_id)
    row.state = states.ACCREDITATION.target("refuse", row.state)
    row.state_reason = _stated(reason)
    row.decided_by_id, row.decided_at = actor.user_id, timezone.now()
    row.save(update_fields=["state", "state_reason", "decided_by", "decided_at"])
    told(actor, row, "accreditation.refused", reason=row.state_reason)
    return row


@transaction.atomic
def revoke_accreditation(*, actor: Actor, accreditation_id: int, reason: str) -> Accreditation:
    """End a confirmed accreditation at once and for good, with the reason (the exchange).

    One that it superseded does not come back. A superseded one can be revoked, too: it may count until its successor
    begins.
    """
    seen = selectors.accreditation(actor, accreditation_id)
    policies.require_accreditor(actor)
    row = _locked(seen)
    row.state_reason = _stated(reason)
    return end(actor, row, "revoke", "accreditation.revoked", reason=row.state_reason)


def end(actor: Actor, row: Accreditation, event: str, action: str, **data: object) -> Accreditation:
    """Move a locked accreditation to one of its ends and say so, without asking who may: callers have."""
    row.state = states.ACCREDITATION.target(event, row.state)
    row.ended_at = timezone.now()
    row.save(update_fields=["state", "state_reason", "ended_at"])
    told(actor, row, action, **data)
    return row


def told(actor: Actor, row: Accreditation, action: str, **data: object) -> None:
    """The audit event of what happened to an accreditation, and word of it to whoever stands above."""
    _record(actor, row, action, **data)
    happenings.happened(action, subject=("accreditation", row.pk), organisation_id=row.claimed_via_id)


def _record(actor: Actor, row: Accreditation, action: str, **data: object) -> None:
    said = {
        "kind": row.kind,
        "level": row.level,
        "organisation": row.organisation_id,
        "user": row.user_id,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": row.valid_until.isoformat(),
    }
    audit.record(actor=actor, action=action, subject=("accreditation", row.pk), data={**said, **data})


def _to_be_judged(actor: Actor, accreditation_id: int) -> Accreditation:
    seen = selectors.accreditation(actor, accreditation_id)
    policies.require_accreditor(actor)
    policies.require_impartial(actor, seen)
    return _locked(seen)


def _locked(seen: Accreditation) -> Accreditation:
    """The accreditation, with its holder locked first: what becomes of a holder's accreditations happens in turn."""
    if seen.user_id is not None:
        User.objects.select_for_update(no_key=True).get(pk=seen.user_id)
    else:
        Organisation.objects.select_for_update(no_key=True).get(pk=seen.claimed_via_id)
    return Accreditation.objects.select_for_update(no_key=True, of=("self",)).get(pk=seen.pk)


def _is_member(user_id: int, organisation_id: int) -> bool:
    return selectors.member_actor(user_id=user_id, organisation_id=organisation_id) is not None


def _supersede(actor: Actor, newer: Accreditation) -> None:
    """End the confirmed accreditation of the same kind and holder, if there is one; the holder is locked."""
    same = Accreditation.objects.filter(kind=newer.kind, organisation=newer.organisation_id, user=newer.user_id)
    older = same.filter(state=states.CONFIRMED).select_for_update(no_key=True, of=("self",)).first()
    if older is None:
        return
    if older.valid_from > newer.valid_from:
        raise Conflict(
            _("Accreditation %(id)s of this kind is confirmed and begins later, on %(day)s: revoke it first."),
            id=older.pk,
            day=older.valid_from.isoformat(),
        )
    older.state = states.ACCREDITATION.target("supersede", older.state)
    older.superseded_by, older.ended_at = newer, timezone.now()
    older.save(update_fields=["state", "superseded_by", "ended_at"])
    _record(actor, older, "accreditation.superseded", by=newer.pk)


def _stated(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput.of("/reason", _("State the reason: the organisation will read it."))
    if len(reason) > LONGEST_REASON or "\x00" in reason:
        raise InvalidInput.of("/reason", _("Use at most %(limit)s characters, and no NUL."), limit=LONGEST_REASON)
    return reason.strip()
