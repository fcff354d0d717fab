"""Listings of two providers for tests that write the index themselves."""

from random import Random

from marketplace.catalog.models import Listing, ListingVersion
from tests.factories import World


def drafts(world: World, random: Random, many: int) -> list[ListingVersion]:
    """A draft of each of so many listings, of one provider or the other; what they say is for the index to tell."""
    providers = (world.provider.organisation_id, world.other_provider.organisation_id)
    listings = Listing.objects.bulk_create(Listing(organisation_id=random.choice(providers)) for _one in range(many))
    return ListingVersion.objects.bulk_create(
        ListingVersion(
            listing=row, number=1, state="draft", title="x", description="x", sector="transport",
            origin="public", region="210200", supply_mode="open",
        )
        for row in listings
    )  # fmt: skip
