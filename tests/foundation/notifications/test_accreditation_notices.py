"""Who is told of accreditations, in which words, and who is not."""

import json

import pytest
from django.utils.translation import override

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.notifications import selectors, services
from foundation.notifications.models import Notification, WebhookDelivery
from foundation.notifications.rendering import render
from foundation.participants import services as participants
from foundation.participants.models import Accreditation, Membership
from tests.factories import SYSTEM, Party, World
from tests.foundation.participants.certified import claimed, confirmed, day

ROOM = "participants.accreditation_"


@pytest.fixture
def world(db: None) -> World:
    return World()


def told() -> list[tuple[str, int]]:
    """Kind and person of what is told now, and nothing that was told before."""
    before = set(Notification.objects.values_list("pk", flat=True))
    for job in Job.objects.filter(kind__startswith="tell.", state="queued").order_by("pk"):
        jobs.execute(job.pk)
    assert not Job.objects.filter(kind__startswith="tell.").exclude(state="succeeded").exists()
    rows = Notification.objects.filter(kind__startswith=ROOM).exclude(pk__in=before).order_by("pk")
    return [(row.kind.removeprefix(ROOM), row.recipient_id) for row in rows]


def newest(party: Party) -> tuple[str, str]:
    notice = render(party.actor, selectors.visible_notifications(party.actor))[0]
    return notice.title, notice.text


def test_an_organisations_from_the_claim_to_its_end(world: World) -> None:
    provider, exchange, reviewer = world.provider, world.exchange, world.reviewer
    assert world.approver.actor
    world.colleague(provider, "operator")
    services.register_endpoint(
        actor=provider.actor, url="https://hooks.example.com/in", kinds=[f"{ROOM}confirmed", f"{ROOM}expired"]
    )
    row = claimed(provider)
    assert told() == [("claimed", exchange.user.pk), ("claimed", reviewer.user.pk)]
    with override("zh-hans"):
        assert "数据安全能力成熟度（DSMM）" in newest(reviewer)[0]
    participants.confirm_accreditation(actor=reviewer.actor, accreditation_id=row.pk)
    assert told() == [("confirmed", provider.user.pk)]
    assert newest(provider) == (
        "Confirmed: Data security capability maturity (DSMM) of Dalian Data Company",
        "The exchange has confirmed this accreditation of Dalian Data Company: Data security capability maturity "
        f"(DSMM), valid until {day(335)}.",
    )
    Accreditation.objects.filter(pk=row.pk).update(valid_until=day(12))
    participants.remind_of_accreditations(actor=SYSTEM)
    assert told() == [("expiring", provider.user.pk)]
    assert newest(provider)[0] == "Ends soon: Data security capability maturity (DSMM) of Dalian Data Company"
    Accreditation.objects.filter(pk=row.pk).update(valid_until=day(-1))
    participants.expire_accreditations(actor=SYSTEM)
    assert told() == [("expired", provider.user.pk)]
    sent = WebhookDelivery.objects.order_by("pk").values_list("kind", "body")
    assert [(kind, json.loads(body)["data"]) for kind, body in sent] == [
        (
            f"{ROOM}{kind}",
            {"subject_type": "accreditation", "subject_id": row.pk, "link": f"/api/v1/accreditations/{row.pk}"},
        )
        for kind in ("confirmed", "expired")
    ]


def test_refusals_and_revocations_are_told_to_the_holder(world: World) -> None:
    row = claimed(world.provider)
    told()
    participants.refuse_accreditation(actor=world.exchange.actor, accreditation_id=row.pk, reason="No such number.")
    assert told() == [("refused", world.provider.user.pk)]
    row = confirmed(world, world.provider)
    told()
    participants.revoke_accreditation(actor=world.exchange.actor, accreditation_id=row.pk, reason="Forged.")
    assert told() == [("revoked", world.provider.user.pk)]


def test_a_person_is_told_of_their_training_while_in_the_organisation(world: World) -> None:
    person, other = world.colleague(world.provider, "operator"), world.colleague(world.provider, "operator")
    user = person.user
    row = claimed(world.provider, user_id=user.pk, kind="data_security_training", level=None)
    told()
    participants.confirm_accreditation(actor=world.reviewer.actor, accreditation_id=row.pk)
    assert sorted(told()) == sorted([("confirmed", world.provider.user.pk), ("confirmed", user.pk)])
    assert newest(person)[0] == f"Confirmed: Data security training of {user.username}"
    assert not selectors.visible_notifications(other.actor).exists()
    participants.end_membership(actor=world.provider.actor, membership_id=Membership.objects.get(user=user).pk)
    Accreditation.objects.filter(pk=row.pk).update(valid_until=day(-1))
    participants.expire_accreditations(actor=SYSTEM)
    assert told() == []
