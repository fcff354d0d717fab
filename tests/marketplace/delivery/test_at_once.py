"""Two real connections: what ends a grant, and what is handed over under it. Nothing leaves uncounted or too late."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from foundation.actors import Actor
from foundation.errors import Conflict
from marketplace.authorization.decisions import HandOver
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.services import (
    Reservation,
    approve_step,
    renew_grant,
    reserve_bytes,
    reserve_download,
    resume_grant,
    revoke_grant,
    suspend_grant,
)
from marketplace.delivery.models import Transfer
from marketplace.delivery.services import TransferInterrupted, begin_download
from marketplace.delivery.services.transfers import STRIDE
from tests.factories import World
from tests.marketplace.authorization.asking import UNIFIED, ask, granted, listing, steps
from tests.marketplace.authorization.services.test_concurrency import at_once
from tests.marketplace.delivery.fetching import MIB, linked, table, token_of

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


@pytest.fixture
def world(transactional_db: None) -> World:
    """Committed rows, that other connections see."""
    return World()


def approved(actor: Actor, request: AccessRequest) -> Grant:
    """The grant of a request that the exchange alone approves."""
    (step,) = steps(request)
    approve_step(actor=actor, step_id=step.pk)
    return Grant.objects.get(request=request)


def test_a_download_counts_before_a_suspension_or_not_at_all(world: World) -> None:
    grant, keeper = granted(world, download_limit=ROUNDS), world.approver.actor
    wanted = HandOver("original", grant.organisation_id, world.buyer.user.pk, rows=3)
    allowed = 0
    for _round in range(ROUNDS):
        reserved, _suspended = at_once(
            lambda: reserve_download(grant_id=grant.pk, wanted=wanted),
            lambda: suspend_grant(actor=keeper, grant_id=grant.pk, reason="Checks."),
        )
        assert isinstance(reserved, Reservation)
        allowed += reserved.answer.allowed
        if not reserved.answer.allowed:
            assert [reason.code for reason in reserved.answer.verdict.reasons] == ["grant_not_active"]
        late = reserve_bytes(grant_id=grant.pk, wanted=wanted, count=1)
        assert not late.answer.allowed, "a download that began before is stopped, too"
        grant.refresh_from_db()
        assert (grant.state, grant.downloads_used, grant.rows_sent) == ("suspended", allowed, 3 * allowed)
        assert grant.bytes_sent == 0
        resume_grant(actor=keeper, grant_id=grant.pk)


def test_a_stride_leaves_before_a_revocation_or_not_at_all(world: World) -> None:
    content, keeper = table(STRIDE + 2 * MIB), world.approver.actor
    for _round in range(2):
        grant = granted(world, content=content)
        stream = begin_download(token=token_of(linked(world, grant))).stream()
        sent = [len(next(stream))]

        def fetch(stream: object = stream, sent: list[int] = sent) -> object:
            try:
                sent.extend(len(piece) for piece in stream)  # type: ignore[attr-defined]
            except TransferInterrupted as stopped:
                return stopped
            return timezone.now()

        ended, _revoked = at_once(
            fetch,
            lambda pk=grant.pk: revoke_grant(actor=keeper, grant_id=pk, reason="Misuse."),  # type: ignore[misc]
        )
        grant.refresh_from_db()
        transfer = Transfer.objects.get(delivery__grant=grant)
        assert (grant.state, transfer.finished_at is not None) == ("revoked", True)
        assert sum(sent) == grant.bytes_sent == transfer.bytes_reserved
        if isinstance(ended, TransferInterrupted):
            assert (sum(sent), transfer.interrupted_by) == (STRIDE, "grant_not_active")
        else:
            assert (sum(sent), transfer.interrupted_by) == (len(content), "")
    assert Grant.objects.aggregate(sent=Sum("bytes_sent"))["sent"] >= 2 * STRIDE


def test_a_renewed_exclusive_licence_and_another_buyer_have_one_winner(world: World) -> None:
    version = listing(world, UNIFIED, exclusive_offered=True)
    keeper, second = world.approver.actor, world.colleague(world.exchange, "approver").actor
    former = approved(keeper, ask(world, version, exclusive=True))
    renewal = renew_grant(actor=world.buyer.actor, grant_id=former.pk, term_days=30)
    now = timezone.now()
    Grant.objects.filter(pk=former.pk).update(starts_at=now - timedelta(days=30), ends_at=now)  # it has just ended
    rival = ask(world, version, world.other_buyer, exclusive=True)
    (mine,), (theirs,) = steps(renewal), steps(rival)
    results = at_once(
        lambda: approve_step(actor=keeper, step_id=mine.pk), lambda: approve_step(actor=second, step_id=theirs.pk)
    )
    assert [isinstance(result, Conflict) for result in results].count(True) == 1
    assert Grant.objects.filter(exclusive=True, ends_at__gt=timezone.now()).count() == 1
