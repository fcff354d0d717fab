"""Background work of delivery."""

from collections.abc import Mapping
from typing import Any

from celery import shared_task

from foundation.actors import system
from foundation.jobs.registry import job
from foundation.jobs.services import Run
from marketplace.delivery import services


@shared_task(name="marketplace.delivery.sweep")
def sweep() -> None:
    """Close the transfers of killed servers (beat)."""
    services.end_overdue_transfers(actor=system("beat"))


@job("delivery.mask")
def mask(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """Make the masked file of one delivery."""
    return services.make_delivery(run, delivery_id=subject_id)


@job("delivery.extract")
def extract(run: Run, *, subject_id: int) -> Mapping[str, Any]:
    """Make the file of one delivery whose grant is for some columns only."""
    return services.make_delivery(run, delivery_id=subject_id)
