"""Background work of the catalogue."""

from collections.abc import Mapping
from typing import Any

from foundation.jobs.registry import job
from foundation.jobs.services import Run
from marketplace.catalog import services


@job("catalog.attach_upload")
def attach_upload(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """Attach a file that came in pieces to its draft."""
    return services.attach_upload(run, upload_id=subject_id)
