"""Every write to rules, by use case."""

from foundation.rulebooks.services.announcing import announce_in_force
from foundation.rulebooks.services.comparing import WHAT_IF, compute_what_if
from foundation.rulebooks.services.drafting import draft_version, propose_version, return_version, revise_draft
from foundation.rulebooks.services.releasing import release_version, withdraw_version

__all__ = [
    "WHAT_IF",
    "announce_in_force",
    "compute_what_if",
    "draft_version",
    "propose_version",
    "release_version",
    "return_version",
    "revise_draft",
    "withdraw_version",
]
