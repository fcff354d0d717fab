"""Background work of delivery."""

from collections.abc import Mapping
from typing import Any

from foundation.jobs.registry import job
from foundation.jobs.services import Run
from marketplace.delivery import services


@job("delivery.mask")
def mask(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """Make the masked file of one delivery."""
    return services.mask_delivery(run, delivery_id=subject_id)
