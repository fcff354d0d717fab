"""Who may ask, approve, and end what was granted."""

from collections.abc import Iterable

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.participants.models import MemberRole, Role
from foundation.participants.policies import belongs_to, require_verified
from marketplace.authorization import states
from marketplace.authorization.models import AccessRequest, Allotment, ApprovalStep, Grant

BUYING = (MemberRole.OPERATOR, MemberRole.ADMINISTRATOR)


def require_buyer(actor: Actor) -> tuple[int, int]:
    """The buyer's organisation and person; refuses all but operators and administrators of verified buyers."""
    require_verified(actor, Role.BUYER)
    if actor.organisation_id is None or actor.user_id is None or actor.member_roles.isdisjoint(BUYING):
        raise Forbidden(
            _("Only operators and administrators of your organisation may do this."),
            rule="authorization.operator_needed",
        )
    return actor.organisation_id, actor.user_id


def require_requester(actor: Actor, request: AccessRequest) -> None:
    """Refuse everybody but operators and administrators of the organisation that asked."""
    if actor.organisation_id != request.organisation_id or actor.member_roles.isdisjoint(BUYING):
        raise Forbidden(
            _("Only the organisation that asked for access may do this."), rule="authorization.not_the_buyer"
        )


def require_allotted(actor: Actor, allotment: Allotment) -> None:
    """Refuse everybody but operators and administrators of the buyer that something is allotted to."""
    if actor.organisation_id != allotment.organisation_id or actor.member_roles.isdisjoint(BUYING):
        raise Forbidden(_("Only the buyer it is allotted to may do this."), rule="authorization.not_the_buyer")


def require_not_own(actor: Actor, provider_id: int) -> None:
    """Nobody asks for access to what it provides itself."""
    if actor.organisation_id == provider_id:
        raise Forbidden(_("This is your own listing: you have its files already."), rule="authorization.own_listing")


def require_no_party(actor: Actor, parties: Iterable[int]) -> None:
    """Refuse members of the buyer's or the provider's organisation (`parties`), whichever membership they come with."""
    if belongs_to(actor, parties):
        raise Forbidden(_("Nobody decides for a party they belong to."), rule="authorization.party")


def require_exchange_keeper(actor: Actor) -> None:
    """Refuse everybody but approvers and administrators of the exchange (and the system)."""
    if not (actor.is_system or actor.acts_as(Role.EXCHANGE, MemberRole.APPROVER, MemberRole.ADMINISTRATOR)):
        raise Forbidden(
            _("Only approvers and administrators of the exchange may do this."), rule="authorization.exchange_only"
        )


def may_revoke(actor: Actor, grant: Grant) -> bool:
    """The exchange's keepers, and approvers of an organisation that approved the grant."""
    if actor.is_system or actor.acts_as(Role.EXCHANGE, MemberRole.APPROVER, MemberRole.ADMINISTRATOR):
        return True
    return (
        actor.organisation_id is not None
        and actor.organisation_verified
        and MemberRole.APPROVER in actor.member_roles
        and ApprovalStep.objects.filter(
            request_id=grant.request_id, organisation_id=actor.organisation_id, state=states.STEP_APPROVED
        ).exists()
    )


def require_may_revoke(actor: Actor, grant: Grant) -> None:
    """Refuse who is not `may_revoke`."""
    if not may_revoke(actor, grant):
        raise Forbidden(
            _("Only the exchange and those who approved a grant may revoke it."), rule="authorization.not_an_approver"
        )
