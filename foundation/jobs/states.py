"""The life of a background job."""

from foundation.errors import _
from foundation.state_machine import START, Machine, Row

QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED = "queued", "running", "succeeded", "failed", "cancelled"

JOB = Machine(
    _("Job"),
    [
        Row("enqueue", START, QUEUED, "a service", "in the transaction of the change that caused it"),
        Row("claim", QUEUED, RUNNING, "a worker", "due; takes a lease and the next attempt number"),
        Row("lose", RUNNING, QUEUED, "the sweep", "lease expired and attempts left"),
        Row("succeed", RUNNING, SUCCEEDED, "the worker", "holds the current attempt"),
        Row("fail", RUNNING, FAILED, "the worker or the sweep", "the attempt ended in an error"),
        Row("retry", FAILED, QUEUED, "the worker or an operator", "retryable error and attempts left, or by hand"),
        Row("cancel", QUEUED, CANCELLED, "an operator"),
        Row("cancel", RUNNING, CANCELLED, "an operator", "the worker's next write is refused"),
    ],
)
