"""Who listens to what: event name → kinds of job that follow. A lower floor never calls up; this table does.

`tell.<kind>` is the job that tells people and webhooks by the kind of notice that a room registers in its `notices.py`.
"""

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    # participants and jobs → their people; a suspended provider takes its listings with it, a reinstated one none back
    "organisation.verified": ("matching.match_verified", "tell.participants.organisation_verified"),
    "organisation.rejected": ("tell.participants.organisation_rejected",),
    "organisation.suspended": ("catalog.suspend_with_provider", "tell.participants.organisation_suspended"),
    "organisation.reinstated": ("matching.match_verified", "tell.participants.organisation_reinstated"),
    "member.access_ended": ("tell.participants.access_ended",),
    "accreditation.claimed": ("tell.participants.accreditation_claimed",),
    "accreditation.withdrawn": (),
    "accreditation.confirmed": ("matching.match_accredited", "tell.participants.accreditation_confirmed"),
    "accreditation.refused": ("tell.participants.accreditation_refused",),
    "accreditation.revoked": ("matching.match_accredited", "tell.participants.accreditation_revoked"),
    "accreditation.expiring": ("tell.participants.accreditation_expiring",),
    "accreditation.expired": ("matching.match_accredited", "tell.participants.accreditation_expired"),
    "job.failed": ("tell.jobs.job_failed",),
    # catalogue → matching: a listing that appears, changes or goes away is matched again with the open demands
    "listing.submitted": ("tell.catalog.listing_submitted",),
    "listing.returned": ("tell.catalog.listing_returned",),
    "listing.published": ("matching.match_listing", "tell.catalog.listing_published"),
    "listing.suspended": ("matching.match_listing", "tell.catalog.listing_suspended"),
    "listing.reinstated": ("matching.match_listing", "tell.catalog.listing_reinstated"),
    "listing.withdrawn": ("matching.match_listing",),
    "listing.superseded": ("matching.match_listing",),
    # grading → who trades: a new score or grade of a published file changes what its listing matches; a grade decided
    # higher suspends what it must and asks of every request and grant again; a file derived from it is examined anew.
    # What a file holds counts for the other files of its listing: an examination that finds more may carry them along
    "grade.recommended": ("catalog.collect_graded", "matching.match_graded"),
    "grade.decided": (
        "catalog.follow_grade",
        "authorization.follow_grade",
        "grading.regrade_derived",
        "matching.match_graded",
        "tell.grading.grade_decided",
    ),
    "grade.returned": ("tell.grading.grade_returned",),
    # a decided grade stands, or would be another today; owners appeal, other reviewers decide
    "grade.agreed": ("catalog.collect_graded", "matching.match_graded"),
    "grade.differs": ("tell.grading.grade_differs", "tell.grading.own_grade_differs"),
    "appeal.filed": ("tell.grading.appeal_filed",),
    "appeal.granted": ("tell.grading.appeal_granted",),
    "appeal.dismissed": ("tell.grading.appeal_dismissed",),
    "appeal.withdrawn": ("tell.grading.appeal_withdrawn",),
    "data_asset.rescored": ("matching.match_rescored",),
    "quality.fell": ("tell.grading.quality_fell",),
    # rulebooks → rooms: rules released (for those who are told), rules whose time has come (for those who work by them:
    # the same instant, or the day that the release names; until then the former rules are the ones to score by)
    "rulebook.released": (),
    "rulebook.entered_force": ("grading.rescore", "grading.regrade", "matching.match_reweighted"),
    "assessments.rescored": ("matching.match_all",),
    # matching → matching
    "match.dismissed": ("matching.match_dismissed",),
    "demand.opened": ("matching.match_demand",),
    "demand.sample_read": ("matching.match_demand",),
    "demand.sample_removed": ("matching.match_demand",),
    "demand.sample_failed": ("tell.matching.sample_failed",),
    # authorization → those who decide, who asked, and who provides
    "approval_step.opened": ("tell.authorization.step_opened",),
    "approval_step.due_soon": ("tell.authorization.step_due_soon",),
    "approval_step.overdue": ("tell.authorization.step_overdue",),
    "approval_delegation.given": ("tell.authorization.delegation_given",),
    "access_request.submitted": ("tell.authorization.request_submitted",),
    "access_request.asked": ("tell.authorization.request_asked",),
    "access_request.answered": ("tell.authorization.request_answered",),
    "access_request.appealed": ("matching.match_requested", "tell.authorization.request_appealed"),
    "access_request.appeal_dismissed": ("tell.authorization.appeal_dismissed",),
    "access_request.approved": ("tell.authorization.request_approved",),
    "access_request.rejected": (
        "matching.match_requested",
        "tell.authorization.request_rejected",
        "tell.authorization.request_ended",
    ),
    "access_request.lapsed": (
        "matching.match_requested",
        "tell.authorization.request_lapsed",
        "tell.authorization.request_ended",
    ),
    "access_request.withdrawn": (
        "matching.match_requested",
        "tell.authorization.request_ended",
    ),
    "access_request.expired": (
        "matching.match_requested",
        "tell.authorization.request_expired",
        "tell.authorization.request_ended",
    ),
    "grant.issued": ("matching.match_licensed", "tell.authorization.grant_issued"),
    "grant.suspended": ("tell.authorization.grant_suspended",),
    "grant.resumed": ("tell.authorization.grant_resumed",),
    "grant.revoked": ("matching.match_licensed", "tell.authorization.grant_revoked"),
    "grant.expiring": ("tell.authorization.grant_expiring",),
    "grant.terms_waiting": ("tell.authorization.grant_terms_waiting",),
    "grant.expired": ("matching.match_licensed", "tell.authorization.grant_expired"),
    # allotments of exclusive rights → both sides; nobody else is proposed what is kept for one, until it is free again
    "allocation.computed": ("matching.match_allocated",),
    "allotment.proposed": ("tell.matching.right_allotted",),
    "allotment.taken_up": (),
    "allotment.declined": (
        "matching.match_allotted",
        "tell.matching.right_free_again",
    ),
    "allotment.lapsed": (
        "matching.match_allotted",
        "tell.matching.right_free_again",
    ),
    # listings that nobody uses → their providers, and buyers whose open demands they suit
    "dormancy.found": ("tell.matching.listing_dormant",),
    "match.offered": ("tell.matching.dormant_offered",),
    # incidents → the exchange, and in the end who reported it and who provides
    "incident.reported": ("tell.incidents.incident_reported",),
    "incident.investigating": (),
    "incident.closed": ("tell.incidents.incident_closed",),
    # uploads → the room that the file is for, which passes by those of the other: it came in pieces and is complete
    "upload.received": ("catalog.attach_upload", "matching.attach_sample"),
}

# Event → functions called with the identifier of its subject, in the transaction of the change, before anybody hears of
# it: what must not be seen without the change, and is quick. A lower floor's change fails when one of them does.
DONE_AT_ONCE: dict[str, tuple[str, ...]] = {
    "listing.published": ("marketplace.matching.services.follow_version",),
    "listing.suspended": ("marketplace.matching.services.follow_version",),
    "listing.reinstated": ("marketplace.matching.services.follow_version",),
    "listing.withdrawn": ("marketplace.matching.services.follow_version",),
    # a superseded version is followed by the one that takes its place, in the same transaction
}
