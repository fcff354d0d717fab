"""Organisations with roles after GB/T 37932-2025, their members, and their API keys."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from foundation.actors import EVERYTHING
from foundation.participants import states

LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
"""Named in themselves: whoever chooses one reads it."""


def everything() -> list[str]:
    """The scopes of a key that nobody narrowed."""
    return [EVERYTHING]


class User(AbstractUser):
    """A person who signs in or holds keys."""

    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]
        constraints = [  # names are signed in with in any case: a second spelling would lock the first one out
            models.UniqueConstraint(Lower("username"), name="user_one_per_name_in_any_case"),
        ]


class OrganisationKind(models.TextChoices):
    """What an organisation is in law."""

    PUBLIC_BODY = "public_body", _("public body")
    ENTERPRISE = "enterprise", _("enterprise")
    INSTITUTION = "institution", _("institution")
    AUTHORITY = "authority", _("authority")
    EXCHANGE = "exchange", _("data exchange")


class OrganisationState(models.TextChoices):
    """States of `states.ORGANISATION`."""

    REGISTERED = states.REGISTERED, _("registered")
    VERIFIED = states.VERIFIED, _("verified")
    REJECTED = states.REJECTED, _("rejected")
    SUSPENDED = states.SUSPENDED, _("suspended")


class Organisation(models.Model):
    """A participant. `region` is a GB/T 2260 division code of six digits.

    A rejected registration keeps neither its name nor its credit code from whom they belong to.
    """

    name = models.CharField(_("name"), max_length=200)
    name_zh = models.CharField(_("name in Chinese"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=OrganisationKind)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    region = models.CharField(_("region"), max_length=6)
    state = models.CharField(_("state"), max_length=16, choices=OrganisationState, default=states.REGISTERED)
    state_reason = models.CharField(_("reason of the state"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("registered at"), db_default=Now())
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], condition=~models.Q(state=states.REJECTED), name="organisation_one_per_name"
            ),
            models.UniqueConstraint(
                fields=["uscc"],
                condition=~models.Q(uscc="") & ~models.Q(state=states.REJECTED),
                name="organisation_one_per_credit_code",
            ),
            models.CheckConstraint(condition=models.Q(region__regex=r"^\d{6}$"), name="organisation_region_code"),
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What an organisation does at the exchange (GB/T 37932-2025: 供方, 需方, 数据交易机构; 004 §4.2: authorities)."""

    PROVIDER = "provider", _("provider")
    BUYER = "buyer", _("buyer")
    SECTOR_AUTHORITY = "sector_authority", _("sector authority")
    SCENARIO_AUTHORITY = "scenario_authority", _("scenario authority")
    EXCHANGE = "exchange", _("data exchange")


