"""Publication follows the decided grade: what is decided restricted after publication is suspended, nothing else."""

import importlib
from threading import Event as Signal
from threading import Timer

import pytest
from django.db import connection, transaction

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Forbidden
from foundation.events.models import Event
from foundation.notifications import selectors as notices
from foundation.notifications.rendering import render
from marketplace.catalog import selectors, services, states, tasks
from marketplace.catalog.models import ListingVersion
from marketplace.catalog.reasons import DECIDED_HIGHER
from tests.at_once import at_once
from tests.factories import World, add_file, decided, draft, draft_listing, published_listing
from tests.factories import submitted_listing as submitted
from tests.marketplace.regrading import decide, decide_anew, follow, follow_again, found_anew

KIND = "catalog.follow_grade"


def state(version: ListingVersion) -> tuple[str, str]:
    version.refresh_from_db()
    return version.state, version.published_level


@pytest.mark.parametrize("level", ["important", "core"])
def test_what_is_decided_restricted_after_publication_is_suspended(world: World, level: str) -> None:
    version, other = published_listing(world, level="general_2"), published_listing(world)
    decide_anew(world, version, level)
    assert world.anonymous.get(f"/api/v1/versions/{version.pk}").status_code == 200  # no job has run
    job = follow(KIND)
    assert job.result == {"suspended": 1}
    assert (state(version), state(other)) == (("suspended", "general_2"), ("published", "general_1"))
    recorded = AuditEvent.objects.get(action="listing.suspended")
    assert (recorded.actor_kind, recorded.subject_id) == ("system", str(version.pk))
    assert {name: recorded.data[name] for name in ("level", "published_level", "reason")} == {
        "level": level,
        "published_level": "general_2",
        "reason": DECIDED_HIGHER[level],
    }
    assert world.anonymous.get(f"/api/v1/versions/{version.pk}").status_code == 404
    seen = world.provider.client.get(f"/api/v1/versions/{version.pk}").json()
    assert (seen["state"], seen["level"], seen["state_reason"]) == ("suspended", level, DECIDED_HIGHER[level])
    follow("tell.catalog.listing_suspended")
    (notice,) = notices.visible_notifications(world.provider.actor, kind="catalog.listing_suspended")
    assert render(world.provider.actor, [notice])[0].text.endswith(DECIDED_HIGHER[level])
    before = AuditEvent.objects.count(), Event.objects.count()
    assert follow_again(job).result == {"suspended": 0}
    assert (AuditEvent.objects.count(), Event.objects.count()) == before


def test_a_rise_within_the_general_levels_changes_what_the_listing_says(world: World) -> None:
    version, level = published_listing(world), "general_4"
    decide_anew(world, version, level)
    assert follow(KIND).result == {"suspended": 0}
    assert state(version) == ("published", "general_1")
    assert world.anonymous.get(f"/api/v1/versions/{version.pk}").json()["level"] == level
    assert [known.level for known in selectors.facts([version])] == [level]
    assert not Event.objects.filter(name="listing.suspended").exists()


def test_the_gravest_file_decides(world: World) -> None:
    version = draft_listing(world)
    for place in range(2):
        add_file(world.provider, version, b"a,b\n%d,2\n" % place, f"table{place}.csv")
    for place in range(2):
        decided(found_anew(version, place), world)
    services.submit_version(actor=world.provider.actor, version_id=version.pk)
    services.publish_version(actor=world.reviewer.actor, version_id=version.pk)
    decide_anew(world, version, "important", place=0)
    decide_anew(world, version, "general_3", place=1)
    assert follow(KIND).result == {"suspended": 0}
    assert state(version) == ("suspended", "general_1")


