"""Incidents: reported by who sees the thing, suspending it at once, closed by others, resuming nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from foundation.audit.models import Event
from foundation.errors import Forbidden, IllegalTransition, InvalidInput, NotFound
from foundation.participants.models import Membership
from marketplace.authorization.models import Grant
from marketplace.catalog.models import ListingVersion
from marketplace.delivery.services import TransferInterrupted, begin_download
from marketplace.delivery.services.transfers import STRIDE
from marketplace.incidents import selectors, services
from marketplace.incidents.models import Incident
from marketplace.incidents.services import Concerned
from tests.factories import Party, World
from tests.marketplace.authorization.asking import OPEN, granted, listing
from tests.marketplace.delivery.fetching import MIB, linked, prepared, table, token_of


def report(world: World, party: Party | None = None, **said: Any) -> Incident:
    """A leak, reported by the provider unless it is somebody else."""
    concerned = Concerned(**{name: said.pop(name) for name in ("listings", "grants", "deliveries") if name in said})
    told: dict[str, Any] = {"kind": "leak", "description": "The table is on a public site.", "concerned": concerned}
    return services.report_incident(actor=(party or world.provider).actor, **{**told, **said})


def states(grant: Grant) -> tuple[str, str]:
    """Of the grant, and of its listing version."""
    grant.refresh_from_db()
    return grant.state, ListingVersion.objects.get(pk=grant.version_id).state


def test_a_report_changes_nothing_until_the_exchange_looks_into_it(world: World) -> None:
    grant, other = granted(world), granted(world, purpose="internal_use")
    delivery = prepared(other, world.buyer)
    incident = report(world, listings=[grant.listing_id], grants=[grant.pk], deliveries=[delivery.pk])
    assert (incident.state, incident.organisation_id) == ("reported", world.provider.organisation_id)
    assert (states(grant), states(other)) == (("active", "published"), ("active", "published"))
    services.investigate_incident(actor=world.approver.actor, incident_id=incident.pk)
    assert (states(grant), states(other)) == (("suspended", "suspended"), ("suspended", "published"))
    assert grant.state_cause == {"code": "incident", "incident": incident.pk}
    seen = world.buyer.client.get(f"/api/v1/grants/{grant.pk}").json()
    assert seen["state_reason"] == f"The exchange looks into incident {incident.pk}, which concerns it."
    assert incident.subjects.filter(suspended_at=None).count() == 0
    actions = Event.objects.filter(subject_type="incident").order_by("pk").values_list("action", "data")
    subjects = {"listings": [grant.listing_id], "grants": [grant.pk], "deliveries": [delivery.pk]}
    assert list(actions) == [
        ("incident.reported", {"kind": "leak", **subjects}),
        ("incident.investigating", {"suspended": 3}),
    ]


def test_the_exchange_suspends_with_the_report_and_a_running_download_stops(world: World) -> None:
    grant = granted(world, content=table(STRIDE + 2 * MIB))
    stream = begin_download(token=token_of(linked(world, grant))).stream()
    sent = [len(next(stream))]
    incident = report(world, world.approver, grants=[grant.pk], suspend=True)
    assert incident.state == "investigating"
    with pytest.raises(TransferInterrupted):
        sent.extend(len(piece) for piece in stream)
    grant.refresh_from_db()
    assert sum(sent) == STRIDE == grant.bytes_sent
    assert states(grant) == ("suspended", "published")


def test_what_is_suspended_already_is_left_and_an_investigation_may_suspend_nothing(world: World) -> None:
    grant = granted(world)
    first = report(world, world.approver, grants=[grant.pk], suspend=True)
    second = report(world, world.approver, grants=[grant.pk, grant.pk], suspend=True)
    assert second.subjects.get().suspended_at is None
    grant.refresh_from_db()
    assert grant.state_cause["incident"] == first.pk
    spared = granted(world, purpose="internal_use")
    third = report(world, grants=[spared.pk])
    services.investigate_incident(actor=world.approver.actor, incident_id=third.pk, suspend=False)
    assert states(spared) == ("active", "published")


def test_its_end_resumes_nothing(world: World) -> None:
    grant = granted(world)
    incident = report(world, world.approver, listings=[grant.listing_id], grants=[grant.pk], suspend=True)
    services.close_incident(actor=world.exchange.actor, incident_id=incident.pk, reason="The copy was synthetic.")
    incident.refresh_from_db()
    assert (incident.state, incident.outcome) == ("closed", "The copy was synthetic.")
    assert incident.closed_by == world.exchange.user
    assert states(grant) == ("suspended", "suspended")
    with pytest.raises(IllegalTransition):
        services.investigate_incident(actor=world.approver.actor, incident_id=incident.pk)
    with pytest.raises(IllegalTransition):
        services.close_incident(actor=world.approver.actor, incident_id=incident.pk, reason="again")


def test_who_may_do_what(world: World) -> None:
    grant = granted(world)
    with pytest.raises(Forbidden) as refused:
        report(world, grants=[grant.pk], suspend=True)
    assert refused.value.rule == "participants.exchange_only"
    with pytest.raises(InvalidInput, match="/grants/0"):
        report(world, world.other_buyer, grants=[grant.pk])
    assert not Incident.objects.exists()
    incident = report(world, grants=[grant.pk])
    for party, error in (
        (world.provider, Forbidden),
        (world.reviewer, Forbidden),
        (world.auditor, Forbidden),
        (world.buyer, NotFound),
        (world.other_provider, NotFound),
    ):
        with pytest.raises(error):
            services.investigate_incident(actor=party.actor, incident_id=incident.pk)
    services.investigate_incident(actor=world.approver.actor, incident_id=incident.pk)
    Membership.objects.create(organisation=world.buyer.organisation, user=world.approver.user, roles=["auditor"])
    with pytest.raises(Forbidden) as refused:
        services.close_incident(actor=world.approver.actor, incident_id=incident.pk, reason="Nothing happened.")
    assert refused.value.rule == "incidents.party"
    incident.refresh_from_db()
    assert incident.state == "investigating"


def test_who_sees_it(world: World) -> None:
    grant = granted(world)
    prepared_by_buyer = prepared(grant, world.buyer)
    by_holder = report(world, world.buyer, deliveries=[prepared_by_buyer.pk])
    by_provider = report(world, grants=[grant.pk])
    for party, seen in (
        (world.buyer, {by_holder}),
        (world.provider, {by_holder, by_provider}),
        (world.auditor, {by_holder, by_provider}),
        (world.other_buyer, set()),
    ):
        assert set(selectors.visible_incidents(party.actor)) == seen


def test_a_provider_reads_of_it_what_is_its_own_and_not_who_reported_it(world: World) -> None:
    own, others = granted(world), listing(world, OPEN, provider=world.other_provider)
    incident = report(world, world.buyer, grants=[own.pk], listings=[others.listing_id])
    of_grant = {"listing": None, "grant": own.pk, "delivery": None, "suspended_at": None}
    of_listing = {**of_grant, "listing": others.listing_id, "grant": None}
    for party, subjects, reporter in (
        (world.provider, [of_grant], None),
        (world.other_provider, [of_listing], None),
        (world.buyer, [of_listing, of_grant], world.buyer.organisation_id),
        (world.approver, [of_listing, of_grant], world.buyer.organisation_id),
    ):
        seen = party.client.get(f"/api/v1/incidents/{incident.pk}").json()
        assert seen["subjects"] == subjects
        assert (seen["organisation"] or {}).get("id") == reporter


def test_what_nobody_could_look_into_is_refused(world: World) -> None:
    known = listing(world, OPEN).listing_id
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"kind": "gossip"}, "/kind"),
        ({"description": "  "}, "/description"),
        ({"description": "a\x00b"}, "/description"),
        ({"occurred_at": timezone.now() + timedelta(hours=1)}, "/occurred_at"),
        ({"listings": []}, "/listings"),
        ({"listings": [10**9]}, "/listings/0"),
    ]
    for said, pointer in wrong:
        with pytest.raises(InvalidInput) as refused:
            report(world, **{"listings": [known], **said})
        assert [field.pointer for field in refused.value.fields] == [pointer]
    assert not Incident.objects.exists()


def test_pages_of_the_admin(world: World) -> None:
    grant = granted(world)
    incident = report(world, grants=[grant.pk])
    address = f"/admin/incidents/incident/{incident.pk}"
    browser = world.approver.admin
    page = browser.get(f"{address}/change/").content.decode()
    assert (f"{address}/actions/investigate" in page, f"{address}/actions/close" in page) == (True, False)
    assert "Done." in browser.post(f"{address}/actions/investigate", follow=True).content.decode()
    assert states(grant) == ("suspended", "published")
    browser.post(f"{address}/actions/close", {"reason": "A false alarm."})
    incident.refresh_from_db()
    assert (incident.state, incident.outcome) == ("closed", "A false alarm.")
