"""Reading participants: who is asking, which organisations it may see, and what they are accredited for."""

import datetime
import ipaddress
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Final

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import EVERYTHING, Actor
from foundation.errors import Gone, NotFound
from foundation.participants import states, tokens
from foundation.participants.accreditation_kinds import DATA_SECURITY_TRAINING
from foundation.participants.models import (
    Accreditation,
    ApiKey,
    Invitation,
    MemberRole,
    Membership,
    Organisation,
    OrganisationRole,
    Role,
    User,
)

_HOLDER: Final = """
    SELECT key.id, key.digest, key.scopes, key.networks, key.last_used_on,
        member.organisation_id, member.roles, organisation.state,
        ARRAY(SELECT role FROM participants_organisationrole
            WHERE organisation_id = organisation.id AND confirmed_at IS NOT NULL),
        ARRAY(SELECT sector FROM participants_organisationrole
            WHERE organisation_id = organisation.id AND confirmed_at IS NOT NULL AND sector <> ''),
        PERSON
    FROM participants_apikey AS key
        JOIN participants_membership AS member ON member.id = key.membership_id
        JOIN participants_user AS person ON person.id = member.user_id
        JOIN participants_organisation AS organisation ON organisation.id = member.organisation_id
    WHERE key.prefix = %s AND key.revoked_at IS NULL AND key.expires_at > %s
        AND member.state = %s AND person.is_active
"""
"""Written by hand: every request of the API begins with it, and to put it together takes longer than to answer it."""


def actor_of(membership: Membership) -> Actor:
    """The actor that a membership makes.

    Roles count only when confirmed and while the organisation is verified.
    """
    organisation = membership.organisation
    verified = organisation.state == states.VERIFIED
    roles = [r for r in organisation.roles.all() if r.confirmed_at is not None] if verified else []
    return Actor(
        kind="member",
        label=membership.user.get_username(),
        user_id=membership.user_id,
        organisation_id=organisation.pk,
        organisation_verified=verified,
        organisation_roles=frozenset(r.role for r in roles),
        sectors=frozenset(r.sector for r in roles if r.sector),
        member_roles=frozenset(membership.roles),
        scopes=frozenset([EVERYTHING]),
    )


@cache
def _holder() -> tuple[str, list[str]]:
    """The statement, and the fields of the person that it ends with."""
    fields = User._meta.concrete_fields
    columns = ", ".join(f"person.{connection.ops.quote_name(str(field.column))}" for field in fields)
    return _HOLDER.replace("PERSON", columns), [field.attname for field in fields]


def _memberships() -> models.QuerySet[Membership]:
    active = Membership.objects.filter(state=states.ACTIVE, user__is_active=True)
    return active.select_related("user", "organisation").prefetch_related("organisation__roles")


def actor_for_token(token: str, *, address: str = "") -> tuple[User, Actor] | None:
    """The user and actor of an API key that is used from `address`.

    None when the key is unknown, revoked, expired or not meant for that address, its membership ended or its person
    inactive. The day of use is noted.
    """
    found = tokens.split(token, tokens.KEY)
    if found is None:
        return None
    prefix, digest = found
    now = timezone.now()
    statement, fields = _holder()
    with connection.cursor() as cursor:
        cursor.execute(statement, [prefix, now, states.ACTIVE])
        row = cursor.fetchone()
    if row is None:
        return None
    key_id, stored, scopes, networks, last_used_on, organisation_id, member_roles, state, roles, sectors, *person = row
    if not tokens.same(stored, digest) or not _within(address, networks):
        return None
    user = User.from_db(connection.alias, fields, person)
    today = timezone.localdate(now)
    if last_used_on != today:
        ApiKey.objects.filter(pk=key_id).update(last_used_on=today)
    verified = state == states.VERIFIED
    return user, Actor(
        kind="member",
        label=user.get_username(),
        user_id=user.pk,
        organisation_id=organisation_id,
        organisation_verified=verified,
        organisation_roles=frozenset(roles if verified else ()),
        sectors=frozenset(sectors if verified else ()),
        member_roles=frozenset(member_roles),
        key_id=key_id,
        scopes=frozenset(scopes),
    )


def _within(address: str, networks: list[str]) -> bool:
    if not networks:
        return True
    try:
        where = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(where in ipaddress.ip_network(network) for network in networks)


