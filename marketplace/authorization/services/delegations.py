"""Letting a colleague vote in one's place for a while, and taking it back."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound
from foundation.events import services as events
from foundation.participants.models import MemberRole, Membership
from foundation.participants.selectors import member_actor
from marketplace.authorization import selectors
from marketplace.authorization.models import ApprovalDelegation
from marketplace.authorization.texts import stated

LONGEST_DAYS: Final = 180
LONGEST_REASON: Final = 500


@transaction.atomic
def delegate_approvals(
    *, actor: Actor, membership_id: int, ends_at: datetime, reason: str, starts_at: datetime | None = None
) -> ApprovalDelegation:
    """Let another member of one's organisation vote in one's place, from now or `starts_at` until `ends_at`.

    Only approvers can, and what is delegated is not delegated further. The colleague needs no role: the power is the
    approver's, and ends with the approver's own role.
    """
    if actor.user_id is None or actor.organisation_id is None or MemberRole.APPROVER not in actor.member_roles:
        raise Forbidden(_("Only approvers can let others act for them."), rule="authorization.approver_needed")
    now = timezone.now()
    begins = starts_at or now
    errors = []
    colleague = Membership.objects.filter(pk=membership_id, organisation=actor.organisation_id).first()
    if colleague is None or member_actor(user_id=colleague.user_id, organisation_id=actor.organisation_id) is None:
        errors.append(FieldError("/membership", _("Name a member of your organisation.")))
    elif colleague.user_id == actor.user_id:
        errors.append(FieldError("/membership", _("Name another person than yourself.")))
    if ends_at <= max(begins, now):
        errors.append(FieldError("/ends_at", _("Name an instant to come, after the beginning.")))
    elif ends_at - begins > timedelta(days=LONGEST_DAYS):
        errors.append(FieldError("/ends_at", _("Name an instant within %(days)s days."), {"days": LONGEST_DAYS}))
    if errors or colleague is None:
        raise InvalidInput(errors)
    row = ApprovalDelegation.objects.create(
        organisation_id=actor.organisation_id,
        delegator_id=actor.user_id,
        delegate_id=colleague.user_id,
        reason=stated("/reason", reason, longest=LONGEST_REASON, missing=_("Say why somebody has to act for you.")),
        starts_at=begins,
        ends_at=ends_at,
    )
    audit.record(
        actor=actor,
        action="approval_delegation.given",
        subject=("approval_delegation", row.pk),
        data={"membership": membership_id, "from": begins.isoformat(), "until": ends_at.isoformat()},
    )
    events.emit(name="approval_delegation.given", subject=("approval_delegation", row.pk))
    return row


@transaction.atomic
def revoke_delegation(*, actor: Actor, delegation_id: int) -> ApprovalDelegation:
    """End a delegation at once (who gave it, or an administrator of the organisation); votes cast under it stand."""
    if not selectors.visible_delegations(actor).filter(pk=delegation_id).exists():
        raise NotFound
    row = ApprovalDelegation.objects.select_for_update(no_key=True, of=("self",)).get(pk=delegation_id)
    own = actor.user_id == row.delegator_id
    keeper = actor.organisation_id == row.organisation_id and MemberRole.ADMINISTRATOR in actor.member_roles
    if not own and not keeper:
        raise Forbidden(
            _("Only who gave a delegation and the administrators of the organisation may take it back."),
            rule="authorization.delegator_only",
        )
    if row.revoked_at is not None or row.ends_at <= timezone.now():
        raise Conflict(_("This delegation has ended already."))
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    audit.record(actor=actor, action="approval_delegation.revoked", subject=("approval_delegation", row.pk))
    return row
