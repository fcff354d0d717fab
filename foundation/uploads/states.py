"""The life of a resumable upload."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

RECEIVING, RECEIVED, ATTACHED = "receiving", "received", "attached"
REFUSED, TERMINATED, EXPIRED = "refused", "terminated", "expired"

UPLOAD = Machine(
    _("Upload"),
    [
        Row("begin", START, RECEIVING, "the uploader", "within the organisation's quota of unfinished uploads"),
        Row("complete", RECEIVING, RECEIVED, "the uploader", "the last byte has arrived"),
        Row("attach", RECEIVED, ATTACHED, "a job of the room that the file is for", "the file is what was announced"),
        Row("refuse", RECEIVED, REFUSED, "a job of the room that the file is for", "it no longer takes this file"),
        Row("terminate", RECEIVING, TERMINATED, "the uploader"),
        Row("terminate", RECEIVED, TERMINATED, "the uploader", "not attached yet"),
        Row("expire", RECEIVING, EXPIRED, "the sweep", "no byte came for as long as settings say"),
        Row("expire", RECEIVED, EXPIRED, "the sweep", "nobody attached it for as long as settings say"),
    ],
)

UNFINISHED = (RECEIVING, RECEIVED)
"""States in which an upload holds bytes and counts against its organisation's quota."""
