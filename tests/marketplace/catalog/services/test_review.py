"""The life of a listing version: every row of the table works, every other cell is refused and changes nothing."""

from collections.abc import Callable
from copy import copy
from itertools import permutations
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foundation.actors import ANONYMOUS
from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden, IllegalTransition, InvalidInput, NotFound
from foundation.events.models import Event
from foundation.participants import services as registration
from foundation.participants.models import Membership
from grading import services as grading
from marketplace.catalog import services, states
from marketplace.catalog.models import Listing, ListingVersion
from tests.factories import (
    Party,
    World,
    add_file,
    draft,
    draft_listing,
    examined,
    published_listing,
    submitted_listing,
)

Act = Callable[[World, ListingVersion], Any]

ACTS: dict[str, Act] = {
    "submit": lambda w, v: services.submit_version(actor=w.provider.actor, version_id=v.pk),
    "return": lambda w, v: services.return_version(actor=w.reviewer.actor, version_id=v.pk, reason="Explain step 2."),
    "publish": lambda w, v: services.publish_version(actor=w.reviewer.actor, version_id=v.pk),
    "suspend": lambda w, v: services.suspend_version(actor=w.reviewer.actor, version_id=v.pk, reason="Complaint 7."),
    "reinstate": lambda w, v: services.reinstate_version(actor=w.reviewer.actor, version_id=v.pk),
    "withdraw": lambda w, v: services.withdraw_version(actor=w.provider.actor, version_id=v.pk),
}
RECORDED = {
    "submit": "listing.submitted",
    "return": "listing.returned",
    "publish": "listing.published",
    "suspend": "listing.suspended",
    "reinstate": "listing.reinstated",
    "withdraw": "listing.withdrawn",
}


def _in_state(world: World, state: str) -> ListingVersion:
    """A version that came into `state` by the services."""
    version = submitted_listing(world)
    if state == states.DRAFT:
        ACTS["return"](world, version)
    if state in (states.PUBLISHED, states.SUSPENDED, states.SUPERSEDED):
        ACTS["publish"](world, version)
    if state in (states.SUSPENDED, states.WITHDRAWN):
        ACTS["suspend" if state == states.SUSPENDED else "withdraw"](world, version)
    if state == states.SUPERSEDED:
        newer = services.revise_listing(
            actor=world.provider.actor, listing_id=version.listing_id, draft=draft(world.provider)
        )
        ACTS["submit"](world, newer)
        ACTS["publish"](world, newer)
    version.refresh_from_db()
    assert version.state == state
    return version


def _everything() -> tuple[Any, ...]:
    """All that a refused act must leave as it was."""
    return (
        list(ListingVersion.objects.order_by("pk").values()),
        list(Listing.objects.order_by("pk").values()),
        Event.objects.count(),
        AuditEvent.objects.count(),
    )


class Made:
    """A world with a version in every state; a test works on copies, since it is rolled back and they are not."""

    def __init__(self) -> None:
        self.world = World()
        self._versions = {state: _in_state(self.world, state) for state in states.LISTING_VERSION.states}
        assert self.world.provider.actor
        assert self.world.reviewer.actor

    def version(self, state: str) -> ListingVersion:
        return copy(self._versions[state])


@pytest.fixture(scope="class")
def made(class_db: None) -> Made:
    return Made()


class TestTheTable:
    """Every cell, on versions that are made once."""

    @pytest.fixture
    def world(self, made: Made, db: None) -> World:
        return copy(made.world)

    @pytest.mark.parametrize("state", states.LISTING_VERSION.states)
    @pytest.mark.parametrize("event", ACTS)
    def test_every_cell_of_the_table(self, world: World, made: Made, event: str, state: str) -> None:
        version = made.version(state)
        before = _everything()
        if not states.LISTING_VERSION.allows(event, state):
            with pytest.raises(IllegalTransition) as refused:
                ACTS[event](world, version)
            assert refused.value.params == {"machine": "Listing version", "event": event, "state": state}
            assert _everything() == before
            return
        ACTS[event](world, version)
        revision = version.revision
        version.refresh_from_db()
        assert version.state == states.LISTING_VERSION.target(event, state)
        assert version.revision == revision + 1
        recorded = AuditEvent.objects.order_by("-pk")[0]
        assert (recorded.action, recorded.subject_type, recorded.subject_id) == (
            RECORDED[event],
            "listing_version",
            str(version.pk),
        )

    @pytest.mark.parametrize(
        ("source", "target"), sorted({*permutations(states.LISTING_VERSION.states, 2)} - states.LISTING_VERSION.pairs)
    )
    def test_the_database_refuses_what_the_table_does_not_list(
        self, world: World, made: Made, source: str, target: str
    ) -> None:
        version = made.version(source)
        with (
            pytest.raises(IntegrityError, match=r"illegal transition of catalog_listingversion\.state") as refused,
            transaction.atomic(),
        ):
            ListingVersion.objects.filter(pk=version.pk).update(state=target)
        assert getattr(refused.value.__cause__, "sqlstate", "") == "23514"
        version.refresh_from_db()
        assert version.state == source

    @pytest.mark.parametrize("event", ACTS)
    @pytest.mark.parametrize(
        "who",
        [
            "provider",
            "provider's reviewer",
            "other provider",
            "buyer",
            "exchange approver",
            "exchange auditor",
            "exchange reviewer",
            "exchange administrator",
            "authority",
        ],
    )
    def test_who_may_do_what(self, world: World, made: Made, event: str, who: str) -> None:
        version = made.version(START_OF[event])
        party = _stranger(who, world)
        before = _everything()
        if who in ALLOWED[event]:
            _called(event, party, version)
            version.refresh_from_db()
            assert version.state == states.LISTING_VERSION.target(event, START_OF[event])
            return
        sees = party.actor.is_exchange or party.organisation_id == version.listing.organisation_id
        public = version.state == states.PUBLISHED
        with pytest.raises(Forbidden if sees or public else NotFound):
            _called(event, party, version)
        assert _everything() == before


