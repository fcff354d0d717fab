"""What the pages of the admin say of an elevation."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from foundation.participants import selectors, sessions
from foundation.participants.models import User


def elevation(request: HttpRequest) -> dict[str, Any]:
    """`elevation`: whether the person could be elevated (`offered`), and the elevation that counts now (`active`)."""
    return {"elevation": SimpleLazyObject(lambda: _said(request))}


def _said(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    actor = selectors.actor_for_user(user) if isinstance(user, User) else None
    if actor is None or not sessions.needs_elevation(actor):
        return {"offered": False, "active": None}
    return {"offered": True, "active": sessions.elevation_of(request)}
