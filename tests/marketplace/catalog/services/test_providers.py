"""A suspended provider takes its published listings with it; a reinstated one brings none of them back."""

import pytest
from django.urls import reverse

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.notifications.models import Notification
from foundation.notifications.rendering import render
from foundation.participants import services as participants
from foundation.participants.models import Organisation
from marketplace.authorization.decisions import HandOver, permit
from marketplace.catalog import services, states, tasks
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.reasons import PROVIDER_SUSPENDED
from marketplace.delivery import services as delivery
from tests.factories import World, draft_listing, published_listing, submitted_listing
from tests.marketplace.authorization.asking import granted
from tests.marketplace.delivery.fetching import linked, token_of

KIND = "catalog.suspend_with_provider"


@pytest.fixture
def world(db: None) -> World:
    return World()


def suspended(world: World) -> int:
    """The provider, suspended; the jobs that follow have not run."""
    number = world.provider.organisation_id
    participants.suspend_organisation(actor=world.exchange.actor, organisation_id=number, reason="Under inquiry.")
    return number


def follow(kind: str = KIND) -> Job:
    """What a worker does with the jobs that wait."""
    for job in Job.objects.filter(kind=kind, state="queued").order_by("pk"):
        jobs.execute(job.pk)
    newest = Job.objects.filter(kind=kind).latest("pk")
    assert (newest.state, newest.error_code) == ("succeeded", "")
    return newest


def in_states() -> dict[int, str]:
    return dict(ListingVersion.objects.values_list("pk", "state"))


def test_published_listings_go_with_their_provider_and_others_stay(world: World) -> None:
    public = [published_listing(world), published_listing(world)]
    others = {draft_listing(world).pk: states.DRAFT, submitted_listing(world).pk: states.IN_REVIEW}
    other = published_listing(world, provider=world.other_provider)
    number = suspended(world)
    assert follow().result == {"suspended": 2}
    assert in_states() == {**others, other.pk: states.PUBLISHED, **{row.pk: states.SUSPENDED for row in public}}
    recorded = AuditEvent.objects.filter(action="listing.suspended").order_by("pk")
    assert [(e.subject_id, e.actor_kind, e.data["reason"]) for e in recorded] == [
        (str(row.pk), "system", "The provider is suspended.") for row in public
    ]
    follow("tell.catalog.listing_suspended")
    told = Notification.objects.filter(kind="catalog.listing_suspended", recipient=world.provider.user)
    assert sorted(told.values_list("subject_id", flat=True)) == sorted(row.pk for row in public)
    assert world.anonymous.get(f"/api/v1/versions/{public[0].pk}").status_code == 404
    assert world.anonymous.get(f"/api/v1/versions/{other.pk}").status_code == 200
    seen = world.reviewer.client.get(f"/api/v1/versions/{public[0].pk}").json()
    assert (seen["state"], seen["state_reason"]) == ("suspended", PROVIDER_SUSPENDED)
    page = reverse("admin:catalog_listingversion_change", args=[public[0].pk])
    assert "提供方已被暂停。" in world.reviewer.admin.get(page, headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "The provider is suspended." in world.reviewer.admin.get(page).content.decode()
    assert Organisation.objects.get(pk=number).state == "suspended"


def test_the_reinstated_provider_gets_nothing_back_by_itself(world: World) -> None:
    version = published_listing(world)
    number = suspended(world)
    follow()
    with pytest.raises(Conflict, match="not verified at present"):
        services.reinstate_version(actor=world.reviewer.actor, version_id=version.pk)
    participants.reinstate_organisation(actor=world.exchange.actor, organisation_id=number)
    for job in Job.objects.filter(state="queued").exclude(kind__startswith="matching."):
        jobs.execute(job.pk)
    assert in_states() == {version.pk: states.SUSPENDED}
    notice = Notification.objects.get(kind="participants.organisation_reinstated")
    (shown,) = render(world.provider.actor, [notice])
    assert "stay so until the exchange reinstates each" in shown.text
    services.reinstate_version(actor=world.reviewer.actor, version_id=version.pk)
    assert in_states() == {version.pk: states.PUBLISHED}


def test_a_provider_reinstated_before_the_job_keeps_its_listings(world: World) -> None:
    version = published_listing(world)
    number = suspended(world)
    participants.reinstate_organisation(actor=world.exchange.actor, organisation_id=number)
    assert follow().result == {"suspended": 0}
    assert in_states() == {version.pk: states.PUBLISHED}
    assert not AuditEvent.objects.filter(action="listing.suspended").exists()


def test_nobody_but_the_system_does_it(world: World) -> None:
    number = suspended(world)
    with pytest.raises(Forbidden):
        services.suspend_with_provider(None, actor=world.exchange.actor, organisation_id=number)  # type: ignore[arg-type]
    assert tasks.ACTOR.is_system


@pytest.mark.parametrize("side", ["provider", "buyer"])
def test_grants_of_a_suspended_party_open_nothing(world: World, side: str) -> None:
    grant = granted(world)
    token = token_of(linked(world, grant))
    number = getattr(world, side).organisation_id
    participants.suspend_organisation(actor=world.exchange.actor, organisation_id=number, reason="Under inquiry.")
    party = "holder" if side == "buyer" else "provider"
    with pytest.raises(Forbidden) as refused:  # before any job has run
        delivery.begin_download(token=token)
    assert refused.value.rule == f"delivery.{party}_not_verified"
    follow()
    answer = permit(grant, HandOver(grant.forms[0], grant.organisation_id, None), now=grant.starts_at)
    listing = ["listing_not_available"] if side == "provider" else []
    assert [reason.code for reason in answer.verdict.reasons] == [f"{party}_not_verified", *listing]
    grant.refresh_from_db()
    assert (grant.state, grant.downloads_used) == ("active", 0)
    participants.reinstate_organisation(actor=world.exchange.actor, organisation_id=number)
    if side == "buyer":
        assert b"".join(delivery.begin_download(token=token).stream())
    else:
        with pytest.raises(Forbidden, match="suspended"):
            delivery.begin_download(token=token)
