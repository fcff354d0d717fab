"""Sectors of authorities: codes of the catalogue, and what is done about words from before."""

import importlib
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.participants import sectors, selectors, services
from foundation.participants.checks import authorities_have_known_sectors
from foundation.participants.models import OrganisationRole
from marketplace.catalog.models import Sector
from tests.factories import SYSTEM, World

MIGRATION = importlib.import_module("foundation.participants.migrations.0007_sectors_by_code")
LATER = importlib.import_module("foundation.participants.migrations.0008_more_sectors")


@pytest.fixture
def world(db: None) -> World:
    return World()


def of_old(world: World, *said: str) -> int:
    """An authority that says its sectors in words of its own; its number."""
    party = world.organisation(
        f"Authority of {said[0]}", ("sector_authority", "other"), kind="authority", verified=False
    )
    number = party.organisation_id
    OrganisationRole.objects.filter(organisation=number).delete()
    OrganisationRole.objects.bulk_create(
        OrganisationRole(organisation_id=number, role="sector_authority", sector=word) for word in said
    )
    return number


def stored(number: int) -> list[str]:
    return sorted(OrganisationRole.objects.filter(organisation=number).values_list("sector", flat=True))


def test_the_vocabulary_is_the_catalogues() -> None:
    assert list(sectors.known()) == Sector.values
    # else a later migration has to look at what was claimed before
    assert set(Sector.values) == MIGRATION.CODES | LATER.CODES


def test_sectors_that_came_later_are_spelled_then(world: World) -> None:
    number = of_old(world, "Culture Tourism", "health ", "public-security")
    LATER.spell(apps, None)
    assert stored(number) == ["culture_tourism", "health ", "public_security"]


def test_spellings_become_codes_and_nothing_else_does(world: World) -> None:
    first = of_old(world, "Natural  Resources", "health ", "astrology", "finance")
    second = of_old(world, "Finance", "FINANCE")
    MIGRATION.spell(apps, None)
    assert stored(first) == ["astrology", "finance", "health", "natural_resources"]
    assert stored(second) == ["FINANCE", "finance"]  # the second spelling would be the same claim twice


def test_a_confirmed_authority_stays_the_only_one(world: World) -> None:
    assert world.authority.actor.sectors == {"health"}
    other = of_old(world, "Health")
    OrganisationRole.objects.filter(organisation=other).update(confirmed_at=world.authority.organisation.verified_at)
    MIGRATION.spell(apps, None)
    assert stored(other) == ["Health"]


def test_what_is_left_is_named_and_corrected(world: World) -> None:
    number = of_old(world, "public health")
    assert authorities_have_known_sectors(databases=None) == []
    (found,) = authorities_have_known_sectors(databases=["default"])
    assert found.id == "participants.W001"
    assert str(number) in found.msg
    assert "'public health'" in found.msg
    with pytest.raises(Conflict, match="public health"):
        services.verify_organisation(actor=world.exchange.actor, organisation_id=number)
    out = StringIO()
    call_command("correct_sector", str(number), "public health", "health", stdout=out)
    assert out.getvalue().strip() == f"Organisation {number} is the authority of the sector 'health'."
    assert authorities_have_known_sectors(databases=["default"]) == []
    services.verify_organisation(actor=world.exchange.actor, organisation_id=number)
    assert [row.pk for row in selectors.organisations_with_role("sector_authority", sector="health")] == [number]
    event = AuditEvent.objects.get(action="organisation.sector_corrected")
    assert (event.subject_id, event.data) == (str(number), {"from": "public health", "to": "health"})
    with pytest.raises(CommandError, match="known sector"):
        call_command("correct_sector", str(number), "health", "finance")


@pytest.mark.parametrize("confirmed", ["finance", "Finance", ""])
def test_two_spellings_of_a_claim_become_one(world: World, confirmed: str) -> None:
    number = of_old(world, "Finance", "finance")
    since = world.exchange.organisation.verified_at
    OrganisationRole.objects.filter(organisation=number, sector=confirmed).update(confirmed_at=since)
    row = services.correct_sector(actor=SYSTEM, organisation_id=number, wrong="Finance", right="finance")
    assert stored(number) == ["finance"]
    assert OrganisationRole.objects.get(pk=row.pk).confirmed_at == (since if confirmed else None)
    assert AuditEvent.objects.filter(action="organisation.sector_corrected").count() == 1
    assert authorities_have_known_sectors(databases=["default"]) == []


def test_corrections_that_are_refused(world: World) -> None:
    assert world.authority.actor.sectors == {"health"}
    number = of_old(world, "public health")
    OrganisationRole.objects.filter(organisation=number).update(confirmed_at=world.authority.organisation.verified_at)

    def correct(actor: object, wrong: str, right: str) -> None:
        services.correct_sector(actor=actor, organisation_id=number, wrong=wrong, right=right)  # type: ignore[arg-type]

    with pytest.raises(Forbidden):
        correct(world.reviewer.actor, "public health", "finance")
    with pytest.raises(InvalidInput) as refused:
        correct(SYSTEM, "public health", "astrology")
    assert [field.pointer for field in refused.value.fields] == ["/right"]
    with pytest.raises(NotFound):
        correct(SYSTEM, "astrology", "finance")
    with pytest.raises(Conflict, match="Another organisation"):
        correct(SYSTEM, "public health", "health")
    assert stored(number) == ["public health"]
    assert not AuditEvent.objects.filter(action="organisation.sector_corrected").exists()
