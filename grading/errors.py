"""What goes wrong in grading beyond the errors of every room."""

from collections.abc import Mapping
from typing import Any

from foundation.errors import IllegalTransition, _


class GradeTaken(IllegalTransition):
    """Somebody took the step first, or the grade has moved on (409); `members` has what stands now as `grade`."""

    code = "grade_taken"
    title = _("Somebody was faster")

    def __init__(self, *, machine: str, event: str, state: str, grade: Mapping[str, Any]) -> None:
        super().__init__(machine=machine, event=event, state=state)
        self.message = IllegalTransition.title
        self.members = {"grade": dict(grade)}