def test_publication_is_told_to_those_who_subscribed(world: World) -> None:
    version = published_listing(world)
    assert version.published_at is not None
    of_version = Event.objects.filter(subject_type="listing_version").order_by("pk")
    assert list(of_version.values_list("name", "subject_id")) == [
        ("listing.submitted", version.pk),
        ("listing.published", version.pk),
    ]


def test_only_versions_that_were_public_are_told_to_be_withdrawn(world: World) -> None:
    services.withdraw_version(actor=world.provider.actor, version_id=draft_listing(world).pk)
    assert not Event.objects.filter(subject_type="listing_version").exists()
    services.withdraw_version(actor=world.provider.actor, version_id=published_listing(world).pk, reason="Sold.")
    of_version = Event.objects.filter(subject_type="listing_version").order_by("pk")
    assert list(of_version.values_list("name", flat=True)) == [
        "listing.submitted",
        "listing.published",
        "listing.withdrawn",
    ]
    assert ListingVersion.objects.get(state_reason="Sold.").state == states.WITHDRAWN


# -- who may ---------------------------------------------------------------------------------------------------------

BY_PROVIDER = ("submit", "withdraw")


def _called(event: str, party: Party, version: ListingVersion) -> Any:
    reason = {"reason": "A reason."} if event in ("return", "suspend") else {}
    service = getattr(services, f"{event}_version")
    return service(actor=party.actor, version_id=version.pk, **reason)


def _stranger(name: str, world: World) -> Party:
    parties: dict[str, Callable[[], Party]] = {
        "provider": lambda: world.provider,
        "provider's reviewer": lambda: world.colleague(world.provider, "reviewer", "auditor"),
        "other provider": lambda: world.other_provider,
        "buyer": lambda: world.buyer,
        "exchange approver": lambda: world.approver,
        "exchange auditor": lambda: world.auditor,
        "exchange reviewer": lambda: world.reviewer,
        "exchange administrator": lambda: world.exchange,
        "authority": lambda: world.authority,
    }
    return parties[name]()


ALLOWED = {
    **{event: {"provider"} for event in BY_PROVIDER},
    **{
        event: {"exchange reviewer", "exchange administrator"}
        for event in ("return", "publish", "suspend", "reinstate")
    },
}
START_OF = {
    "submit": states.DRAFT,
    "withdraw": states.PUBLISHED,
    "return": states.IN_REVIEW,
    "publish": states.IN_REVIEW,
    "suspend": states.PUBLISHED,
    "reinstate": states.SUSPENDED,
}


def test_nobody_known_may_do_nothing(world: World) -> None:
    public, hidden = published_listing(world), submitted_listing(world)
    before = _everything()
    with pytest.raises(Forbidden):
        services.suspend_version(actor=ANONYMOUS, version_id=public.pk, reason="x")
    with pytest.raises(NotFound):
        services.publish_version(actor=ANONYMOUS, version_id=hidden.pk)
    with pytest.raises(NotFound):
        services.publish_version(actor=world.reviewer.actor, version_id=10**9)
    assert _everything()[:3] == before[:3]


