"""What beat sends, and how often in seconds. A table, read by settings."""

from typing import Any, Final

HOUSEKEEPING_QUEUE: Final = "housekeeping"
"""Beat's tasks never wait behind jobs: `housekeeping` of the Procfile takes them alone."""
PASSED_OVER: Final = 6 * 3600
"""Seconds after which a task that nobody took is dropped: where none ran for days, the next need not do it all day."""
EVERY: Final[dict[str, tuple[str, float]]] = {
    "sweep-jobs": ("foundation.jobs.sweep", 15.0),
    "prune-jobs": ("foundation.jobs.prune", 3600.0),
    "prune-events": ("foundation.events.prune", 3600.0),
    "seal-audit": ("foundation.audit.seal", 10.0),
    "sweep-vault": ("foundation.vault.sweep", 3600.0),
    "announce-rulebooks": ("foundation.rulebooks.announce", 30.0),
    "forget-answers": ("foundation.idempotency.sweep", 3600.0),
    "send-webhooks": ("foundation.notifications.send_due", 15.0),
    "keep-notifications": ("foundation.notifications.keep", 3600.0),
    "tell-of-failed-jobs": ("foundation.notifications.tell_failed_jobs", 60.0),
    "remind-of-grants": ("marketplace.authorization.remind", 3600.0),
    "merge-segments": ("marketplace.matching.merge_segments", 60.0),
    "sweep-index": ("marketplace.matching.sweep_index", 300.0),
    "refresh-demands": ("marketplace.matching.refresh", 300.0),
    "digest-matches": ("marketplace.matching.digest", 900.0),
    "expire-uploads": ("foundation.uploads.expire", 600.0),
    "follow-requests": ("marketplace.authorization.follow_requests", 600.0),
    "expire-grants": ("marketplace.authorization.expire", 60.0),
    "lapse-allotments": ("marketplace.authorization.lapse_allotments", 300.0),
    "find-dormant-listings": ("marketplace.matching.find_dormant", 3600.0),
    "allocate-rights": ("marketplace.matching.allocate", 300.0),
    "sweep-transfers": ("marketplace.delivery.sweep", 3600.0),
    "lapse-samples": ("marketplace.matching.lapse_samples", 3600.0),
    "expire-demands": ("marketplace.matching.expire", 3600.0),
    "age-scores": ("grading.queue_aging", 3600.0),
    "review-grades": ("grading.queue_due_reviews", 3600.0),
    "expire-people": ("foundation.participants.expire", 60.0),
    "expire-accreditations": ("foundation.participants.expire_accreditations", 3600.0),
}
SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    name: {"task": task, "schedule": seconds, "options": {"queue": HOUSEKEEPING_QUEUE, "expires": PASSED_OVER}}
    for name, (task, seconds) in EVERY.items()
}
