"""Every write to scenarios, requests, approvals, allotments and grants, by use case."""

from marketplace.authorization.services.accepting import accept_terms
from marketplace.authorization.services.allotments import decline_allotment, lapse_allotments, propose_allotment
from marketplace.authorization.services.approvals import approve_step, reject_step
from marketplace.authorization.services.grades import follow_grade
from marketplace.authorization.services.grants import (
    expire_grants,
    remind_of_ending,
    resume_grant,
    revoke_grant,
    suspend_for_incident,
    suspend_grant,
)
from marketplace.authorization.services.metering import Reservation, reserve_bytes, reserve_download
from marketplace.authorization.services.requests import request_access, withdraw_request
from marketplace.authorization.services.scenarios import create_scenario

__all__ = [
    "Reservation",
    "accept_terms",
    "approve_step",
    "create_scenario",
    "decline_allotment",
    "expire_grants",
    "follow_grade",
    "lapse_allotments",
    "propose_allotment",
    "reject_step",
    "remind_of_ending",
    "request_access",
    "reserve_bytes",
    "reserve_download",
    "resume_grant",
    "revoke_grant",
    "suspend_for_incident",
    "suspend_grant",
    "withdraw_request",
]
