"""Every write to data assets and grades, by use case."""

from grading.services.decide import confirm_grade, decide_grade, needs_two_reviewers, return_grade
from grading.services.receive import receive_file

__all__ = ["confirm_grade", "decide_grade", "needs_two_reviewers", "receive_file", "return_grade"]
