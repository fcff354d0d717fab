"""Demands, their matches, the index of published listings, and the allocation of exclusive rights."""

from marketplace.matching.models.allocation import AllocationRound, Award
from marketplace.matching.models.matching import (
    Demand,
    DemandState,
    IndexedListing,
    IndexPosting,
    IndexSegment,
    IndexTombstone,
    Match,
    MatchState,
)

__all__ = [
    "AllocationRound",
    "Award",
    "Demand",
    "DemandState",
    "IndexPosting",
    "IndexSegment",
    "IndexTombstone",
    "IndexedListing",
    "Match",
    "MatchState",
]
