"""Who sees and steers demands. A demand says what a buyer is about to do: only the buyer and the exchange see it."""

from django.db import models
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.participants import policies as participants
from foundation.participants.models import MemberRole, Role

BUYERS_ROLES = (MemberRole.ADMINISTRATOR, MemberRole.OPERATOR)


def visible(actor: Actor, prefix: str = "") -> models.Q:
    """The demands (or, with the `prefix` of the relation, what belongs to them) that `actor` may see."""
    if actor.is_system or actor.is_exchange:
        return models.Q()
    if actor.organisation_id is None:
        return models.Q(pk__in=[])
    return models.Q(**{f"{prefix}organisation_id": actor.organisation_id})


def require_buyer(actor: Actor) -> None:
    """Refuse everybody but operators and administrators of a verified buyer."""
    participants.require_verified(actor, Role.BUYER)
    _require_operator(actor)


def require_own_demand(actor: Actor, organisation_id: int) -> None:
    """Refuse those who see the demand without being the buyer whose it is."""
    _require_own(actor, organisation_id)
    require_buyer(actor)


def require_owner(actor: Actor, organisation_id: int) -> None:
    """The same without asking whether the buyer is verified: to have its data removed it need not be."""
    _require_own(actor, organisation_id)
    _require_operator(actor)


def _require_own(actor: Actor, organisation_id: int) -> None:
    if actor.organisation_id != organisation_id:
        raise Forbidden(_("Only the buyer whose demand it is may do this."), rule="matching.own_demand_only")


def _require_operator(actor: Actor) -> None:
    if actor.member_roles.isdisjoint(BUYERS_ROLES):
        raise Forbidden(
            _("Your organisation lets only its administrators and operators do this."), rule="matching.operator_needed"
        )
