"""Split jobs whose parts leave files in the vault: read once by the merge, never half-stored, released in the end."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now

from foundation.actors import system
from foundation.jobs import registry, services
from foundation.jobs.models import Job
from foundation.vault.models import Blob
from tests.foundation.jobs import kinds
from tests.foundation.jobs.conftest import claimed, expire_lease, stored

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = system("tests")
TEXTS = ["alpha ", "beta ", "gamma"]


@pytest.fixture
def parted(queued: Callable[..., Job]) -> Callable[..., tuple[Job, list[Job]]]:
    """A job whose parts store a file each."""

    def make(**arguments: Any) -> tuple[Job, list[Job]]:
        with transaction.atomic():
            parent = services.enqueue(kind="tests.join", arguments=arguments)
        run = claimed(parent)
        services.split(run, kind="tests.store", parts=[{"text": text} for text in TEXTS], then="tests.join")
        return parent, list(Job.objects.filter(parent=parent).order_by("part"))

    return make


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> Callable[[], int]:
    """How many files lie in a vault of this test's own."""
    settings.VAULT_DIR = tmp_path / "vault"
    return lambda: sum(path.is_file() for path in settings.VAULT_DIR.rglob("*"))


def test_the_merge_reads_the_files_and_the_next_prune_releases_them(parted, files):
    parent, parts = parted()
    for part in reversed(parts):
        services.execute(part.pk)
    assert (Blob.objects.count(), files()) == (3, 3)
    assert services.prune() == 0
    assert (stored(parent)["state"], Blob.objects.count()) == ("queued", 3)  # the merge is still to read them
    services.execute(parent.pk)
    assert stored(parent)["result"] == {"text": "alpha beta gamma"}
    assert services.prune() == 0
    assert (Blob.objects.count(), files()) == (0, 0)
    assert [(stored(part)["state"], stored(part)["result"]) for part in parts] == [("succeeded", None)] * 3
    assert stored(parent)["result"] == {"text": "alpha beta gamma"}


def test_a_lost_part_leaves_one_file_whatever_the_slow_worker_does(parted, files):
    parent, parts = parted()

    def overtaken(run: services.Run) -> None:
        """The worker was thought dead, and the job runs elsewhere before it goes on."""
        Job.objects.filter(pk=run.job_id).update(attempt=run.attempt + 1)

    kinds.DISTURB.append(overtaken)
    services.execute(parts[0].pk)
    assert (Blob.objects.count(), files(), stored(parts[0])["attempt"]) == (0, 0, 1)  # all of it was rolled back
    expire_lease(parts[0])
    assert services.sweep()["lost"] == 1
    for part in parts:
        services.execute(part.pk)
    services.execute(parent.pk)
    assert stored(parent)["result"] == {"text": "alpha beta gamma"}
    assert (Blob.objects.count(), files()) == (3, 3)


def test_a_part_that_stores_while_its_parent_is_cancelled_leaves_nothing(parted, in_thread, files):
    parent, parts = parted()
    services.execute(parts[0].pk)
    kinds.DISTURB.append(lambda run: in_thread(lambda: services.cancel_job(actor=SYSTEM, job_id=parent.pk)).result(20))
    services.execute(parts[1].pk)
    assert (stored(parent)["state"], stored(parts[1])["result"]) == ("cancelled", None)
    assert (Blob.objects.count(), files()) == (1, 1)  # of the part that had succeeded before
    services.prune()
    assert (Blob.objects.count(), files()) == (0, 0)


def test_what_a_job_that_failed_needs_to_be_tried_again_stays_as_long_as_the_job(parted, files, settings):
    parent, parts = parted(refuse=True)
    for part in parts:
        services.execute(part.pk)
    services.execute(parent.pk)
    assert (stored(parent)["state"], stored(parent)["error_code"]) == ("failed", "conflict")
    assert services.prune() == 0
    assert (Blob.objects.count(), files()) == (3, 3)
    Job.objects.filter(pk=parent.pk).update(arguments={})
    services.retry_job(actor=SYSTEM, job_id=parent.pk)
    services.execute(parent.pk)
    assert stored(parent)["result"] == {"text": "alpha beta gamma"}

    parent, parts = parted(refuse=True)
    for row in (*parts, parent):
        services.execute(row.pk)
    Job.objects.filter(pk=parent.pk).update(finished_at=Now() - timedelta(days=settings.JOB_RETENTION_DAYS + 1))
    assert services.prune() == 1
    assert not Job.objects.filter(parent=parent.pk).exists()
    assert (Blob.objects.count(), files()) == (0, 0)


def test_one_result_that_cannot_be_released_keeps_no_other(parted, files, monkeypatch):
    parent, parts = parted()
    for row in (*parts, parent):
        services.execute(row.pk)
    damaged = stored(parts[0])["result"]["blob"]

    def refuse(result: Any) -> None:
        if result["blob"] == damaged:
            raise OSError("the disk is away")
        kinds.forget(result)

    kind = registry.kind("tests.store")
    monkeypatch.setitem(registry._kinds, "tests.store", registry.Kind(kind.name, kind.handler, release=refuse))
    services.prune()
    assert [stored(part)["result"] for part in parts] == [{"blob": damaged}, None, None]
    monkeypatch.undo()
    services.prune()
    assert not Blob.objects.exists()
