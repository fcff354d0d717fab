"""Who listens to what: event name → kinds of job that follow. A lower floor never calls up; this table does."""

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    # participants: told through foundation.participants.happenings
    "organisation.verified": (),
    "organisation.rejected": (),
    "organisation.suspended": (),
    "organisation.reinstated": (),
    # catalogue → matching: a listing that appears, changes or goes away is matched again with the open demands
    "listing.published": ("matching.match_listing",),
    "listing.suspended": ("matching.match_listing",),
    "listing.reinstated": ("matching.match_listing",),
    "listing.withdrawn": ("matching.match_listing",),
    "listing.superseded": ("matching.match_listing",),
    # grading → matching: a new score or grade of a published file changes what its listing matches
    "grade.recommended": ("matching.match_graded",),
    "grade.decided": ("matching.match_graded",),
    # rulebooks → rooms: rules released (for those who are told), rules whose time has come (for those who work by them)
    "rulebook.released": (),
    "rulebook.entered_force": (),
    # matching → matching
    "demand.opened": ("matching.match_demand",),
}
