"""Access requests, their approval chains, and grants."""

from marketplace.authorization.models.allotments import Allotment, AllotmentState
from marketplace.authorization.models.approvals import ApprovalStep, ApprovalVote, StepState, Verdict
from marketplace.authorization.models.delegations import ApprovalDelegation
from marketplace.authorization.models.grants import Grant, GrantState
from marketplace.authorization.models.requests import AccessRequest, RequestState
from marketplace.authorization.models.rounds import InformationRound, RequestAppeal
from marketplace.authorization.models.scenarios import Scenario, ScenarioLevel
from marketplace.authorization.models.vocabulary import Form, Mode

__all__ = [
    "AccessRequest",
    "Allotment",
    "AllotmentState",
    "ApprovalDelegation",
    "ApprovalStep",
    "ApprovalVote",
    "Form",
    "Grant",
    "GrantState",
    "InformationRound",
    "Mode",
    "RequestAppeal",
    "RequestState",
    "Scenario",
    "ScenarioLevel",
    "StepState",
    "Verdict",
]
