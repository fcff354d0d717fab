"""A process of its own, for what happens between processes: `python -m tests.foundation.jobs.scenario FOLDER`.

Enqueues a sleeping job and commits, with the broker that REDIS_URL names; prints the job's id.
"""

import sys

import django

django.setup()

from django.db import transaction  # noqa: E402

from foundation.jobs import services  # noqa: E402
from tests.foundation.jobs import kinds  # noqa: E402

if __name__ == "__main__":
    assert kinds.RAISED
    with transaction.atomic():
        row = services.enqueue(kind="tests.sleep", arguments={"folder": sys.argv[1]}, dedup_key="scenario")
    print(row.pk)
