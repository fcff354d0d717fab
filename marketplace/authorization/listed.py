"""What a listing says of itself, and what reviewers say of its files, as facts of a decision."""

from collections.abc import Collection

from grading.rules import classification
from marketplace.authorization.engine.decide import AccessFacts
from marketplace.authorization.engine.vocabulary import SEVERAL_CATEGORIES, STATED
from marketplace.authorization.readings import province
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion, Origin


def facts_of_listing(version: ListingVersion, *, level: str, categories: Collection[str] | None = None) -> AccessFacts:
    """What is known of a listing; of the buyer nothing. `categories` are its files', where the caller has them.

    A provider that declares another sector or origin than the reviewers see evades no row: what they say stands in
    `reviewed` beside what is declared, and the stricter of the answers counts.
    """
    found = catalog.categories_of(version) if categories is None else frozenset(categories)
    sectors = _sectors(version.sector, found)
    persons = version.origin != Origin.PERSONAL and any(map(classification.of_persons, found))
    reviewed = {"sector": sectors[1:], "origin": (str(Origin.PERSONAL),) if persons else ()}
    return AccessFacts(
        origin=version.origin,
        sector=sectors[0],
        level=level,
        supply_mode=version.supply_mode,
        scenario=version.scenario or None,
        provider_region=province(version.region),
        category=SEVERAL_CATEGORIES if len(found) > 1 else next(iter(found), None),
        consent_basis=_consent_basis(version, personal=persons or version.origin == Origin.PERSONAL),
        reviewed={name: values for name, values in reviewed.items() if values},
    )


def _sectors(declared: str, categories: Collection[str]) -> tuple[str, ...]:
    """The declared sector, then those of the reviewers that are others.

    A declared word that names no sector (`other`) gives way to what the reviewers say; another name of theirs stays.
    """
    meant = classification.meant_by(declared)
    others = sorted({sector for path in categories if (sector := classification.sector_in(path))} - {meant})
    return tuple(others) if meant is None and others else (declared, *others)


def _consent_basis(version: ListingVersion, *, personal: bool) -> str | None:
    """The kind that the provider named, `stated` where there are words alone; of other than personal data none."""
    if not personal:
        return None
    return version.consent_kind or (STATED if version.consent_basis.strip() else None)
