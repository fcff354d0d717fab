"""Accreditations: who claims and who judges, what a newer one does to an older, and what the database refuses."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden, IllegalTransition, InvalidInput, NotFound
from foundation.events.models import Event
from foundation.participants import selectors, services
from foundation.participants.models import Accreditation, Membership, User
from tests.factories import SYSTEM, Party, World
from tests.foundation.participants.certified import certificate, claimed, confirmed, day, training

DSMM = "data_security_capability"


@pytest.fixture
def world(db: None) -> World:
    return World()


def standing(party: Party, on: date | None = None) -> dict[str, int | None]:
    return dict(selectors.standing_accreditations(party.organisation_id, on=on or day(0)))


def train(world: World, party: Party, user: User, **said: Any) -> Accreditation:
    row = services.claim_accreditation(
        actor=party.actor, organisation_id=party.organisation_id, certificate=training(**said), user_id=user.pk
    )
    return services.confirm_accreditation(actor=world.reviewer.actor, accreditation_id=row.pk)


def happened() -> list[str]:
    named = Event.objects.filter(name__startswith="accreditation.")
    return [name.partition(".")[2] for name in named.order_by("pk").values_list("name", flat=True)]


def test_a_claim_counts_from_its_confirmation_on(world: World) -> None:
    row = claimed(world.provider, scope=" The data platform ")
    assert (row.state, row.scope, row.claimed_by, row.level) == (
        "claimed",
        "The data platform",
        world.provider.user,
        3,
    )
    assert standing(world.provider) == {}
    row = services.confirm_accreditation(actor=world.reviewer.actor, accreditation_id=row.pk)
    assert (row.state, row.decided_by) == ("confirmed", world.reviewer.user)
    assert standing(world.provider) == {DSMM: 3}
    assert happened() == ["claimed", "confirmed"]
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.subject_type, event.subject_id) == (
        "accreditation.confirmed",
        "accreditation",
        str(row.pk),
    )
    assert event.data == {
        "kind": DSMM,
        "level": 3,
        "organisation": world.provider.organisation_id,
        "user": None,
        "valid_from": day(-30).isoformat(),
        "valid_until": day(335).isoformat(),
    }, "neither the number nor what else the certificate says"


def test_what_no_certificate_can_say_is_refused_and_nothing_is_kept(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        claimed(world.provider, level=6)
    assert [error.pointer for error in refused.value.fields] == ["/level"]
    assert not Accreditation.objects.exists()


def test_administrators_claim_for_their_own_organisation_and_its_members(world: World) -> None:
    operator = world.colleague(world.provider, "operator")
    for party, rule in ((operator, "administrator_only"), (world.buyer, "administrator_only")):
        with pytest.raises(Forbidden) as refused:
            services.claim_accreditation(
                actor=party.actor, organisation_id=world.provider.organisation_id, certificate=certificate()
            )
        assert refused.value.rule == f"participants.{rule}"
    newcomer = world.organisation("Newcomers", "buyer", verified=False)
    with pytest.raises(Forbidden) as refused:
        claimed(newcomer)
    assert refused.value.rule == "participants.verified_only"
    for stranger in (world.buyer.user.pk, 10**9):
        with pytest.raises(NotFound):
            claimed(world.provider, user_id=stranger, kind="data_security_training", level=None)
    with pytest.raises(InvalidInput):  # a person has no DSMM
        claimed(world.provider, user_id=operator.user.pk)
    row = claimed(world.provider, user_id=operator.user.pk, kind="data_security_training", level=None)
    assert (row.organisation, row.user, row.claimed_via_id) == (None, operator.user, world.provider.organisation_id)


def test_one_claim_of_a_kind_waits_at_a_time(world: World) -> None:
    first = claimed(world.provider)
    with pytest.raises(Conflict):
        claimed(world.provider)
    assert claimed(world.other_provider).state == "claimed"
    services.withdraw_accreditation(actor=world.provider.actor, accreditation_id=first.pk)
    first.refresh_from_db()
    assert (first.state, first.ended_at is not None) == ("withdrawn", True)
    assert claimed(world.provider).state == "claimed"
    with pytest.raises(IllegalTransition):
        services.withdraw_accreditation(actor=world.provider.actor, accreditation_id=first.pk)


def test_the_exchange_judges_and_nobody_else(world: World) -> None:
    row = claimed(world.provider)
    judging = {"accreditation_id": row.pk}
    for party in (world.provider, world.approver, world.auditor):
        with pytest.raises(Forbidden) as refused:
            services.confirm_accreditation(actor=party.actor, **judging)
        assert refused.value.rule == "participants.exchange_only"
        with pytest.raises(Forbidden):
            services.refuse_accreditation(actor=party.actor, reason="No.", **judging)
    with pytest.raises(NotFound):  # a claim is nobody else's business
        services.confirm_accreditation(actor=world.buyer.actor, **judging)
    with pytest.raises(InvalidInput):
        services.refuse_accreditation(actor=world.exchange.actor, reason=" ", **judging)
    row.refresh_from_db()
    assert row.state == "claimed"
    services.refuse_accreditation(actor=world.exchange.actor, reason=" No such number. ", **judging)
    row.refresh_from_db()
    assert (row.state, row.state_reason, row.decided_by) == ("refused", "No such number.", world.exchange.user)
    assert standing(world.provider) == {}
    with pytest.raises(IllegalTransition):
        services.confirm_accreditation(actor=world.reviewer.actor, **judging)


def test_nobody_judges_what_their_own_organisation_claims(world: World) -> None:
    """Not by another membership either, nor after having left, nor for a person of one's own."""
    reviewer, provider = world.reviewer, world.provider
    _membership, _token = _joined(world, provider, reviewer.user)
    own = claimed(provider)
    guest = world.colleague(world.other_provider, "operator")
    _joined(world, provider, guest.user)
    of_guest = claimed(world.other_provider, user_id=guest.user.pk, kind="data_security_training", level=None)
    services.end_membership(actor=provider.actor, membership_id=_membership.pk)
    for row in (own, of_guest):
        for act in (services.confirm_accreditation, services.refuse_accreditation):
            reason = {"reason": "No."} if act is services.refuse_accreditation else {}
            with pytest.raises(Forbidden) as refused:
                act(actor=reviewer.actor, accreditation_id=row.pk, **reason)
            assert refused.value.rule == "participants.own_accreditation"
        assert services.confirm_accreditation(
            actor=world.second_reviewer.actor, accreditation_id=row.pk
        ).state == "confirmed"  # fmt: skip


