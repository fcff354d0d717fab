"""The life of a delivery."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

PREPARING, READY, FAILED = "preparing", "ready", "failed"

DELIVERY = Machine(
    _("Delivery"),
    [
        Row("prepare", START, PREPARING, "the holder", "the decision point permits it"),
        Row("ready", PREPARING, READY, "a job", "the form is made: masked, or the original as it is"),
        Row("fail", PREPARING, FAILED, "a job", "the form cannot be made"),
        Row("outdate", READY, FAILED, "the holder", "asks anew, and its columns are to be masked otherwise by now"),
    ],
)
