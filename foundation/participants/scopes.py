"""What an API key reaches: an area of the API, to read or to write; writing includes reading.

A scope narrows what its person may do and never adds to it. The areas are those of the REST API's addresses.
"""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.actors import EVERYTHING, Actor
from foundation.errors import FieldError, Forbidden, InvalidInput

AREAS: Final = (
    "participants",
    "keys",
    "catalog",
    "grading",
    "matching",
    "authorization",
    "delivery",
    "notifications",
    "rulebooks",
    "jobs",
    "audit",
)
SCOPES: Final = (EVERYTHING, *(f"{area}:{way}" for area in AREAS for way in ("read", "write")))


def checked(actor: Actor, scopes: Sequence[str]) -> list[str]:
    """The scopes of a new key, each once. InvalidInput for none or an unknown one.

    Forbidden where they reach further than the key that asks: it would free itself.
    """
    if not scopes:
        raise InvalidInput.of("/scopes", _("Name at least one scope, or `all`."))
    unknown = [place for place, scope in enumerate(scopes) if scope not in SCOPES]
    if unknown:
        known = ", ".join(SCOPES)
        raise InvalidInput(
            [
                FieldError(f"/scopes/{place}", _("Not a scope: name some of %(known)s."), {"known": known})
                for place in unknown
            ]
        )
    if not all(_within(actor, scope) for scope in scopes):
        raise Forbidden(
            _("A key gives no more than it reaches itself: sign in, or use a key with these scopes."),
            rule="participants.key_scope",
        )
    return [EVERYTHING] if EVERYTHING in scopes else list(dict.fromkeys(scopes))


def _within(actor: Actor, scope: str) -> bool:
    if EVERYTHING in actor.scopes:
        return True
    area, _colon, way = scope.partition(":")
    return scope != EVERYTHING and actor.reaches(area, writing=way == "write")
