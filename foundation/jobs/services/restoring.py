"""After a restore: no worker of the old installation is at work, whatever the rows say."""

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Greatest, Now

from foundation.jobs import states
from foundation.jobs.models import Job
from foundation.jobs.services.sweeping import sweep


def release_leases() -> int:
    """Queue every running job again, none lost too often: it was not their fault. How many there were.

    Only for an installation whose workers are known to be gone. Messages are sent by the sweep once a broker is there.
    """
    released = Job.objects.filter(state=states.RUNNING).update(
        lease_expires_at=Now() - timedelta(seconds=1), max_losses=Greatest(F("max_losses"), F("losses") + 2)
    )
    while sweep()["lost"]:
        pass
    return released
