"""Suspending, resuming, revoking and expiring: by the right people, along the table, and revocation is final."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.actors import system
from foundation.audit.models import Event
from foundation.errors import Forbidden, IllegalTransition, InvalidInput, NotFound
from foundation.participants.models import Membership
from marketplace.authorization import services
from marketplace.authorization.models import Grant
from tests.factories import World
from tests.marketplace.authorization.asking import BY_SECTOR, ask, granted, listing, steps


def state(grant: Grant) -> str:
    grant.refresh_from_db()
    return grant.state


def test_the_exchange_suspends_and_resumes(world: World) -> None:
    grant = granted(world)
    services.suspend_grant(actor=world.approver.actor, grant_id=grant.pk, reason="incident 4")
    assert (state(grant), grant.state_reason) == ("suspended", "incident 4")
    services.resume_grant(actor=world.exchange.actor, grant_id=grant.pk)
    assert (state(grant), grant.state_reason) == ("active", "")
    with pytest.raises(IllegalTransition):
        services.resume_grant(actor=world.exchange.actor, grant_id=grant.pk)


@pytest.mark.parametrize("party", ["buyer", "provider"])
def test_nobody_lifts_a_suspension_for_a_party_they_belong_to(world: World, party: str) -> None:
    grant = granted(world)
    services.suspend_grant(actor=world.approver.actor, grant_id=grant.pk, reason="incident 4")
    organisation_id = getattr(world, party).organisation_id
    Membership.objects.create(organisation_id=organisation_id, user=world.approver.user, roles=["auditor"])
    with pytest.raises(Forbidden) as refused:
        services.resume_grant(actor=world.approver.actor, grant_id=grant.pk)
    assert refused.value.rule == "authorization.party"
    assert state(grant) == "suspended"


def test_others_do_not(world: World) -> None:
    grant = granted(world)
    events = Event.objects.count()
    for party, error in (
        (world.buyer, Forbidden),
        (world.provider, Forbidden),
        (world.reviewer, Forbidden),
        (world.auditor, Forbidden),
        (world.other_buyer, NotFound),
        (world.authority, NotFound),
    ):
        known = Event.objects.count()
        with pytest.raises(error):
            services.suspend_grant(actor=party.actor, grant_id=grant.pk, reason="no")
        with pytest.raises(error):
            services.revoke_grant(actor=party.actor, grant_id=grant.pk, reason="no")
        assert state(grant) == "active"
        assert Event.objects.count() == known
    assert Event.objects.count() >= events


def test_who_approved_it_may_revoke_it(world: World) -> None:
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    for party, step in zip((authority, world.approver), steps(request), strict=True):
        services.approve_step(actor=party.actor, step_id=step.pk)
    grant = Grant.objects.get(request=request)
    with pytest.raises(Forbidden):
        services.suspend_grant(actor=authority.actor, grant_id=grant.pk, reason="misuse")
    with pytest.raises(Forbidden):
        services.revoke_grant(actor=world.colleague(authority, "operator").actor, grant_id=grant.pk, reason="misuse")
    services.revoke_grant(actor=authority.actor, grant_id=grant.pk, reason="misuse")
    assert (state(grant), grant.state_reason) == ("revoked", "misuse")


def test_revocation_is_final(world: World) -> None:
    grant = granted(world)
    services.revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    attempts: list[Callable[[], Grant]] = [
        lambda: services.resume_grant(actor=world.approver.actor, grant_id=grant.pk),
        lambda: services.suspend_grant(actor=world.approver.actor, grant_id=grant.pk, reason="x"),
        lambda: services.revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="x"),
    ]
    for attempt in attempts:
        with pytest.raises(IllegalTransition):
            attempt()
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(state="active")
    assert (state(grant), grant.state_reason) == ("revoked", "misuse")


@pytest.mark.parametrize("reason", [" ", "r" * 501, "a\x00b"])
def test_reasons_are_needed_and_kept_whole(world: World, reason: str) -> None:
    grant = granted(world)
    for service in (services.suspend_grant, services.revoke_grant):
        with pytest.raises(InvalidInput, match="/reason"):
            service(actor=world.approver.actor, grant_id=grant.pk, reason=reason)
    assert state(grant) == "active"


def test_grants_expire_with_their_term(world: World) -> None:
    over, suspended, running = granted(world), granted(world), granted(world)
    services.suspend_grant(actor=world.approver.actor, grant_id=suspended.pk, reason="incident")
    past = timezone.now() - timedelta(seconds=1)
    Grant.objects.filter(pk__in=[over.pk, suspended.pk]).update(ends_at=past, starts_at=past - timedelta(days=1))
    assert services.expire_grants(actor=system("beat")) == 2
    assert [state(grant) for grant in (over, suspended, running)] == ["expired", "expired", "active"]
    assert Event.objects.filter(action="grant.expired", actor_kind="system").count() == 2
    assert services.expire_grants(actor=system("beat")) == 0
