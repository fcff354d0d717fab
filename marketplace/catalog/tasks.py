"""Background work of the catalogue."""

from collections.abc import Mapping
from typing import Any

from foundation.actors import system
from foundation.jobs.registry import job
from foundation.jobs.services import Run
from marketplace.catalog import services

ACTOR = system("catalog")


@job("catalog.suspend_with_provider")
def suspend_with_provider(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """Suspend the published listings of a suspended organisation."""
    return {"suspended": services.suspend_with_provider(run, actor=ACTOR, organisation_id=subject_id)}


@job("catalog.follow_grade")
def follow_grade(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """Suspend published listings whose data is decided as more than they were published with."""
    return {"suspended": services.follow_grade(run, actor=ACTOR, grade_id=subject_id)}


@job("catalog.collect_graded")
def collect_graded(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """A file was examined or placed anew: what the files of its listing are together may have changed."""
    return {"regraded": services.collect_graded(run, actor=ACTOR, grade_id=subject_id)}


@job("catalog.attach_upload")
def attach_upload(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """Attach a file that came in pieces to its draft."""
    return services.attach_upload(run, upload_id=subject_id)
