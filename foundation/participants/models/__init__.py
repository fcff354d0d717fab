"""Organisations, people and keys; accreditations of organisations and people."""

from foundation.participants.models.accreditations import Accreditation, AccreditationState
from foundation.participants.models.parties import (
    LANGUAGES,
    ApiKey,
    Elevation,
    ElevationState,
    Invitation,
    InvitationState,
    MemberRole,
    Membership,
    MembershipState,
    Organisation,
    OrganisationKind,
    OrganisationRole,
    OrganisationState,
    Role,
    User,
    everything,
)

__all__ = [
    "LANGUAGES",
    "Accreditation",
    "AccreditationState",
    "ApiKey",
    "Elevation",
    "ElevationState",
    "Invitation",
    "InvitationState",
    "MemberRole",
    "Membership",
    "MembershipState",
    "Organisation",
    "OrganisationKind",
    "OrganisationRole",
    "OrganisationState",
    "Role",
    "User",
    "everything",
]
