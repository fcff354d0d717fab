"""Who may have granted data prepared and handed over."""

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.participants.models import MemberRole
from marketplace.authorization.models import Grant

RECEIVING = (MemberRole.OPERATOR, MemberRole.ADMINISTRATOR)


def require_holder(actor: Actor, grant: Grant) -> tuple[int, int]:
    """The holder's organisation and person; refuses all but operators and administrators of the holder."""
    if (
        actor.user_id is None
        or actor.organisation_id is None
        or actor.organisation_id != grant.organisation_id
        or actor.member_roles.isdisjoint(RECEIVING)
    ):
        raise Forbidden(
            _("Only operators and administrators of the organisation that holds the grant may do this."),
            rule="delivery.holder_only",
        )
    return actor.organisation_id, actor.user_id
