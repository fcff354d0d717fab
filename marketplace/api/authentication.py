"""Who is asking: an API key (`Authorization: Bearer dx_…`) or a signed-in session. Both end in an Actor."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from foundation.actors import ANONYMOUS, Actor
from foundation.participants import selectors, sessions
from foundation.participants.addresses import client_address
from foundation.participants.models import User


class ApiKeyAuthentication(BaseAuthentication):
    """Bearer authentication with a key of `foundation.participants`."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """The key's user and actor; None without a bearer header; an error for a key that does not count."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        if len(parts) != 2:  # whoever names a key means it: never somebody's session instead
            raise AuthenticationFailed
        found = selectors.actor_for_token(parts[1].decode("latin-1"), address=client_address(request))
        if found is None:
            raise AuthenticationFailed
        return found

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return "Bearer"


class ProblemSessionAuthentication(SessionAuthentication):
    """Django's session with CSRF protection; it may need a second factor and an elevation, as in the admin."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        """The signed-in user and its actor; None without a membership, Forbidden without the second factor it needs."""
        found = super().authenticate(request)
        if found is None or isinstance(found[0], AnonymousUser):
            return None
        user = cast("User", found[0])
        sessions.require_second_factor(user)
        actor = sessions.actor_of(request._request)
        return None if actor is None else (user, actor)


def actor_of(request: Request) -> Actor:
    """The actor of a request; ANONYMOUS when nobody authenticated."""
    return request.auth if isinstance(request.auth, Actor) else ANONYMOUS


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes the key."""

    target_class = "marketplace.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A bearer scheme."""
        return {"type": "http", "scheme": "bearer", "description": "A key `dx_…` issued by the exchange."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes the session."""

    target_class = "marketplace.api.authentication.ProblemSessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A cookie scheme."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
