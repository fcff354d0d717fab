"""Access requests, their approval chains, and grants."""

from marketplace.authorization.models.approvals import ApprovalStep, StepState
from marketplace.authorization.models.grants import Grant, GrantState
from marketplace.authorization.models.requests import AccessRequest, RequestState
from marketplace.authorization.models.scenarios import Scenario, ScenarioLevel
from marketplace.authorization.models.vocabulary import Form, Mode

__all__ = [
    "AccessRequest",
    "ApprovalStep",
    "Form",
    "Grant",
    "GrantState",
    "Mode",
    "RequestState",
    "Scenario",
    "ScenarioLevel",
    "StepState",
]
