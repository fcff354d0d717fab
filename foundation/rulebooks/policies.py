"""Who may write rules and who may release them: never the same person."""

from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.errors import Forbidden
from foundation.participants import policies as participants
from foundation.participants.models import MemberRole
from foundation.rulebooks.models import RulebookVersion

WRITING: Final = (MemberRole.ADMINISTRATOR, MemberRole.OPERATOR)
RELEASING: Final = (MemberRole.ADMINISTRATOR, MemberRole.APPROVER)


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden(_("Rules are written and released by people."), rule="rulebooks.person_needed")
    return actor.user_id


def require_writer(actor: Actor) -> int:
    """The person who writes rules: an administrator or operator of the exchange."""
    participants.require_exchange(actor, *WRITING)
    return _person(actor)


def require_author(actor: Actor, version: RulebookVersion) -> None:
    """Refuse everybody but the author: what somebody proposes under their name, nobody else has changed."""
    if require_writer(actor) != version.author_id:
        raise Forbidden(
            _("Only the author changes a draft: make a version of your own of it."), rule="rulebooks.author_only"
        )


def require_releaser(actor: Actor, version: RulebookVersion) -> int:
    """The person who releases: an administrator or approver of the exchange, and not the author."""
    participants.require_exchange(actor, *RELEASING)
    if _person(actor) == version.author_id:
        raise Forbidden(
            _("You wrote this version: another person has to release it."), rule="rulebooks.second_person_needed"
        )
    return _person(actor)


def require_may_return(actor: Actor, version: RulebookVersion) -> None:
    """Refuse all but the author and those who might release."""
    participants.require_exchange(actor, *WRITING, *RELEASING)
    if _person(actor) != version.author_id:
        participants.require_exchange(actor, *RELEASING)


def require_may_withdraw(actor: Actor, version: RulebookVersion, *, released: bool) -> None:
    """Of what is not released: the author and administrators; of what is: those who might release."""
    if released:
        participants.require_exchange(actor, *RELEASING)
        _person(actor)
    elif _person(actor) == version.author_id:
        participants.require_exchange(actor, *WRITING)
    else:
        participants.require_exchange(actor, MemberRole.ADMINISTRATOR)
