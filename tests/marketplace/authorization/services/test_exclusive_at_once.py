"""Sixteen connections at once: on each listing one exclusive licence stands alone, or only others do."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import timezone
from psycopg.errors import DeadlockDetected, ExclusionViolation

from foundation.errors import Conflict
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, ApprovalStep, Grant
from marketplace.authorization.services.grants import revoke_grant
from marketplace.catalog.models import ListingVersion
from tests.at_once import at_once
from tests.factories import World
from tests.marketplace.authorization.asking import UNIFIED, ask, listing, steps

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
"""On each of two listings."""
EXCLUSIVE = 3
"""Of these."""


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed rows, that other connections see."""
    return World()


def wishes(world: World, versions: list[ListingVersion]) -> list[list[AccessRequest]]:
    """Open requests for each version, each at its only step; every buyer has one for either purpose."""
    buyers = [world.organisation("", "buyer") for _ in range(WRITERS // 2)]
    wanted = [(buyer, purpose) for purpose in ("research", "internal_use") for buyer in buyers]
    return [
        [
            ask(world, version, buyer, purpose=purpose, exclusive=at < EXCLUSIVE)
            for at, (buyer, purpose) in enumerate(wanted)
        ]
        for version in versions
    ]


def require_one_alone_or_none(rows: list[AccessRequest], outcomes: list[str]) -> None:
    """What the rule allows: of all that was written at once on one listing one exclusive licence, or every other."""
    standing = set(Grant.objects.filter(request__in=rows).values_list("request_id", flat=True))
    exclusive = {row.pk for row in rows if row.exclusive}
    assert (standing <= exclusive and len(standing) == 1) or standing == {row.pk for row in rows} - exclusive
    assert [outcome == "done" for outcome in outcomes] == [row.pk in standing for row in rows]


def test_approvals_of_exclusive_and_other_licences(world: World) -> None:
    listed = [listing(world, UNIFIED, exclusive_offered=True) for _ in range(2)]
    asked = wishes(world, listed)
    approver = world.approver.actor

    def approval(row: AccessRequest) -> Callable[[], object]:
        step_id = steps(row)[0].pk
        return partial(services.approve_step, actor=approver, step_id=step_id)

    # in turn, so that neither the first listing nor the exclusive ones come first
    order = [row for pair in zip(*asked, strict=True) for row in pair]
    outcomes = dict(zip([row.pk for row in order], at_once(*map(approval, order)), strict=True))
    assert set(outcomes.values()) == {"done", "Conflict"}
    for rows in asked:
        require_one_alone_or_none(rows, [outcomes[row.pk] for row in rows])
        for row in rows:
            row.refresh_from_db()
            step = ApprovalStep.objects.get(request=row)
            granted = Grant.objects.filter(request=row).exists()
            assert (row.state, step.state) == (("approved", "approved") if granted else ("in_approval", "open"))


def test_writers_that_ask_nobody_are_held_to_it_by_the_database(world: World) -> None:
    listed = [listing(world, UNIFIED, exclusive_offered=True) for _ in range(2)]
    asked = wishes(world, listed)
    now = timezone.now()

    def written(row: AccessRequest) -> None:
        try:
            Grant.objects.create(
                request=row,
                listing_id=row.version.listing_id,
                version_id=row.version_id,
                organisation_id=row.organisation_id,
                mode=row.mode,
                level="general_1",
                forms=[row.form],
                agreement={},
                exclusive=row.exclusive,
                starts_at=now,
                ends_at=now + timedelta(days=row.term_days),
            )
        except (IntegrityError, OperationalError) as error:
            # two that wait for each other: the database breaks one off, which is why services go one at a time
            if isinstance(error.__cause__, ExclusionViolation | DeadlockDetected):
                raise Conflict from error
            raise

    order = [row for pair in zip(*asked, strict=True) for row in pair]
    outcomes = at_once(*(partial(written, row) for row in order))
    assert set(outcomes) == {"done", "Conflict"}
    for rows in asked:
        standing = Grant.objects.filter(request__in=rows)
        assert standing.count() == 1 or not standing.filter(exclusive=True).exists()
        assert standing.count() == sum(
            outcome == "done" for row, outcome in zip(order, outcomes, strict=True) if row in rows
        )


def test_a_revocation_and_the_next_licence(world: World) -> None:
    version = listing(world, UNIFIED, exclusive_offered=True)
    first, second = ask(world, version, exclusive=True), ask(world, version, world.other_buyer, exclusive=True)
    approver = world.approver.actor
    services.approve_step(actor=approver, step_id=steps(first)[0].pk)
    grant, step = Grant.objects.get(), steps(second)[0]
    outcomes = at_once(
        lambda: revoke_grant(actor=approver, grant_id=grant.pk, reason="misuse"),
        lambda: services.approve_step(actor=approver, step_id=step.pk),
    )
    assert outcomes[0] == "done"
    assert Grant.objects.filter(state="revoked").count() == 1
    assert Grant.objects.filter(state="active").count() == (outcomes[1] == "done")
    if outcomes[1] != "done":
        assert outcomes[1] == "Conflict"
        services.approve_step(actor=approver, step_id=step.pk)
        assert Grant.objects.get(state="active").request_id == second.pk
