"""The people of an organisation: their roles, and their end. They come by invitation (`services.invitations`)."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.participants import policies, selectors, sessions, states
from foundation.participants.models import (
    ApiKey,
    MemberRole,
    Membership,
    Organisation,
    OrganisationKind,
    User,
)
from foundation.participants.services.keys import create_key, revoke_all
from foundation.participants.services.registration import NewMember, create_member


@transaction.atomic
def add_member(*, actor: Actor, organisation_id: int, member: NewMember) -> tuple[Membership, str]:
    """Add a person at the command line; returns the membership and its API key. The system only.

    Everybody else invites: whoever is handed a reviewer's key could review in the reviewer's name.
    """
    if not actor.is_system:
        raise Forbidden(_("Invite the person instead."), rule="participants.by_invitation")
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    policies.require_not_closed(organisation)
    membership = create_member(actor=actor, organisation=organisation, member=member)
    _key, token = create_key(actor=actor, membership=membership, label="first key")
    return membership, token


def checked_roles(roles: Sequence[str], pointer: str = "/roles") -> list[str]:
    """Member roles, each once; InvalidInput for none or an unknown one."""
    if not roles or not set(roles) <= set(MemberRole.values):
        raise InvalidInput.of(pointer, _("Name one or more of: %(known)s."), known=", ".join(MemberRole.values))
    return list(dict.fromkeys(roles))


@transaction.atomic
def change_roles(*, actor: Actor, membership_id: int, roles: Sequence[str]) -> Membership:
    """Give a colleague other roles (administrators). They count from the person's next request on.

    Nobody adds a role to oneself: an administrator who made himself a reviewer would be two pairs of eyes.
    Conflict where no administrator would be left.
    """
    wanted = checked_roles(roles)
    membership = _locked(actor, membership_id)
    policies.require_administrator(actor, membership.organisation_id)
    if membership.user_id == actor.user_id and not set(wanted) <= set(membership.roles):
        raise Forbidden(_("Nobody gives a role to oneself: ask another administrator."), rule="participants.own_roles")
    if MemberRole.ADMINISTRATOR not in wanted:
        _require_another_administrator(membership)
    before, membership.roles = membership.roles, wanted
    if before != wanted:
        membership.save(update_fields=["roles"])
        data = {"organisation": membership.organisation_id, "from": before, "to": wanted}
        audit.record(actor=actor, action="member.roles_changed", subject=("membership", membership.pk), data=data)
    return membership


@transaction.atomic
def end_membership(*, actor: Actor, membership_id: int) -> Membership:
    """End a membership, one's own or as administrator a colleague's: its keys and sessions are dead at once.

    Conflict for the last administrator: nobody could invite a successor.
    """
    membership = _locked(actor, membership_id)
    if membership.user_id != actor.user_id:
        policies.require_administrator(actor, membership.organisation_id)
    _require_another_administrator(membership)
    membership.state = states.MEMBERSHIP.target("end", membership.state)
    membership.ended_at = timezone.now()
    membership.save(update_fields=["state", "ended_at"])
    if membership.organisation.kind == OrganisationKind.EXCHANGE:
        User.objects.filter(pk=membership.user_id).update(is_staff=False)
    keys = revoke_all(actor=actor, keys=ApiKey.objects.filter(membership=membership))
    ended = sessions.end_all(membership.user_id)
    data = {"organisation": membership.organisation_id, "user": membership.user_id, "keys": keys, "sessions": ended}
    audit.record(actor=actor, action="member.ended", subject=("membership", membership.pk), data=data)
    return membership


@transaction.atomic
def deactivate_person(*, actor: Actor, user_id: int, reason: str) -> User:
    """Close an account at once, whatever organisations it belongs to: keys revoked, sessions ended (the exchange).

    For stolen accounts. Memberships stay, so that the person can be let in again. Conflict for the last administrator
    of the exchange, who could not be.
    """
    policies.require_exchange(actor, "administrator")
    if not reason.strip():
        raise InvalidInput.of("/reason", _("State the reason: the audit log keeps it."))
    memberships = list(Membership.objects.filter(user_id=user_id, state=states.ACTIVE).select_related("organisation"))
    for membership in memberships:
        if membership.organisation.kind == OrganisationKind.EXCHANGE:
            _lock_organisation(membership.organisation_id)
            _require_another_administrator(membership)
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
        keys = revoke_all(actor=actor, keys=ApiKey.objects.filter(membership__user=user))
        data = {"reason": reason.strip(), "keys": keys, "sessions": sessions.end_all(user.pk)}
        audit.record(actor=actor, action="person.deactivated", subject=("user", user.pk), data=data)
    return user


@transaction.atomic
def reactivate_person(*, actor: Actor, user_id: int) -> User:
    """Open a closed account again (the exchange); its keys stay revoked."""
    policies.require_exchange(actor, "administrator")
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    if not user.is_active:
        user.is_active = True
        user.save(update_fields=["is_active"])
        audit.record(actor=actor, action="person.reactivated", subject=("user", user.pk))
    return user


@transaction.atomic
def choose_language(*, actor: Actor, language: str) -> User:
    """The language in which the exchange speaks to this person; empty for that of the browser. NotFound for nobody."""
    user = User.objects.select_for_update().filter(pk=actor.user_id or 0).first()
    if user is None:
        raise NotFound
    known = dict(User._meta.get_field("language").flatchoices)
    if language and language not in known:
        raise InvalidInput.of("/language", _("Choose one of: %(known)s."), known=", ".join(known))
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])
        data = {"language": language}
        audit.record(actor=actor, action="person.language_chosen", subject=("user", user.pk), data=data)
    return user


def _lock_organisation(organisation_id: int) -> None:
    """Changes of who administers an organisation happen one after another: two could each see the other still there."""
    Organisation.objects.select_for_update().get(pk=organisation_id)


def _locked(actor: Actor, membership_id: int) -> Membership:
    """An active membership that the actor may see, with its organisation locked; NotFound for any other."""
    seen = selectors.visible_memberships(actor).filter(pk=membership_id).first()
    if seen is None:
        raise NotFound
    _lock_organisation(seen.organisation_id)
    row = Membership.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=membership_id)
    if row.state != states.ACTIVE:
        raise NotFound
    return row


def _require_another_administrator(membership: Membership) -> None:
    if MemberRole.ADMINISTRATOR not in membership.roles:
        return
    others = Membership.objects.filter(
        organisation=membership.organisation_id,
        state=states.ACTIVE,
        user__is_active=True,
        roles__contains=[MemberRole.ADMINISTRATOR],
    ).exclude(pk=membership.pk)
    if not others.exists():
        raise Conflict(_("This is the last administrator: make somebody else an administrator first."))
