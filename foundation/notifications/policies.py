"""Who may steer an organisation's webhooks."""

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.participants.models import MemberRole
from foundation.participants.policies import require_administrator

READERS: frozenset[str] = frozenset({MemberRole.ADMINISTRATOR, MemberRole.OPERATOR})
"""An address may carry a token of the receiver: not everybody of the organisation sees it."""


def sees_webhooks(actor: Actor) -> bool:
    """Whether the actor sees its organisation's webhooks at all."""
    return actor.organisation_id is not None and not actor.member_roles.isdisjoint(READERS)


def require_keeper(actor: Actor) -> int:
    """The actor's organisation; refuses everybody but its administrators, and organisations that are not verified."""
    if actor.organisation_id is None:
        raise Forbidden(_("Only members of an organisation may do this."), rule="notifications.member_needed")
    require_administrator(actor, actor.organisation_id)
    if not actor.organisation_verified:
        raise Forbidden(_("Your organisation is not verified yet."), rule="participants.verified_only")
    return actor.organisation_id
