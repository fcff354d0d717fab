"""All state machines of the house with the table and column that each one guards, and the page that shows them.

`python -m config.machines` writes docs/states.md; a test refuses a page that is not what the tables say.
"""

from pathlib import Path

from foundation.jobs.states import JOB
from foundation.notifications.states import WEBHOOK_DELIVERY, WEBHOOK_ENDPOINT
from foundation.participants.states import ACCREDITATION, ELEVATION, INVITATION, MEMBERSHIP, ORGANISATION
from foundation.rulebooks.states import RULEBOOK_VERSION
from foundation.state_machine import START, Machine
from foundation.uploads.states import UPLOAD
from grading.states import APPEAL, ASSET, GRADE
from marketplace.authorization.states import ACCESS_REQUEST, ALLOTMENT, APPROVAL_STEP, GRANT
from marketplace.catalog.states import LISTING_VERSION
from marketplace.delivery.states import DELIVERY
from marketplace.incidents.states import INCIDENT
from marketplace.matching.states import DEMAND, MATCH, SAMPLE

PAGE = Path(__file__).resolve().parent.parent / "docs" / "states.md"

MACHINES: dict[str, Machine] = {
    "participants_organisation": ORGANISATION,
    "participants_membership": MEMBERSHIP,
    "participants_invitation": INVITATION,
    "participants_elevation": ELEVATION,
    "participants_accreditation": ACCREDITATION,
    "catalog_listingversion": LISTING_VERSION,
    "grading_dataasset": ASSET,
    "grading_grade": GRADE,
    "grading_gradeappeal": APPEAL,
    "matching_demand": DEMAND,
    "matching_match": MATCH,
    "matching_demandsample": SAMPLE,
    "authorization_accessrequest": ACCESS_REQUEST,
    "authorization_approvalstep": APPROVAL_STEP,
    "authorization_allotment": ALLOTMENT,
    "authorization_grant": GRANT,
    "delivery_delivery": DELIVERY,
    "incidents_incident": INCIDENT,
    "jobs_job": JOB,
    "uploads_upload": UPLOAD,
    "rulebooks_rulebookversion": RULEBOOK_VERSION,
    "notifications_webhookendpoint": WEBHOOK_ENDPOINT,
    "notifications_webhookdelivery": WEBHOOK_DELIVERY,
}
"""Database table → the machine of its `state` column."""

HEAD = """# States

Written by `make docs` from the transition tables (`states.py` of each room); do not edit.
What no table lists is refused: by the service (409 `illegal_transition`) and by a trigger of the database.
"""


def _drawn(machine: Machine) -> str:
    edges = dict.fromkeys((row.source, row.target, row.event) for row in machine.rows)
    lines = [f"    {source or '[*]'} --> {target}: {event}" for source, target, event in edges]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _tabled(machine: Machine) -> str:
    lines = ["| event | from | to | who | guard |", "|---|---|---|---|---|"]
    for row in machine.rows:
        source = "—" if row.source == START else f"`{row.source}`"
        lines.append(f"| {row.event} | {source} | `{row.target}` | {row.who} | {row.guard} |")
    return "\n".join(lines)


def page() -> str:
    """The text of docs/states.md."""
    parts = [
        f"## {machine.name}\n\nTable `{table}`.\n\n{_drawn(machine)}\n\n{_tabled(machine)}\n"
        for table, machine in MACHINES.items()
    ]
    return HEAD + "\n" + "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
