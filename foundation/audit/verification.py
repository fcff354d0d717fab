"""Is the log what the exchange wrote? In the database by `verify`, in an exported file by `verify_export`."""

from foundation.audit import log
from foundation.audit.checking import Checker, Problem, Report
from foundation.audit.exports import export, verify_export

__all__ = ["Problem", "Report", "export", "verify", "verify_export"]


def verify() -> Report:
    """Check every event and every seal in the database, from one snapshot, with constant memory."""
    checker = Checker()
    with log.snapshot():
        for item in log.read():
            log.feed(checker, item)
    return checker.report()
