"""Preparing: the holder's, decided by the decision point, once a file."""

import pytest

from foundation.audit.models import Event
from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.jobs.models import Job
from marketplace.authorization.services import revoke_grant
from marketplace.delivery import services
from marketplace.delivery.models import Delivery
from tests.factories import World
from tests.marketplace.authorization.asking import OPEN, granted, listing
from tests.marketplace.delivery.fetching import file_of, prepared


def test_the_original_is_ready_at_once(world: World) -> None:
    grant = granted(world)
    delivery = prepared(grant, world.buyer)
    assert (delivery.state, delivery.form, delivery.filename) == ("ready", "original", "table.csv")
    assert delivery.blob is None
    assert delivery.ready_at is not None
    assert not Job.objects.filter(kind="delivery.mask").exists()
    actions = Event.objects.filter(subject_type="delivery").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["delivery.requested", "delivery.ready"]


def test_asking_twice_gives_the_same_delivery(world: World) -> None:
    grant = granted(world, form="masked")
    first, second = prepared(grant, world.buyer), prepared(grant, world.buyer)
    assert first.pk == second.pk
    assert first.filename == "table.masked.csv"
    assert Job.objects.filter(kind="delivery.mask", subject_id=first.pk).count() == 1


def test_a_failed_job_is_tried_again_on_demand(world: World) -> None:
    grant = granted(world, form="masked")
    delivery = prepared(grant, world.buyer)
    Job.objects.filter(subject_type="delivery").update(state="running", attempt=3)
    assert prepared(grant, world.buyer).pk == delivery.pk
    assert Job.objects.filter(subject_type="delivery").count() == 1
    Job.objects.filter(subject_type="delivery").update(state="failed", finished_at="2024-01-01T00:00Z")
    assert prepared(grant, world.buyer).pk == delivery.pk
    assert list(Job.objects.filter(subject_type="delivery").order_by("pk").values_list("state", flat=True)) == [
        "failed",
        "queued",
    ]


def test_only_the_holder_has_files_prepared(world: World) -> None:
    grant = granted(world)
    for party in (world.exchange, world.approver, world.provider, world.colleague(world.buyer, "auditor")):
        with pytest.raises(Forbidden) as caught:
            prepared(grant, party)
        assert caught.value.rule == "delivery.holder_only"
    for party in (world.other_buyer, world.other_provider):
        with pytest.raises(NotFound):
            prepared(grant, party)
    assert not Delivery.objects.exists()


def test_a_file_of_another_listing_is_not_covered(world: World) -> None:
    grant = granted(world)
    other = listing(world, OPEN, provider=world.other_provider).distributions.get()
    with pytest.raises(InvalidInput, match="/distribution"):
        services.prepare_delivery(actor=world.buyer.actor, grant_id=grant.pk, distribution_id=other.pk)
    assert not Delivery.objects.exists()


def test_a_refusal_is_recorded_and_nothing_else(world: World) -> None:
    grant = granted(world)
    revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    with pytest.raises(Forbidden) as caught:
        prepared(grant, world.buyer)
    assert caught.value.rule == "delivery.grant_not_active"
    assert not Delivery.objects.exists()
    event = Event.objects.get(action="delivery.refused")
    assert event.data["distribution"] == file_of(grant).pk
    assert event.data["decision"]["reasons"] == [{"code": "grant_not_active", "state": "revoked"}]
