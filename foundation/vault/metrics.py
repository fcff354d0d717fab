"""Figures of the vault."""

from django.db.models import Sum

from foundation.observability.gauges import Reading, gauge
from foundation.vault.models import Blob


@gauge("exchange_vault_files", "Files kept")
def files() -> Reading:
    """How many."""
    return [((), Blob.objects.count())]


@gauge("exchange_vault_bytes", "Bytes of the files kept, before encryption")
def size() -> Reading:
    """How much."""
    return [((), Blob.objects.aggregate(total=Sum("size"))["total"] or 0)]
