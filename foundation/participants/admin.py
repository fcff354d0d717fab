"""Participants in the admin: read-only; organisations are verified through the API."""

from django.contrib import admin

from foundation.participants.admin_base import ReadOnlyAdmin, ReadOnlyInline
from foundation.participants.models import ApiKey, Membership, Organisation, OrganisationRole, User


class RoleInline(ReadOnlyInline):
    """Roles of an organisation."""

    model = OrganisationRole


class MembershipInline(ReadOnlyInline):
    """People of an organisation."""

    model = Membership


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """Organisations with their roles and people."""

    list_display = ["name", "name_zh", "kind", "region", "state", "verified_at"]
    list_filter = ["state", "kind"]
    search_fields = ["name", "name_zh", "uscc"]
    inlines = [RoleInline, MembershipInline]


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """People; passwords and permissions are not shown."""

    list_display = ["username", "email", "is_active", "is_staff", "last_login"]
    search_fields = ["username", "email"]
    fields = ["username", "email", "language", "is_active", "is_staff", "last_login", "date_joined"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys by prefix; the secret is not kept."""

    list_display = ["prefix", "membership", "label", "created_at", "expires_at", "revoked_at"]
    fields = ["prefix", "membership", "label", "created_at", "expires_at", "revoked_at"]
