"""Every write to demands and matches, by use case. Rows are locked in this order: demand, then its matches."""

from marketplace.matching.services.allocating import allocate_rights, queue_allocation
from marketplace.matching.services.demands import (
    close_demand,
    create_demand,
    expire_demands,
    fulfil_demand,
    open_demand,
)
from marketplace.matching.services.digest import tell_of_matches
from marketplace.matching.services.dormant import find_dormant
from marketplace.matching.services.drafts import DemandDraft
from marketplace.matching.services.each import match_each
from marketplace.matching.services.embedding import (
    demands_near,
    embed_listings,
    mark_matched,
    newly_embedded,
    queue_embedding,
)
from marketplace.matching.services.indexing import follow_version, index_listings, merge_segments, sweep_index
from marketplace.matching.services.matches import accept_match, convert_matches, dismiss_match
from marketplace.matching.services.refreshing import (
    REFRESH,
    due_demands,
    mark_failed,
    never_matched,
    queue_refresh,
    refresh_demand,
)
from marketplace.matching.services.rematching import (
    affected_by,
    affected_by_grant,
    affected_demands,
    demands_for_exclusive,
    open_demands,
    rematch_demand,
)
from marketplace.matching.services.sample_reading import read_sample
from marketplace.matching.services.sample_removal import remove_sample
from marketplace.matching.services.sample_uploads import attach_sample_upload, begin_sample_upload
from marketplace.matching.services.samples import READ_SAMPLE, attach_sample, lapse_samples

__all__ = [
    "READ_SAMPLE",
    "REFRESH",
    "DemandDraft",
    "accept_match",
    "affected_by",
    "affected_by_grant",
    "affected_demands",
    "allocate_rights",
    "attach_sample",
    "attach_sample_upload",
    "begin_sample_upload",
    "close_demand",
    "convert_matches",
    "create_demand",
    "demands_for_exclusive",
    "demands_near",
    "dismiss_match",
    "due_demands",
    "embed_listings",
    "expire_demands",
    "find_dormant",
    "follow_version",
    "fulfil_demand",
    "index_listings",
    "lapse_samples",
    "mark_failed",
    "mark_matched",
    "match_each",
    "merge_segments",
    "never_matched",
    "newly_embedded",
    "open_demand",
    "open_demands",
    "queue_allocation",
    "queue_embedding",
    "queue_refresh",
    "read_sample",
    "refresh_demand",
    "rematch_demand",
    "remove_sample",
    "sweep_index",
    "tell_of_matches",
]
