"""Background work of grading."""

from collections.abc import Mapping
from typing import Any

from foundation.jobs.registry import job
from foundation.jobs.services import Run
from grading import services


@job(services.EXAMINE)
def examine(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """Examine one data asset: profile, quality, sensitive columns, recommended grade."""
    return services.examine_asset(run, asset_id=subject_id)
