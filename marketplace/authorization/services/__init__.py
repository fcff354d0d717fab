"""Every write to scenarios, requests, approvals, allotments and grants, by use case."""

from marketplace.authorization.services.accepting import accept_terms, remind_of_terms
from marketplace.authorization.services.allotments import decline_allotment, lapse_allotments, propose_allotment
from marketplace.authorization.services.appeals import appeal_request
from marketplace.authorization.services.approvals import approve_step, reject_step
from marketplace.authorization.services.deadlines import escalate_steps, expire_requests, remind_of_steps
from marketplace.authorization.services.delegations import delegate_approvals, revoke_delegation
from marketplace.authorization.services.grades import follow_grade
from marketplace.authorization.services.grants import (
    expire_grants,
    remind_of_ending,
    resume_grant,
    revoke_grant,
    suspend_for_incident,
    suspend_grant,
)
from marketplace.authorization.services.information import ask_for_information, give_information
from marketplace.authorization.services.metering import Reservation, reserve_bytes, reserve_download
from marketplace.authorization.services.renewing import renew_grant
from marketplace.authorization.services.requests import request_access, withdraw_request
from marketplace.authorization.services.scenarios import Level, create_scenario

__all__ = [
    "Level",
    "Reservation",
    "accept_terms",
    "appeal_request",
    "approve_step",
    "ask_for_information",
    "create_scenario",
    "decline_allotment",
    "delegate_approvals",
    "escalate_steps",
    "expire_grants",
    "expire_requests",
    "follow_grade",
    "give_information",
    "lapse_allotments",
    "propose_allotment",
    "reject_step",
    "remind_of_ending",
    "remind_of_steps",
    "remind_of_terms",
    "renew_grant",
    "request_access",
    "reserve_bytes",
    "reserve_download",
    "resume_grant",
    "revoke_delegation",
    "revoke_grant",
    "suspend_for_incident",
    "suspend_grant",
    "withdraw_request",
]
