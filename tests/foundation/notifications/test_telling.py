"""Who is told, by which way, and what they read."""

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import override

from foundation.audit.models import Event
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.notifications import registry, selectors, services, tasks
from foundation.notifications.models import Notification, WebhookDelivery, WebhookEndpoint
from foundation.notifications.rendering import render
from foundation.notifications.services.reading import Choice
from foundation.participants.models import Membership, Organisation, User
from tests.factories import SYSTEM, Party, World
from tests.foundation.notifications.conftest import KIND


def tell(party: Party, kind: str = KIND) -> services.Told:
    return services.tell(actor=SYSTEM, kind=kind, subject_id=party.organisation_id)


def people(kind: str = KIND) -> list[int]:
    return list(Notification.objects.filter(kind=kind).order_by("pk").values_list("recipient_id", flat=True))


def test_the_members_with_the_role_are_told_and_nobody_else(world: World) -> None:
    second = world.colleague(world.provider, "administrator")
    world.colleague(world.provider, "auditor")
    world.colleague(world.provider, "operator")
    world.colleague(world.buyer, "administrator")
    assert tell(world.provider) == services.Told(people=2, mails=0, webhooks=0)
    assert people() == [world.provider.user.pk, second.user.pk]
    (row, _other) = Notification.objects.filter(kind=KIND).order_by("pk")
    assert (row.organisation_id, row.subject_id, row.params, row.in_app) == (
        world.provider.organisation_id,
        world.provider.organisation_id,
        {},
        True,
    )
    recorded = Event.objects.get(action="notification.told")
    assert (recorded.subject_type, recorded.data) == (
        "organisation",
        {"kind": KIND, "people": 2, "mails": 0, "webhooks": 0},
    )


def test_who_cannot_sign_in_or_has_left_is_not_told(world: World) -> None:
    second, third = world.colleague(world.provider, "administrator"), world.colleague(world.provider, "administrator")
    gone, kept = second.user.pk, world.provider.user.pk
    User.objects.filter(pk=gone).update(is_active=False)
    Membership.objects.filter(user=third.user).update(state="ended", ended_at=timezone.now())
    tell(world.provider)
    assert people() == [kept]


def test_mail_goes_to_those_who_have_an_address_and_want_it(world: World) -> None:
    User.objects.filter(pk=world.provider.user.pk).update(email="one@example.com")
    second = world.colleague(world.provider, "administrator")
    User.objects.filter(pk=second.user.pk).update(email="two@example.com")
    services.set_preferences(actor=second.actor, choices=[Choice(KIND, "mail", wanted=False)])
    assert tell(world.provider) == services.Told(people=2, mails=1, webhooks=0)
    first = Notification.objects.get(recipient=world.provider.user)
    assert list(Job.objects.filter(kind="notifications.mail").values_list("arguments", flat=True)) == [
        {"notification_id": first.pk}
    ]


@pytest.mark.parametrize(
    ("in_app", "mail", "rows", "seen"), [(False, True, 1, 0), (False, False, 0, 0), (True, False, 1, 1)]
)
def test_the_chosen_ways_are_kept(world: World, in_app: bool, mail: bool, rows: int, seen: int) -> None:
    User.objects.filter(pk=world.provider.user.pk).update(email="one@example.com")
    actor = world.provider.actor
    choices = [Choice(KIND, "in_app", wanted=in_app), Choice(KIND, "mail", wanted=mail)]
    services.set_preferences(actor=actor, choices=choices)
    tell(world.provider)
    assert (len(people()), selectors.visible_notifications(actor).count()) == (rows, seen)
    assert Job.objects.filter(kind="notifications.mail").count() == mail


