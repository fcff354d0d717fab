"""Work on many rows that beat finds: a transaction a batch, so that a kill loses one batch and no lock is held long."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
BATCH: Final = 200


def each_held(rows: "QuerySet[M, Any]", act: Callable[[M], object]) -> int:
    """Lock each of `rows` and `act` on it, by identifier; how many. Rows that others hold wait for next time.

    `act` must take its row out of `rows`: they are found anew for each batch.
    """
    done = 0
    while True:
        with transaction.atomic():
            held = list(rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).order_by("pk")[:BATCH])
            for row in held:
                act(row)
        done += len(held)
        if len(held) < BATCH:
            return done
