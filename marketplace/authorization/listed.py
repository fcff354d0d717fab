"""What a listing says of itself, as facts of a decision."""

from marketplace.authorization.engine.decide import AccessFacts
from marketplace.authorization.engine.vocabulary import SEVERAL_CATEGORIES, STATED
from marketplace.authorization.readings import province
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion, Origin


def facts_of_listing(version: ListingVersion, *, level: str) -> AccessFacts:
    """What a listing says of itself; of the buyer nothing."""
    return AccessFacts(
        origin=version.origin,
        sector=version.sector,
        level=level,
        supply_mode=version.supply_mode,
        scenario=version.scenario or None,
        provider_region=province(version.region),
        category=_category(version),
        consent_basis=_consent_basis(version),
    )


def _category(version: ListingVersion) -> str | None:
    found = catalog.categories_of(version)
    return SEVERAL_CATEGORIES if len(found) > 1 else next(iter(found), None)


def _consent_basis(version: ListingVersion) -> str | None:
    """The kind that the provider named, `stated` where there are words alone; of other than personal data none."""
    if version.origin != Origin.PERSONAL:
        return None
    return version.consent_kind or (STATED if version.consent_basis.strip() else None)
