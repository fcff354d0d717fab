"""Who may report incidents, and who deals with them."""

from collections.abc import Iterable

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.participants.models import MemberRole
from foundation.participants.policies import belongs_to, require_exchange, require_verified_at_all

HANDLERS_ROLES = (MemberRole.APPROVER, MemberRole.ADMINISTRATOR)
"""Of the exchange: those who may suspend and revoke what was granted."""


def require_reporter(actor: Actor) -> tuple[int, int]:
    """Organisation and person; refuses all but members of verified organisations, whatever their role."""
    require_verified_at_all(actor)
    if actor.user_id is None or actor.organisation_id is None:
        raise Forbidden(_("Only members of an organisation may report an incident."), rule="incidents.member_needed")
    return actor.organisation_id, actor.user_id


def require_handler(actor: Actor) -> None:
    """Refuse everybody but approvers and administrators of the exchange."""
    require_exchange(actor, *HANDLERS_ROLES)


def require_no_party(actor: Actor, parties: Iterable[int]) -> None:
    """Refuse members of an organisation that the incident concerns: they do not say what was found."""
    if belongs_to(actor, parties):
        raise Forbidden(_("Nobody decides for a party they belong to."), rule="incidents.party")
