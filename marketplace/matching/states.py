"""The lives of a demand (需求), its sample and a match (撮合)."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

DRAFT, OPEN, FULFILLED, CLOSED, EXPIRED = "draft", "open", "fulfilled", "closed", "expired"

DEMAND = Machine(
    _("Demand"),
    [
        Row("draft", START, DRAFT, "the buyer"),
        Row("open", DRAFT, OPEN, "the buyer"),
        Row("fulfil", OPEN, FULFILLED, "the buyer"),
        Row("close", DRAFT, CLOSED, "the buyer"),
        Row("close", OPEN, CLOSED, "the buyer"),
        Row("expire", OPEN, EXPIRED, "beat", "its last day is over"),
    ],
)

PROPOSED, ACCEPTED, DISMISSED, CONVERTED, LAPSED = "proposed", "accepted", "dismissed", "converted", "lapsed"

MATCH = Machine(
    _("Match"),
    [
        Row("propose", START, PROPOSED, "a job"),
        Row("accept", PROPOSED, ACCEPTED, "the buyer"),
        Row("dismiss", PROPOSED, DISMISSED, "the buyer", "with a reason"),
        Row("convert", ACCEPTED, CONVERTED, "a job; the buyer", "what was asked for since it was proposed is granted"),
        Row("lapse", PROPOSED, LAPSED, "a job", "no longer a match"),
        Row("lapse", ACCEPTED, LAPSED, "a job", "no longer a match"),
    ],
)

WAITING, READ, FAILED = "waiting", "read", "failed"

SAMPLE = Machine(
    _("Sample of a demand"),
    [
        Row("attach", START, WAITING, "the buyer", "the demand is a draft or open; a former sample goes"),
        Row("read", WAITING, READ, "a job", "its columns are known; the file is deleted"),
        Row("fail", WAITING, FAILED, "a job", "it cannot be read, or the demand is over; the file is deleted"),
        Row("lapse", WAITING, FAILED, "beat", "nobody read it for as many days as settings say; the file is deleted"),
    ],
)
