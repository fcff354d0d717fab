"""Every write to deliveries and transfers, by use case."""

from marketplace.delivery.services.ending import end_overdue_transfers
from marketplace.delivery.services.making import make_delivery
from marketplace.delivery.services.preparing import make_link, prepare_delivery
from marketplace.delivery.services.transfers import Download, TransferInterrupted, begin_download

__all__ = [
    "Download",
    "TransferInterrupted",
    "begin_download",
    "end_overdue_transfers",
    "make_delivery",
    "make_link",
    "prepare_delivery",
]