def test_webhooks_that_chose_the_kind_get_identifiers_alone(world: World, endpoint: WebhookEndpoint) -> None:
    services.register_endpoint(actor=world.provider.actor, url="https://b.example.com/", kinds=["jobs.job_failed"])
    paused, _secret = services.register_endpoint(actor=world.provider.actor, url="https://c.example.com/", kinds=[KIND])
    services.pause_endpoint(actor=world.provider.actor, endpoint_id=paused.pk)
    services.register_endpoint(actor=world.buyer.actor, url="https://d.example.com/", kinds=[KIND])
    assert tell(world.provider).webhooks == 1
    row = WebhookDelivery.objects.get()
    assert (row.endpoint_id, row.kind, row.state, row.tries) == (endpoint.pk, KIND, "pending", 0)
    body = json.loads(row.body)
    assert body.pop("timestamp") == row.next_attempt_at.isoformat()  # type: ignore[union-attr]
    number = world.provider.organisation_id
    assert body == {
        "type": KIND,
        "data": {
            "subject_type": "organisation",
            "subject_id": number,
            "link": f"/api/v1/organisations/{number}",
        },
    }
    assert Job.objects.filter(kind="notifications.send_webhook", arguments={"delivery_id": row.pk}).count() == 1


def test_words_are_made_for_the_reader_in_the_language_of_the_moment(world: World) -> None:
    tell(world.provider)
    actor = world.provider.actor
    (notice,) = render(actor, selectors.visible_notifications(actor))
    assert (notice.title, notice.subject_type, notice.link) == (
        "Dalian Data Company is verified",
        "organisation",
        f"/api/v1/organisations/{world.provider.organisation_id}",
    )
    Organisation.objects.filter(pk=world.provider.organisation_id).update(name="Renamed")
    (notice,) = render(actor, selectors.visible_notifications(actor))
    assert notice.title == "Renamed is verified"
    with override("zh-hans"):
        (notice,) = render(actor, selectors.visible_notifications(actor))
    assert "Renamed" in notice.title


def test_what_the_reader_may_no_longer_see_is_not_spoken_of(world: World) -> None:
    """The notice stays, without a word of its subject: the room is asked anew at every reading."""
    hidden = world.organisation("Hidden Company", "provider", verified=False)
    Notification.objects.create(
        recipient=world.buyer.user, organisation=world.buyer.organisation, kind=KIND, subject_id=hidden.organisation_id
    )
    actor = world.buyer.actor
    (notice,) = render(actor, selectors.visible_notifications(actor))
    assert (notice.shown, notice.link, "Hidden" in notice.title + notice.text) == (False, "", False)
    Notification.objects.update(kind="room.that_was_removed")
    (notice,) = render(actor, selectors.visible_notifications(actor))
    assert (notice.shown, notice.title) == (False, "Notice withdrawn")


def test_who_may_not_see_the_subject_is_not_told_at_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = registry.kind(KIND)

    def strangers(subject_id: int) -> Iterable[registry.Audience]:
        return [registry.Audience(world.buyer.organisation_id, ["administrator"])]

    monkeypatch.setitem(registry._kinds, KIND, replace(kind, audience=strangers))
    hidden = world.organisation("Hidden Company", "provider", verified=False)
    assert tell(hidden).people == 0
    assert tell(world.provider).people == 1  # which everybody may see


def test_a_page_asks_each_room_once_whatever_its_length(world: World, django_assert_num_queries: object) -> None:
    for _number in range(5):
        tell(world.provider)
    actor = world.provider.actor
    rows = list(selectors.visible_notifications(actor))
    with django_assert_num_queries(2):  # type: ignore[operator]  # organisations, and their roles
        assert len(render(actor, rows)) == 5


def test_a_worker_that_dies_while_it_tells_has_told_nobody_and_the_next_one_tells_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notices and the end of the job are one transaction."""
    with transaction.atomic():
        job = jobs.enqueue(kind=f"tell.{KIND}", arguments={"subject_id": world.provider.organisation_id})
    with monkeypatch.context() as dying:
        dying.setattr(tasks, "succeed", lambda *_arguments: (_ for _ in ()).throw(RuntimeError("killed here")))
        jobs.execute(job.pk)
    assert people() == []
    assert not Event.objects.filter(action="notification.told").exists()
    Job.objects.filter(pk=job.pk).update(run_after=Now())
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.result) == ("succeeded", 2, {"people": 1, "mails": 0, "webhooks": 0})
    assert people() == [world.provider.user.pk]


def test_an_unknown_kind_is_a_typing_error(world: World) -> None:
    with pytest.raises(KeyError):
        tell(world.provider, "room.no_such_kind")
    with pytest.raises(ValueError, match="two kinds"):
        registry.register(replace(registry.kind(KIND), by_mail=False))
