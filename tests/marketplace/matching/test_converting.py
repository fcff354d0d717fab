"""A match that was taken up is converted by the grant that it led to."""

from datetime import timedelta

import pytest
from django.db.models import F

from foundation.audit.selectors import timeline
from foundation.jobs.models import Job
from marketplace.authorization import services as authorization
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.services.grants import revoke_grant
from marketplace.catalog import services as catalog
from marketplace.catalog.models import ListingVersion
from marketplace.matching import services, tasks
from marketplace.matching.models import Judgment, Match
from tests.factories import World
from tests.marketplace.authorization.asking import OPEN, UNIFIED, ask, listing, steps
from tests.marketplace.matching.demands import SYSTEM, found, matched, opened
from tests.marketplace.matching.test_tasks import Unhurried

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(world: World) -> ListingVersion:
    return listing(world, UNIFIED, exclusive_offered=True)


@pytest.fixture
def match(world: World, version: ListingVersion) -> Match:
    """Of the world's buyer, taken up."""
    demand = opened(world.buyer)
    matched(demand)
    return services.accept_match(actor=world.buyer.actor, match_id=found(demand)[0].pk)


def granted(world: World, request: AccessRequest) -> Grant:
    authorization.approve_step(actor=world.approver.actor, step_id=steps(request)[0].pk)
    return Grant.objects.get(request=request)


def followed(grant: Grant) -> None:
    """As the job does it that the event of the grant starts."""
    tasks.match_licensed(Unhurried(), subject_id=grant.pk)


def told(match: Match) -> tuple[str, int | None, list[str]]:
    """State, grant, and what the audit log says of the match."""
    match.refresh_from_db()
    return match.state, match.grant_id, [event.action for event in timeline(("match", match.pk))]


def test_the_grant_converts_it_and_what_becomes_of_the_grant_undoes_nothing(
    world: World, version: ListingVersion, match: Match
) -> None:
    request = ask(world, version, exclusive=True)
    assert told(match) == ("accepted", None, ["match.accepted"])
    grant = granted(world, request)
    assert Job.objects.get(kind="matching.match_licensed").arguments == {"subject_id": grant.pk}
    for _twice in range(2):
        followed(grant)
        assert told(match) == ("converted", grant.pk, ["match.accepted", "match.converted"])
    event = timeline(("match", match.pk)).get(action="match.converted")
    assert event.data == {
        "demand": match.demand_id,
        "listing": version.listing_id,
        "version": version.pk,
        "grant": grant.pk,
    }
    assert list(Judgment.objects.order_by("pk").values_list("source", "grade", "listing")) == [
        ("accepted", 3, version.listing_id),
        ("converted", 3, version.listing_id),
    ]
    revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    followed(grant)
    catalog.withdraw_version(actor=world.provider.actor, version_id=version.pk)
    tasks.match_listing(Unhurried(), subject_id=version.pk)
    assert told(match) == ("converted", grant.pk, ["match.accepted", "match.converted"])


def test_a_request_that_is_refused_or_still_open_changes_nothing(
    world: World, version: ListingVersion, match: Match
) -> None:
    request = ask(world, version)
    assert services.convert_matches(actor=SYSTEM, grant_id=0) == 0
    authorization.reject_step(
        actor=world.approver.actor, step_id=steps(request)[0].pk, ground="scope_too_wide", reason="Too wide."
    )
    matched(match.demand)
    assert told(match) == ("accepted", None, ["match.accepted"])


def test_whose_grant_of_what_converts(world: World, version: ListingVersion, match: Match) -> None:
    theirs = opened(world.other_buyer)
    matched(theirs)
    (proposed,) = found(theirs)
    followed(granted(world, ask(world, version, world.other_buyer)))  # another buyer's
    followed(Grant.objects.get(request=ask(world, listing(world, OPEN, title="Hospital beds"))))  # of something else
    assert told(match)[0] == "accepted"
    assert told(proposed) == ("proposed", None, [])  # nobody has taken it up
    services.close_demand(actor=world.buyer.actor, demand_id=match.demand_id)
    followed(granted(world, ask(world, version)))
    assert told(match)[0] == "converted"  # whether the demand is open does not matter
    services.accept_match(actor=world.other_buyer.actor, match_id=proposed.pk)
    grant = Grant.objects.get(listing=version.listing_id, organisation=world.other_buyer.organisation_id)
    assert told(proposed) == ("converted", grant.pk, ["match.accepted", "match.converted"])


@pytest.mark.parametrize("earlier", ["asked for before", "renewed"])
def test_what_was_to_be_had_anyway_is_no_conversion(
    world: World, version: ListingVersion, match: Match, earlier: str
) -> None:
    demand = opened(world.buyer)
    matched(demand)
    first = granted(world, ask(world, version))
    AccessRequest.objects.update(created_at=F("created_at") - timedelta(seconds=1))
    if earlier == "renewed":
        request = ask(world, version, renews=first)
        assert AccessRequest.objects.get(pk=request.pk).renews_id == first.pk
        followed(granted(world, request))
    followed(first)
    assert told(match) == ("accepted", None, ["match.accepted"])
    late = services.accept_match(actor=world.buyer.actor, match_id=found(demand)[0].pk)
    assert told(late) == ("accepted", None, ["match.accepted"])
