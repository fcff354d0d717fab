"""The exposure of small and new providers, counted."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.catalog.models import ListingVersion
from marketplace.matching.exposure import Exposure, exposure
from marketplace.matching.models import Match
from tests.factories import World, published_listing
from tests.marketplace.matching.demands import matched, opened

pytestmark = pytest.mark.django_db


def test_shares_of_places_beside_what_is_offered(world: World) -> None:
    for title in ("Flight delays", "Flight crews", "Hospitals"):
        published_listing(world, title=title, title_zh="", description="x", tags=[])
    published_listing(world, world.other_provider, title="Flights", title_zh="", description="x", tags=[])
    old = ListingVersion.objects.filter(listing__organisation=world.provider.organisation_id)
    old.update(published_at=timezone.now() - timedelta(days=400))
    demand = opened(world.buyer, text="flight")
    matched(demand)
    Match.objects.filter(listing__organisation=world.other_provider.organisation_id).update(rank=11)
    nobody = (0, 0.0, 0.0, 0.0)
    with CaptureQueriesContext(connection) as queries:
        shares = exposure()
    assert len(queries) == 2  # counted by the database, not match by match
    assert shares == [
        Exposure("1", 1, 0.25, 1 / 3, 0.0),
        Exposure("2-5", 1, 0.75, 2 / 3, 1.0),
        Exposure("6-20", *nobody),
        Exposure("21+", *nobody),
        Exposure("new", 1, 0.25, 1 / 3, 0.0),
    ]
    said = StringIO()
    call_command("matching_exposure", stdout=said)
    lines = said.getvalue().splitlines()
    assert [line.split() for line in lines[1:3]] == [
        ["1", "1", "25.0%", "33.3%", "0.0%"],
        ["2-5", "1", "75.0%", "66.7%", "100.0%"],
    ]
