"""The terms are accepted by the holder, as they were read, once; what was agreed stays as it is."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foundation.audit.models import Event
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.participants import services as registration
from marketplace.authorization import services
from marketplace.authorization.agreement import terms_digest
from marketplace.authorization.models import Grant
from tests.factories import Party, World
from tests.marketplace.authorization.asking import BY_SECTOR, OPEN, accepted, ask, granted, listing, steps
from tests.marketplace.delivery.fetching import prepared


def fresh(world: World) -> Grant:
    """A grant whose terms nobody has accepted."""
    return Grant.objects.get(request=ask(world, listing(world, OPEN)))


def accept(grant: Grant, party: Party, sha256: str = "") -> Grant:
    digest = sha256 or terms_digest(grant.agreement)
    return services.accept_terms(actor=party.actor, grant_id=grant.pk, sha256=digest)


def test_nothing_is_handed_over_before_and_all_of_it_after(world: World) -> None:
    grant = fresh(world)
    with pytest.raises(Forbidden) as refused:
        prepared(grant, world.buyer)
    assert refused.value.rule == "delivery.terms_not_accepted"
    assert "its holder reads and accepts them first" in str(refused.value)
    shown = world.buyer.client.get(f"/api/v1/grants/{grant.pk}").json()
    assert shown["accepted_at"] is None
    accept(grant, world.buyer, shown["agreement_sha256"])
    assert prepared(grant, world.buyer).state == "ready"


def test_who_when_and_which_text_is_kept_and_audited(world: World) -> None:
    grant = fresh(world)
    accept(grant, world.buyer)
    grant.refresh_from_db()
    assert grant.accepted_by == world.buyer.user
    assert grant.terms_digest == terms_digest(grant.agreement)
    event = Event.objects.get(action="grant.terms_accepted")
    assert (event.subject_id, event.actor_user_id) == (str(grant.pk), world.buyer.user.pk)
    assert event.data == {"terms_sha256": grant.terms_digest}
    first = grant.accepted_at
    again = accept(grant, world.colleague(world.buyer, "operator"))
    assert (again.accepted_at, again.accepted_by) == (first, world.buyer.user)
    assert Event.objects.filter(action="grant.terms_accepted").count() == 1


def test_who_is_suspended_accepts_nothing(world: World) -> None:
    grant = fresh(world)
    actor, holder = world.exchange.actor, world.buyer.organisation_id
    registration.suspend_organisation(actor=actor, organisation_id=holder, reason="fees unpaid")
    with pytest.raises(Forbidden) as refused:
        accept(grant, world.buyer)
    assert refused.value.rule == "participants.verified_only"
    grant.refresh_from_db()
    assert (grant.accepted_at, Event.objects.filter(action="grant.terms_accepted").exists()) == (None, False)
    registration.reinstate_organisation(actor=actor, organisation_id=holder)
    assert accept(grant, world.buyer).accepted_at is not None


def test_only_the_holder_s_operators_and_what_they_have_read(world: World) -> None:
    grant = fresh(world)
    for party, error in (
        (world.provider, Forbidden),
        (world.approver, Forbidden),
        (world.exchange, Forbidden),
        (world.colleague(world.buyer, "auditor"), Forbidden),
        (world.other_buyer, NotFound),
    ):
        with pytest.raises(error):
            accept(grant, party)
    with pytest.raises(InvalidInput, match="/sha256"):
        accept(grant, world.buyer, "0" * 64)
    grant.refresh_from_db()
    assert (grant.accepted_at, grant.accepted_by, grant.terms_digest) == (None, None, "")
    assert not Event.objects.filter(action="grant.terms_accepted").exists()
    services.revoke_grant(actor=world.approver.actor, grant_id=grant.pk, reason="misuse")
    with pytest.raises(Conflict, match="revoked"):
        accept(grant, world.buyer)


EDITS: list[dict[str, Any]] = [
    {"agreement": {}},
    {"columns": ["name"]},
    {"forms": ["masked"]},
    {"obligations": ["masking"]},
    {"row_limit": 10},
    {"byte_limit": None, "download_limit": 5},
    {"exclusive": True},
    {"accepted_by": None, "accepted_at": None, "terms_digest": ""},
    {"terms_digest": "f" * 64},
    {"bytes_sent": 9},
    {"rows_sent": 2},
    {"downloads_used": 0},
]


def test_the_database_keeps_what_was_agreed_and_the_meter(world: World) -> None:
    grant = granted(world)
    Grant.objects.filter(pk=grant.pk).update(bytes_sent=10, rows_sent=3, downloads_used=1)
    for change in EDITS:
        with pytest.raises(IntegrityError, match=f"grant {grant.pk}"), transaction.atomic():
            Grant.objects.filter(pk=grant.pk).update(**change)
    Grant.objects.filter(pk=grant.pk).update(bytes_sent=11, downloads_used=1)


def test_what_the_row_demanded_is_kept_with_the_grant(world: World) -> None:
    assert granted(world).demanded == []
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked")
    for party, step in zip((authority, world.approver), steps(request), strict=True):
        services.approve_step(actor=party.actor, step_id=step.pk)
    grant = Grant.objects.get(request=request)
    assert grant.demanded == [{"data_security_capability": 2, "data_security_training": 1}]
    assert Event.objects.get(action="grant.issued", subject_id=str(grant.pk)).data["demanded"] == grant.demanded
    Grant.objects.filter(pk=grant.pk).update(demanded=None)  # as a former version of the exchange left it
    assert accepted(grant).demanded == [{"data_security_capability": 2, "data_security_training": 1}]
