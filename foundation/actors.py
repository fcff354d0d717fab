"""Who acts: a plain value that surfaces build and every service takes first. No Django here."""

from dataclasses import dataclass, field
from typing import Final, Literal

EVERYTHING: Final = "all"
"""The scope that reaches every area: sessions, the system, and keys that were issued without a narrower one."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting for an organisation, the system itself, or nobody known.

    `organisation_roles` are confirmed roles only (a claimed one gives no power); `sectors` are the sectors for which
    the organisation is the competent authority; `member_roles` are the person's roles inside the organisation.
    `key_id` is the API key that the actor came with, `scopes` what that key reaches (`catalog:read`, `catalog:write`).
    """

    kind: Literal["anonymous", "member", "system"]
    label: str
    user_id: int | None = None
    organisation_id: int | None = None
    organisation_verified: bool = False
    organisation_roles: frozenset[str] = field(default_factory=frozenset)
    sectors: frozenset[str] = field(default_factory=frozenset)
    member_roles: frozenset[str] = field(default_factory=frozenset)
    key_id: int | None = None
    scopes: frozenset[str] = frozenset({EVERYTHING})

    @property
    def is_system(self) -> bool:
        """Whether this is the exchange's own software (jobs, beat, commands)."""
        return self.kind == "system"

    @property
    def is_exchange(self) -> bool:
        """Whether the actor acts for the exchange itself."""
        return self.organisation_verified and "exchange" in self.organisation_roles

    def acts_as(self, organisation_role: str, *member_roles: str) -> bool:
        """Whether a verified organisation with this role is served by a person with one of `member_roles`."""
        return (
            self.organisation_verified
            and organisation_role in self.organisation_roles
            and (not member_roles or not self.member_roles.isdisjoint(member_roles))
        )

    def reaches(self, area: str, *, writing: bool) -> bool:
        """Whether the actor's key may be used in this area of the API; writing includes reading."""
        return (
            EVERYTHING in self.scopes
            or f"{area}:write" in self.scopes
            or (not writing and f"{area}:read" in self.scopes)
        )


ANONYMOUS = Actor(kind="anonymous", label="anonymous")


def system(label: str) -> Actor:
    """The actor of background work, e.g. `system("jobs")`."""
    return Actor(kind="system", label=label)
