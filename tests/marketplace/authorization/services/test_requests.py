"""Asking: what the table decides is carried out at once, and nothing is left behind by what is refused."""

from typing import Any

import pytest

from foundation.audit.models import Event
from foundation.errors import Conflict, Forbidden, IllegalTransition, InvalidInput, NotFound
from foundation.participants.services import suspend_organisation
from grading.models import Grade
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, ApprovalStep, Grant
from marketplace.catalog import services as catalog
from tests.factories import World, draft_listing
from tests.marketplace.authorization.asking import (
    BY_SCENARIO,
    BY_SECTOR,
    OPEN,
    UNIFIED,
    ask,
    listing,
    regrade,
    scenario_parties,
    states,
    steps,
    winter_roads,
)

ONE_DAY: dict[str, Any] = {"purpose": "research", "form": "original", "term_days": 1}


def nothing_written() -> bool:
    return not (
        AccessRequest.objects.exists()
        or ApprovalStep.objects.exists()
        or Grant.objects.exists()
        or Event.objects.filter(action__startswith="access_request.").exists()
    )


def test_open_data_is_granted_at_once(world: World) -> None:
    version = listing(world, OPEN)
    request = ask(world, version, term_days=3650)
    assert (request.state, request.mode) == ("approved", "open")
    assert request.closed_at is not None
    assert steps(request) == []
    grant = Grant.objects.get(request=request)
    assert (grant.state, grant.forms, grant.level, grant.obligations) == ("active", ["original"], "general_1", [])
    assert grant.organisation_id == world.buyer.organisation_id
    assert (grant.version_id, grant.listing_id) == (version.pk, version.listing_id)
    assert (grant.ends_at - grant.starts_at).days == 3650
    actions = Event.objects.filter(subject_type__in=["access_request", "grant"]).order_by("pk")
    assert [event.action for event in actions] == [
        "access_request.submitted",
        "access_request.approved",
        "grant.issued",
    ]


def test_the_decision_is_kept_with_its_inputs_row_and_version(world: World) -> None:
    request = ask(world, listing(world, UNIFIED, region="210100"))
    assert request.decision["inputs"] == {
        "origin": "enterprise",
        "sector": "transport",
        "level": "general_1",
        "supply_mode": "licensed",
        "scenario": None,
        "provider_region": "21",
        "buyer_region": "21",
        "purpose": "research",
        "category": "transport",
        "consent_basis": None,
        "accreditations": {},
        "reviewed": {},
    }
    assert request.decision["rule_id"] == "unified_general"
    assert request.decision["table_code"] == "national_default"
    assert request.decision["table_version"] == "1.1.0"


def test_public_services_go_to_the_exchange(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    assert (request.state, request.mode) == ("in_approval", "centralized_unified")
    (step,) = steps(request)
    assert (step.approver, step.organisation_id, step.state) == ("exchange", world.exchange.organisation_id, "open")
    assert not Grant.objects.exists()


def test_medicine_goes_to_its_authority_then_to_the_exchange(world: World) -> None:
    authority = world.authority.organisation_id
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    assert request.mode == "by_sector"
    assert [(step.approver, step.organisation_id, step.state) for step in steps(request)] == [
        ("sector_authority", authority, "open"),
        ("exchange", world.exchange.organisation_id, "waiting"),
    ]


def test_a_scenario_goes_through_its_levels(world: World) -> None:
    (city, _), (province, _) = scenario_parties(world)
    winter_roads(world, city.organisation_id, province.organisation_id, world.exchange.organisation_id)
    request = ask(world, listing(world, BY_SCENARIO))
    assert request.mode == "by_scenario"
    assert [(step.title, step.organisation_id, step.state) for step in steps(request)] == [
        ("Level 1", city.organisation_id, "open"),
        ("Level 2", province.organisation_id, "waiting"),
        ("Level 3", world.exchange.organisation_id, "waiting"),
    ]


def test_core_data_is_rejected_with_its_rule(world: World) -> None:
    version = listing(world, UNIFIED)
    regrade(world, version, "core")
    request = ask(world, version, form="query", term_days=9999)
    assert (request.state, request.mode) == ("rejected", "refused")
    assert request.outcome_reason == "Core data is not traded."
    assert request.decision["rule_id"] == "core_refused"
    assert steps(request) == []
    assert not Grant.objects.exists()
    event = Event.objects.get(action="access_request.refused")
    assert event.data == {"rule": "core_refused", "table": "national_default", "version": "1.1.0"}


def test_a_sector_without_authority_is_named(world: World) -> None:
    version = listing(world, BY_SECTOR)
    with pytest.raises(Conflict, match="'health' has no confirmed authority"):
        ask(world, version, form="masked")
    assert nothing_written()


def test_a_scenario_that_is_not_set_up_is_named(world: World) -> None:
    version = listing(world, BY_SCENARIO)
    with pytest.raises(Conflict, match="'winter_roads', which has no levels"):
        ask(world, version)
    assert nothing_written()


def test_a_chain_through_a_party_is_refused_at_once(world: World) -> None:
    both = world.organisation("Road Institute", "buyer", "scenario_authority", kind="institution")
    winter_roads(world, both.organisation_id)
    version = listing(world, BY_SCENARIO)
    with pytest.raises(Conflict, match="'Road Institute' would have to approve and is a party itself"):
        ask(world, version, buyer=both)
    assert nothing_written()


def test_a_suspended_approver_is_named(world: World) -> None:
    ((city, _), _) = scenario_parties(world)
    winter_roads(world, city.organisation_id)
    suspend_organisation(actor=world.exchange.actor, organisation_id=city.organisation_id, reason="inquiry")
    version = listing(world, BY_SCENARIO)
    with pytest.raises(Conflict, match="'City Traffic Office' would have to approve and is not verified"):
        ask(world, version)
    assert nothing_written()


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"purpose": "product_development"}, ["/purpose"]),
        ({"purpose": "world_domination", "form": "paper", "term_days": 0}, ["/purpose", "/form", "/term_days"]),
        ({"download_limit": 0}, ["/download_limit"]),
        ({"form": "aggregate"}, ["/form"]),
        ({"term_days": 731}, ["/term_days"]),
        ({"form": "query", "term_days": 731}, ["/form", "/term_days"]),
    ],
)
def test_wishes_that_cannot_be_met_name_their_fields(
    world: World, changes: dict[str, Any], pointers: list[str]
) -> None:
    version = listing(world, UNIFIED)
    with pytest.raises(InvalidInput) as refused:
        ask(world, version, **changes)
    assert [field.pointer for field in refused.value.fields] == pointers
    assert nothing_written()


