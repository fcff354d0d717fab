"""The quality profile that scores are written by, so that a release finds every score that was not made by it.

Who writes a score reads the rules and commits a little later; rules that come in force between the two would be missed,
and where the score is a file's first, nobody would find it. So writers share an advisory lock of the database from the
reading on, and the job that scores everything again by new rules asks for its other side once before it looks: by then
all who had read the former rules are done, and those who come later read the new ones. Both sides end with their
transaction, so a killed process holds nothing.
"""

from typing import Final

from django.db import connection, transaction

from foundation.rulebooks.in_force import InForce, in_force
from grading.rulebook import QUALITY

_LOCK: Final = 0x67726164_73636F72
"""The advisory lock's number ("gradscor")."""


def scoring_rules() -> InForce:
    """The quality profile in force, for scores that the caller's transaction writes.

    Lock the assets first and nothing that others may hold afterwards: who waits for all writers stands between.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])
    return in_force(QUALITY)


@transaction.atomic
def wait_for_writers() -> None:
    """Return when every score under rules that were read before is committed. Hold no row meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
