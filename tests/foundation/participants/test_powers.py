"""What nobody can give themselves: another's keys, colleagues while suspended, somebody's name for good."""

from collections.abc import Iterator
from io import StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from foundation.actors import ANONYMOUS
from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.participants import selectors, services, states
from foundation.participants.models import ApiKey, Membership, Organisation, OrganisationRole, User
from foundation.participants.services import NewMember
from tests.factories import SYSTEM, World


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def unchanged(world: World) -> Iterator[None]:
    def counts() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (ApiKey, Membership, User, AuditEvent))

    before = counts()
    yield
    assert counts() == before


def _membership(world: World, party: str) -> Membership:
    return Membership.objects.get(user=getattr(world, party).user)


def test_the_exchange_gets_no_keys_of_an_authority(world: World) -> None:
    """Otherwise its administrator could approve in the name of those who watch over it."""
    target = world.authority.organisation_id
    before = (ApiKey.objects.count(), Membership.objects.count())
    with pytest.raises(NotFound):
        services.issue_key(actor=world.exchange.actor, membership_id=_membership(world, "authority").pk)
    with pytest.raises(Forbidden) as refused:
        services.invite_member(actor=world.exchange.actor, organisation_id=target, roles=["approver"])
    assert refused.value.rule == "participants.administrator_only"
    assert (ApiKey.objects.count(), Membership.objects.count()) == before


def test_the_exchange_revokes_any_key(world: World) -> None:
    key = ApiKey.objects.get(membership=_membership(world, "provider"))
    services.revoke_key(actor=world.exchange.actor, key_id=key.pk)
    assert selectors.actor_for_token(world.provider.token) is None


@pytest.mark.parametrize("state", [states.SUSPENDED, states.REJECTED])
def test_the_suspended_and_the_rejected_get_no_people_and_no_keys(world: World, state: str) -> None:
    party = world.organisation("Closed", "buyer", verified=state == states.SUSPENDED)
    move = services.suspend_organisation if state == states.SUSPENDED else services.reject_organisation
    move(actor=world.exchange.actor, organisation_id=party.organisation_id, reason="A leaked key.")
    own = Membership.objects.get(user=party.user)
    before = (ApiKey.objects.count(), Membership.objects.count())
    with pytest.raises(Forbidden) as refused:
        services.issue_key(actor=party.actor, membership_id=own.pk)
    assert refused.value.rule == "participants.organisation_closed"
    with pytest.raises(Forbidden) as refused:
        services.invite_member(actor=party.actor, organisation_id=party.organisation_id, roles=["operator"])
    assert refused.value.rule == "participants.organisation_closed"
    assert (ApiKey.objects.count(), Membership.objects.count()) == before
    services.revoke_key(actor=party.actor, key_id=ApiKey.objects.get(membership=own).pk)


@pytest.mark.usefixtures("unchanged")
def test_the_exchange_cannot_suspend_itself(world: World) -> None:
    with pytest.raises(Conflict):
        services.suspend_organisation(
            actor=world.exchange.actor, organisation_id=world.exchange.organisation_id, reason="By mistake."
        )
    assert world.exchange.actor.is_exchange


def test_only_the_exchange_hears_that_it_cannot_suspend_itself(world: World) -> None:
    with pytest.raises(Forbidden):
        services.suspend_organisation(
            actor=world.buyer.actor, organisation_id=world.exchange.organisation_id, reason="Why not."
        )


def _register(**changes: Any) -> Organisation:
    said: dict[str, Any] = {
        "actor": ANONYMOUS,
        "name": "Bank of Dalian",
        "kind": "enterprise",
        "region": "210200",
        "uscc": "91110000600037341L",
        "roles": [("provider", "")],
        "member": NewMember("first"),
    }
    return services.register_organisation(**{**said, **changes})[0]


def test_a_rejected_registration_keeps_nobody_from_its_own_name(world: World) -> None:
    squatter = _register()
    with pytest.raises(Conflict):
        _register(member=NewMember("second"))
    services.reject_organisation(actor=world.exchange.actor, organisation_id=squatter.pk, reason="Not the bank.")
    bank = _register(member=NewMember("second"))
    services.verify_organisation(actor=world.exchange.actor, organisation_id=bank.pk)
    with pytest.raises(Conflict):
        _register(member=NewMember("third"))
    assert list(Organisation.objects.filter(name="Bank of Dalian").order_by("pk").values_list("state", flat=True)) == [
        states.REJECTED,
        states.VERIFIED,
    ]


def test_claims_are_limited_and_counted_once(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        _register(roles=[("sector_authority", "health"), *(("provider", f"{n}") for n in range(30))])
    assert [f.pointer for f in refused.value.fields] == ["/roles"]
    row = _register(roles=[("provider", "")] * 3_000, member=NewMember("first", roles=["operator"] * 10_000))
    assert row.roles.count() == 1
    assert Membership.objects.get(organisation=row).roles == ["operator"]


def test_a_lost_key_is_replaced_at_the_command_line(world: World) -> None:
    out = StringIO()
    call_command("issue_key", "--username", world.provider.user.username, stdout=out)
    found = selectors.actor_for_token(out.getvalue().strip())
    assert found is not None
    assert found[1].organisation_id == world.provider.organisation_id
    event = AuditEvent.objects.filter(action="api_key.issued").latest("pk")
    assert (event.actor_kind, event.actor_label) == ("system", "issue_key")
    with pytest.raises(CommandError):
        call_command("issue_key", "--username", "nobody")


@pytest.mark.django_db(transaction=True)
def test_two_commands_at_once_set_up_one_exchange() -> None:
    start, outcomes = Barrier(2), []

    def bootstrap(number: int) -> None:
        try:
            start.wait()
            services.bootstrap_exchange(
                actor=SYSTEM,
                name=f"Exchange {number}",
                name_zh="",
                region="210000",
                member=NewMember(f"administrator-{number}", roles=["administrator"]),
            )
            outcomes.append("set up")
        except Conflict:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=bootstrap, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "set up"]
    assert (Organisation.objects.count(), OrganisationRole.objects.count(), User.objects.count()) == (1, 1, 1)