def test_the_original_of_protected_data_cannot_be_had(world: World) -> None:
    assert world.authority
    version = listing(world, BY_SECTOR)
    with pytest.raises(InvalidInput) as refused:
        ask(world, version, form="original")
    (field,) = refused.value.fields
    assert field.params == {"rule": "sector_protected", "forms": "masked"}
    assert nothing_written()


def test_only_buyers_ask(world: World) -> None:
    version = listing(world, UNIFIED)
    unverified = world.organisation("Newcomer", "buyer", verified=False)
    auditor = world.colleague(world.buyer, "auditor")
    for party, rule in (
        (world.other_provider, "participants.role_needed"),
        (unverified, "participants.verified_only"),
        (auditor, "authorization.operator_needed"),
    ):
        with pytest.raises(Forbidden) as refused:
            ask(world, version, buyer=party)
        assert refused.value.rule == rule
    assert nothing_written()


def test_nobody_asks_for_its_own_listing(world: World) -> None:
    both = world.organisation("Producer and Buyer", "provider", "buyer")
    version = listing(world, UNIFIED, provider=both)
    with pytest.raises(Forbidden) as refused:
        ask(world, version, buyer=both)
    assert refused.value.rule == "authorization.own_listing"
    assert nothing_written()


def test_what_is_not_published_is_not_found(world: World) -> None:
    draft = draft_listing(world)
    wanted: dict[str, Any]
    for wanted in ({"listing_id": draft.listing_id}, {"version_id": draft.pk}, {"version_id": 10**9}):
        with pytest.raises(NotFound):
            services.request_access(actor=world.buyer.actor, **{**ONE_DAY, **wanted})
    assert nothing_written()


def test_either_a_listing_or_a_version(world: World) -> None:
    version = listing(world, UNIFIED)
    wanted: dict[str, Any]
    for wanted in ({}, {"listing_id": version.listing_id, "version_id": version.pk}):
        with pytest.raises(InvalidInput, match="either a listing or a version"):
            services.request_access(actor=world.buyer.actor, **{**ONE_DAY, **wanted})
    request = services.request_access(
        actor=world.buyer.actor, purpose="research", form="original", term_days=1, version_id=version.pk
    )
    assert request.version_id == version.pk


def test_one_open_request_for_the_same_thing(world: World) -> None:
    version = listing(world, UNIFIED)
    first = ask(world, version)
    with pytest.raises(Conflict, match="open request for this already"):
        ask(world, version)
    assert AccessRequest.objects.count() == 1
    assert ask(world, version, purpose="internal_use").pk != first.pk
    assert ask(world, version, buyer=world.other_buyer).pk != first.pk
    services.withdraw_request(actor=world.buyer.actor, request_id=first.pk)
    assert ask(world, version).state == "in_approval"


def test_data_whose_level_is_being_decided_anew(world: World) -> None:
    version = listing(world, UNIFIED)
    Grade.objects.filter(asset=version.distributions.get().asset).update(state="superseded")
    with pytest.raises(Conflict, match="level is being decided anew"):
        ask(world, version)
    assert nothing_written()


def test_withdrawing_voids_the_chain(world: World) -> None:
    assert world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    services.withdraw_request(actor=world.buyer.actor, request_id=request.pk)
    assert states(request) == ("withdrawn", ["void", "void"], 0)
    with pytest.raises(IllegalTransition):
        services.withdraw_request(actor=world.buyer.actor, request_id=request.pk)


def test_only_the_buyer_withdraws(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    before = states(request)
    for party in (world.provider, world.exchange, world.approver, world.colleague(world.buyer, "auditor")):
        with pytest.raises(Forbidden):
            services.withdraw_request(actor=party.actor, request_id=request.pk)
    with pytest.raises(NotFound):
        services.withdraw_request(actor=world.other_buyer.actor, request_id=request.pk)
    assert states(request) == before == ("in_approval", ["open"], 0)


def test_a_withdrawn_listing_grants_nothing(world: World) -> None:
    version = listing(world, UNIFIED)
    request = ask(world, version)
    catalog.withdraw_version(actor=world.provider.actor, version_id=version.pk)
    with pytest.raises(Conflict, match="'withdrawn': nothing can be granted"):
        services.approve_step(actor=world.approver.actor, step_id=steps(request)[0].pk)
    assert states(request) == ("in_approval", ["open"], 0)


def test_a_raised_level_needs_a_new_request(world: World) -> None:
    version = listing(world, UNIFIED)
    request = ask(world, version)
    regrade(world, version, "general_4")
    with pytest.raises(Conflict, match="raised since the request"):
        services.approve_step(actor=world.approver.actor, step_id=steps(request)[0].pk)
    assert states(request) == ("in_approval", ["open"], 0)
    regrade(world, version, "general_1")
    services.approve_step(actor=world.approver.actor, step_id=steps(request)[0].pk)
    assert states(request) == ("approved", ["approved"], 1)
