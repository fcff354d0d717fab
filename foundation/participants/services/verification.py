"""The exchange verifies, rejects, suspends and reinstates organisations, and corrects the sectors of authorities."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.participants import happenings, policies, sectors, states
from foundation.participants.models import Organisation, OrganisationKind, OrganisationRole, Role


def _locked(organisation_id: int) -> Organisation:
    organisation = Organisation.objects.select_for_update().filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    return organisation


def _move(*, actor: Actor, organisation_id: int, event: str, action: str, reason: str = "") -> Organisation:
    policies.require_exchange(actor, "administrator", "approver")
    organisation = _locked(organisation_id)
    organisation.state = states.ORGANISATION.target(event, organisation.state)
    organisation.state_reason = reason
    organisation.save(update_fields=["state", "state_reason"])
    audit.record(actor=actor, action=action, subject=("organisation", organisation.pk), data={"reason": reason})
    happenings.happened(action, subject=("organisation", organisation.pk), organisation_id=organisation.pk)
    return organisation


@transaction.atomic
def verify_organisation(*, actor: Actor, organisation_id: int) -> Organisation:
    """Confirm identity and all claimed roles. Conflict for a sector that is unknown or has its authority already."""
    organisation = _move(actor=actor, organisation_id=organisation_id, event="verify", action="organisation.verified")
    claims = OrganisationRole.objects.filter(organisation=organisation, role=Role.SECTOR_AUTHORITY)
    if strange := sorted(set(claims.values_list("sector", flat=True)) - set(sectors.known())):
        raise Conflict(
            _("No listing is of the sector %(sectors)s that the organisation claims: correct or reject the claim."),
            sectors=", ".join(strange),
        )
    now = timezone.now()
    organisation.verified_at = now
    organisation.save(update_fields=["verified_at"])
    try:
        with transaction.atomic():
            OrganisationRole.objects.filter(organisation=organisation, confirmed_at=None).update(confirmed_at=now)
    except IntegrityError as error:
        raise Conflict(_("Another organisation is the authority of this sector already.")) from error
    return organisation


@transaction.atomic
def correct_sector(*, actor: Actor, organisation_id: int, wrong: str, right: str) -> OrganisationRole:
    """Give an authority the code of a known sector in place of one that is none (the exchange's administrators).

    Nothing else is corrected: what an authority is responsible for is not changed behind a confirmation. NotFound for
    a claim that is not there; Conflict for a known sector and where another is the authority of `right` already. Where
    the organisation claims `right` as well, in two spellings, one claim is left.
    """
    policies.require_exchange(actor, "administrator")
    organisation = _locked(organisation_id)
    if unknown := sectors.wrong(right, "/right"):
        raise InvalidInput([unknown])
    if wrong in sectors.known():
        raise Conflict(_("'%(sector)s' is a known sector: nothing is wrong with it."), sector=wrong)
    claims = OrganisationRole.objects.select_for_update().filter(organisation=organisation)
    said = {row.sector: row for row in claims.filter(role=Role.SECTOR_AUTHORITY, sector__in=[wrong, right])}
    if wrong not in said:
        raise NotFound
    row, spelled = said.get(right, said[wrong]), said[wrong]
    row.sector, row.confirmed_at = right, row.confirmed_at or spelled.confirmed_at
    try:
        with transaction.atomic():
            if row is not spelled:
                spelled.delete()
            row.save(update_fields=["sector", "confirmed_at"])
    except IntegrityError as error:
        raise Conflict(_("Another organisation is the authority of this sector already.")) from error
    data = {"from": wrong, "to": right}
    audit.record(
        actor=actor, action="organisation.sector_corrected", subject=("organisation", organisation.pk), data=data
    )
    return row


def _with_reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput.of("/reason", _("State the reason: the organisation will read it."))
    return reason.strip()


@transaction.atomic
def reject_organisation(*, actor: Actor, organisation_id: int, reason: str) -> Organisation:
    """Refuse a registration, with the reason."""
    return _move(
        actor=actor,
        organisation_id=organisation_id,
        event="reject",
        action="organisation.rejected",
        reason=_with_reason(reason),
    )


@transaction.atomic
def suspend_organisation(*, actor: Actor, organisation_id: int, reason: str) -> Organisation:
    """Suspend a verified organisation: its keys still identify it, its roles count no more. Never the exchange itself.

    Nobody could lift that suspension again.
    """
    if Organisation.objects.filter(pk=organisation_id, kind=OrganisationKind.EXCHANGE).exists():
        policies.require_exchange(actor, "administrator", "approver")
        raise Conflict(_("The exchange cannot be suspended: nobody could reinstate it."))
    return _move(
        actor=actor,
        organisation_id=organisation_id,
        event="suspend",
        action="organisation.suspended",
        reason=_with_reason(reason),
    )


@transaction.atomic
def reinstate_organisation(*, actor: Actor, organisation_id: int) -> Organisation:
    """Lift a suspension: roles count again. What was suspended with the organisation is not lifted with it."""
    return _move(actor=actor, organisation_id=organisation_id, event="reinstate", action="organisation.reinstated")
