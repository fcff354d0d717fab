"""Which area of `foundation.participants.scopes` a module of views belongs to; a test refuses a view without one."""

from typing import Final

AREA_OF_MODULE: Final = {
    "participants": "participants",
    "members": "participants",
    "accreditations": "participants",
    "invitations": "participants",
    "keys": "keys",
    "catalog": "catalog",
    "uploads": "catalog",
    "resumable": "catalog",
    "grading": "grading",
    "quality": "grading",
    "reviews": "grading",
    "matching": "matching",
    "samples": "matching",
    "allocation": "matching",
    "authorization": "authorization",
    "figures": "authorization",
    "grants": "authorization",
    "approvals": "authorization",
    "delivery": "delivery",
    "incidents": "delivery",
    "notifications": "notifications",
    "webhooks": "notifications",
    "rulebooks": "rulebooks",
    "schemes": "rulebooks",
    "jobs": "jobs",
    "audit": "audit",
}


def area_of(module: str) -> str:
    """The area of a module's views; empty for one that the table does not name: only keys that reach all get in."""
    return AREA_OF_MODULE.get(module.rpartition(".")[2], "")
