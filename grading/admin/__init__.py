"""The reviewers' workplace: a queue of grades, one page to review each, and the data assets to read."""

from grading.admin.assets import DataAssetAdmin
from grading.admin.grades import GradeAdmin

__all__ = ["DataAssetAdmin", "GradeAdmin"]
