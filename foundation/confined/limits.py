"""What a confined child may use, and how its work can end other than well."""

from dataclasses import dataclass
from typing import Final

MEMORY: Final = "memory"
CPU: Final = "cpu"
TIME: Final = "time"
SCRATCH: Final = "scratch"
ANSWER: Final = "answer"
RESOURCES: Final = (MEMORY, CPU, TIME, SCRATCH, ANSWER)


@dataclass(frozen=True, slots=True)
class Limits:
    """At most this much. Memory is what the child has written to, files that it maps not counted.

    `scratch_bytes` bounds each file that the child writes: what an archive may unpack to. `answer_bytes` bounds all
    that it says.
    """

    memory_bytes: int
    cpu_seconds: int
    wall_seconds: float
    scratch_bytes: int
    answer_bytes: int = 64 << 20


class Exceeded(Exception):
    """The child needed more than it may have and was stopped. `resource` is one of RESOURCES, `limit` in its unit.

    The units are bytes and seconds. The same work with the same limits will end the same way, but for `time`.
    """

    def __init__(self, resource: str, limit: float) -> None:
        self.resource = resource
        self.limit = limit
        super().__init__(f"more {resource} than {limit:g}")


class Broken(Exception):
    """The function failed over its input, or the process did: an error that nobody foresaw, a fault, a wrong answer.

    `reason` is the class of the error or the name of the signal, never its text, which may hold values of the data.
    The same input would break it again.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Killed(Exception):
    """The child ended for a reason outside of it: somebody killed it, the disk is full. Another attempt may succeed."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