class OrganisationRole(models.Model):
    """A role that an organisation claims; it counts from `confirmed_at`. `sector` only for sector authorities."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="roles", verbose_name=_("organisation"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    sector = models.CharField(_("sector"), max_length=40, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("organisation's role")
        verbose_name_plural = _("organisations' roles")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "role", "sector"], name="organisation_role_once"),
            models.UniqueConstraint(
                fields=["sector"],
                condition=models.Q(role="sector_authority", confirmed_at__isnull=False),
                name="organisation_role_one_authority_per_sector",
            ),
            models.UniqueConstraint(
                fields=["role"], condition=models.Q(role="exchange"), name="organisation_role_one_exchange"
            ),
            models.CheckConstraint(
                condition=models.Q(role="sector_authority") & ~models.Q(sector="")
                | ~models.Q(role="sector_authority") & models.Q(sector=""),
                name="organisation_role_sector_of_authority",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.get_role_display()} {self.sector}".rstrip()


class MemberRole(models.TextChoices):
    """What a person does inside an organisation."""

    ADMINISTRATOR = "administrator", _("administrator")
    OPERATOR = "operator", _("operator")
    REVIEWER = "reviewer", _("grade reviewer")
    APPROVER = "approver", _("approver")
    AUDITOR = "auditor", _("auditor")


class MembershipState(models.TextChoices):
    """States of `states.MEMBERSHIP`."""

    ACTIVE = states.ACTIVE, _("active")
    ENDED = states.ENDED, _("ended")


class Membership(models.Model):
    """A person in an organisation, with one or more member roles; at most one active membership for the two."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("user"))
    roles = ArrayField(models.CharField(max_length=16, choices=MemberRole), verbose_name=_("roles"))
    state = models.CharField(_("state"), max_length=16, choices=MembershipState, default=states.ACTIVE)
    created_at = models.DateTimeField(_("since"), db_default=Now())
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=models.Q(state=states.ACTIVE), name="membership_once"
            ),
            models.CheckConstraint(
                condition=models.Q(state=states.ACTIVE, ended_at=None)
                | models.Q(state=states.ENDED, ended_at__isnull=False),
                name="membership_ended_at_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organisation_id}"


class ApiKey(models.Model):
    """A key of one membership. Only a SHA-256 digest is kept: the secret has 256 random bits, so no salt is needed.

    `scopes` narrow what it reaches (`participants.scopes`); `networks` (CIDR) from where, everywhere when empty.
    `last_used_on` is a day, so that the use of a key costs one write a day.
    """

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="keys", verbose_name=_("membership"))
    label = models.CharField(_("label"), max_length=80, blank=True)
    prefix = models.CharField(_("prefix"), max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40), default=everything, verbose_name=_("scopes"))
    networks = ArrayField(models.CharField(max_length=49), default=list, blank=True, verbose_name=_("networks"))
    created_at = models.DateTimeField(_("issued at"), db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class InvitationState(models.TextChoices):
    """States of `states.INVITATION`."""

    OPEN = states.OPEN, _("open")
    ACCEPTED = states.ACCEPTED, _("accepted")
    REVOKED = states.REVOKED, _("revoked")
    EXPIRED = states.EXPIRED, _("expired")


class Invitation(models.Model):
    """An offer to one person to join an organisation with these roles; its secret is kept as a digest only.

    Whoever accepts chooses user name, password and key: the administrator who invited never holds them.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="invitations", verbose_name=_("organisation")
    )
    email = models.EmailField(_("email address"), blank=True)
    roles = ArrayField(models.CharField(max_length=16, choices=MemberRole), verbose_name=_("roles"))
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, blank=True)
    prefix = models.CharField(_("prefix"), max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    invited_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="invitations_made", verbose_name=_("invited by")
    )
    state = models.CharField(_("state"), max_length=16, choices=InvitationState, default=states.OPEN)
    created_at = models.DateTimeField(_("created at"), db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    membership = models.OneToOneField(
        Membership, models.PROTECT, null=True, blank=True, related_name="invitation", verbose_name=_("membership")
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["expires_at"], condition=models.Q(state=states.OPEN), name="invitation_open_expiry")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=states.ACCEPTED, membership__isnull=False)
                | ~models.Q(state=states.ACCEPTED) & models.Q(membership=None),
                name="invitation_member_when_accepted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"


class ElevationState(models.TextChoices):
    """States of `states.ELEVATION`."""

    ACTIVE = states.ACTIVE, _("active")
    ENDED = states.ENDED, _("ended")
    EXPIRED = states.EXPIRED, _("expired")


class Elevation(models.Model):
    """For these minutes a signed-in administrator of the exchange has an administrator's powers, in one session.

    `session_digest` is the SHA-256 of the session's key: another session of the same person is not elevated.
    """

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="elevations", verbose_name=_("membership"))
    reason = models.CharField(_("reason"), max_length=500)
    session_digest = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=16, choices=ElevationState, default=states.ACTIVE)
    begun_at = models.DateTimeField(_("begun at"), db_default=Now())
    expires_at = models.DateTimeField(_("expires at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("elevation")
        verbose_name_plural = _("elevations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session_digest"],
                condition=models.Q(state=states.ACTIVE),
                name="elevation_one_active_in_a_session",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.begun_at:%Y-%m-%d %H:%M}"
