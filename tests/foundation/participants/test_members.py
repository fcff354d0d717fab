"""People come by invitation, change roles and leave: what each step gives, and what stops at once."""

import re
from smtplib import SMTPServerDisconnected
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone

from foundation.actors import ANONYMOUS
from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, DomainError, Forbidden, Gone, InvalidInput, NotFound, Unavailable
from foundation.participants import selectors, services, states
from foundation.participants.models import ApiKey, Invitation, Membership, User
from foundation.participants.services import Joining
from tests.factories import SYSTEM, Party, World


@pytest.fixture
def world(db: None) -> World:
    return World()


def _own(party: Party) -> Membership:
    return Membership.objects.get(user=party.user, state=states.ACTIVE)


def _invite(world: World, *roles: str, **said: str) -> tuple[Invitation, str]:
    invitation, link = services.invite_member(
        actor=world.provider.actor,
        organisation_id=world.provider.organisation_id,
        roles=roles or ["operator"],
        **said,
    )
    return invitation, link.rstrip("/").rpartition("/")[2]


def _accept(token: str, username: str = "newcomer", **chosen: object) -> tuple[Membership, str]:
    return services.accept_invitation(
        actor=ANONYMOUS,
        token=token,
        joining=Joining(username, **chosen),  # type: ignore[arg-type]
    )


def _events() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_the_invited_person_alone_holds_the_key(world: World) -> None:
    invitation, token = _invite(world, "reviewer", "operator", language="zh-hans")
    assert token not in (invitation.prefix, invitation.digest)
    membership, key = _accept(token)
    found = selectors.actor_for_token(key)
    assert found is not None
    assert (found[0].username, found[0].language) == ("newcomer", "zh-hans")
    assert found[1].member_roles == {"reviewer", "operator"}
    invitation.refresh_from_db()
    assert (invitation.state, invitation.membership_id) == (states.ACCEPTED, membership.pk)
    assert _events()[-4:] == ["invitation.made", "member.added", "invitation.accepted", "api_key.issued"]


def test_a_password_instead_of_a_key(world: World) -> None:
    _invitation, token = _invite(world)
    membership, key = _accept(token, password="correct horse battery", key=False)
    assert (key, ApiKey.objects.filter(membership=membership).count()) == ("", 0)
    assert membership.user.check_password("correct horse battery")


@pytest.mark.parametrize(
    ("chosen", "pointer"),
    [({"key": False}, "/password"), ({"password": "short"}, "/member/password"), ({"language": "fr"}, "/language")],
)
def test_what_cannot_be_chosen_leaves_the_invitation_open(world: World, chosen: dict, pointer: str) -> None:
    invitation, token = _invite(world)
    with pytest.raises(InvalidInput) as refused:
        _accept(token, **chosen)
    assert {field.pointer for field in refused.value.fields} == {pointer}
    invitation.refresh_from_db()
    assert invitation.state == states.OPEN
    _accept(token)


@pytest.mark.parametrize("after", ["accepted", "revoked", "expired", "over"])
def test_an_invitation_works_once_and_for_a_time(world: World, after: str) -> None:
    invitation, token = _invite(world)
    if after == "accepted":
        _accept(token, "first")
    elif after == "revoked":
        services.revoke_invitation(actor=world.provider.actor, invitation_id=invitation.pk)
    else:
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
        assert services.expire_invitations(actor=SYSTEM) == 1 if after == "expired" else True
    people = User.objects.count()
    with pytest.raises(Gone):
        _accept(token, "late")
    assert User.objects.count() == people


def test_only_administrators_invite_and_revoke(world: World) -> None:
    invitation, _token = _invite(world)
    colleague = world.colleague(world.provider, "operator")
    before = (Invitation.objects.count(), len(_events()))
    tries: list[tuple[Party, type[DomainError]]] = [(colleague, Forbidden), (world.exchange, Forbidden)]
    before = (before[0], len(_events()))
    for by, refusal in tries:
        with pytest.raises(refusal):
            services.invite_member(actor=by.actor, organisation_id=world.provider.organisation_id, roles=["approver"])
        with pytest.raises(NotFound):
            services.revoke_invitation(actor=by.actor, invitation_id=invitation.pk)
    assert (Invitation.objects.count(), len(_events())) == before


