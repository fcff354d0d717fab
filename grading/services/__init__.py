"""Every write to data assets and grades, by use case."""

from grading.selectors import EXAMINE
from grading.services.aging import AGE, AGE_MERGE, AGE_PART, age_assessments, age_part, merge_aging, queue_aging
from grading.services.appeals import GROUNDS_LENGTH, file_appeal, withdraw_appeal
from grading.services.bulk import LOW, MOST_IN_BULK, Outcome, bulk_refusal, confirm_low_grades
from grading.services.collect import count_together
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
from grading.services.examine import (
    MOST_AT_ONCE,
    declare_table_schema,
    examine_asset,
    redeclare,
    reexamine,
    reexamine_outdated,
)
from grading.services.parts import EXAMINE_MERGE, EXAMINE_PART, examine_part, merge_parts, release_part
from grading.services.receive import checked_digest, keep_file, receive_file, require_digest
from grading.services.recommend import Why
from grading.services.regrade import (
    NOTE_LENGTH,
    REGRADE,
    REQUESTABLE,
    queue_due_reviews,
    queue_regrading,
    regrade_under_rules,
    request_regrading,
)
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
    "GROUNDS_LENGTH",
    "LOW",
    "MOST_AT_ONCE",
    "MOST_IN_BULK",
    "NOTE_LENGTH",
    "REASON_LENGTH",
    "REGRADE",
    "REGRADE_DERIVED",
    "REQUESTABLE",
    "RESCORE",
    "Outcome",
    "Why",
    "age_assessments",
    "age_part",
    "bulk_refusal",
    "category_path",
    "checked_digest",
    "confirm_grade",
    "confirm_low_grades",
    "count_together",
    "decide_grade",
    "declare_elements",
    "declare_table_schema",
    "discard_asset",
    "examine_asset",
    "examine_part",
    "file_appeal",
    "keep_file",
    "merge_aging",
    "merge_parts",
    "needs_two_reviewers",
    "queue_aging",
    "queue_due_reviews",
    "queue_regrading",
    "queue_rescoring",
    "receive_file",
    "redeclare",
    "reexamine",
    "reexamine_outdated",
    "regrade_derived",
    "regrade_under_rules",
    "release_part",
    "request_regrading",
    "require_digest",
    "rescore_asset",
    "rescore_assets",
    "return_grade",
    "withdraw_appeal",
]
