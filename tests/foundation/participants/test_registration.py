"""Registration, verification, members and keys: who may, what is refused, and that roles count only when confirmed."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.actors import ANONYMOUS
from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden, IllegalTransition, InvalidInput, NotFound
from foundation.participants import selectors, services, states
from foundation.participants.models import ApiKey, Membership, Organisation, OrganisationRole, User
from foundation.participants.services import NewMember
from tests.factories import SYSTEM, Party, World

pytestmark = pytest.mark.bare_world  # it is counted who there is


@pytest.fixture
def world(db: None) -> World:
    return World()


def _register(**changes: Any) -> tuple[Organisation, Membership, str]:
    said: dict[str, Any] = {
        "actor": ANONYMOUS,
        "name": "New Company",
        "kind": "enterprise",
        "region": "210200",
        "roles": [("provider", "")],
        "member": NewMember("newcomer"),
    }
    return services.register_organisation(**{**said, **changes})


def test_whoever_registers_has_a_key_and_no_power(db: None) -> None:
    organisation, membership, token = _register()
    found = selectors.actor_for_token(token)
    assert found is not None
    user, actor = found
    assert (user, actor.organisation_id, actor.organisation_verified) == (membership.user, organisation.pk, False)
    assert actor.organisation_roles == frozenset()
    assert actor.member_roles == {"administrator", "operator"}
    assert organisation.state == states.REGISTERED
    assert not membership.user.has_usable_password()
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "organisation.registered",
        "member.added",
        "api_key.issued",
    ]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "exchange"}, "/kind"),
        ({"kind": "guild"}, "/kind"),
        ({"uscc": "91210200MA0QCP3K10"}, "/uscc"),
        ({"region": "21"}, "/region"),
        ({"region": "２１０２００"}, "/region"),
        ({"roles": []}, "/roles"),
        ({"roles": [("exchange", "")]}, "/roles/0/role"),
        ({"roles": [("provider", ""), ("king", "")]}, "/roles/1/role"),
        ({"roles": [("sector_authority", "")]}, "/roles/0/sector"),
        ({"roles": [("sector_authority", "Health")]}, "/roles/0/sector"),
        ({"roles": [("provider", ""), ("sector_authority", "astrology")]}, "/roles/1/sector"),
        ({"roles": [("provider", "health")]}, "/roles/0/sector"),
        ({"member": NewMember("a", roles=[])}, "/member/roles"),
        ({"member": NewMember("a", roles=["owner"])}, "/member/roles"),
        ({"member": NewMember("a", password="short")}, "/member/password"),
        ({"member": NewMember("taken")}, "/member/username"),
    ],
)
def test_wrong_registrations_leave_nothing(db: None, changes: dict[str, Any], pointer: str) -> None:
    User.objects.create(username="taken")
    with pytest.raises(InvalidInput) as refused:
        _register(**changes)
    assert pointer in [field.pointer for field in refused.value.fields]
    assert (Organisation.objects.count(), User.objects.count(), AuditEvent.objects.count()) == (0, 1, 0)


def test_a_name_and_a_credit_code_are_registered_once(db: None) -> None:
    _register(uscc="91110000600037341L")
    for changes in ({"uscc": ""}, {"name": "Other", "uscc": "91110000600037341L"}):
        with pytest.raises(Conflict):
            _register(member=NewMember("second"), **changes)
    assert (Organisation.objects.count(), User.objects.count()) == (1, 1)


def test_roles_count_from_verification_on(world: World) -> None:
    party = world.organisation("Hospital", "provider", ("sector_authority", "health"), verified=False)
    assert party.actor.organisation_roles == frozenset()
    services.verify_organisation(actor=world.exchange.actor, organisation_id=party.organisation_id)
    assert party.actor.organisation_verified
    assert party.actor.organisation_roles == {"provider", "sector_authority"}
    assert party.actor.sectors == {"health"}
    assert party.organisation.verified_at is not None


def test_a_suspended_organisation_has_no_roles_until_it_is_reinstated(world: World) -> None:
    party, exchange = world.provider, world.exchange.actor
    services.suspend_organisation(actor=exchange, organisation_id=party.organisation_id, reason="Licence expired.")
    assert (party.actor.organisation_verified, party.actor.organisation_roles) == (False, frozenset())
    assert party.organisation.state_reason == "Licence expired."
    services.reinstate_organisation(actor=exchange, organisation_id=party.organisation_id)
    assert party.actor.organisation_roles == {"provider"}


def test_a_sector_has_one_authority(world: World) -> None:
    assert world.authority.actor.sectors == {"health"}
    second = world.organisation("Second", ("sector_authority", "health"), kind="authority", verified=False)
    with pytest.raises(Conflict, match="authority of this sector"):
        services.verify_organisation(actor=world.exchange.actor, organisation_id=second.organisation_id)
    assert second.organisation.state == states.REGISTERED
    assert not OrganisationRole.objects.filter(
        organisation_id=second.organisation_id, confirmed_at__isnull=False
    ).exists()


MOVES: dict[str, Callable[[Party, int], Organisation]] = {
    "verify": lambda by, pk: services.verify_organisation(actor=by.actor, organisation_id=pk),
    "reject": lambda by, pk: services.reject_organisation(actor=by.actor, organisation_id=pk, reason="No."),
    "suspend": lambda by, pk: services.suspend_organisation(actor=by.actor, organisation_id=pk, reason="No."),
    "reinstate": lambda by, pk: services.reinstate_organisation(actor=by.actor, organisation_id=pk),
}
WAYS = {
    states.REGISTERED: [],
    states.VERIFIED: ["verify"],
    states.REJECTED: ["reject"],
    states.SUSPENDED: ["verify", "suspend"],
}


@pytest.mark.parametrize("state", WAYS)
@pytest.mark.parametrize("event", MOVES)
def test_every_cell_of_the_table(world: World, event: str, state: str) -> None:
    party = world.organisation("Candidate", "buyer", verified=False)
    for step in WAYS[state]:
        MOVES[step](world.exchange, party.organisation_id)
    before = (party.organisation.state, AuditEvent.objects.count())
    if states.ORGANISATION.allows(event, state):
        MOVES[event](world.exchange, party.organisation_id)
        assert party.organisation.state == states.ORGANISATION.target(event, state)
        return
    with pytest.raises(IllegalTransition):
        MOVES[event](world.exchange, party.organisation_id)
    assert (party.organisation.state, AuditEvent.objects.count()) == before


@pytest.mark.parametrize("event", MOVES)
@pytest.mark.parametrize("who", ["provider", "buyer", "authority", "reviewer", "auditor", "candidate"])
def test_only_the_exchange_decides_on_organisations(world: World, event: str, who: str) -> None:
    party = world.organisation("Candidate", "buyer", verified=False)
    by = party if who == "candidate" else getattr(world, who)
    before = (party.organisation.state, AuditEvent.objects.count())
    with pytest.raises(Forbidden) as refused:
        MOVES[event](by, party.organisation_id)
    assert refused.value.rule == "participants.exchange_only"
    assert (party.organisation.state, AuditEvent.objects.count()) == before


@pytest.mark.parametrize("reason", ["", "  "])
def test_rejection_and_suspension_say_why(world: World, reason: str) -> None:
    party = world.organisation("Candidate", "buyer", verified=False)
    for service in (services.reject_organisation, services.suspend_organisation):
        with pytest.raises(InvalidInput):
            service(actor=world.exchange.actor, organisation_id=party.organisation_id, reason=reason)
    assert party.organisation.state == states.REGISTERED


# -- members and keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["provider", "exchange", "buyer", "reviewer"])
def test_nobody_but_the_command_line_adds_members_outright(world: World, who: str) -> None:
    """Whoever is handed a reviewer's key could review in the reviewer's name: people come by invitation."""
    by, before = getattr(world, who), Membership.objects.count()
    with pytest.raises(Forbidden) as refused:
        services.add_member(
            actor=by.actor, organisation_id=by.organisation_id, member=NewMember("colleague", roles=["operator"])
        )
    assert refused.value.rule == "participants.by_invitation"
    assert Membership.objects.count() == before


def test_people_of_the_exchange_enter_the_admin_and_others_do_not(world: World) -> None:
    assert world.reviewer.user.is_staff
    assert not world.provider.user.is_staff
    assert not world.reviewer.user.is_superuser


def _own_membership(party: Party) -> Membership:
    return Membership.objects.get(user=party.user)


def test_keys_are_issued_to_oneself_only(world: World) -> None:
    colleague = world.colleague(world.provider, "operator")
    key, token = services.issue_key(actor=colleague.actor, membership_id=_own_membership(colleague).pk, label="second")
    found = selectors.actor_for_token(token)
    assert found is not None
    assert (found[0], found[1].key_id) == (colleague.user, key.pk)
    assert token.split("_", 2)[2] not in (key.digest, key.prefix)
    assert world.buyer.actor.organisation_verified
    before = ApiKey.objects.count()
    for by, whose, refusal in (
        (world.buyer, colleague, NotFound),
        (world.exchange, colleague, NotFound),
        (world.provider, colleague, Forbidden),
        (colleague, world.provider, Forbidden),
    ):
        with pytest.raises(refusal):
            services.issue_key(actor=by.actor, membership_id=_own_membership(whose).pk)
    with pytest.raises(NotFound):
        services.issue_key(actor=world.exchange.actor, membership_id=10**9)
    assert ApiKey.objects.count() == before


def test_a_revoked_key_counts_no_longer_and_is_revoked_once(world: World) -> None:
    party = world.colleague(world.provider, "operator")
    key = ApiKey.objects.get(membership__user=party.user)
    with pytest.raises(NotFound):
        services.revoke_key(actor=world.buyer.actor, key_id=key.pk)
    with pytest.raises(Forbidden):
        services.revoke_key(actor=world.colleague(world.provider, "auditor").actor, key_id=key.pk)
    with pytest.raises(Forbidden):
        services.revoke_key(actor=world.reviewer.actor, key_id=key.pk)
    assert selectors.actor_for_token(party.token) is not None
    services.revoke_key(actor=party.actor, key_id=key.pk)
    services.revoke_key(actor=world.provider.actor, key_id=key.pk)
    assert selectors.actor_for_token(party.token) is None
    assert AuditEvent.objects.filter(action="api_key.revoked").count() == 1


def test_keys_that_do_not_count(world: World) -> None:
    party = world.provider
    head, prefix, secret = party.token.split("_", 2)
    for token in (
        "",
        "dx_",
        "dx_x",
        secret,
        f"{head}_{prefix}_{secret}x",
        f"{head}_{prefix}_",
        f"{head}_{'0' * 12}_{secret}",
        f"sk_{prefix}_{secret}",
        party.token.upper(),
        f"{head}_\x00_{secret}",
    ):
        assert selectors.actor_for_token(token) is None, token
    ApiKey.objects.filter(prefix=prefix).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert selectors.actor_for_token(party.token) is None


def test_an_inactive_person_is_nobody(world: World) -> None:
    party = world.provider
    user = party.user
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.refresh_from_db()
    assert selectors.actor_for_token(party.token) is None
    assert selectors.actor_for_user(user) is None
    assert selectors.actor_for_user(User.objects.create(username="loner")) is None


# -- reading ---------------------------------------------------------------------------------------------------------


def test_verified_organisations_are_public_others_are_not(world: World) -> None:
    hidden = world.organisation("Hidden", "buyer", verified=False)
    for actor, seen in (
        (ANONYMOUS, False),
        (world.buyer.actor, False),
        (hidden.actor, True),
        (world.reviewer.actor, True),
        (SYSTEM, True),
    ):
        assert selectors.visible_organisations(actor).filter(pk=hidden.organisation_id).exists() == seen
        if not seen:
            with pytest.raises(NotFound):
                selectors.organisation(actor, hidden.organisation_id)
    assert selectors.organisation(ANONYMOUS, world.provider.organisation_id).name == "Dalian Data Company"


def test_organisations_with_a_role_are_verified_ones(world: World) -> None:
    authority = world.authority.organisation
    assert list(selectors.organisations_with_role("sector_authority", sector="health")) == [authority]
    assert not selectors.organisations_with_role("sector_authority", sector="finance").exists()
    services.suspend_organisation(actor=world.exchange.actor, organisation_id=authority.pk, reason="x")
    assert not selectors.organisations_with_role("sector_authority", sector="health").exists()
    assert selectors.exchange().pk == world.exchange.organisation_id


# -- the exchange itself, and the database ---------------------------------------------------------------------------


def test_there_is_one_exchange(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFound):
        selectors.exchange()
    monkeypatch.setenv("EXCHANGE_PASSWORD", "correct horse battery")
    out = StringIO()
    call_command("bootstrap_exchange", name="Exchange", username="root", stdout=out)
    found = selectors.actor_for_token(out.getvalue().strip())
    assert found is not None
    user, actor = found
    assert actor.is_exchange
    assert user.check_password("correct horse battery")
    with pytest.raises(CommandError, match="already set up"):
        call_command("bootstrap_exchange", name="Second", username="other")
    assert Organisation.objects.count() == 1


def test_the_database_keeps_what_services_promise(world: World) -> None:
    organisation = world.provider.organisation
    for change in ({"state": states.REJECTED}, {"region": "2102"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.filter(pk=organisation.pk).update(**change)
    for row in (
        OrganisationRole(organisation=organisation, role="provider", sector="health"),
        OrganisationRole(organisation=organisation, role="sector_authority", sector=""),
        OrganisationRole(organisation=organisation, role="provider"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
