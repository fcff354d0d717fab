"""Reading one's own notices, and choosing."""

import pytest

from foundation.actors import ANONYMOUS
from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.notifications import registry, selectors, services
from foundation.notifications.models import Notification, Preference
from foundation.notifications.services.reading import Choice
from tests.factories import SYSTEM, Party, World
from tests.foundation.notifications.conftest import KIND


def told(party: Party) -> Notification:
    return Notification.objects.create(
        recipient=party.user, organisation=party.organisation, kind=KIND, subject_id=party.organisation_id
    )


def test_a_notice_is_read_once_and_by_its_reader_alone(world: World) -> None:
    row = told(world.provider)
    colleague = world.colleague(world.provider, "administrator")
    for actor in (ANONYMOUS, SYSTEM, world.buyer.actor, colleague.actor, world.exchange.actor):
        with pytest.raises(NotFound):
            services.mark_read(actor=actor, notification_id=row.pk)
    row.refresh_from_db()
    assert row.read_at is None
    first = services.mark_read(actor=world.provider.actor, notification_id=row.pk).read_at
    assert first is not None
    assert services.mark_read(actor=world.provider.actor, notification_id=row.pk).read_at == first


def test_all_are_read_up_to_the_newest_that_was_seen(world: World) -> None:
    first, second, third = (told(world.provider) for _number in range(3))
    other = told(world.buyer)
    actor = world.provider.actor
    assert services.mark_all_read(actor=actor, up_to=second.pk) == 2
    assert list(selectors.visible_notifications(actor, unread=True)) == [third]
    assert (selectors.unread_count(actor), services.mark_all_read(actor=actor)) == (1, 1)
    assert selectors.unread_count(actor) == 0
    other.refresh_from_db()
    assert other.read_at is None
    assert list(selectors.visible_notifications(actor, kind=KIND)) == [third, second, first]
    assert list(selectors.visible_notifications(actor, kind="jobs.job_failed")) == []


def test_choices_are_kept_and_recorded_and_the_rest_stays(world: World) -> None:
    actor = world.provider.actor
    usual = {wish.kind.name: (wish.in_app, wish.mail) for wish in selectors.wishes(actor)}
    assert set(usual) == set(registry.names())
    services.set_preferences(actor=actor, choices=[Choice(KIND, "mail", wanted=False)])
    services.set_preferences(actor=actor, choices=[Choice(KIND, "mail", wanted=True), Choice(KIND, "in_app", False)])
    now = {wish.kind.name: (wish.in_app, wish.mail) for wish in selectors.wishes(actor)}
    assert now == {**usual, KIND: (False, True)}
    assert Preference.objects.count() == 2
    assert {(w.in_app, w.mail) for w in selectors.wishes(world.buyer.actor)} == set(usual.values())
    assert selectors.wishes(SYSTEM) == []


def test_what_cannot_be_chosen(world: World) -> None:
    choices = [
        Choice("room.no_such_kind", "mail", wanted=True),
        Choice(KIND, "pigeon", wanted=True),
        Choice(KIND, "mail", wanted=True),
        Choice(KIND, "mail", wanted=False),
    ]
    with pytest.raises(InvalidInput) as caught:
        services.set_preferences(actor=world.provider.actor, choices=choices)
    assert [field.pointer for field in caught.value.fields] == [
        "/preferences/0/kind",
        "/preferences/1/channel",
        "/preferences/3",
    ]
    with pytest.raises(Forbidden):
        services.set_preferences(actor=SYSTEM, choices=choices[2:3])
    assert not Preference.objects.exists()
