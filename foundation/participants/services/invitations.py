"""Inviting people: who is invited chooses name, password and key; the inviting administrator never holds them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable
from foundation.participants import policies, selectors, states, tokens
from foundation.participants.models import LANGUAGES, Invitation, Membership, User
from foundation.participants.services.keys import create_key
from foundation.participants.services.members import checked_roles
from foundation.participants.services.registration import NewMember, create_member, join

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Joining:
    """What an invited person chooses: a user name, and a password, a first API key, or both."""

    username: str
    password: str | None = None
    key: bool = True
    language: str = ""


@transaction.atomic
def invite_member(
    *, actor: Actor, organisation_id: int, roles: Sequence[str], email: str = "", language: str = ""
) -> tuple[Invitation, str]:
    """Invite a person to an organisation (its administrators); returns the invitation and its link.

    The link is empty where invitations go by mail (settings.INVITATIONS_BY_MAIL): the person alone gets it, and nobody
    who invites a reviewer can come back as that reviewer. Unavailable, and nothing is kept, when it cannot be sent.
    By mail only verified organisations invite: anybody can register one, under whatever name the mail would show.
    """
    organisation = selectors.visible_organisations(actor).filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    policies.require_administrator(actor, organisation.pk)
    policies.require_not_closed(organisation)
    by_mail = bool(settings.INVITATIONS_BY_MAIL)
    if by_mail:
        policies.require_verified_at_all(actor)
    made = tokens.make(tokens.INVITATION)
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=_checked_email(email, needed=by_mail),
        roles=checked_roles(roles),
        language=_checked_language(language),
        prefix=made.prefix,
        digest=made.digest,
        invited_by_id=actor.user_id,
        state=states.INVITATION.target("invite"),
        expires_at=timezone.now() + timedelta(hours=settings.INVITATION_HOURS),
    )
    audit.record(
        actor=actor,
        action="invitation.made",
        subject=("invitation", invitation.pk),
        data={"organisation": organisation.pk, "roles": invitation.roles, "by_mail": by_mail},
    )
    link = f"{settings.PUBLIC_URL}/accounts/invitation/{made.token}/"
    if not by_mail:
        return invitation, link
    _mail(invitation, link)
    return invitation, ""


@transaction.atomic
def accept_invitation(
    *, actor: Actor, token: str, joining: Joining | None = None, user: User | None = None
) -> tuple[Membership, str]:
    """Join by an invitation, with a new account (`joining`) or one's own (`user`, who is signed in); the first key.

    The key is empty where none was wanted. NotFound for a token that is none; Gone for an invitation that was used,
    revoked, or has expired; Forbidden for whoever made it: nobody gives a role to oneself, by leaving first either.
    """
    invitation = _by_token(token)
    policies.require_not_closed(invitation.organisation)
    if user is None:
        if joining is None:
            raise InvalidInput.of("/username", _("Choose a user name."))
        if joining.password is None and not joining.key:
            raise InvalidInput.of("/password", _("Choose a password, or ask for a key: else you could never come in."))
        chosen = NewMember(joining.username, invitation.email, invitation.roles, joining.password)
        membership = create_member(actor=actor, organisation=invitation.organisation, member=chosen)
        if language := _checked_language(joining.language) or invitation.language:
            User.objects.filter(pk=membership.user_id).update(language=language)
    else:
        if invitation.invited_by_id == user.pk:
            raise Forbidden(
                _("Nobody gives a role to oneself: ask another administrator."), rule="participants.own_roles"
            )
        if Membership.objects.filter(organisation=invitation.organisation, user=user, state=states.ACTIVE).exists():
            raise Conflict(_("You are a member of this organisation already."))
        membership = join(actor=actor, organisation=invitation.organisation, user=user, roles=invitation.roles)
    invitation.state = states.INVITATION.target("accept", invitation.state)
    invitation.closed_at, invitation.membership = timezone.now(), membership
    invitation.save(update_fields=["state", "closed_at", "membership"])
    audit.record(
        actor=actor,
        action="invitation.accepted",
        subject=("invitation", invitation.pk),
        data={"membership": membership.pk, "user": membership.user_id},
    )
    if joining is None or not joining.key:
        return membership, ""
    _key, first = create_key(actor=actor, membership=membership, label="first key")
    return membership, first


@transaction.atomic
def revoke_invitation(*, actor: Actor, invitation_id: int) -> Invitation:
    """Take an open invitation back (administrators of the organisation)."""
    seen = selectors.visible_invitations(actor).select_for_update(of=("self",))
    invitation: Invitation | None = seen.filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound
    policies.require_administrator(actor, invitation.organisation_id)
    _close(actor, invitation, "revoke", "invitation.revoked")
    return invitation


@transaction.atomic
def expire_invitations(*, actor: Actor) -> int:
    """Close the open invitations whose time is over (the system); how many."""
    policies.require_system(actor)
    over = Invitation.objects.select_for_update(skip_locked=True).filter(
        state=states.OPEN, expires_at__lte=timezone.now()
    )
    rows = list(over.order_by("pk")[:500])
    for invitation in rows:
        _close(actor, invitation, "expire", "invitation.expired")
    return len(rows)


def _close(actor: Actor, invitation: Invitation, event: str, action: str) -> None:
    invitation.state = states.INVITATION.target(event, invitation.state)
    invitation.closed_at = timezone.now()
    invitation.save(update_fields=["state", "closed_at"])
    audit.record(actor=actor, action=action, subject=("invitation", invitation.pk))


def _by_token(token: str) -> Invitation:
    """The invitation of a token, locked; whoever waited for the lock finds it used."""
    number = selectors.invitation(token).pk
    Invitation.objects.select_for_update().get(pk=number)
    return selectors.invitation(token)


def _checked_email(email: str, *, needed: bool) -> str:
    if not email and not needed:
        return ""
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInput.of("/email", _("Give the person's own email address: the invitation goes there.")) from error
    return email


def _checked_language(language: str) -> str:
    known = dict(LANGUAGES)
    if language and language not in known:
        raise InvalidInput.of("/language", _("Choose one of: %(known)s."), known=", ".join(known))
    return language


def _mail(invitation: Invitation, link: str) -> None:
    """Within the transaction: what could not be mailed is not kept, and a mail whose commit failed opens nothing."""
    with override(invitation.language or settings.LANGUAGE_CODE):
        context = {"invitation": invitation, "link": link}
        subject = gettext("Invitation to %(organisation)s") % {"organisation": invitation.organisation.name}
        text = render_to_string("participants/mail/invitation.txt", context)
    try:
        send_mail(" ".join(subject.split()), text, None, [invitation.email])
    except (OSError, SMTPException) as error:
        log.error("the mail of an invitation could not be sent", exc_info=error)
        raise Unavailable(_("The invitation could not be mailed: nothing was kept; try again later.")) from error
