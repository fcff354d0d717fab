"""A stored file asked for its columns alone: read in a confined child, from its beginning, and nothing of it kept."""

from typing import Final

from django.utils import timezone

from foundation.jobs.services import Run
from foundation.vault.models import Blob
from grading.engine import confined
from grading.engine.outline import Column
from grading.reading import read_confined, seldom
from grading.rules.shipped import shipped_rules

OUTLINE: Final = "grading.engine.confined:outline_confined"


def read_outline(run: Run, *, blob: Blob, filename: str) -> tuple[Column, ...]:
    """The named columns of the file and their types, reported as the run's progress.

    UnreadableFile for what is no table, asks for more than a file may, or breaks its reader. Tampered for a damaged
    file; Retryable where the child was killed from outside; LostLease where the run is no longer the job's.
    """
    taxonomy = shipped_rules().taxonomy
    request = confined.outline_order(filename=filename, taxonomy=taxonomy, today=timezone.localdate())
    with run.heartbeat():
        answer = read_confined(OUTLINE, request, blob=blob, report=seldom(run.progress))
    return confined.columns_in(answer)
