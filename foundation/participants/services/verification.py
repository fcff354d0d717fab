"""The exchange verifies, rejects, suspends and reinstates organisations."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.participants import happenings, policies, states
from foundation.participants.models import Organisation, OrganisationKind, OrganisationRole


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
    """Confirm identity and all claimed roles. Conflict when a sector has its authority already."""
    organisation = _move(actor=actor, organisation_id=organisation_id, event="verify", action="organisation.verified")
    now = timezone.now()
    organisation.verified_at = now
    organisation.save(update_fields=["verified_at"])
    try:
        with transaction.atomic():
            OrganisationRole.objects.filter(organisation=organisation, confirmed_at=None).update(confirmed_at=now)
    except IntegrityError as error:
        raise Conflict(_("Another organisation is the authority of this sector already.")) from error
    return organisation


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
    """Lift a suspension."""
    return _move(actor=actor, organisation_id=organisation_id, event="reinstate", action="organisation.reinstated")