def actor_for_user(user: User) -> Actor | None:
    """The actor of a signed-in person: its oldest membership. None for somebody without any."""
    membership = _memberships().filter(user=user).order_by("pk").first()
    return actor_of(membership) if membership is not None else None


def member_actor(*, user_id: int, organisation_id: int) -> Actor | None:
    """The actor of a person in this very organisation, now; None for who is no member (any longer)."""
    membership = _memberships().filter(user_id=user_id, organisation_id=organisation_id).first()
    return actor_of(membership) if membership is not None else None


def visible_memberships(actor: Actor) -> models.QuerySet[Membership]:
    """The people of one's own organisation, those who left included; everybody for the exchange."""
    everybody = Membership.objects.select_related("user", "organisation")
    if actor.is_system or actor.is_exchange:
        return everybody
    return everybody.none() if actor.organisation_id is None else everybody.filter(organisation=actor.organisation_id)


def visible_invitations(actor: Actor) -> models.QuerySet[Invitation]:
    """The invitations to one's own organisation, for its administrators; all for the system."""
    everything = Invitation.objects.select_related("organisation")
    if actor.is_system:
        return everything
    if actor.organisation_id is None or "administrator" not in actor.member_roles:
        return everything.none()
    return everything.filter(organisation=actor.organisation_id)


def memberships_of(user: User) -> models.QuerySet[Membership]:
    """A person's own active memberships, oldest first."""
    return _memberships().filter(user=user).order_by("pk")


def invitation(token: str) -> Invitation:
    """The open invitation that a token stands for. NotFound for none; Gone when it was used, taken back or expired."""
    found = tokens.split(token, tokens.INVITATION)
    if found is None:
        raise NotFound
    prefix, digest = found
    row = Invitation.objects.select_related("organisation").filter(prefix=prefix).first()
    if row is None or not tokens.same(row.digest, digest):
        raise NotFound
    if row.state != states.OPEN or row.expires_at <= timezone.now():
        raise Gone(_("This invitation was used, was taken back or has expired: ask for a new one."))
    return row


def own_keys(actor: Actor) -> models.QuerySet[ApiKey]:
    """One's own keys; for administrators those of all their organisation's people, so that they can revoke them."""
    everything = ApiKey.objects.select_related("membership__user")
    if actor.is_system:
        return everything
    if actor.organisation_id is None:
        return everything.none()
    of_organisation = everything.filter(membership__organisation=actor.organisation_id)
    if "administrator" in actor.member_roles:
        return of_organisation
    return of_organisation.filter(membership__user=actor.user_id)


def members_with(
    organisation_id: int, member_roles: Iterable[str], *, user_id: int | None = None
) -> models.QuerySet[Membership]:
    """The people of an organisation who can act and have one of these member roles, or are the one person named."""
    wanted = models.Q(roles__overlap=list(member_roles)) | models.Q(user=user_id or 0)
    return _memberships().filter(wanted, organisation=organisation_id).order_by("pk")


def actor_for_member(*, user_id: int, organisation_id: int) -> Actor | None:
    """The actor of a person in one organisation, with the powers of this moment; None where it has none there now."""
    membership = _memberships().filter(user_id=user_id, organisation_id=organisation_id).first()
    return actor_of(membership) if membership is not None else None


def visible_organisations(actor: Actor) -> models.QuerySet[Organisation]:
    """Verified organisations are public; others are seen by their own members and the exchange."""
    everything = Organisation.objects.prefetch_related("roles")
    if actor.is_system or actor.is_exchange:
        return everything
    return everything.filter(models.Q(state=states.VERIFIED) | models.Q(pk=actor.organisation_id))


def organisation(actor: Actor, organisation_id: int) -> Organisation:
    """One organisation, or NotFound."""
    row = visible_organisations(actor).filter(pk=organisation_id).first()
    if row is None:
        raise NotFound
    return row


def confirmed_roles(role: str) -> models.QuerySet[OrganisationRole]:
    """The confirmed roles of this name, of organisations in whatever state: to narrow a list the actor may see."""
    return OrganisationRole.objects.filter(role=role, confirmed_at__isnull=False)


def organisations_with_role(role: str, *, sector: str = "") -> models.QuerySet[Organisation]:
    """Verified organisations whose role is confirmed; with `sector` for sector authorities."""
    confirmed = OrganisationRole.objects.filter(role=role, sector=sector, confirmed_at__isnull=False)
    return Organisation.objects.filter(state=states.VERIFIED, pk__in=confirmed.values("organisation_id"))