def _joined(world: World, party: Party, user: User) -> tuple[Membership, str]:
    _invitation, link = services.invite_member(
        actor=party.actor, organisation_id=party.organisation_id, roles=["operator"]
    )
    return services.accept_invitation(actor=SYSTEM, token=link.rstrip("/").rpartition("/")[2], user=user)


def test_the_exchanges_own_are_confirmed_from_outside_it(world: World) -> None:
    row = claimed(world.exchange)
    with pytest.raises(Forbidden):
        services.confirm_accreditation(actor=world.reviewer.actor, accreditation_id=row.pk)
    assert services.confirm_accreditation(actor=SYSTEM, accreditation_id=row.pk).decided_by is None


def test_a_newer_one_supersedes_from_its_first_day_on(world: World) -> None:
    older = confirmed(world, world.provider, valid_until=day(100))
    newer = confirmed(world, world.provider, level=2, valid_from=day(40), valid_until=day(400), number="2")
    older.refresh_from_db()
    assert (older.state, older.superseded_by, newer.state) == ("superseded", newer, "confirmed")
    found = {offset: standing(world.provider, day(offset)) for offset in (-31, -30, 39, 40, 101, 400, 401)}
    assert found == {-31: {}, -30: {DSMM: 3}, 39: {DSMM: 3}, 40: {DSMM: 2}, 101: {DSMM: 2}, 400: {DSMM: 2}, 401: {}}
    event = AuditEvent.objects.get(action="accreditation.superseded")
    assert (event.subject_id, event.data["by"]) == (str(older.pk), newer.pk)


