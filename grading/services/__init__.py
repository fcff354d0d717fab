"""Every write to data assets and grades, by use case."""

from grading.selectors import EXAMINE
from grading.services.aging import AGE, AGE_MERGE, AGE_PART, age_assessments, age_part, merge_aging, queue_aging
from grading.services.decide import (
    CATEGORY_LENGTH,
    REASON_LENGTH,
    confirm_grade,
    decide_grade,
    needs_two_reviewers,
    return_grade,
)
from grading.services.discard import discard_asset
from grading.services.elements import REGRADE_DERIVED, declare_elements, regrade_derived
from grading.services.examine import MOST_AT_ONCE, declare_table_schema, examine_asset, reexamine, reexamine_outdated
from grading.services.parts import EXAMINE_MERGE, EXAMINE_PART, examine_part, merge_parts, release_part
from grading.services.receive import checked_digest, keep_file, receive_file
from grading.services.rescore import RESCORE, queue_rescoring, rescore_asset, rescore_assets
from grading.services.results import category_path
from grading.services.whole import EXAMINATION

__all__ = [
    "AGE",
    "AGE_MERGE",
    "AGE_PART",
    "CATEGORY_LENGTH",
    "EXAMINATION",
    "EXAMINE",
    "EXAMINE_MERGE",
    "EXAMINE_PART",
    "MOST_AT_ONCE",
    "REASON_LENGTH",
    "REGRADE_DERIVED",
    "RESCORE",
    "age_assessments",
    "age_part",
    "category_path",
    "checked_digest",
    "confirm_grade",
    "decide_grade",
    "declare_elements",
    "declare_table_schema",
    "discard_asset",
    "examine_asset",
    "examine_part",
    "keep_file",
    "merge_aging",
    "merge_parts",
    "needs_two_reviewers",
    "queue_aging",
    "queue_rescoring",
    "receive_file",
    "reexamine",
    "reexamine_outdated",
    "regrade_derived",
    "release_part",
    "rescore_asset",
    "rescore_assets",
    "return_grade",
]
