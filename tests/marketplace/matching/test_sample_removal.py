"""A sample is removed with all that it said, wherever that is kept, and with the pieces of what is still being sent."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.utils.translation import override

from foundation.audit.selectors import timeline
from foundation.errors import Forbidden, NotFound
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.participants import services as participants
from foundation.uploads import services as uploads
from foundation.uploads.models import Piece, Upload
from foundation.vault import reading, storage
from foundation.vault import services as vault
from foundation.vault.models import Blob
from grading.engine.outline import Column
from grading.outlining import read_outline
from marketplace.matching import sample_wording, services, wording
from marketplace.matching.models import Demand, DemandSample, Match, StandingDemand
from tests.factories import Party, World, published_listing
from tests.marketplace.matching.demands import found, matched, opened
from tests.marketplace.matching.sampling import SAMPLE, attached, told, work


@pytest.fixture(autouse=True)
def vault_folder(tmp_path: Path, settings: Any) -> None:
    settings.VAULT_DIR = tmp_path / "vault"


def kept(demand: Demand) -> str:
    """All that is stored of the demand and its matches, and the words by which listings find it."""
    rows = [
        Demand.objects.filter(pk=demand.pk).values(),
        Match.objects.filter(demand=demand).values(),
        StandingDemand.objects.filter(demand=demand).values(),
    ]
    return repr([list(one) for one in rows])


def sent(party: Party, demand: Demand, length: int) -> Upload:
    """An upload of which the first `length` bytes of SAMPLE have arrived."""
    upload = services.begin_sample_upload(
        actor=party.actor, demand_id=demand.pk, filename="secret.csv", length=len(SAMPLE), metadata="filename c2VjcmV0"
    )
    return uploads.append(actor=party.actor, upload_id=upload.pk, offset=0, chunks=[SAMPLE[:length]])


def read(party: Party, demand: Demand, *names: str) -> None:
    """Attach a sample and read it: its columns are these, of words. No process is started for it."""
    columns = tuple(Column(name, "text") for name in names)
    with patch("marketplace.matching.services.sample_reading.read_outline", return_value=columns):
        assert work(attached(party, demand)).result == {"state": "read", "columns": len(names)}


@pytest.mark.parametrize("ending", [services.close_demand, None])
def test_no_match_says_what_a_removed_sample_said(world: World, ending: Any) -> None:
    for column in ("dep_delay", "zhangsan"):
        published_listing(world, columns=(column, "origin"))
    demand = opened(world.buyer, columns=["origin"])
    read(world.buyer, demand, "Dep-Delay", "Zhangsan")
    matched(demand)
    taken, other = found(demand)
    services.accept_match(actor=world.buyer.actor, match_id=taken.pk)
    services.dismiss_match(actor=world.buyer.actor, match_id=other.pk, reason="Too dear.")
    assert sorted(column["name"] for row in (taken, other) for column in row.sample_found) == ["Dep-Delay", "Zhangsan"]
    before = {row.pk: (row.score, row.features, row.columns_found, row.state) for row in found(demand)}
    for word in ("hangsan", "Dep-Delay"):
        assert word in kept(demand), word
    if ending is not None:
        ending(actor=world.buyer.actor, demand_id=demand.pk)
    services.remove_sample(actor=world.buyer.actor, demand_id=demand.pk)
    for word in ("hangsan", "Dep-Delay", "dep_delay"):
        assert word not in kept(demand), word
    rows = found(demand)
    assert {row.pk: (row.score, row.features, row.columns_found, row.state) for row in rows} == before
    assert [row.sample_found for row in rows] == [[], []]
    assert all({"flight", "airport"} <= {term["term"] for term in row.terms} for row in rows)
    assert not StandingDemand.objects.filter(pk=demand.pk).exists()
    demand.refresh_from_db()
    assert (demand.matched_at is None) is (demand.state == "open")  # which has any change of a listing match it anew
    another = published_listing(world)
    assert services.affected_demands(another.listing_id) == ([demand.pk] if ending is None else [])


def test_a_match_that_only_the_sample_raised_says_so(world: World) -> None:
    published_listing(world, columns=("dep_delay", "origin"))
    demand = opened(world.buyer)
    read(world.buyer, demand, "Dep-Delay")
    matched(demand)
    services.close_demand(actor=world.buyer.actor, demand_id=demand.pk)
    services.remove_sample(actor=world.buyer.actor, demand_id=demand.pk)
    (row,) = found(demand)
    (reason,) = (one for one in wording.reasons(row) if one.code == "columns")
    assert reason.text == f"Columns that are asked for add {100 * row.features['columns']:.1f}: —."


def test_a_sample_in_its_place_leaves_nothing_of_the_former(world: World) -> None:
    published_listing(world, columns=("zhangsan", "origin"))
    demand = opened(world.buyer)
    read(world.buyer, demand, "Zhangsan", "origin")
    matched(demand)
    (row,) = found(demand)
    services.dismiss_match(actor=world.buyer.actor, match_id=row.pk, reason="Too dear.")
    read(world.buyer, demand, "origin")
    row.refresh_from_db()
    assert row.sample_found == [{"name": "origin", "type": "text"}]
    assert "zhangsan" not in {term["term"] for term in row.terms}


def test_a_buyer_that_is_suspended_has_its_sample_removed(world: World) -> None:
    demand = opened(world.buyer)
    read(world.buyer, demand, "origin")
    auditor = world.colleague(world.buyer, "auditor")
    participants.suspend_organisation(
        actor=world.exchange.actor, organisation_id=world.buyer.organisation_id, reason="Under inquiry."
    )
    with pytest.raises(Forbidden):
        attached(world.buyer, demand)
    address = f"/api/v1/demands/{demand.pk}/sample"
    assert auditor.client.delete(address).status_code == 403
    assert world.exchange.client.delete(address).status_code == 403
    assert world.buyer.client.delete(address).status_code == 204
    assert (told(demand), DemandSample.objects.count()) == ([], 0)


@pytest.mark.parametrize("length", [40, len(SAMPLE)])
def test_pieces_that_wait_are_removed_as_well(world: World, length: int) -> None:
    demand, other = opened(world.buyer), opened(world.buyer)
    colleague = world.colleague(world.buyer, "operator")
    waiting, elsewhere = sent(colleague, demand, length), sent(world.buyer, other, 40)
    services.remove_sample(actor=world.buyer.actor, demand_id=demand.pk)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.filename, waiting.metadata) == ("terminated", "", "")
    assert list(Piece.objects.values_list("upload_id", flat=True)) == [elsewhere.pk]
    elsewhere.refresh_from_db()
    assert (elsewhere.state, elsewhere.filename) == ("receiving", "secret.csv")
    for job in Job.objects.filter(kind="matching.attach_sample"):
        jobs.execute(job.pk)
        job.refresh_from_db()
        assert (job.state, job.result) == ("succeeded", {"state": "over"})
    assert not DemandSample.objects.exists()
    event = list(timeline(("demand", demand.pk)))[-1]
    assert (event.action, event.data) == ("demand.sample_removed", {"sample": None, "uploads": 1})
    with pytest.raises(NotFound):
        services.remove_sample(actor=world.buyer.actor, demand_id=demand.pk)


def test_removed_while_its_pieces_are_put_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    demand = opened(world.buyer)
    waiting = sent(world.buyer, demand, len(SAMPLE))
    receive = vault.receive

    def overtaken(**given: Any) -> Any:
        services.remove_sample(actor=world.buyer.actor, demand_id=demand.pk)
        return receive(chunks=[SAMPLE])

    monkeypatch.setattr(vault, "receive", overtaken)
    job = Job.objects.get(kind="matching.attach_sample")
    jobs.execute(job.pk)
    job.refresh_from_db()
    waiting.refresh_from_db()
    assert (job.state, job.result, waiting.state) == ("succeeded", {"state": "over"}, "terminated")
    assert (DemandSample.objects.count(), Blob.objects.count()) == (0, 0)


def test_the_name_of_what_was_attached_in_pieces_goes_with_it(world: World) -> None:
    demand = opened(world.buyer)
    upload = sent(world.buyer, demand, len(SAMPLE))
    jobs.execute(Job.objects.get(kind="matching.attach_sample").pk)
    services.remove_sample(actor=world.buyer.actor, demand_id=demand.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.filename, upload.metadata) == ("attached", "", "")


def test_replaced_just_before_it_is_opened_is_not_damaged(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    demand = opened(world.buyer)
    former = attached(world.buyer, demand)

    def overtaken(*said: Any, **more: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            attached(world.buyer, demand, b"a\n1\n")
        return read_outline(*said, **more)

    with patch("marketplace.matching.services.sample_reading.read_outline", overtaken):
        job = work(former)
    assert (job.state, job.result) == ("succeeded", {"state": "over"})
    row = DemandSample.objects.get()
    assert row.blob is not None
    assert b"".join(reading.open_range(row.blob)) == b"a\n1\n"


def test_a_damaged_sample_is_given_up_and_its_buyer_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    demand = opened(world.buyer)
    sample = attached(world.buyer, demand)
    for _uid, path in list(storage.everything()):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    job = work(sample)
    assert (job.state, job.result) == ("succeeded", {"state": "failed", "problem": "sample_damaged"})
    sample.refresh_from_db()
    assert (sample.state, sample.blob_id, Blob.objects.count()) == ("failed", None, 0)
    assert f"sample {sample.pk} is not what was stored" in caplog.text
    assert Job.objects.filter(kind="tell.matching.sample_failed", subject_id=demand.pk).count() == 1
    for language, words in (
        ("en", "The stored file was damaged before it was read"),
        ("zh-hans", "已存储的文件在读取之前损坏"),
    ):
        with override(language):
            assert sample_wording.problem_of(sample).startswith(words)
    attached(world.buyer, demand)  # another takes its place