def exchange() -> Organisation:
    """The exchange itself; NotFound before it is set up."""
    row = organisations_with_role(Role.EXCHANGE).first()
    if row is None:
        raise NotFound
    return row


def _standing(on: datetime.date) -> models.Q:
    """The accreditations that count on a day, both days of validity included, whatever the sweep has done.

    A superseded one counts until its successor begins; a revoked one never.
    """
    ever = models.Q(state__in=[states.CONFIRMED, states.EXPIRED])
    replaced = models.Q(state=states.SUPERSEDED, superseded_by__valid_from__gt=on)
    return models.Q(valid_from__lte=on, valid_until__gte=on) & (ever | replaced)


def standing_accreditations(organisation_id: int, *, on: datetime.date) -> Mapping[str, int | None]:
    """Kind → level (None for kinds without levels) of what the organisation is accredited for on a day.

    Nothing while the organisation is not verified. Of several that count on that day the one that began last.
    """
    return standing_accreditations_of([organisation_id], on=on)[organisation_id]


def standing_accreditations_of(
    organisation_ids: Collection[int], *, on: datetime.date
) -> dict[int, dict[str, int | None]]:
    """The same of each of these organisations, in one query."""
    rows = Accreditation.objects.filter(
        _standing(on), organisation__in=organisation_ids, organisation__state=states.VERIFIED
    ).order_by("valid_from", "pk")
    found: dict[int, dict[str, int | None]] = {organisation_id: {} for organisation_id in organisation_ids}
    for organisation_id, kind, level in rows.values_list("organisation_id", "kind", "level"):
        found[organisation_id][kind] = level
    return found


def trained(user_id: int, *, on: datetime.date, kind: str = DATA_SECURITY_TRAINING) -> bool:
    """Whether the person's training of this kind counts on a day; never for a closed account.

    It is the person's: it does not end with a membership.
    """
    return bool(trained_among([user_id], on=on, kind=kind))


def trained_among(user_ids: Collection[int], *, on: datetime.date, kind: str = DATA_SECURITY_TRAINING) -> set[int]:
    """Those of these people whose training counts on a day."""
    rows = Accreditation.objects.filter(_standing(on), user__in=user_ids, user__is_active=True, kind=kind)
    return set(rows.values_list("user_id", flat=True))


def counts(row: Accreditation, *, on: datetime.date) -> bool:
    """Whether this accreditation counts on a day, its holder being verified or its account open."""
    holder = models.Q(organisation__state=states.VERIFIED) | models.Q(user__is_active=True)
    return Accreditation.objects.filter(_standing(on), holder, pk=row.pk).exists()


def visible_accreditations(actor: Actor) -> models.QuerySet[Accreditation]:
    """All for the exchange; one's own, one's organisation's, and for its administrators what it claimed for its people.

    Of other organisations what counts today, while they are verified: `reads_certificate` says who sees the rest of it.
    """
    everything = Accreditation.objects.select_related("organisation", "user", "claimed_via")
    if actor.is_system or actor.is_exchange:
        return everything
    if actor.user_id is None or actor.organisation_id is None:
        return everything.none()
    seen = models.Q(organisation=actor.organisation_id) | models.Q(user=actor.user_id)
    if MemberRole.ADMINISTRATOR in actor.member_roles:
        seen |= models.Q(claimed_via=actor.organisation_id)
    return everything.filter(seen | _standing(timezone.localdate()) & models.Q(organisation__state=states.VERIFIED))


def reads_certificate(actor: Actor, row: Accreditation) -> bool:
    """Whether the actor may read number, evidence and reasons of an accreditation that it sees."""
    return (
        actor.is_system
        or actor.is_exchange
        or (row.organisation_id is not None and row.organisation_id == actor.organisation_id)
        or (row.user_id is not None and row.user_id == actor.user_id)
        or (MemberRole.ADMINISTRATOR in actor.member_roles and row.claimed_via_id == actor.organisation_id)
    )


def accreditation(actor: Actor, accreditation_id: int) -> Accreditation:
    """One accreditation, or NotFound."""
    row = visible_accreditations(actor).filter(pk=accreditation_id).first()
    if row is None:
        raise NotFound
    return row
