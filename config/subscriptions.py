"""Who listens to what: event name → kinds of job that follow. A lower floor never calls up; this table does."""

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    # catalogue → matching: a listing that appears, changes or goes away is matched again with the open demands
    "listing.published": ("matching.match_listing",),
    "listing.suspended": ("matching.match_listing",),
    "listing.reinstated": ("matching.match_listing",),
    "listing.withdrawn": ("matching.match_listing",),
    "listing.superseded": ("matching.match_listing",),
    # grading → nobody yet: publication asks for the decided grade at its own time
    "grade.recommended": (),
    "grade.decided": (),
    # matching → matching
    "demand.opened": ("matching.match_demand",),
}