def test_nobody_leaves_to_come_back_with_a_role_of_ones_own_making(world: World) -> None:
    party = world.provider
    colleague = world.colleague(party, "administrator")
    user, number = party.user, _own(party).pk
    invitation, token = _invite(world, "reviewer")
    services.end_membership(actor=party.actor, membership_id=number)
    with pytest.raises(Forbidden) as refused:
        services.accept_invitation(actor=ANONYMOUS, token=token, user=user)
    assert refused.value.rule == "participants.own_roles"
    invitation.refresh_from_db()
    assert invitation.state == states.OPEN
    _again, link = services.invite_member(
        actor=colleague.actor, organisation_id=party.organisation_id, roles=["reviewer"]
    )
    membership, _key = services.accept_invitation(actor=ANONYMOUS, token=link.split("/")[-2], user=user)
    assert (membership.roles, membership.user_id) == (["reviewer"], user.pk)


def test_by_mail_nobody_sees_the_link_but_the_invited(world: World, settings) -> None:
    settings.INVITATIONS_BY_MAIL, settings.PUBLIC_URL = True, "https://exchange.example"
    with pytest.raises(InvalidInput) as refused:
        _invite(world)
    assert [field.pointer for field in refused.value.fields] == ["/email"]
    _invitation, token = _invite(world, "reviewer", email="reviewer@example.com")
    assert token == ""
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["reviewer@example.com"], "Invitation to Dalian Data Company")
    (link,) = re.findall(r"https://exchange\.example/accounts/invitation/(\S+)/", str(sent.body))
    _membership, key = _accept(link)
    assert selectors.actor_for_token(key) is not None


def test_an_organisation_that_nobody_has_verified_sends_no_mail(world: World, settings) -> None:
    stranger = world.organisation("Your account is locked: open evil.example", "buyer", verified=False)

    def invite() -> None:
        services.invite_member(
            actor=stranger.actor,
            organisation_id=stranger.organisation_id,
            roles=["operator"],
            email="victim@example.com",
        )

    invite()
    settings.INVITATIONS_BY_MAIL = True
    with pytest.raises(Forbidden) as refused:
        invite()
    assert refused.value.rule == "participants.verified_only"
    assert (len(mail.outbox), Invitation.objects.count()) == (0, 1)


