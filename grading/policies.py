"""Who may do what with data assets and grades."""

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.participants.policies import belongs_to, require_exchange
from grading.models import Grade

OWNERS_ROLES = ("administrator", "operator")


def is_owner(actor: Actor, organisation_id: int) -> bool:
    """Whether the actor belongs to the organisation that owns the data."""
    return actor.organisation_id is not None and actor.organisation_id == organisation_id


def require_owner(actor: Actor, organisation_id: int) -> None:
    """Refuse everybody but administrators and operators of this very organisation, once it is verified."""
    if actor.is_system:
        return
    if not is_owner(actor, organisation_id):
        raise Forbidden(_("Only the owner of the data may do this."), rule="grading.owner_only")
    if not actor.organisation_verified:
        raise Forbidden(_("Your organisation is not verified yet."), rule="participants.verified_only")
    if actor.member_roles.isdisjoint(OWNERS_ROLES):
        raise Forbidden(
            _("Your organisation lets only its administrators and operators do this."), rule="grading.operator_needed"
        )


def require_owner_or_exchange(actor: Actor, organisation_id: int) -> None:
    """Refuse everybody but the owner's people and the exchange's reviewers, operators and administrators."""
    if not actor.acts_as("exchange", "reviewer", *OWNERS_ROLES):
        require_owner(actor, organisation_id)


def require_operator(actor: Actor) -> None:
    """Refuse everybody but operators and administrators of the exchange, and the system."""
    require_exchange(actor, *OWNERS_ROLES)


def sees_values(actor: Actor, organisation_id: int) -> bool:
    """Whether the actor may read values of sensitive columns: who handles the file, and who decides on its grade.

    Those are operators and administrators of the owner and reviewers of the exchange. Nobody reads values of personal
    columns here: they are stored as shapes.
    """
    if actor.is_system:
        return True
    owners = is_owner(actor, organisation_id) and not actor.member_roles.isdisjoint(OWNERS_ROLES)
    return owners or actor.acts_as("exchange", "reviewer")


def require_reviewer(actor: Actor, organisation_id: int) -> None:
    """Refuse everybody but the exchange's reviewers, and those on data of an organisation they belong to.

    The system itself is refused too: a decision has a person who answers for it.
    """
    if not actor.acts_as("exchange", "reviewer"):
        raise Forbidden(_("Only reviewers of the exchange decide on grades."), rule="grading.reviewer_only")
    if belongs_to(actor, [organisation_id]):
        raise Forbidden(
            _("Reviewers do not decide on data of their own organisation."), rule="grading.not_own_organisation"
        )


def require_other_reviewer(actor: Actor, appealed: Grade) -> None:
    """Refuse those who took the decision that is appealed: nobody judges an appeal against themselves."""
    if actor.user_id in (appealed.confirmed_by_id, appealed.decided_by_id):
        raise Forbidden(
            _("You took the decision that is appealed: reviewers who did not take it decide."),
            rule="grading.appeal_to_others",
        )


def require_exchange_people(actor: Actor) -> None:
    """Refuse everybody but reviewers, operators and administrators of the exchange; a person answers for it."""
    if not actor.acts_as("exchange", "reviewer", *OWNERS_ROLES):
        raise Forbidden(
            _("Only reviewers and operators of the exchange may do this."), rule="grading.reviewer_or_operator"
        )


def require_exchange_reader(actor: Actor) -> None:
    """Refuse everybody but people of the exchange, whatever their role, and the system."""
    require_exchange(actor)
