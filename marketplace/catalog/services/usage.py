"""Counting the use of listings (P09)."""

from django.db import models
from django.db.models.functions import Now

from foundation.errors import NotFound
from marketplace.catalog.models import Listing


def count_use(*, listing_id: int, bytes_sent: int) -> None:
    """Add one download of `bytes_sent` bytes, in the caller's transaction; the transfer itself is the audited event.

    One UPDATE, so that simultaneous downloads all count. ValueError for negative bytes.
    """
    if bytes_sent < 0:
        raise ValueError("bytes sent cannot be negative")
    changed = Listing.objects.filter(pk=listing_id).update(
        downloads=models.F("downloads") + 1,
        bytes_delivered=models.F("bytes_delivered") + bytes_sent,
        last_used_at=Now(),
    )
    if not changed:
        raise NotFound