def test_a_gap_stays_a_gap_and_the_newer_counts_though_it_ends_sooner(world: World) -> None:
    confirmed(world, world.provider, valid_until=day(10))
    confirmed(world, world.provider, valid_from=day(20), valid_until=day(30), number="2")
    assert [bool(standing(world.provider, day(at))) for at in (10, 11, 19, 20, 30, 31)] == [
        True, False, False, True, True, False,
    ]  # fmt: skip
    other = world.other_provider
    confirmed(world, other, level=4, valid_until=day(300))
    confirmed(world, other, level=1, valid_from=day(-1), valid_until=day(5), number="2")
    assert [standing(other, day(at)) for at in (-2, -1, 5, 6, 300)] == [{DSMM: 4}, {DSMM: 1}, {DSMM: 1}, {}, {}]


def test_an_older_one_never_replaces_a_newer(world: World) -> None:
    newer = confirmed(world, world.provider, valid_from=day(5))
    older = claimed(world.provider, number="older")
    with pytest.raises(Conflict) as refused:
        services.confirm_accreditation(actor=world.exchange.actor, accreditation_id=older.pk)
    assert refused.value.params == {"id": newer.pk, "day": day(5).isoformat()}
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.state, newer.state) == ("claimed", "confirmed")
    services.revoke_accreditation(actor=world.exchange.actor, accreditation_id=newer.pk, reason="Entered wrongly.")
    assert services.confirm_accreditation(actor=world.exchange.actor, accreditation_id=older.pk).state == "confirmed"


def test_kinds_do_not_supersede_each_other(world: World) -> None:
    confirmed(world, world.provider)
    confirmed(world, world.provider, kind="personal_information_protection", level=None)
    confirmed(world, world.other_provider, level=5)
    assert standing(world.provider) == {DSMM: 3, "personal_information_protection": None}
    assert standing(world.other_provider) == {DSMM: 5}


def test_revocation_is_final_and_brings_nothing_back(world: World) -> None:
    older = confirmed(world, world.provider)
    newer = confirmed(world, world.provider, valid_from=day(10), number="2")
    with pytest.raises(Forbidden):
        services.revoke_accreditation(actor=world.provider.actor, accreditation_id=newer.pk, reason="x")
    with pytest.raises(InvalidInput):
        services.revoke_accreditation(actor=world.exchange.actor, accreditation_id=newer.pk, reason="")
    services.revoke_accreditation(actor=world.exchange.actor, accreditation_id=newer.pk, reason="Withdrawn by issuer.")
    assert [standing(world.provider, day(at)) for at in (9, 10)] == [{DSMM: 3}, {}]
    services.revoke_accreditation(actor=world.exchange.actor, accreditation_id=older.pk, reason="That one too.")
    older.refresh_from_db()
    assert (older.state, older.superseded_by, older.state_reason) == ("revoked", newer, "That one too.")
    assert standing(world.provider, day(9)) == {}
    with pytest.raises(IllegalTransition):
        services.revoke_accreditation(actor=world.exchange.actor, accreditation_id=older.pk, reason="Again.")
    assert happened() == ["claimed", "confirmed"] * 2 + ["revoked"] * 2


def test_a_claim_that_waited_too_long_is_not_confirmed(world: World) -> None:
    row = claimed(world.provider)
    Accreditation.objects.filter(pk=row.pk).update(valid_until=day(-1))
    with pytest.raises(Conflict) as refused:
        services.confirm_accreditation(actor=world.exchange.actor, accreditation_id=row.pk)
    assert refused.value.params == {"day": day(-1).isoformat()}


