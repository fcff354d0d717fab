"""Demands, their matches, the index of published listings, and the allocation of exclusive rights."""

from marketplace.matching.models.allocation import AllocationRound, Award
from marketplace.matching.models.embedding import DemandEmbedding, ListingEmbedding
from marketplace.matching.models.feedback import DismissalReason, Dormancy, Judgment
from marketplace.matching.models.indexing import IndexedListing, IndexPosting, IndexSegment, IndexTombstone
from marketplace.matching.models.matching import Demand, DemandState, Match, MatchState
from marketplace.matching.models.samples import DemandSample, SampleState
from marketplace.matching.models.standing import StandingDemand

__all__ = [
    "AllocationRound",
    "Award",
    "Demand",
    "DemandEmbedding",
    "DemandSample",
    "DemandState",
    "DismissalReason",
    "Dormancy",
    "IndexPosting",
    "IndexSegment",
    "IndexTombstone",
    "IndexedListing",
    "Judgment",
    "ListingEmbedding",
    "Match",
    "MatchState",
    "SampleState",
    "StandingDemand",
]
