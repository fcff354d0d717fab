"""Masking in a confined child: a hostile file ends the delivery, not the job or the worker."""

import pytest

from foundation.audit.models import Event
from foundation.errors import Gone
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.vault import reading
from grading.models import Profile, SensitivityFinding
from marketplace.delivery import services
from marketplace.delivery.models import Delivery, Transfer
from tests.factories import World
from tests.grading import hostile
from tests.marketplace.authorization.asking import granted
from tests.marketplace.delivery.fetching import file_of, prepared, token_of

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


def test_what_newer_detectors_found_is_not_handed_over_from_before(world: World) -> None:
    delivery = masked(world)
    token = token_of(services.make_link(actor=world.buyer.actor, delivery_id=delivery.pk))
    assert prepared(delivery.grant, world.buyer).pk == delivery.pk
    asset = delivery.distribution.asset
    profile = Profile.objects.filter(asset=asset).latest("pk")
    SensitivityFinding.objects.create(
        profile=profile, asset=asset, engine_version="newer", column="name", sensitive_type="person_name",
        personal=True, sensitive_personal=False, confidence=0.9, evidence={},
    )  # fmt: skip
    with pytest.raises(Gone, match="prepared anew"):
        services.begin_download(token=token)
    refused = Event.objects.get(action="transfer.refused")
    assert (refused.subject_id, refused.data["problem"]) == (str(delivery.pk), "outdated")
    delivery.grant.refresh_from_db()
    assert (delivery.grant.downloads_used, Transfer.objects.exists()) == (0, False)
    anew = prepared(delivery.grant, world.buyer)
    delivery.refresh_from_db()
    assert (anew.pk != delivery.pk, delivery.state, delivery.problem) == (True, "failed", "outdated")
    run(anew)
    link = services.make_link(actor=world.buyer.actor, delivery_id=anew.pk)
    header = b"".join(services.begin_download(token=token_of(link)).stream()).splitlines()[0]
    assert (header, anew.report["columns"]["name"] != "keep") == (b"id,name,value", True)
