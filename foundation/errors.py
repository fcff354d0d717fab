"""Errors of the domain: what went wrong and what to do about it, without HTTP and without Django.

A surface (REST, admin, command line) maps each class once to its own form; `code` is stable, appears in
`application/problem+json` as the last part of `type`, and is explained in docs/errors.md.
Messages are English gettext msgids with `%(name)s` parameters; the surface translates them for its reader.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

Row = TypeVar("Row")


def _(message: str) -> str:
    """Mark a msgid for extraction; translation happens in the surface."""
    return message


def step(name: str) -> str:
    """A name from a request as one step of a JSON pointer (RFC 6901, section 3): `a/b~` is `a~1b~0`."""
    return name.replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong input: `pointer` is a JSON pointer (RFC 6901) into the request, `message` names the remedy."""

    pointer: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)


class DomainError(Exception):
    """Base of all errors that a person caused or can act on.

    `members` is plain data that a surface gives out beside the words: extension members of RFC 9457.
    """

    code: ClassVar[str] = "domain_error"
    title: ClassVar[str] = _("The request could not be carried out.")
    members: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, message: str = "", **params: Any) -> None:
        super().__init__(message or self.title)
        self.message = message or self.title
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(DomainError):
    """There is no such object, or the actor may not know of it: the two are never told apart."""

    code = "not_found"
    title = _("Not found.")


def present(row: Row | None) -> Row:
    """The row that a query found, NotFound for None: also where it was there a moment ago, before it was locked."""
    if row is None:
        raise NotFound
    return row


class Forbidden(DomainError):
    """The actor sees the object and may not do this with it; `rule` names the rule that refuses."""

    code = "forbidden"
    title = _("You may not do this.")

    def __init__(self, message: str = "", *, rule: str = "", **params: Any) -> None:
        super().__init__(message, **params)
        self.rule = rule


class Unauthenticated(DomainError):
    """Nobody is known to be asking."""

    code = "unauthenticated"
    title = _("Authenticate with an API key or sign in.")


class IllegalTransition(DomainError):
    """The machine has no row for this event in this state (409)."""

    code = "illegal_transition"
    title = _("%(machine)s: '%(event)s' is not possible in state '%(state)s'.")

    def __init__(self, *, machine: str, event: str, state: str) -> None:
        super().__init__(self.title, machine=machine, event=event, state=state)


class Conflict(DomainError):
    """The request contradicts what is already there (409)."""

    code = "conflict"
    title = _("The request contradicts the present state.")


class StaleVersion(DomainError):
    """Somebody changed the object since the client read it (412)."""

    code = "stale_version"
    title = _("The object has changed since you read it: read it again, then repeat the change.")


class InvalidInput(DomainError):
    """One or more fields are wrong (422)."""

    code = "invalid_input"
    title = _("Some fields are not valid.")

    def __init__(self, fields: Sequence[FieldError]) -> None:
        super().__init__(self.title)
        self.fields = tuple(fields)

    @classmethod
    def of(cls, pointer: str, message: str, **params: Any) -> "InvalidInput":
        """The error of a single field."""
        return cls([FieldError(pointer, message, params)])

    def __str__(self) -> str:
        return "; ".join(f"{f.pointer}: {f.message % f.params if f.params else f.message}" for f in self.fields)


class TooLarge(DomainError):
    """More bytes, rows or columns than the exchange accepts (413)."""

    code = "too_large"
    title = _("The upload is larger than the limit of %(limit)s bytes.")


class Gone(DomainError):
    """It was there and is no longer: an expired link, a revoked grant (410)."""

    code = "gone"
    title = _("This is no longer available.")


class Unavailable(DomainError):
    """A part the request needs is down; repeating later may work (503)."""

    code = "unavailable"
    title = _("A part of the service is not available; try again later.")
