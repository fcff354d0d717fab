"""The end of a transfer: by its own stream, or by the sweep where the server that sent it was killed."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from marketplace.catalog.services import count_use
from marketplace.delivery.models import Transfer

CLIENT, DAMAGED, ERROR, OVERDUE = "client", "tampered", "error", "overdue"
"""Who or what interrupted a transfer, beside the codes of the decision point."""
BATCH: Final = 200


@transaction.atomic
def end_transfer(
    *, actor: Actor, transfer_id: int, ended_by: str = "", decision: Mapping[str, Any] | None = None
) -> bool:
    """Close a transfer and count the use of its listing; False, with nothing changed, where it has been closed before.

    Nor is one closed that reserved a stride since it was read: listing and log would say less than the meter.
    The meter stays as it is: what was reserved may have left. Records `transfer.completed` or, with `ended_by`,
    `transfer.interrupted`.
    """
    rows = Transfer.objects.filter(pk=transfer_id, finished_at=None)
    found = rows.values_list("delivery__grant_id", "delivery__grant__listing_id", "bytes_reserved").first()
    if found is None:
        return False
    grant_id, listing_id, reserved = found
    count_use(listing_id=listing_id, bytes_sent=reserved)
    unchanged = rows.filter(bytes_reserved=reserved)  # asked anew, with the row locked
    if not unchanged.update(finished_at=timezone.now(), interrupted_by=ended_by):
        transaction.set_rollback(True)
        return False
    data: dict[str, Any] = {"grant": grant_id, "bytes_reserved": reserved}
    if ended_by:
        data["by"] = ended_by
    if decision is not None:
        data["decision"] = decision
    audit.record(
        actor=actor,
        action="transfer.interrupted" if ended_by else "transfer.completed",
        subject=("transfer", transfer_id),
        data=data,
    )
    return True


def end_overdue_transfers(*, actor: Actor) -> int:
    """Close what began more than settings.DELIVERY_TRANSFER_HOURS ago and has no end; how many.

    Their servers were killed, or their clients hardly take anything: a stream that is still there stops at its next
    stride. A transaction a transfer.
    """
    begun_before = timezone.now() - timedelta(hours=settings.DELIVERY_TRANSFER_HOURS)
    overdue = Transfer.objects.filter(finished_at=None, started_at__lt=begun_before).order_by("pk")
    done, last = 0, 0
    while found := list(overdue.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        done += sum(end_transfer(actor=actor, transfer_id=pk, ended_by=OVERDUE) for pk in found)
        last = found[-1]
    return done
