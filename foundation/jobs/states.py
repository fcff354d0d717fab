"""The life of a background job, and of one that is split into parts (docs/adr/0009)."""

from typing import Final

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

QUEUED, RUNNING, WAITING = "queued", "running", "waiting"
SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"

UNFINISHED: Final = (QUEUED, RUNNING, WAITING)
FINISHED: Final = (SUCCEEDED, FAILED, CANCELLED)

JOB = Machine(
    _("Job"),
    [
        Row("enqueue", START, QUEUED, "a service", "in the transaction of the change that caused it"),
        Row("claim", QUEUED, RUNNING, "a worker", "due; takes a lease and the next attempt number"),
        Row("split", RUNNING, WAITING, "the worker", "holds the current attempt; its parts are queued with it"),
        Row("join", WAITING, QUEUED, "the last part", "every part succeeded; what is queued is the merge"),
        Row("lose", RUNNING, QUEUED, "the sweep", "lease expired and not lost too often"),
        Row("succeed", RUNNING, SUCCEEDED, "the worker", "holds the current attempt"),
        Row("fail", RUNNING, FAILED, "the worker or the sweep", "the attempt ended in an error"),
        Row("fail", WAITING, FAILED, "a part", "it failed for good"),
        Row("retry", FAILED, QUEUED, "the worker or an operator", "retryable error and attempts left, or by hand"),
        Row("resume", FAILED, WAITING, "an operator", "split, and some part has not succeeded"),
        Row("resume", CANCELLED, QUEUED, "an operator", "a part, with the job that it is a part of"),
        Row("cancel", QUEUED, CANCELLED, "an operator"),
        Row("cancel", RUNNING, CANCELLED, "an operator", "the worker's next write is refused"),
        Row("cancel", WAITING, CANCELLED, "an operator", "its parts are cancelled with it"),
    ],
)
