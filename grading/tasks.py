"""Background work of grading."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from foundation.jobs.registry import job
from foundation.jobs.services import Run


@job("grading.examine")
def examine(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """Examine one data asset: profile, quality, sensitivity, recommended grade."""
    result: Mapping[str, Any] = import_module("grading.services.examine").examine_asset(run, asset_id=subject_id)
    return result
