"""Every write to data assets and grades, by use case."""

from grading.services.decide import (
    CATEGORY_LENGTH,
    REASON_LENGTH,
    confirm_grade,
    decide_grade,
    needs_two_reviewers,
    return_grade,
)
from grading.services.discard import discard_asset
from grading.services.examine import examine_asset, reexamine
from grading.services.parts import EXAMINE_MERGE, EXAMINE_PART, examine_part, merge_parts, release_part
from grading.services.receive import EXAMINE, checked_digest, keep_file, receive_file
from grading.services.rescore import RESCORE, rescore_assets
from grading.services.results import category_path
from grading.services.whole import EXAMINATION

__all__ = [
    "CATEGORY_LENGTH",
    "EXAMINATION",
    "EXAMINE",
    "EXAMINE_MERGE",
    "EXAMINE_PART",
    "REASON_LENGTH",
    "RESCORE",
    "category_path",
    "checked_digest",
    "confirm_grade",
    "decide_grade",
    "discard_asset",
    "examine_asset",
    "examine_part",
    "keep_file",
    "merge_parts",
    "needs_two_reviewers",
    "receive_file",
    "reexamine",
    "release_part",
    "rescore_assets",
    "return_grade",
]
