"""Counting use: simultaneous downloads all count."""

import threading

import pytest
from django.db import connection

from foundation.errors import NotFound
from marketplace.catalog.models import Listing
from marketplace.catalog.services import count_use
from tests.factories import World, draft_listing


def test_counts_downloads_and_bytes(world: World) -> None:
    listing = draft_listing(world).listing
    count_use(listing_id=listing.pk, bytes_sent=10)
    count_use(listing_id=listing.pk, bytes_sent=0)
    listing.refresh_from_db()
    assert (listing.downloads, listing.bytes_delivered) == (2, 10)
    assert listing.last_used_at is not None


def test_refuses_what_cannot_be(world: World) -> None:
    listing = draft_listing(world).listing
    with pytest.raises(ValueError, match="negative"):
        count_use(listing_id=listing.pk, bytes_sent=-1)
    with pytest.raises(NotFound):
        count_use(listing_id=10**9, bytes_sent=1)
    assert Listing.objects.get().downloads == 0


@pytest.mark.django_db(transaction=True)
def test_simultaneous_downloads_all_count() -> None:
    listing = draft_listing(World()).listing

    def use() -> None:
        for _ in range(10):
            count_use(listing_id=listing.pk, bytes_sent=3)
        connection.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    listing.refresh_from_db()
    assert (listing.downloads, listing.bytes_delivered) == (40, 120)