def test_a_second_membership_does_not_publish_for_the_other_organisation(world: World) -> None:
    version = submitted_listing(world)
    reviewer = world.colleague(world.exchange, "reviewer")
    Membership.objects.create(organisation_id=world.provider.organisation_id, user=reviewer.user, roles=["auditor"])
    with pytest.raises(Forbidden) as refused:
        services.publish_version(actor=reviewer.actor, version_id=version.pk)
    assert refused.value.rule == "catalog.not_own_organisation"
    version.refresh_from_db()
    assert version.state == states.IN_REVIEW


def test_an_unverified_provider_submits_nothing_and_is_not_published(world: World) -> None:
    drafted, in_review, suspended = draft_listing(world), submitted_listing(world), _in_state(world, states.SUSPENDED)
    assert world.reviewer.actor
    registration.suspend_organisation(
        actor=world.exchange.actor, organisation_id=world.provider.organisation_id, reason="Licence expired."
    )
    before = _everything()
    with pytest.raises(Forbidden) as refused:
        services.submit_version(actor=world.provider.actor, version_id=drafted.pk)
    assert refused.value.rule == "participants.verified_only"
    for event, version in (("publish", in_review), ("reinstate", suspended)):
        with pytest.raises(Conflict, match="not verified"):
            ACTS[event](world, version)
    assert _everything() == before


# -- what publication asks for ---------------------------------------------------------------------------------------


def test_publication_needs_a_decided_grade_of_every_file(world: World) -> None:
    version = submitted_listing(world, level=None)
    before = _everything()[:3]
    with pytest.raises(Conflict, match=r"missing for: table\.csv"):
        ACTS["publish"](world, version)
    assert _everything()[:3] == before


def test_one_graded_file_of_two_does_not_suffice(world: World) -> None:
    version = submitted_listing(world)
    ACTS["return"](world, version)
    add_file(world.provider, version, filename="second.csv")
    ACTS["submit"](world, version)
    with pytest.raises(Conflict, match=r"missing for: second\.csv"):
        ACTS["publish"](world, version)


def test_nothing_is_published_while_a_file_is_being_examined(world: World) -> None:
    version = submitted_listing(world)
    grading.reexamine(actor=world.provider.actor, asset_id=version.distributions.get().asset_id)
    before = _everything()[:3]
    with pytest.raises(Conflict, match=r"missing for: table\.csv"):
        ACTS["publish"](world, version)
    assert _everything()[:3] == before


def test_core_data_is_never_published(world: World) -> None:
    version = submitted_listing(world, level="core")
    with pytest.raises(Forbidden) as refused:
        ACTS["publish"](world, version)
    assert refused.value.rule == "catalog.core_never_published"
    version.refresh_from_db()
    assert version.state == states.IN_REVIEW


@pytest.mark.parametrize("event", ["return", "suspend"])
@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501, "nul\x00"])
def test_who_sends_back_or_suspends_says_why(world: World, event: str, reason: str) -> None:
    version = _in_state(world, START_OF[event])
    with pytest.raises(InvalidInput) as refused:
        getattr(services, f"{event}_version")(actor=world.reviewer.actor, version_id=version.pk, reason=reason)
    assert [field.pointer for field in refused.value.fields] == ["/reason"]
    version.refresh_from_db()
    assert version.state == START_OF[event]


# -- one current version a listing -----------------------------------------------------------------------------------


def _next_in_review(world: World, published: ListingVersion) -> ListingVersion:
    newer = services.revise_listing(
        actor=world.provider.actor, listing_id=published.listing_id, draft=draft(world.provider, title="Corrected")
    )
    submitted = services.submit_version(actor=world.provider.actor, version_id=newer.pk)
    examined(newer.distributions.get().asset)  # the title is another
    return submitted


def test_a_newer_version_supersedes_the_published_one(world: World) -> None:
    first = published_listing(world)
    second = _next_in_review(world, first)
    services.publish_version(actor=world.reviewer.actor, version_id=second.pk)
    first.refresh_from_db()
    assert (first.state, second.number) == (states.SUPERSEDED, 2)
    of_versions = Event.objects.filter(subject_type="listing_version").order_by("pk")
    assert list(of_versions.values_list("name", "subject_id")) == [
        ("listing.submitted", first.pk),
        ("listing.published", first.pk),
        ("listing.submitted", second.pk),
        ("listing.superseded", first.pk),
        ("listing.published", second.pk),
    ]


def test_no_newer_version_slips_past_a_suspension(world: World) -> None:
    first = published_listing(world)
    second = _next_in_review(world, first)
    services.suspend_version(actor=world.reviewer.actor, version_id=first.pk, reason="Incident.")
    with pytest.raises(Conflict, match="Version 1 of this listing is suspended"):
        services.publish_version(actor=world.reviewer.actor, version_id=second.pk)
    second.refresh_from_db()
    assert second.state == states.IN_REVIEW
