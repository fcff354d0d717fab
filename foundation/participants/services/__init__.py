"""Every write to organisations, members, invitations, keys, elevations and accreditations, by use case."""

from foundation.participants.certificates import Certificate
from foundation.participants.services.accounts import CHANGED, RESET, end_access
from foundation.participants.services.accreditation_ends import expire_accreditations, remind_of_accreditations
from foundation.participants.services.accreditations import (
    claim_accreditation,
    confirm_accreditation,
    refuse_accreditation,
    revoke_accreditation,
    withdraw_accreditation,
)
from foundation.participants.services.elevation import begin_elevation, end_elevation, expire_elevations
from foundation.participants.services.invitations import (
    Joining,
    accept_invitation,
    expire_invitations,
    invite_member,
    revoke_invitation,
)
from foundation.participants.services.keys import issue_key, revoke_key, rotate_key
from foundation.participants.services.members import (
    add_member,
    change_roles,
    choose_language,
    deactivate_person,
    end_membership,
    reactivate_person,
)
from foundation.participants.services.registration import NewMember, bootstrap_exchange, register_organisation
from foundation.participants.services.verification import (
    correct_sector,
    reinstate_organisation,
    reject_organisation,
    suspend_organisation,
    verify_organisation,
)

__all__ = [
    "CHANGED",
    "RESET",
    "Certificate",
    "Joining",
    "NewMember",
    "accept_invitation",
    "add_member",
    "begin_elevation",
    "bootstrap_exchange",
    "change_roles",
    "choose_language",
    "claim_accreditation",
    "confirm_accreditation",
    "correct_sector",
    "deactivate_person",
    "end_access",
    "end_elevation",
    "end_membership",
    "expire_accreditations",
    "expire_elevations",
    "expire_invitations",
    "invite_member",
    "issue_key",
    "reactivate_person",
    "refuse_accreditation",
    "register_organisation",
    "reinstate_organisation",
    "reject_organisation",
    "remind_of_accreditations",
    "revoke_accreditation",
    "revoke_invitation",
    "revoke_key",
    "rotate_key",
    "suspend_organisation",
    "verify_organisation",
    "withdraw_accreditation",
]
