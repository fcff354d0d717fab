"""Running one job: claim, call its handler, end the attempt by the class of what came of it."""

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from kombu.exceptions import OperationalError as BrokerDown

from foundation.errors import DomainError, Unavailable
from foundation.jobs import registry
from foundation.jobs.errors import LostLease, Retryable
from foundation.jobs.models import Job
from foundation.jobs.services.ending import fail, succeed
from foundation.jobs.services.leases import Run, claim

log = logging.getLogger(__name__)

SERVER_AWAY: Final = (OperationalError, InterfaceError, BrokerDown)
"""A server of ours is away, or chose this transaction to end a deadlock: nothing that the job did."""
PATIENCE_SECONDS: Final = (0.5, 1.0, 2.0, 4.0)
"""Pauses between tries to write how an attempt ended, while the database restarts."""


def execute(job_id: int) -> None:
    """Claim and run one job. Errors that a person must mend are terminal; others are retried, then terminal.

    Where not even the error can be written (the database is away), the lease runs out and the sweep brings it back.
    """
    claimed = claim(job_id)
    if claimed is None:
        return
    row, run = claimed
    try:
        _attempt(row, run)
    except LostLease:
        log.warning("job %s attempt %s: lease lost, results dropped", row.pk, run.attempt)
    except DatabaseError:
        log.exception("job %s attempt %s: its end could not be written; left to the sweep", row.pk, run.attempt)


def _attempt(row: Job, run: Run) -> None:
    try:
        outcome = registry.kind(row.kind_to_run).handler(run, **row.arguments)
        if isinstance(outcome, registry.Ended):
            return
        _written(partial(succeed, run, outcome))
    except LostLease:
        raise
    except SERVER_AWAY as error:
        log.warning("job %s (%s) attempt %s: a server is away", row.pk, row.kind, run.attempt, exc_info=True)
        _written(partial(fail, run, code=Unavailable.code, detail=type(error).__name__, retryable=True))
    except (Retryable, Unavailable) as error:
        _written(partial(fail, run, code=Unavailable.code, detail=str(error), retryable=True))
    except DomainError as error:
        _written(partial(fail, run, code=error.code, detail=str(error), retryable=False))
    except Exception as error:
        log.exception("job %s (%s) attempt %s failed", row.pk, row.kind, run.attempt)
        # the class alone: the text of an unforeseen error may hold values of the data; the server's log has it all
        _written(partial(fail, run, code="internal_error", detail=type(error).__name__, retryable=True))


def _written(end: Callable[[], object]) -> None:
    """Write how the attempt ended, again while the database restarts; it is fenced, so twice is once.

    Where the first try was committed and only the answer was lost, the second ends in LostLease.
    """
    for pause in PATIENCE_SECONDS:
        _let_go_of_a_broken_connection()
        try:
            end()
        except (OperationalError, InterfaceError):
            log.warning("the end of an attempt could not be written, trying again", exc_info=True)
            time.sleep(pause)
        else:
            return
    _let_go_of_a_broken_connection()
    end()


def _let_go_of_a_broken_connection() -> None:
    if connection.errors_occurred and not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
