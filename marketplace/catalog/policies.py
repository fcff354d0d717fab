"""Who may do what with listings."""

from django.db import models
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.participants import policies as participants
from foundation.participants.models import MemberRole, Role
from marketplace.catalog import states
from marketplace.catalog.models import ListingVersion

PROVIDERS_ROLES = (MemberRole.ADMINISTRATOR, MemberRole.OPERATOR)
REVIEWERS_ROLES = (MemberRole.ADMINISTRATOR, MemberRole.REVIEWER)


def sees_everything(actor: Actor) -> bool:
    """The exchange's people and its own software see every version in every state."""
    return actor.is_system or actor.is_exchange


def visible(actor: Actor) -> models.Q:
    """Published versions are public; others are seen by their provider and the exchange."""
    if sees_everything(actor):
        return models.Q()
    public = models.Q(state=states.PUBLISHED)
    if actor.organisation_id is None:
        return public
    return public | models.Q(listing__organisation_id=actor.organisation_id)


def require_provider(actor: Actor, organisation_id: int | None) -> int:
    """Refuse everybody but administrators and operators of this organisation while it is a verified provider.

    Returns the organisation's id.
    """
    if actor.organisation_id is None or actor.organisation_id != organisation_id:
        raise Forbidden(_("Only the provider of the listing may do this."), rule="catalog.provider_only")
    participants.require_verified(actor, Role.PROVIDER)
    if actor.member_roles.isdisjoint(PROVIDERS_ROLES):
        raise Forbidden(
            _("Your organisation lets only its administrators and operators do this."), rule="catalog.operator_needed"
        )
    return actor.organisation_id


def require_reviewer(actor: Actor, version: ListingVersion) -> None:
    """Refuse all but the exchange's reviewers and administrators; nobody decides for an organisation they belong to."""
    if not actor.acts_as("exchange", *REVIEWERS_ROLES):
        raise Forbidden(
            _("Only reviewers and administrators of the exchange may do this."), rule="catalog.reviewer_only"
        )
    if participants.belongs_to(actor, [version.listing.organisation_id]):
        raise Forbidden(
            _("Nobody decides on a listing of their own organisation."), rule="catalog.not_own_organisation"
        )
