"""The sectors of listings, and those of the classification that recommends categories."""

from grading.rules.shipped import shipped_rules
from marketplace.catalog.models import Sector


def test_the_classification_knows_every_sector_that_a_listing_may_have() -> None:
    categories = shipped_rules().categories
    sectors = {sector.code for sector in categories.sectors}

    assert sorted(set(Sector.values) - categories.names()) == []
    assert {said: categories.sector_of(said) for said in Sector.values if said not in sectors} == {
        "public_service": "government",
        "statistics": "government",
        "other": None,
    }


def test_listings_can_be_of_every_sector_that_the_classification_recommends() -> None:
    assert {sector.code for sector in shipped_rules().categories.sectors} <= set(Sector.values)