def test_training_is_the_persons_and_stays_when_a_membership_ends(world: World) -> None:
    colleague = world.colleague(world.provider, "operator")
    user = colleague.user
    assert not selectors.trained(user.pk, on=day(0))
    train(world, world.provider, user, valid_until=day(20))
    assert [selectors.trained(user.pk, on=day(at)) for at in (-31, -30, 20, 21)] == [False, True, True, False]
    assert not selectors.trained(user.pk, on=day(0), kind="personal_information_training")
    assert standing(world.provider) == {}, "a person's training is none of the organisation's"
    waiting = claimed(world.provider, user_id=user.pk, kind="personal_information_training", level=None)
    services.end_membership(actor=world.provider.actor, membership_id=Membership.objects.get(user=user).pk)
    assert selectors.trained(user.pk, on=day(0))
    with pytest.raises(Conflict):  # who left is no longer spoken for
        services.confirm_accreditation(actor=world.exchange.actor, accreditation_id=waiting.pk)
    _joined(world, world.other_provider, user)
    second = train(world, world.other_provider, user, valid_from=day(-5))
    assert Accreditation.objects.get(user=user, state="superseded").superseded_by == second


def test_a_closed_account_is_not_trained_and_nothing_is_lost(world: World) -> None:
    user = world.colleague(world.provider, "operator").user
    train(world, world.provider, user)
    services.deactivate_person(actor=world.exchange.actor, user_id=user.pk, reason="Stolen.")
    assert not selectors.trained(user.pk, on=day(0))
    services.reactivate_person(actor=world.exchange.actor, user_id=user.pk)
    assert selectors.trained(user.pk, on=day(0))
    with pytest.raises(ProtectedError):
        user.delete()


def test_what_a_suspended_organisation_has_does_not_count_until_it_is_reinstated(world: World) -> None:
    row = confirmed(world, world.provider)
    number = world.provider.organisation_id
    services.suspend_organisation(actor=world.exchange.actor, organisation_id=number, reason="Checks.")
    assert standing(world.provider) == {}
    assert not selectors.counts(row, on=day(0))
    with pytest.raises(Forbidden):
        claimed(world.provider, kind="personal_information_protection", level=None)
    services.reinstate_organisation(actor=world.exchange.actor, organisation_id=number)
    assert standing(world.provider) == {DSMM: 3}
    assert selectors.counts(row, on=day(0))


def test_the_database_holds_what_no_service_may_break(world: World) -> None:
    row = confirmed(world, world.provider)
    changes: list[tuple[str, dict[str, Any]]] = [
        ("one_holder", {"organisation": None}),
        ("one_holder", {"user": world.buyer.user}),
        ("organisations_claim_their_own", {"claimed_via": world.buyer.organisation_id}),
        ("days_in_order", {"valid_until": date(2000, 1, 1)}),
        ("level", {"level": 0}),
        ("can_be_checked", {"number": ""}),
        ("superseded_by_another", {"superseded_by": row}),
        ("superseded_by_another", {"state": "superseded"}),
    ]
    for constraint, change in changes:
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Accreditation.objects.filter(pk=row.pk).update(**change)
        assert f'"accreditation_{constraint}"' in str(refused.value), change


def test_the_database_holds_one_confirmed_of_a_kind_and_holder(world: World) -> None:
    confirmed(world, world.provider)
    second = claimed(world.provider, number="2")
    person = world.colleague(world.provider, "operator").user
    train(world, world.provider, person)
    trained = claimed(world.provider, user_id=person.pk, kind="data_security_training", level=None)
    for row, constraint in ((second, "organisation"), (trained, "user")):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():
            Accreditation.objects.filter(pk=row.pk).update(state="confirmed", decided_at=timezone.now())
        assert f'"accreditation_one_confirmed_of_{constraint}"' in str(refused.value)
