"""Following jobs: one's own, and the parts of those that were split."""

from typing import Any

import pytest
from django.db import transaction

from foundation.jobs import services
from foundation.jobs.models import Job
from tests.factories import World
from tests.foundation.jobs import kinds


@pytest.fixture
def parent(world: World) -> Job:
    """A job of the provider in three parts, of which the first has succeeded."""
    assert kinds.RAISED
    with transaction.atomic():
        row = services.enqueue(
            kind="tests.split", arguments={"values": [2, 3, 4]}, organisation_id=world.provider.organisation.pk
        )
    services.execute(row.pk)
    services.execute(Job.objects.get(parent=row, part=1).pk)
    return row


def answered(client: Any, path: str) -> Any:
    answer = client.get(f"/api/v1/jobs{path}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_part_names_its_parent_and_its_number(world: World, parent: Job) -> None:
    found = answered(world.provider.client, f"/{parent.pk}")
    assert (found["state"], found["parent"], found["part"]) == ("waiting", None, None)
    assert found["progress"] == pytest.approx(1 / 3)
    parts = answered(world.provider.client, f"?parent={parent.pk}")["results"]
    assert [(part["parent"], part["part"], part["state"]) for part in parts] == [
        (parent.pk, 3, "queued"),
        (parent.pk, 2, "queued"),
        (parent.pk, 1, "succeeded"),
    ]
    assert answered(world.provider.client, f"/{parts[0]['id']}") == parts[0]


def test_parts_are_seen_by_who_sees_the_job(world: World, parent: Job) -> None:
    part = Job.objects.get(parent=parent, part=2)
    assert answered(world.buyer.client, f"?parent={parent.pk}")["results"] == []
    assert world.buyer.client.get(f"/api/v1/jobs/{part.pk}").status_code == 404
    assert len(answered(world.exchange.client, f"?parent={parent.pk}")["results"]) == 3
