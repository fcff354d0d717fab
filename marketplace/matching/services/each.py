"""Matching many demands in one job, each in a transaction of its own: one that cannot be matched stops no other."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db import InterfaceError, OperationalError

from foundation.actors import Actor
from foundation.jobs.errors import LostLease, Retryable
from foundation.jobs.services import Run
from marketplace.matching.services.refreshing import mark_failed

log = logging.getLogger(__name__)

MANY: Final = 100
"""From so many demands on a job says how far it is, in whole percent. Whoever provides a file follows the jobs that its
grades begin, and would read off exact shares how many demands its listing touches."""


def match_each(
    run: Run, *, actor: Actor, demands: Sequence[int], match: Callable[..., Any]
) -> tuple[int, dict[int, Exception]]:
    """Match each of the demands: how many were, and what was wrong with the others, which are tried again later.

    `match` is called with `actor` and `demand_id`, and says whether it did. What concerns all of them (the lease, the
    database) ends it at once.
    """
    done, failed = 0, {}
    for place, demand_id in enumerate(demands, start=1):
        try:
            with run.commit():
                done += bool(match(actor=actor, demand_id=demand_id))
        except (LostLease, Retryable, OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.exception("demand %s could not be matched", demand_id)
            failed[demand_id] = error
            with run.commit():
                mark_failed(demand_id)
        run.progress(place * 100 // len(demands) / 100 if len(demands) >= MANY else 0.0)
    return done, failed
