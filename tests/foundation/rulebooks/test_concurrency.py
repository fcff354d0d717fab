"""Two people release two versions at once: one replaces what it was compared with, the other must compare again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from foundation.actors import Actor
from foundation.errors import StaleVersion
from foundation.rulebooks import registry, services
from foundation.rulebooks.in_force import in_force
from foundation.rulebooks.models import RulebookVersion
from tests.factories import World
from tests.foundation.rulebooks.pricing import KIND, proposed, text


@pytest.mark.django_db(transaction=True)
def test_of_two_releases_at_once_one_is_stale(kind: registry.Kind) -> None:
    world = World()
    author = world.colleague(world.exchange, "operator")
    rows = [proposed(author, text(price, label=f"{price}.0")) for price in (3, 4)]
    releasers = [world.approver.actor, world.colleague(world.exchange, "approver").actor]
    start = Barrier(2)

    def release(actor: Actor, row: RulebookVersion) -> str:
        try:
            start.wait(timeout=10)
            return services.release_version(actor=actor, version_id=row.pk, against=0).state
        except StaleVersion:
            return "stale"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(release, releasers, rows))
    assert sorted(outcomes) == ["released", "stale"]
    winner = rows[outcomes.index("released")]
    assert in_force(KIND).version_id == winner.pk
    assert RulebookVersion.objects.filter(state="released").count() == 1
    assert RulebookVersion.objects.get(state="proposed").pk != winner.pk