def test_a_mail_that_fails_leaves_no_invitation(world: World, settings, monkeypatch) -> None:
    settings.INVITATIONS_BY_MAIL = True

    def refuse(*_: object) -> int:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    actor, before = world.provider.actor, len(_events())
    with pytest.raises(Unavailable):
        services.invite_member(
            actor=actor, organisation_id=world.provider.organisation_id, roles=["operator"], email="a@example.com"
        )
    assert (Invitation.objects.count(), len(_events())) == (0, before)


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_are_one() -> None:
    world = World()
    _invitation, token = _invite(world)
    start, outcomes = Barrier(2), []

    def accept(number: int) -> None:
        try:
            start.wait()
            _accept(token, f"racer-{number}")
            outcomes.append("joined")
        except Gone:
            outcomes.append("gone")
        finally:
            connection.close()

    threads = [Thread(target=accept, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["gone", "joined"]
    assert User.objects.filter(username__startswith="racer").count() == 1


def test_roles_count_from_the_next_request_on(world: World) -> None:
    colleague = world.colleague(world.provider, "operator")
    row = services.change_roles(
        actor=world.provider.actor, membership_id=_own(colleague).pk, roles=["auditor", "auditor"]
    )
    assert row.roles == ["auditor"]
    assert colleague.actor.member_roles == {"auditor"}
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.data["from"], event.data["to"]) == ("member.roles_changed", ["operator"], ["auditor"])
    with pytest.raises(InvalidInput):
        services.change_roles(actor=world.provider.actor, membership_id=row.pk, roles=["king"])


def test_nobody_gives_a_role_to_oneself(world: World) -> None:
    own = _own(world.exchange)
    with pytest.raises(Forbidden) as refused:
        services.change_roles(actor=world.exchange.actor, membership_id=own.pk, roles=["administrator", "reviewer"])
    assert refused.value.rule == "participants.own_roles"
    own.refresh_from_db()
    assert own.roles == ["administrator"]


def test_the_last_administrator_stays(world: World) -> None:
    own, party = _own(world.provider), world.provider
    with pytest.raises(Conflict):
        services.end_membership(actor=party.actor, membership_id=own.pk)
    with pytest.raises(Conflict):
        services.change_roles(actor=party.actor, membership_id=own.pk, roles=["operator"])
    second = world.colleague(party, "administrator")
    User.objects.filter(pk=second.user.pk).update(is_active=False)
    with pytest.raises(Conflict):  # an administrator who cannot sign in is none
        services.end_membership(actor=party.actor, membership_id=own.pk)
    User.objects.filter(username=Membership.objects.latest("pk").user.username).update(is_active=True)
    services.end_membership(actor=party.actor, membership_id=own.pk)
    assert selectors.actor_for_token(party.token) is None


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_both_leave() -> None:
    world = World()
    parties = [world.provider, world.colleague(world.provider, "administrator")]
    actors, rows = [party.actor for party in parties], [_own(party).pk for party in parties]
    start, outcomes = Barrier(2), []

    def leave(number: int) -> None:
        try:
            start.wait()
            services.end_membership(actor=actors[number], membership_id=rows[number])
            outcomes.append("left")
        except Conflict:
            outcomes.append("stayed")
        finally:
            connection.close()

    threads = [Thread(target=leave, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["left", "stayed"]


def test_an_ended_membership_is_dead_at_once(world: World) -> None:
    reviewer = world.reviewer
    user, browser, own = reviewer.user, reviewer.admin, _own(reviewer)
    assert browser.get("/admin/grading/grade/").status_code == 200
    services.end_membership(actor=world.exchange.actor, membership_id=own.pk)
    assert selectors.actor_for_token(reviewer.token) is None
    assert selectors.actor_for_user(user) is None
    assert browser.get("/admin/grading/grade/").status_code in (302, 403)
    user.refresh_from_db()
    assert (user.is_staff, user.is_active) == (False, True)
    key = ApiKey.objects.get(membership=own)
    assert key.revoked_at is not None
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.data["keys"]) == ("member.ended", 1)
    with pytest.raises(NotFound):
        services.end_membership(actor=world.exchange.actor, membership_id=own.pk)


def test_who_left_may_come_back_with_the_same_account(world: World) -> None:
    colleague = world.colleague(world.provider, "operator")
    user = colleague.user
    services.end_membership(actor=colleague.actor, membership_id=_own(colleague).pk)
    _invitation, token = _invite(world, "auditor")
    membership, key = services.accept_invitation(actor=ANONYMOUS, token=token, user=user)
    assert (membership.user_id, key) == (user.pk, "")
    actor = selectors.actor_for_user(user)
    assert actor is not None
    assert actor.member_roles == {"auditor"}
    _invitation, token = _invite(world, "operator")
    with pytest.raises(Conflict):
        services.accept_invitation(actor=ANONYMOUS, token=token, user=user)


def test_the_exchange_closes_an_account_and_opens_it_again(world: World) -> None:
    party = world.provider
    user = party.user
    for by in (world.provider, world.reviewer):
        with pytest.raises(Forbidden):
            services.deactivate_person(actor=by.actor, user_id=user.pk, reason="Stolen.")
    with pytest.raises(InvalidInput):
        services.deactivate_person(actor=world.exchange.actor, user_id=user.pk, reason=" ")
    services.deactivate_person(actor=world.exchange.actor, user_id=user.pk, reason="Stolen.")
    assert selectors.actor_for_token(party.token) is None
    services.reactivate_person(actor=world.exchange.actor, user_id=user.pk)
    assert selectors.actor_for_token(party.token) is None  # keys stay revoked
    user.refresh_from_db()
    assert selectors.actor_for_user(user) is not None
    with pytest.raises(Conflict):
        services.deactivate_person(actor=world.exchange.actor, user_id=world.exchange.user.pk, reason="By mistake.")
    assert "person.reactivated" in _events()
