"""The reviewers' workplace: a queue of grades, one page to review each, appeals, and the data assets to read."""

from grading.admin.appeals import GradeAppealAdmin
from grading.admin.assets import DataAssetAdmin
from grading.admin.grades import GradeAdmin

__all__ = ["DataAssetAdmin", "GradeAdmin", "GradeAppealAdmin"]
