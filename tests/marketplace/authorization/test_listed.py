"""What reviewers say of the files counts beside what the provider declares, and the stricter wins."""

from typing import Any

import pytest

from marketplace.authorization import selectors
from marketplace.authorization.engine.decide import AccessFacts
from marketplace.authorization.listed import facts_of_listing
from marketplace.catalog.models import ListingVersion
from tests.factories import World
from tests.marketplace.authorization.asking import UNIFIED, ask, listing, steps

pytestmark = pytest.mark.django_db


def said(declared: str, *categories: str, **changes: Any) -> AccessFacts:
    version = ListingVersion(sector=declared, **{"origin": "enterprise", "region": "210200", **changes})
    return facts_of_listing(version, level="general_2", categories=categories)


@pytest.mark.parametrize(
    ("declared", "categories", "sector", "reviewed"),
    [
        ("transport", [], "transport", {}),
        ("transport", ["transport/aviation"], "transport", {}),
        ("transport", ["health/clinical_records"], "transport", {"sector": ("health",)}),
        ("transport", ["Health /clinical"], "transport", {"sector": ("health",)}),
        ("transport", ["health", "finance/credit"], "transport", {"sector": ("finance", "health")}),
        ("transport", ["object_information", "anything"], "transport", {}),  # no sector is said
        ("statistics", ["government/statistics"], "statistics", {}),  # another name of the same
        ("statistics", ["health"], "statistics", {"sector": ("health",)}),
        ("other", ["health/clinical_records"], "health", {}),  # what names no sector gives way
        ("other", ["health", "energy"], "energy", {"sector": ("health",)}),
        ("other", [], "other", {}),
    ],
)
def test_sectors(declared: str, categories: list[str], sector: str, reviewed: Any) -> None:
    found = said(declared, *categories)
    assert (found.sector, found.reviewed) == (sector, reviewed)


@pytest.mark.parametrize("attribute", ["personal_information", "sensitive_personal_information"])
def test_what_reviewers_call_personal_needs_a_basis_whatever_its_origin(attribute: str) -> None:
    found = said("transport", f"transport/aviation/{attribute}", origin="public", consent_kind="law")
    assert (found.origin, found.reviewed, found.consent_basis) == ("public", {"origin": ("personal",)}, "law")
    declared = said("transport", f"transport/{attribute}", origin="personal", consent_basis="as they agreed")
    assert (declared.reviewed, declared.consent_basis) == ({}, "stated")
    assert said("transport", "transport/organisation_information", consent_kind="law").consent_basis is None


def test_a_listing_of_the_wrong_sector_is_asked_of_the_right_authority(world: World) -> None:
    assert world.authority.organisation_id
    evading = listing(world, UNIFIED, level="general_3", category="health/clinical_records/object_information")
    request = ask(world, evading, form="masked")
    assert (request.state, request.decision["rule_id"]) == ("in_approval", "sector_protected")
    assert request.decision["inputs"]["reviewed"] == {"sector": ("health",)}
    assert [(step.approver, step.organisation_id) for step in steps(request)] == [
        ("sector_authority", world.authority.organisation_id),
        ("exchange", world.exchange.organisation_id),
    ]


def test_one_organisation_is_the_authority_of_two_sectors_and_approves_once(world: World) -> None:
    both = world.organisation("Supervision", ("sector_authority", "health"), ("sector_authority", "finance"),
                              kind="authority")  # fmt: skip
    evading = listing(world, UNIFIED, level="general_3", sector="finance", category="health")
    assert [step.organisation_id for step in steps(ask(world, evading, form="masked"))] == [
        both.organisation_id, world.exchange.organisation_id,
    ]  # fmt: skip


def test_undeclared_personal_data_is_refused_and_the_provider_can_name_its_basis(world: World) -> None:
    version = listing(world, UNIFIED, category="transport/aviation/personal_information")
    found = selectors.explain(world.buyer.actor, listing_id=version.listing_id, purpose="research")
    assert found.ruling.decision.rule_id == "personal_without_basis"
    (way,) = found.remedy.ways
    assert [(change.name, change.by) for change in way.changes] == [("consent_basis", "provider")]
    assert way.decision.rule_id == "unified_general"
