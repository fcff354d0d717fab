"""Jobs of the test kinds, and work in other threads, each with a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from foundation.jobs import services
from foundation.jobs.models import Job
from tests.foundation.jobs import kinds


@pytest.fixture
def queued(db: None) -> Callable[..., Job]:
    """Enqueue a job. Rolled back with the test, so that no message leaves, unless the test has threads or commits."""
    assert kinds.RAISED

    def make(kind: str = "tests.return", **changes: Any) -> Job:
        arguments = changes.pop("arguments", {"value": 1} if kind == "tests.return" else {})
        with transaction.atomic():
            return services.enqueue(kind=kind, arguments=arguments, **changes)

    return make


@pytest.fixture
def in_thread(transactional_db: None) -> Iterator[Callable[..., Future[Any]]]:
    """Run a function in another thread and connection."""

    def closing(function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=16) as pool:
        yield lambda function, *arguments: pool.submit(closing, function, *arguments)


def claimed(row: Job) -> services.Run:
    """Claim a job that is there to be claimed."""
    found = services.claim(row.pk)
    assert found is not None
    return found[1]


def expire_lease(row: Job) -> None:
    """What the clock would do."""
    Job.objects.filter(pk=row.pk).update(lease_expires_at=Now() - timedelta(seconds=1))


def make_due(row: Job) -> None:
    """End a pause."""
    Job.objects.filter(pk=row.pk).update(run_after=Now() - timedelta(seconds=1))


def stored(row: Job) -> Any:
    """Every field as it is in the database."""
    return Job.objects.filter(pk=row.pk).values().get()
