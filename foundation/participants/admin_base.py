"""The admin's common ground: states are read-only, buttons call services, who gets in and who reads what."""

from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from foundation.actors import ANONYMOUS, Actor
from foundation.participants import sessions
from foundation.participants.models import Role

AUTHORITIES: Final = frozenset({Role.SECTOR_AUTHORITY, Role.SCENARIO_AUTHORITY})


def admin_actor(request: HttpRequest) -> Actor:
    """The actor behind an admin request; ANONYMOUS for people without a membership.

    An administrator's powers may need an elevation (`participants.sessions`).
    Found once a request: the admin asks for permissions dozens of times on a page.
    """
    known: Actor | None = getattr(request, "_exchange_actor", None)
    if known is None:
        known = sessions.actor_of(request) or ANONYMOUS
        request._exchange_actor = known  # type: ignore[attr-defined]
    return known


def may_enter(request: HttpRequest) -> bool:
    """Whether somebody gets into the admin: the exchange's people, and those of confirmed authorities.

    What they find there is up to each page: most are the exchange's alone (`ReadOnlyAdmin`).
    """
    user = request.user
    return bool(user.is_active and (getattr(user, "is_staff", False) or of_authority(admin_actor(request))))


def of_authority(actor: Actor) -> bool:
    """Whether the actor belongs to a verified organisation that approves access besides the exchange."""
    return actor.organisation_verified and not actor.organisation_roles.isdisjoint(AUTHORITIES)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows rows and changes none: every write is a button that calls a service."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list. 400 for NUL in a search or filter: no stored text holds it, and the database refuses it."""
        if any("\x00" in value for _name, values in request.GET.lists() for value in values):
            raise BadRequest("NUL in the query")
        return super().changelist_view(request, extra_context)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the room shows on the index page."""
        return admin_actor(request).is_exchange

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The exchange's people see everything here."""
        return admin_actor(request).is_exchange

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are made by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are changed by services."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are kept."""
        return False


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    """Rows of a page that shows and changes nothing; seen by whoever sees the page."""

    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """The exchange's people."""
        return admin_actor(request).is_exchange

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are made by services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Rows are changed by services."""
        return False
