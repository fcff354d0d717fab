"""Every write to organisations, members and keys, by use case."""

from foundation.participants.services.keys import issue_key, revoke_key
from foundation.participants.services.members import add_member
from foundation.participants.services.registration import NewMember, bootstrap_exchange, register_organisation
from foundation.participants.services.verification import (
    reinstate_organisation,
    reject_organisation,
    suspend_organisation,
    verify_organisation,
)

__all__ = [
    "NewMember",
    "add_member",
    "bootstrap_exchange",
    "issue_key",
    "register_organisation",
    "reinstate_organisation",
    "reject_organisation",
    "revoke_key",
    "suspend_organisation",
    "verify_organisation",
]
