"""Is the log what the exchange wrote? In the database by `verify`, in an exported file by `verify_export`."""

from collections.abc import Iterable

from foundation.audit import log
from foundation.audit.checking import Checker, Problem, Report
from foundation.audit.exports import export, verify_export
from foundation.audit.notes import Checkpoint

__all__ = ["Problem", "Report", "export", "verify", "verify_export"]

Checkpoints = Iterable[tuple[str, Checkpoint | None]]


def verify(checkpoints: Checkpoints = ()) -> Report:
    """Check every event, seal and inner node in the database, from one snapshot, with constant memory.

    `checkpoints` (see `checkpoints.kept`) are what the log must still contain.
    """
    with log.snapshot():
        checker = Checker(nodes=log.has_nodes())
        checker.expect(checkpoints)
        stored, same = log.nodes(), True
        for item in log.read():
            log.feed(checker, item)
            for node in checker.completed():
                if same and next(stored, None) != node:  # after the first that differs all would
                    same = False
                    checker.problem("node_altered", position=node.last)
    return checker.report()
