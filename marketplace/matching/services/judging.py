"""Keeping what buyers do with matches as judgments of relevance, by which weights are compared."""

from collections.abc import Mapping
from typing import Final

from marketplace.matching.models import DismissalReason, Judgment, Match

ACCEPTED_GRADE: Final = 3
CONVERTED_GRADE: Final = 3
GRADES: Final[Mapping[str, int | None]] = {
    DismissalReason.IRRELEVANT: 0,
    DismissalReason.PARTLY: 1,
    DismissalReason.QUALITY: 1,
    DismissalReason.PRICE: 2,
    DismissalReason.TERMS: 2,
    DismissalReason.OTHER: None,
}
"""How relevant a listing is that was dismissed for a reason; None: the reason says nothing of it."""


def judge_accepted(match: Match) -> Judgment:
    """A match was taken up: as relevant as can be. In the caller's transaction."""
    return _keep(match, ACCEPTED_GRADE, Judgment.Source.ACCEPTED, "")


def judge_converted(match: Match) -> Judgment:
    """A match led to a grant: as relevant as can be, and shown by a deed. In the caller's transaction."""
    return _keep(match, CONVERTED_GRADE, Judgment.Source.CONVERTED, "")


def judge_dismissed(match: Match, reason: str) -> Judgment | None:
    """A match was dismissed for a coded reason; None where that says nothing of its relevance."""
    grade = GRADES[reason]
    return None if grade is None else _keep(match, grade, Judgment.Source.DISMISSED, reason)


def _keep(match: Match, grade: int, source: str, reason: str) -> Judgment:
    return Judgment.objects.create(
        demand_id=match.demand_id,
        listing_id=match.listing_id,
        grade=grade,
        source=source,
        reason=reason,
        weights_version=match.weights_version,
    )
