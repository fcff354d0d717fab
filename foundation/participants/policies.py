"""Who may do what with organisations, members, keys and accreditations."""

from collections.abc import Iterable

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.participants import states
from foundation.participants.models import Accreditation, MemberRole, Membership, Organisation


def belongs_to(actor: Actor, organisation_ids: Iterable[int]) -> bool:
    """Whether the person is a member of one of these organisations, whichever membership it comes with now.

    A person may have several: for conflicts of interest it is the person that counts, and who has left an organisation
    is no neutral judge of what it left.
    """
    wanted = frozenset(organisation_ids)
    if actor.organisation_id in wanted:
        return True
    return (
        actor.user_id is not None
        and Membership.objects.filter(user_id=actor.user_id, organisation_id__in=wanted).exists()
    )


def require_exchange(actor: Actor, *member_roles: str) -> None:
    """Refuse everybody but the exchange's own people with one of `member_roles` (and the system itself)."""
    if actor.is_system or actor.acts_as("exchange", *member_roles):
        return
    raise Forbidden(_("Only the exchange may do this."), rule="participants.exchange_only")


def require_system(actor: Actor) -> None:
    """Refuse everybody but the exchange's own software."""
    if not actor.is_system:
        raise Forbidden(_("Only the exchange may do this."), rule="participants.system_only")


def require_administrator(actor: Actor, organisation_id: int) -> None:
    """Refuse everybody but administrators of this very organisation (and the system).

    The exchange's people too: whoever gets keys of an authority's people could approve in its name.
    """
    if actor.is_system or (actor.organisation_id == organisation_id and "administrator" in actor.member_roles):
        return
    raise Forbidden(_("Only administrators of the organisation may do this."), rule="participants.administrator_only")


def require_not_closed(organisation: Organisation) -> None:
    """Refuse new people and keys to who was rejected or is suspended: they would outlive what it was suspended for."""
    if organisation.state in (states.REJECTED, states.SUSPENDED):
        raise Forbidden(
            _("The organisation was rejected or is suspended: it gets no new people and no new keys."),
            rule="participants.organisation_closed",
        )


def require_verified_at_all(actor: Actor) -> None:
    """Refuse actors whose organisation is not verified; never the system."""
    if not actor.is_system and not actor.organisation_verified:
        raise Forbidden(_("Your organisation is not verified yet."), rule="participants.verified_only")


def require_verified(actor: Actor, role: str) -> None:
    """Refuse actors whose organisation is not verified in `role`."""
    if not actor.organisation_verified:
        raise Forbidden(_("Your organisation is not verified yet."), rule="participants.verified_only")
    if role not in actor.organisation_roles:
        raise Forbidden(
            _("Your organisation has no confirmed role '%(role)s'."), rule="participants.role_needed", role=role
        )


def require_accreditor(actor: Actor) -> None:
    """Refuse everybody but the exchange's administrators and reviewers."""
    require_exchange(actor, MemberRole.ADMINISTRATOR, MemberRole.REVIEWER)


def require_impartial(actor: Actor, accreditation: Accreditation) -> None:
    """Refuse who judges what is claimed by or for an organisation of their own or its people; never the system.

    Of a person every organisation counts that it is or was in: a former colleague is no neutral judge either.
    """
    if actor.is_system:
        return
    concerned = {accreditation.claimed_via_id}
    if accreditation.user_id is not None:
        memberships = Membership.objects.filter(user=accreditation.user_id)
        concerned |= set(memberships.values_list("organisation_id", flat=True))
    if belongs_to(actor, concerned):
        raise Forbidden(
            _("You belong to whom this accreditation is claimed for: somebody else has to decide."),
            rule="participants.own_accreditation",
        )
