"""Writing drafts: what is wrong is named, what is stale is refused, and another organisation's is not there."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound, StaleVersion
from marketplace.catalog import services, states
from marketplace.catalog.models import Listing, ListingVersion, ProvenanceStep, RightDeclaration
from marketplace.catalog.services import DeclaredRight, DeclaredStep
from tests.factories import World, add_file, draft, draft_listing, published_listing, submitted_listing


def test_a_draft_is_kept_as_it_was_said(world: World) -> None:
    said = draft(world.provider, tags=["a", " a ", "b"], title="  Flights ")
    version = services.create_listing(actor=world.provider.actor, draft=said)
    version.refresh_from_db()
    assert (version.number, version.state, version.revision) == (1, states.DRAFT, 1)
    assert version.listing.organisation_id == world.provider.organisation_id
    assert (version.title, version.tags, version.price, version.currency) == (
        "Flights",
        ["a", "b"],
        Decimal("1200.00"),
        "CNY",
    )
    assert version.terms == dict(said.terms)
    assert [(r.right, r.holder_id) for r in version.rights.all()] == [
        (right, world.provider.organisation_id) for right in ("holding", "processing", "operation")
    ]
    assert [(s.position, s.kind, s.performed_on) for s in version.provenance.all()] == [
        (1, "collection", date(2013, 12, 31)),
        (2, "cleaning", date(2014, 2, 1)),
    ]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": " "}, "/title"),
    ({"title": "x" * 301}, "/title"),
    ({"description": "nul\x00"}, "/description"),
    ({"sector": "astrology"}, "/sector"),
    ({"origin": "found"}, "/origin"),
    ({"supply_mode": "stolen"}, "/supply_mode"),
    ({"supply_mode": "open", "exclusive_offered": True}, "/exclusive_offered"),
    ({"region": "2102"}, "/region"),
    ({"region": "２１０２００"}, "/region"),
    ({"scenario": "Über"}, "/scenario"),
    ({"purposes": ["research", "war"]}, "/purposes/1"),
    ({"purposes": ["research", "research"]}, "/purposes"),
    ({"price": Decimal(-1)}, "/price"),
    ({"price": Decimal("1.001")}, "/price"),
    ({"price": Decimal("NaN")}, "/price"),
    ({"price": Decimal(10) ** 12}, "/price"),
    ({"price_unit": "kilo"}, "/price_unit"),
    ({"currency": "yuan"}, "/currency"),
    ({"terms": {"wishes": "x"}}, "/terms"),
    ({"terms": {"scope": "nul\x00"}}, "/terms/scope"),
    ({"update_frequency": "hourly"}, "/update_frequency"),
    ({"temporal_start": date(2014, 1, 1), "temporal_end": date(2013, 1, 1)}, "/temporal_end"),
    ({"tags": ["ok", ""]}, "/tags/1"),
    ({"tags": [f"t{n}" for n in range(101)]}, "/tags"),
    ({"rights": [DeclaredRight("ownership", 0, "b", "e")]}, "/rights/0/right"),
    ({"provenance": [DeclaredStep("theft", "x", date(2020, 1, 1), "none", "none")]}, "/provenance/0/kind"),
    ({"provenance": [DeclaredStep("collection", "x", date(2020, 1, 1), " ", "e")]}, "/provenance/0/lawful_basis"),
]


@pytest.mark.parametrize(("changes", "pointer"), WRONG)
def test_what_is_wrong_is_named(world: World, changes: dict[str, Any], pointer: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        services.create_listing(actor=world.provider.actor, draft=draft(world.provider, **changes))
    assert pointer in [field.pointer for field in refused.value.fields]
    assert not Listing.objects.exists()


def test_holders_are_organisations_that_the_provider_can_know(world: World) -> None:
    hidden = world.organisation("Hidden", "provider", verified=False)
    for holder in (hidden.organisation_id, 10**9):
        right = DeclaredRight("holding", holder, "b", "e")
        with pytest.raises(InvalidInput) as refused:
            services.create_listing(actor=world.provider.actor, draft=draft(world.provider, rights=[right]))
        assert [field.pointer for field in refused.value.fields] == ["/rights/0/holder"]


def test_each_right_is_declared_once(world: World) -> None:
    twice = [DeclaredRight("holding", world.provider.organisation_id, "b", "e")] * 2
    with pytest.raises(InvalidInput) as refused:
        services.create_listing(actor=world.provider.actor, draft=draft(world.provider, rights=twice))
    assert [field.pointer for field in refused.value.fields] == ["/rights"]


@pytest.mark.parametrize("who", ["buyer", "authority", "exchange", "unverified"])
def test_only_verified_providers_list(world: World, who: str) -> None:
    party = (
        world.organisation("New", "provider", verified=False)
        if who == "unverified"
        else {"buyer": world.buyer, "authority": world.authority, "exchange": world.exchange}[who]
    )
    with pytest.raises(Forbidden):
        services.create_listing(actor=party.actor, draft=draft(party))
    assert not Listing.objects.exists()


def test_an_edit_replaces_everything_and_counts_the_revision(world: World) -> None:
    version = draft_listing(world)
    said = draft(world.provider, title="Changed", rights=[], provenance=[], price=Decimal(0))
    edited = services.edit_draft(
        actor=world.provider.actor, version_id=version.pk, draft=said, expected_revision=version.revision
    )
    edited.refresh_from_db()
    assert (edited.title, edited.revision, edited.price) == ("Changed", 2, Decimal("0.00"))
    assert not RightDeclaration.objects.exists()
    assert not ProvenanceStep.objects.exists()
    assert AuditEvent.objects.latest("pk").data["changed"] == ["price", "title"]


def test_of_two_edits_from_the_same_revision_the_second_is_stale(world: World) -> None:
    version = draft_listing(world)

    def edit(title: str) -> None:
        said = draft(world.provider, title=title)
        services.edit_draft(actor=world.provider.actor, version_id=version.pk, draft=said, expected_revision=1)

    edit("First")
    with pytest.raises(StaleVersion):
        edit("Second")
    version.refresh_from_db()
    assert (version.title, version.revision) == ("First", 2)


def test_what_was_submitted_is_not_edited(world: World) -> None:
    version = submitted_listing(world)
    with pytest.raises(Conflict, match="in_review"):
        services.edit_draft(
            actor=world.provider.actor,
            version_id=version.pk,
            draft=draft(world.provider, title="Late"),
            expected_revision=version.revision,
        )
    assert not ListingVersion.objects.filter(title="Late").exists()


def test_nobody_edits_for_another(world: World) -> None:
    version, public = draft_listing(world), published_listing(world)
    said = draft(world.other_provider, title="Mine")
    for party, target, refusal in (
        (world.other_provider, version, NotFound),
        (world.other_provider, public, Forbidden),
        (world.exchange, version, Forbidden),
        (world.colleague(world.provider, "auditor"), version, Forbidden),
    ):
        with pytest.raises(refusal):
            services.edit_draft(actor=party.actor, version_id=target.pk, draft=said, expected_revision=target.revision)
    assert not ListingVersion.objects.filter(title="Mine").exists()


def test_a_new_version_begins_with_the_files_of_the_current_one(world: World) -> None:
    first = published_listing(world)
    second = services.revise_listing(
        actor=world.provider.actor, listing_id=first.listing_id, draft=draft(world.provider, title="Second", tags=[])
    )
    assert (second.number, second.state, second.title, second.tags) == (2, states.DRAFT, "Second", [])
    assert list(second.distributions.values_list("asset_id", "title", "media_type")) == list(
        first.distributions.values_list("asset_id", "title", "media_type")
    )
    with pytest.raises(Conflict, match="unpublished version"):
        services.revise_listing(actor=world.provider.actor, listing_id=first.listing_id, draft=draft(world.provider))
    assert ListingVersion.objects.filter(listing_id=first.listing_id).count() == 2


def test_nobody_revises_for_another(world: World) -> None:
    public, hidden = published_listing(world), draft_listing(world)
    for listing_id, refusal in ((public.listing_id, Forbidden), (hidden.listing_id, NotFound)):
        with pytest.raises(refusal):
            services.revise_listing(
                actor=world.other_provider.actor, listing_id=listing_id, draft=draft(world.other_provider)
            )
    assert ListingVersion.objects.count() == 2


# -- completeness, asked for on submission ---------------------------------------------------------------------------


def _gaps(world: World, **changes: Any) -> list[str]:
    version = draft_listing(world, **changes)
    if changes.pop("with_file", True):
        add_file(world.provider, version)
    with pytest.raises(InvalidInput) as refused:
        services.submit_version(actor=world.provider.actor, version_id=version.pk)
    version.refresh_from_db()
    assert version.state == states.DRAFT
    return [field.pointer for field in refused.value.fields]


def test_an_empty_draft_hears_of_all_its_gaps_at_once(world: World) -> None:
    version = draft_listing(world, description="", rights=[], provenance=[], terms={})
    with pytest.raises(InvalidInput) as refused:
        services.submit_version(actor=world.provider.actor, version_id=version.pk)
    assert [field.pointer for field in refused.value.fields] == [
        "/description",
        "/rights",
        "/rights",
        "/rights",
        "/provenance",
        "/terms/purpose",
        "/terms/scope",
        "/terms/duties",
        "/terms/liability",
        "/files",
    ]


def test_who_does_not_hold_the_operation_right_does_not_list(world: World) -> None:
    complete = draft(world.provider)
    rights = [
        replace(r, holder_id=world.other_provider.organisation_id) if r.right == "operation" else r
        for r in complete.rights
    ]
    assert _gaps(world, rights=rights) == ["/rights"]


def test_the_other_two_rights_may_be_held_by_others(world: World) -> None:
    complete = draft(world.provider)
    rights = [
        r if r.right == "operation" else replace(r, holder_id=world.other_provider.organisation_id)
        for r in complete.rights
    ]
    version = draft_listing(world, rights=rights)
    add_file(world.provider, version)
    assert services.submit_version(actor=world.provider.actor, version_id=version.pk).state == states.IN_REVIEW


def test_personal_data_needs_its_basis(world: World) -> None:
    assert _gaps(world, origin="personal") == ["/consent_basis"]


def test_open_data_is_free(world: World) -> None:
    assert _gaps(world, supply_mode="open") == ["/price"]


def test_the_step_of_collection_cannot_be_left_out_or_lie_ahead(world: World) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    cleaning = DeclaredStep("cleaning", "x", tomorrow, "contract", "log")
    assert _gaps(world, provenance=[cleaning]) == ["/provenance/0/performed_on", "/provenance"]
