"""Who may do what with organisations, members and keys."""

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden


def require_exchange(actor: Actor, *member_roles: str) -> None:
    """Refuse everybody but the exchange's own people with one of `member_roles` (and the system itself)."""
    if actor.is_system or actor.acts_as("exchange", *member_roles):
        return
    raise Forbidden(_("Only the exchange may do this."), rule="participants.exchange_only")


def require_administrator(actor: Actor, organisation_id: int) -> None:
    """Refuse everybody but an administrator of this very organisation, and the exchange's administrators."""
    if actor.organisation_id == organisation_id and "administrator" in actor.member_roles:
        return
    require_exchange(actor, "administrator")


def require_verified(actor: Actor, role: str) -> None:
    """Refuse actors whose organisation is not verified in `role`."""
    if not actor.organisation_verified:
        raise Forbidden(_("Your organisation is not verified yet."), rule="participants.verified_only")
    if role not in actor.organisation_roles:
        raise Forbidden(
            _("Your organisation has no confirmed role '%(role)s'."), rule="participants.role_needed", role=role
        )
