"""What makes a match right or wrong besides publications: licences, accreditations, rules, and the index itself."""

from typing import Any

import pytest

from foundation.actors import system
from foundation.jobs.models import Job
from foundation.participants.models import Accreditation
from foundation.rulebooks.in_force import in_force
from marketplace.authorization import services as services_of_grants
from marketplace.authorization.models import Grant
from marketplace.matching import finding, services, tasks
from marketplace.matching.models import Demand, IndexedListing, IndexPosting, IndexSegment
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from tests.factories import World, published_listing
from tests.marketplace.authorization.asking import BY_SECTOR, OPEN, UNIFIED, accredit, ask, listing
from tests.marketplace.matching.demands import found, matched, opened
from tests.marketplace.matching.test_finding import licence
from tests.marketplace.matching.test_tasks import Unhurried

pytestmark = pytest.mark.django_db


def eligible(demand: Demand) -> list[tuple[int, str]]:
    return [(row.listing_id, row.state) for row in found(demand) if row.eligible]


def test_what_was_taken_up_outlives_an_index_that_has_yet_to_be_written(world: World) -> None:
    version = published_listing(world)
    demand = opened(world.buyer)
    matched(demand)
    services.accept_match(actor=world.buyer.actor, match_id=found(demand)[0].pk)
    for table in (IndexedListing, IndexPosting, IndexSegment):  # as a release before the index left it
        table.objects.all().delete()
    tasks.match_listing(Unhurried(), subject_id=version.pk)
    assert eligible(demand) == [(version.listing_id, "accepted")]
    IndexedListing.objects.update(provider=None, level="")  # as a release before constraints left it
    tasks.match_demand(Unhurried(), subject_id=demand.pk)
    assert eligible(demand) == [(version.listing_id, "accepted")]
    assert IndexedListing.objects.get().provider_id == world.provider.organisation_id


def test_an_index_that_says_more_than_the_decision_table_asks_is_read(world: World) -> None:
    version = published_listing(world)
    IndexedListing.objects.update(access={"consent_basis": None, "asked_once": "yes"})
    demand = opened(world.buyer)
    matched(demand)
    assert eligible(demand) == [(version.listing_id, "proposed")]


def test_who_buys_and_who_loses_a_licence_moves_the_matches_of_others(world: World) -> None:
    version = listing(world, UNIFIED, title="Flight delays", exclusive_offered=True)
    demand, exclusive = (opened(world.buyer, text="flight", exclusive=wish) for wish in (False, True))
    elsewhere = opened(world.buyer, text="hospital", exclusive=True)
    matched(demand), matched(exclusive), matched(elsewhere)
    ask(world, listing(world, OPEN, title="Licensed to somebody"), world.other_buyer)
    plain = Grant.objects.get()
    assert Job.objects.get(kind="matching.match_licensed").arguments == {"subject_id": plain.pk}
    assert tasks.match_licensed(Unhurried(), subject_id=plain.pk) == {"demands": 1}  # shows it as a near miss
    alone = licence(plain, version, exclusive=True)
    assert tasks.match_licensed(Unhurried(), subject_id=alone.pk) == {"demands": 2}
    assert (eligible(demand), eligible(exclusive)) == ([], [])
    services_of_grants.revoke_grant(actor=system("authorization"), grant_id=alone.pk, reason="sold by mistake")
    assert tasks.match_licensed(Unhurried(), subject_id=alone.pk) == {"demands": 2}
    assert [row[0] for row in eligible(demand)] == [row[0] for row in eligible(exclusive)] == [version.listing_id]
    beside = licence(alone, version, exclusive=False)
    assert tasks.match_licensed(Unhurried(), subject_id=beside.pk) == {"demands": 1}
    assert (len(eligible(demand)), eligible(exclusive)) == (1, [])


def test_a_new_accreditation_opens_what_was_refused_to_its_holder(world: World) -> None:
    said: dict[str, Any] = {**BY_SECTOR, "title": "Flight delays"}
    version = published_listing(world, **said)
    demand, other = (opened(party, text="flight", sector="") for party in (world.buyer, world.other_buyer))
    matched(demand), matched(other)
    assert eligible(demand) == []
    accredit(world.buyer)
    for row in Accreditation.objects.filter(claimed_via=world.buyer.organisation_id):
        assert tasks.match_accredited(Unhurried(), subject_id=row.pk) == {"demands": 1}
    assert (eligible(demand), eligible(other)) == ([(version.listing_id, "proposed")], [])
    assert tasks.match_accredited(Unhurried(), subject_id=0) == {"demands": 0}


def test_a_wish_named_twice_is_one(world: World) -> None:
    demand = opened(world.buyer, formats=["csv", "csv", "xlsx"], supply_modes=["open"] * 9, columns=["a", "b", "a"])
    assert (demand.formats, demand.supply_modes, demand.columns) == (["csv", "xlsx"], ["open"], ["a", "b"])


def test_what_is_looked_at_has_a_bound_however_many_are_as_relevant(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    several = [published_listing(world) for _one in range(3)]
    demand = opened(world.buyer)
    weights = in_force(MATCHING_WEIGHTS).rules
    assert len(finding.Finder(demand, weights).find(best=1, near=0).results) == 3
    monkeypatch.setattr(finding, "MOST_LOOKED_AT", 2)
    (first, second) = finding.Finder(demand, weights).find(best=1, near=0).results
    assert [first.listing_id, second.listing_id] == [version.listing_id for version in several[:2]]
    assert (first.eligible, bool(first.terms)) == (True, True)
