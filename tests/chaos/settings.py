"""The exchange's settings for chaos: its foundation and the kinds of job of `tasks.py`, and time that runs faster."""

from config.schedule import HOUSEKEEPING_QUEUE
from config.settings import *  # noqa: F403
from tests.foundation.alone import INSTALLED_APPS as FOUNDATION

INSTALLED_APPS = [*FOUNDATION, "tests.chaos"]
JOB_LEASE_SECONDS = 2
JOB_RESEND_SECONDS = 2
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "foundation.jobs.sweep", "schedule": 0.5, "options": {"queue": HOUSEKEEPING_QUEUE}}
}
