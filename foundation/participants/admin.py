"""Participants in the admin: read-only; organisations are verified through the API. And the audit log, for auditors."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from foundation.audit import policies as audit
from foundation.audit.admin import EventAdmin, SealAdmin
from foundation.audit.models import Event, Seal
from foundation.participants import accreditation_kinds
from foundation.participants.admin_accreditations import AccreditationAdmin
from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline, admin_actor
from foundation.participants.models import (
    Accreditation,
    ApiKey,
    Elevation,
    Invitation,
    Membership,
    Organisation,
    OrganisationRole,
    User,
)


class RoleInline(ReadOnlyInline):
    """Roles of an organisation."""

    model = OrganisationRole


class MembershipInline(ReadOnlyInline):
    """People of an organisation."""

    model = Membership


class AccreditationInline(ReadOnlyInline):
    """Accreditations of an organisation, each with the way to its page."""

    model = Accreditation
    fk_name = "organisation"
    fields = ["kind_name", "level", "valid_from", "valid_until", "state"]
    readonly_fields = ["kind_name"]
    show_change_link = True

    @admin.display(description=_("kind of accreditation"))
    def kind_name(self, row: Accreditation) -> str:
        """What it is."""
        return accreditation_kinds.name_of(row.kind)


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """Organisations with their roles, accreditations and people."""

    list_display = ["name", "name_zh", "kind", "region", "state", "verified_at"]
    list_filter = ["state", "kind"]
    search_fields = ["name", "name_zh", "uscc"]
    inlines = [RoleInline, AccreditationInline, MembershipInline]


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People; passwords and permissions are not shown."""

    list_display = ["username", "email", "is_active", "is_staff", "last_login"]
    search_fields = ["username", "email"]
    fields = ["username", "email", "language", "is_active", "is_staff", "last_login", "date_joined"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Not `?password__startswith=…`: a hash could be read letter by letter."""
        return not lookup.startswith("password") and super().lookup_allowed(lookup, value, request)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys by prefix; the secret is not kept."""

    list_display = ["prefix", "membership", "label", "scopes", "created_at", "last_used_on", "expires_at", "revoked_at"]
    fields = [
        "prefix", "membership", "label", "scopes", "networks", "created_at", "last_used_on", "expires_at", "revoked_at",
        "replaces",
    ]  # fmt: skip


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Invitations by prefix; the secret is not kept."""

    list_display = ["prefix", "organisation", "roles", "state", "created_at", "expires_at", "closed_at"]
    list_filter = ["state"]
    fields = [
        "prefix", "organisation", "email", "roles", "language", "invited_by", "state", "created_at", "expires_at",
        "closed_at", "membership",
    ]  # fmt: skip


@admin.register(Elevation)
class ElevationAdmin(ReadOnlyAdmin):
    """Who acted as an administrator of the exchange in the admin, when and why."""

    list_display = ["membership", "reason", "state", "begun_at", "expires_at", "ended_at"]
    list_filter = ["state", "begun_at"]
    fields = ["membership", "reason", "state", "begun_at", "expires_at", "ended_at"]


admin.site.register(Accreditation, AccreditationAdmin)


class ForAuditors:
    """Seen by those who may read the log as a whole; a superuser of Django is none of them by that alone."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the log shows on the index page."""
        return audit.may_read(admin_actor(request))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Auditors and administrators of the exchange."""
        return audit.may_read(admin_actor(request))


@admin.register(Event)
class AuditEventAdmin(ForAuditors, EventAdmin):
    """The audit log's events."""


@admin.register(Seal)
class AuditSealAdmin(ForAuditors, SealAdmin):
    """The audit log's seals."""