def test_reinstatement_asks_what_publication_asks_and_covers_the_level(world: World) -> None:
    version, reviewer = published_listing(world), world.reviewer.actor
    decide_anew(world, version, "core")
    follow(KIND)
    with pytest.raises(Forbidden) as refused:
        services.reinstate_version(actor=reviewer, version_id=version.pk)
    assert (refused.value.rule, state(version)) == ("catalog.core_never_published", ("suspended", "general_1"))
    decide_anew(world, version, "important")
    assert follow(KIND).result == {"suspended": 0}
    assert state(version) == ("suspended", "general_1")
    services.reinstate_version(actor=reviewer, version_id=version.pk)
    assert (state(version), version.state_reason) == (("published", "important"), "")
    decide_anew(world, version, "important")  # which the exchange has published knowingly
    assert follow(KIND).result == {"suspended": 0}
    assert state(version) == ("published", "important")


def test_a_lower_level_reinstates_nothing_and_is_no_rise_when_it_returns(world: World) -> None:
    version = published_listing(world, level="important")
    assert state(version) == ("published", "important")
    decide_anew(world, version, "general_1")
    decide_anew(world, version, "important")
    follow(KIND)
    assert state(version) == ("published", "important")
    decide_anew(world, version, "core")
    follow(KIND)
    decide_anew(world, version, "general_1")
    assert follow(KIND).result == {"suspended": 0}
    assert state(version) == ("suspended", "important")
    services.reinstate_version(actor=world.reviewer.actor, version_id=version.pk)
    assert state(version) == ("published", "general_1")


def test_what_is_not_public_stays_as_it_is(world: World) -> None:
    """A superseded version and the one in review that holds the same file: publication asks of that by itself."""
    old = published_listing(world)
    provider, reviewer = world.provider.actor, world.reviewer.actor
    newer = services.revise_listing(actor=provider, listing_id=old.listing_id, draft=draft(world.provider))
    services.submit_version(actor=provider, version_id=newer.pk)
    services.publish_version(actor=reviewer, version_id=newer.pk)
    review = services.revise_listing(actor=provider, listing_id=old.listing_id, draft=draft(world.provider))
    services.submit_version(actor=provider, version_id=review.pk)
    assert {row.distributions.get().asset_id for row in (old, newer, review)} == {old.distributions.get().asset_id}
    decide_anew(world, old, "core")
    assert follow(KIND).result == {"suspended": 1}
    assert [state(row)[0] for row in (old, newer, review)] == ["superseded", "suspended", "in_review"]
    with pytest.raises(Forbidden, match="Core data"):
        services.publish_version(actor=reviewer, version_id=review.pk)


def test_nobody_but_the_system_does_it(world: World) -> None:
    with pytest.raises(Forbidden):
        services.follow_grade(None, actor=world.exchange.actor, grade_id=1)  # type: ignore[arg-type]
    assert tasks.ACTOR.is_system


@pytest.mark.django_db(transaction=True)
def test_of_a_decision_and_a_publication_at_once_the_decision_is_followed(transactional_db: None) -> None:
    """The publication has read the former grade and is not committed when the decision is, and its job runs."""
    world = World()
    version = submitted(world)
    grade = found_anew(version)
    world.second_reviewer, world.reviewer  # noqa: B018  (they are made before the threads begin)
    published, waiting = Signal(), Signal()

    def publish() -> None:
        with transaction.atomic():
            services.publish_version(actor=world.reviewer.actor, version_id=version.pk)
            published.set()
            waiting.wait(20)

    def decide_and_follow() -> None:
        published.wait(20)
        decide(world, grade, "core")
        Timer(0.5, waiting.set).start()
        follow(KIND)

    assert at_once(publish, decide_and_follow) == ["done", "done"]
    assert state(version) == ("suspended", "general_1")
    assert version.state_reason == DECIDED_HIGHER["core"]


def test_versions_of_before_get_the_level_that_was_decided_by_the_time(world: World) -> None:
    published, drafted = published_listing(world, level="general_3"), draft_listing(world)
    decide_anew(world, published, "important")
    ListingVersion.objects.update(published_level="")
    migration = importlib.import_module("marketplace.catalog.migrations.0004_published_level")
    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)
    assert (state(published), state(drafted)) == ((states.PUBLISHED, "general_3"), (states.DRAFT, ""))
