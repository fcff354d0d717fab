"""Every write to notices, preferences and webhooks, by use case."""

from foundation.notifications.services.attempts import Attempt, begin_attempt, end_attempt
from foundation.notifications.services.endpoints import (
    disable_endpoint,
    edit_endpoint,
    pause_endpoint,
    register_endpoint,
    resume_endpoint,
    rotate_secret,
)
from foundation.notifications.services.failures import announce_failed_jobs
from foundation.notifications.services.keeping import prune, reseal_secrets
from foundation.notifications.services.mailing import mail_notification
from foundation.notifications.services.queueing import queue_due, redeliver, test_endpoint
from foundation.notifications.services.reading import mark_all_read, mark_read, set_preferences
from foundation.notifications.services.telling import Told, tell

__all__ = [
    "Attempt",
    "Told",
    "announce_failed_jobs",
    "begin_attempt",
    "disable_endpoint",
    "edit_endpoint",
    "end_attempt",
    "mail_notification",
    "mark_all_read",
    "mark_read",
    "pause_endpoint",
    "prune",
    "queue_due",
    "redeliver",
    "register_endpoint",
    "reseal_secrets",
    "resume_endpoint",
    "rotate_secret",
    "set_preferences",
    "tell",
    "test_endpoint",
]
