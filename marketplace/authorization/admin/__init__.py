"""Requests, steps, grants and scenarios in the admin: to read, with buttons that call the services."""

from marketplace.authorization.admin.allotments import AllotmentAdmin
from marketplace.authorization.admin.grants import GrantAdmin
from marketplace.authorization.admin.requests import AccessRequestAdmin, ApprovalStepAdmin
from marketplace.authorization.admin.scenarios import ScenarioAdmin

__all__ = ["AccessRequestAdmin", "AllotmentAdmin", "ApprovalStepAdmin", "GrantAdmin", "ScenarioAdmin"]
