"""Two at once: one wins, or one comes after the other."""

from functools import partial

import pytest

from foundation.audit.models import Event as AuditEvent
from foundation.events.models import Event
from marketplace.catalog import services, states
from tests.at_once import at_once
from tests.factories import World, submitted_listing


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_wins() -> None:
    world = World()
    version = submitted_listing(world)
    actors = [world.reviewer.actor, world.second_reviewer.actor]
    outcomes = at_once(*(partial(services.publish_version, actor=actor, version_id=version.pk) for actor in actors))
    assert sorted(outcomes) == ["IllegalTransition", "done"]
    assert AuditEvent.objects.filter(action="listing.published").count() == 1
    assert Event.objects.filter(name="listing.published").count() == 1


@pytest.mark.django_db(transaction=True)
def test_publication_and_withdrawal_at_once_end_in_one_order_or_the_other() -> None:
    world = World()
    version = submitted_listing(world)
    reviewer, provider = world.reviewer.actor, world.provider.actor
    outcomes = at_once(
        lambda: services.publish_version(actor=reviewer, version_id=version.pk),
        lambda: services.withdraw_version(actor=provider, version_id=version.pk),
    )
    version.refresh_from_db()
    assert version.state == states.WITHDRAWN
    public = Event.objects.filter(name__in=["listing.published", "listing.withdrawn"]).order_by("pk")
    told = list(public.values_list("name", flat=True))
    assert told == (["listing.published", "listing.withdrawn"] if outcomes == ["done", "done"] else [])
