"""The database lets stand together what a small model lets stand together, and the question asked beforehand agrees."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import CheckViolation, ExclusionViolation, ForeignKeyViolation

from marketplace.authorization.exclusivity import in_the_way
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.catalog.models import ListingVersion
from tests.factories import World
from tests.marketplace.authorization.asking import UNIFIED, ask, listing

FIRST_DAY = datetime(2027, 1, 1, tzinfo=UTC)
MOVES = {
    "active": ("suspended", "revoked", "expired"),
    "suspended": ("active", "revoked", "expired"),
    "revoked": (),
    "expired": (),
}


@dataclass
class Licence:
    """What the model knows of a grant; days from the first, the end excluded."""

    place: int
    exclusive: bool
    first: int
    end: int
    state: str = "active"

    def excludes(self, other: "Licence") -> bool:
        days = set(range(self.first, self.end)) & set(range(other.first, other.end))
        standing = {self.state, other.state} <= {"active", "suspended"}
        return self.place == other.place and standing and bool(days) and (self.exclusive or other.exclusive)


ISSUE = st.builds(
    lambda place, exclusive, first, days: Licence(place, exclusive, first, first + days),
    st.integers(0, 1),
    st.booleans(),
    st.integers(0, 6),
    st.integers(1, 4),
)
MOVE = st.tuples(st.integers(0, 7), st.sampled_from(["active", "suspended", "revoked", "expired"]))


def day(number: int) -> datetime:
    return FIRST_DAY + timedelta(days=number)


def issued(
    request_id: int, version: ListingVersion, *, exclusive: bool, first: int, end: int, listing_id: int = 0
) -> Grant:
    """A row as it is, past the services."""
    return Grant.objects.create(
        request_id=request_id,
        version=version,
        listing_id=listing_id or version.listing_id,
        organisation_id=AccessRequest.objects.values_list("organisation_id", flat=True).get(pk=request_id),
        mode="centralized_unified",
        level="general_1",
        forms=["original"],
        agreement={},
        exclusive=exclusive,
        starts_at=day(first),
        ends_at=day(end),
    )


def two_listings(world: World) -> tuple[list[ListingVersion], list[int]]:
    """Two listings' versions, and the numbers of eight requests that grants may name."""
    versions = [listing(world, UNIFIED), listing(world, UNIFIED)]
    first = ask(world, versions[0])
    row = {
        field.attname: getattr(first, field.attname) for field in AccessRequest._meta.fields if field.attname != "id"
    }
    # an open request of the same kind is there only once: these stand at another purpose each
    copies = [AccessRequest.objects.create(**{**row, "purpose": f"copy_{n}", "state": "submitted"}) for n in range(8)]
    return versions, [copy.pk for copy in copies]


def refused(act: Callable[[], object], error: type[Exception] = ExclusionViolation) -> bool:
    """Whether the database refuses it, for just this reason."""
    try:
        with transaction.atomic():
            act()
    except IntegrityError as refusal:
        if isinstance(refusal.__cause__, error):
            return True
        raise
    return False


def test_what_the_model_lets_stand_the_database_does(world: World) -> None:
    versions, requests = two_listings(world)

    @settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.one_of(ISSUE, MOVE), min_size=3, max_size=14))
    def holds(acts: list[Licence | tuple[int, str]]) -> None:
        with transaction.atomic():
            stood: list[tuple[Grant, Licence]] = []
            for act in acts:
                if isinstance(act, Licence):
                    issue(act, stood)
                elif stood:
                    move(*stood[act[0] % len(stood)], to=act[1])
            transaction.set_rollback(True)

    def issue(drawn: Licence, stood: list[tuple[Grant, Licence]]) -> None:
        wanted = Licence(drawn.place, drawn.exclusive, drawn.first, drawn.end)  # what was drawn is never changed
        request_id = requests[len(stood)] if len(stood) < len(requests) else None
        if request_id is None:
            return
        version = versions[wanted.place]
        excluded = any(wanted.excludes(other) for _grant, other in stood)
        found = in_the_way(
            listing_id=version.listing_id,
            exclusive=wanted.exclusive,
            starts_at=day(wanted.first),
            ends_at=day(wanted.end),
        )
        assert {row.pk for row in found} == {grant.pk for grant, other in stood if wanted.excludes(other)}
        made: list[Grant] = []
        write = partial(issued, request_id, version, exclusive=wanted.exclusive, first=wanted.first, end=wanted.end)
        assert refused(lambda: made.append(write())) == excluded
        stood += [(grant, wanted) for grant in made]

    def move(grant: Grant, licence: Licence, *, to: str) -> None:
        if to in MOVES[licence.state]:
            # never refused: a suspended grant has kept its place, so that it can be resumed
            assert not refused(lambda: Grant.objects.filter(pk=grant.pk).update(state=to))
            licence.state = to

    holds()


def test_a_suspended_grant_keeps_its_place_an_ended_one_does_not(world: World) -> None:
    versions, requests = two_listings(world)
    grant = issued(requests[0], versions[0], exclusive=True, first=0, end=3)
    kept = {}
    for state in ("active", "suspended", "active", "suspended", "revoked"):
        Grant.objects.filter(pk=grant.pk).exclude(state=state).update(state=state)
        for exclusive in (True, False):
            with transaction.atomic():
                write = partial(issued, exclusive=exclusive, end=6)
                overlapping = refused(partial(write, requests[1], versions[0], first=2))
                assert not refused(partial(write, requests[2], versions[1], first=2))
                if overlapping:
                    assert not refused(partial(write, requests[3], versions[0], first=3))
                kept[state, exclusive] = overlapping
                transaction.set_rollback(True)
    assert kept == {
        ("active", True): True,
        ("active", False): True,
        ("suspended", True): True,
        ("suspended", False): True,
        ("revoked", True): False,
        ("revoked", False): False,
    }


def test_neither_terms_nor_the_flag_are_changed_into_what_overlaps(world: World) -> None:
    versions, requests = two_listings(world)
    issued(requests[0], versions[0], exclusive=True, first=0, end=3)
    later = issued(requests[1], versions[0], exclusive=False, first=3, end=5)
    rows = Grant.objects.filter(pk=later.pk)
    assert refused(lambda: rows.update(starts_at=day(2)))
    assert not refused(lambda: rows.update(starts_at=day(4)))
    issued(requests[2], versions[0], exclusive=False, first=3, end=5)
    assert refused(lambda: rows.update(exclusive=True), CheckViolation)  # what was agreed is never edited


def test_a_grant_stands_at_the_listing_of_its_version(world: World) -> None:
    versions, requests = two_listings(world)

    def elsewhere() -> None:
        issued(requests[0], versions[0], exclusive=False, first=0, end=1, listing_id=versions[1].listing_id)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused(elsewhere, ForeignKeyViolation)
    assert not Grant.objects.exists()
