"""Registering organisations, and setting up the exchange itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from stdnum.cn import uscc as uscc_number

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, FieldError, InvalidInput
from foundation.participants import sectors, states
from foundation.participants.models import (
    MemberRole,
    Membership,
    Organisation,
    OrganisationKind,
    OrganisationRole,
    Role,
    User,
)
from foundation.participants.services.keys import create_key

MOST_CLAIMS: Final = 30
"""An authority of every sector with every other role has fewer."""


@dataclass(frozen=True, slots=True)
class NewMember:
    """A person to be added: `password` only for those who sign in to the admin."""

    username: str
    email: str = ""
    roles: Sequence[str] = (MemberRole.ADMINISTRATOR, MemberRole.OPERATOR)
    password: str | None = None


def create_member(*, actor: Actor, organisation: Organisation, member: NewMember) -> Membership:
    """Make the user and the membership without asking who may: callers have."""
    if not member.roles or not set(member.roles) <= set(MemberRole.values):
        raise InvalidInput.of("/member/roles", _("Name one or more of: %(known)s."), known=", ".join(MemberRole.values))
    user = User(username=member.username, email=member.email, is_staff=organisation.kind == OrganisationKind.EXCHANGE)
    if member.password is None:
        user.set_unusable_password()
    else:
        try:
            validate_password(member.password, user)
        except ValidationError as error:
            raise InvalidInput([FieldError("/member/password", text) for text in error.messages]) from error
        user.set_password(member.password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise InvalidInput.of("/member/username", _("This user name is taken: choose another.")) from error
    return join(actor=actor, organisation=organisation, user=user, roles=member.roles)


def join(*, actor: Actor, organisation: Organisation, user: User, roles: Sequence[str]) -> Membership:
    """Make an existing account a member without asking who may: callers have."""
    given = list(dict.fromkeys(roles))
    membership = Membership.objects.create(
        organisation=organisation, user=user, roles=given, state=states.MEMBERSHIP.target("join")
    )
    if organisation.kind == OrganisationKind.EXCHANGE and not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    audit.record(
        actor=actor,
        action="member.added",
        subject=("membership", membership.pk),
        data={"organisation": organisation.pk, "user": user.pk, "roles": given},
    )
    return membership


def _checked_fields(*, uscc: str, region: str, kind: str, roles: Sequence[tuple[str, str]]) -> None:
    errors = []
    if kind not in OrganisationKind.values or kind == OrganisationKind.EXCHANGE:
        errors.append(FieldError("/kind", _("Name the kind: public_body, enterprise, institution or authority.")))
    if uscc and not uscc_number.is_valid(uscc):
        errors.append(
            FieldError("/uscc", _("Not a valid unified social credit code (GB 32100-2015): check all 18 characters."))
        )
    if not (len(region) == 6 and region.isascii() and region.isdigit()):
        errors.append(FieldError("/region", _("Give the six-digit division code (GB/T 2260), e.g. 210200.")))
    if len(set(roles)) > MOST_CLAIMS:
        errors.append(FieldError("/roles", _("Claim at most %(limit)s roles."), {"limit": MOST_CLAIMS}))
        roles = roles[:1]  # one error is enough for them all
    for place, (role, sector) in enumerate(roles):
        if role not in Role.values or role == Role.EXCHANGE:
            errors.append(FieldError(f"/roles/{place}/role", _("Not a role that can be claimed.")))
        elif role == Role.SECTOR_AUTHORITY:
            if error := sectors.wrong(sector, f"/roles/{place}/sector"):
                errors.append(error)
        elif sector:
            errors.append(FieldError(f"/roles/{place}/sector", _("A sector belongs to an authority only.")))
    if not roles:
        errors.append(FieldError("/roles", _("Claim at least one role.")))
    if errors:
        raise InvalidInput(errors)


@transaction.atomic
def register_organisation(
    *,
    actor: Actor,
    name: str,
    kind: str,
    region: str,
    roles: Sequence[tuple[str, str]],
    member: NewMember,
    name_zh: str = "",
    uscc: str = "",
) -> tuple[Organisation, Membership, str]:
    """Register an organisation with claimed `(role, sector)` pairs and its first member.

    Returns the organisation, the membership and the member's API key, which is shown only once. Nothing can be listed
    or asked for until the exchange has verified the organisation (Data Security Law art. 33).
    """
    _checked_fields(uscc=uscc, region=region, kind=kind, roles=roles)
    organisation = _create(name=name, name_zh=name_zh, kind=kind, uscc=uscc, region=region)
    OrganisationRole.objects.bulk_create(
        OrganisationRole(organisation=organisation, role=role, sector=sector) for role, sector in dict.fromkeys(roles)
    )
    audit.record(
        actor=actor,
        action="organisation.registered",
        subject=("organisation", organisation.pk),
        data={"roles": [list(pair) for pair in dict.fromkeys(roles)], "region": region, "kind": kind},
    )
    membership = create_member(actor=actor, organisation=organisation, member=member)
    _key, token = create_key(actor=actor, membership=membership, label="first key")
    return organisation, membership, token


def _create(*, name: str, name_zh: str, kind: str, uscc: str, region: str) -> Organisation:
    try:
        with transaction.atomic():
            return Organisation.objects.create(
                name=name,
                name_zh=name_zh,
                kind=kind,
                uscc=uscc,
                region=region,
                state=states.ORGANISATION.target("register"),
            )
    except IntegrityError as error:
        raise Conflict(_("An organisation with this name or credit code is already registered.")) from error


@transaction.atomic
def bootstrap_exchange(
    *, actor: Actor, name: str, name_zh: str, region: str, member: NewMember
) -> tuple[Organisation, str]:
    """Set up the exchange itself with its first administrator. Conflict when there is one already."""
    if OrganisationRole.objects.filter(role=Role.EXCHANGE).exists():
        raise Conflict(_("The exchange is already set up."))
    organisation = _create(name=name, name_zh=name_zh, kind=OrganisationKind.EXCHANGE, uscc="", region=region)
    now = timezone.now()
    try:
        with transaction.atomic():
            OrganisationRole.objects.create(organisation=organisation, role=Role.EXCHANGE, confirmed_at=now)
    except IntegrityError as error:  # somebody else's command was faster
        raise Conflict(_("The exchange is already set up.")) from error
    organisation.state = states.ORGANISATION.target("verify", organisation.state)
    organisation.verified_at = now
    organisation.save(update_fields=["state", "verified_at"])
    audit.record(actor=actor, action="exchange.bootstrapped", subject=("organisation", organisation.pk))
    membership = create_member(actor=actor, organisation=organisation, member=member)
    _key, token = create_key(actor=actor, membership=membership, label="first key")
    return organisation, token
