"""Masking in a confined child: a hostile file ends the delivery, not the job or the worker."""

import pytest

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.vault import reading
from marketplace.delivery.models import Delivery
from tests.factories import World
from tests.grading import hostile
from tests.marketplace.authorization.asking import granted
from tests.marketplace.delivery.fetching import file_of, prepared

pytestmark = pytest.mark.usefixtures("children")


def masked(world: World) -> Delivery:
    """The delivery of the only file after its job, which has succeeded."""
    grant = granted(world, form="masked")
    return run(prepared(grant, world.buyer))


def run(delivery: Delivery) -> Delivery:
    job = Job.objects.get(kind="delivery.mask", subject_id=delivery.pk)
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_detail) == ("succeeded", "")
    delivery.refresh_from_db()
    return delivery


def test_the_masked_file_is_made_by_a_child_and_kept(world: World) -> None:
    delivery = masked(world)
    assert delivery.state == "ready"
    assert delivery.blob is not None
    text = b"".join(reading.open_range(delivery.blob)).decode()
    assert text.splitlines()[0] == "id,name,value"
    assert delivery.report["rows"] == len(text.splitlines()) - 1 > 0


def test_a_bomb_ends_the_delivery_with_its_reason(world: World, settings) -> None:
    settings.FILE_MEMORY_BYTES = 512 << 20
    grant = granted(world, form="masked", content=hostile.BINARY_BOMB, filename="t.parquet", columns=["a"])
    delivery = run(prepared(grant, world.buyer))
    assert (delivery.state, delivery.problem, delivery.blob) == ("failed", "needs_memory", None)
    assert delivery.report == {"problem": {"limit": 512}}
    answer = world.buyer.client.get(f"/api/v1/deliveries/{delivery.pk}").json()
    assert "512 MiB" in answer["problem"]
    assert file_of(grant).asset.state == "examined", "what was found out about the file stays"


def test_a_reader_that_breaks_down_ends_the_delivery(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    program = "tests.foundation.confined.programs:surprise"
    monkeypatch.setattr("marketplace.delivery.services.making.MASKING", program)
    delivery = masked(world)
    assert (delivery.state, delivery.problem, delivery.blob) == ("failed", "parser_broken", None)
