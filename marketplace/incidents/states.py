"""The life of an incident."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

REPORTED, INVESTIGATING, CLOSED = "reported", "investigating", "closed"

INCIDENT = Machine(
    _("Incident"),
    [
        Row("report", START, REPORTED, "members of a verified organisation; the exchange", "of what they can see"),
        Row("investigate", REPORTED, INVESTIGATING, "the exchange", "which may suspend what it concerns, at once"),
        Row("close", INVESTIGATING, CLOSED, "the exchange", "with what was found; nothing is resumed by it"),
    ],
)
