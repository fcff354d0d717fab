"""Two people of the exchange at the same instant: each on a connection of its own."""

import pytest

from foundation.participants import selectors, services
from foundation.participants.models import Accreditation, User
from tests.at_once import at_once
from tests.factories import SYSTEM, Party, World
from tests.foundation.participants.certified import claimed, confirmed, day

pytestmark = pytest.mark.django_db(transaction=True)


def _joins(party: Party, user: User) -> None:
    _invitation, link = services.invite_member(
        actor=party.actor, organisation_id=party.organisation_id, roles=["operator"]
    )
    services.accept_invitation(actor=SYSTEM, token=link.rstrip("/").rpartition("/")[2], user=user)


def test_confirm_with_confirm_and_with_revoke() -> None:
    world = World()
    first, second, party = world.reviewer.actor, world.second_reviewer.actor, world.provider

    # one claim, twice: once
    row = claimed(party)
    outcomes = at_once(
        lambda: services.confirm_accreditation(actor=first, accreditation_id=row.pk),
        lambda: services.confirm_accreditation(actor=second, accreditation_id=row.pk),
    )
    assert sorted(outcomes) == ["IllegalTransition", "done"]

    # its successor, while it is revoked: whichever comes first, the one is revoked and the other counts
    newer = claimed(party, number="2", level=4)
    outcomes = at_once(
        lambda: services.confirm_accreditation(actor=first, accreditation_id=newer.pk),
        lambda: services.revoke_accreditation(actor=second, accreditation_id=row.pk, reason="Forged."),
    )
    assert outcomes == ["done", "done"]
    states = dict(Accreditation.objects.values_list("pk", "state"))
    assert states == {row.pk: "revoked", newer.pk: "confirmed"}
    assert selectors.standing_accreditations(party.organisation_id, on=day(0)) == {"data_security_capability": 4}

    # the same one confirmed, revoked by two: once
    outcomes = at_once(
        lambda: services.revoke_accreditation(actor=first, accreditation_id=newer.pk, reason="Forged."),
        lambda: services.revoke_accreditation(actor=second, accreditation_id=newer.pk, reason="Expired abroad."),
    )
    assert sorted(outcomes) == ["IllegalTransition", "done"]

    # two claims for one person, by two organisations: one confirmed, which supersedes the other
    person = world.colleague(party, "operator").user
    _joins(world.other_provider, person)
    claims = [
        claimed(holder, user_id=person.pk, kind="data_security_training", level=None)
        for holder in (party, world.other_provider)
    ]
    outcomes = at_once(
        lambda: services.confirm_accreditation(actor=first, accreditation_id=claims[0].pk),
        lambda: services.confirm_accreditation(actor=second, accreditation_id=claims[1].pk),
    )
    assert outcomes == ["done", "done"]
    older, newest = Accreditation.objects.filter(user=person).order_by("-state")
    assert (older.state, older.superseded_by, newest.state) == ("superseded", newest, "confirmed")

    # the end of its time, while it is revoked: one of the two
    last = confirmed(world, world.other_provider)
    Accreditation.objects.filter(pk=last.pk).update(valid_until=day(-1), valid_from=day(-9))
    at_once(
        lambda: services.expire_accreditations(actor=SYSTEM),
        lambda: services.revoke_accreditation(actor=first, accreditation_id=last.pk, reason="Forged."),
    )
    last.refresh_from_db()
    assert last.state in ("expired", "revoked")
