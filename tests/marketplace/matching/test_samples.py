"""The sample of a demand: attached, read and deleted; what it said counts, and nobody else learns of it."""

import gzip
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from foundation.audit.selectors import timeline
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound, TooLarge
from foundation.events.models import Event
from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.jobs.services import LostLease
from foundation.notifications import registry
from foundation.notifications.models import Notification
from foundation.vault import reading, storage
from foundation.vault.models import Blob
from grading.engine.readers import packing
from marketplace.matching import sample_wording, selectors, services
from marketplace.matching.models import Demand, DemandSample
from marketplace.matching.services import drafts, sample_reading
from marketplace.matching.states import SAMPLE as MACHINE
from tests.factories import World, published_listing
from tests.grading import hostile
from tests.marketplace.matching.demands import SYSTEM, drafted, found, matched, opened, picture
from tests.marketplace.matching.sampling import SAMPLE, attached, job_of, told, work

READ = [
    {"name": "Dep-Delay", "type": "integer"},
    {"name": "origin", "type": "text"},
    {"name": "fl_date", "type": "date"},
    {"name": "note", "type": ""},
]


def kept() -> tuple[int, int]:
    """Rows of stored files, and files that the vault holds: those of deleted rows go when their transaction commits."""
    return Blob.objects.count(), len(list(storage.everything()))


def actions(demand: Demand) -> list[str]:
    return [event.action for event in timeline(("demand", demand.pk))]


def events(demand: Demand) -> list[str]:
    of_demand = Event.objects.filter(subject_type="demand", subject_id=demand.pk)
    return list(of_demand.order_by("pk").values_list("name", flat=True))


@pytest.fixture(autouse=True)
def vault_folder(tmp_path: Path, settings: Any) -> None:
    settings.VAULT_DIR = tmp_path / "vault"


def test_a_sample_waits_encrypted_until_a_job_reads_it(world: World) -> None:
    demand = drafted(world.buyer)
    sample = services.attach_sample(
        actor=world.buyer.actor, demand_id=demand.pk, filename="folder/like.csv", chunks=[SAMPLE[:9], SAMPLE[9:]]
    )
    assert (sample.state, sample.filename, sample.byte_size, sample.columns) == ("waiting", "like.csv", 67, None)
    assert sample.blob is not None
    assert b"".join(reading.open_range(sample.blob)) == SAMPLE
    assert told(demand) == []
    (event,) = (one for one in timeline(("demand", demand.pk)) if one.action == "demand.sample_attached")
    assert event.data == {"sample": sample.pk, "size": 67, "replaced": None}
    job = job_of(sample)
    assert (job.state, job.arguments, job.organisation_id) == (
        "queued", {"subject_id": sample.pk}, world.buyer.organisation_id,
    )  # fmt: skip


def test_its_columns_are_kept_with_their_types_and_the_file_is_deleted(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    demand = opened(world.buyer, columns=["origin"])
    Job.objects.filter(kind="matching.match_demand").update(state="running")
    sample = attached(world.buyer, demand)
    before = kept()
    with django_capture_on_commit_callbacks(execute=True):
        job = work(sample)
    sample.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"state": "read", "columns": 4})
    assert (sample.state, sample.blob_id, sample.columns, sample.problem_code) == ("read", None, 4, "")
    assert sample.finished_at is not None
    assert told(demand) == READ
    assert (before, kept()) == ((1, 1), (0, 0))
    demand.refresh_from_db()
    assert demand.columns == ["origin"]
    assert actions(demand)[-2:] == ["demand.sample_attached", "demand.sample_read"]
    (event,) = (one for one in timeline(("demand", demand.pk)) if one.action == "demand.sample_read")
    assert event.data == {"sample": sample.pk, "columns": 4, "kept": 4}
    assert events(demand) == ["demand.opened", "demand.sample_read"]
    again = Job.objects.filter(kind="matching.match_demand", subject_type="demand", subject_id=demand.pk)
    assert again.count() == 2  # opened, then read


def test_no_value_of_the_sample_is_left_anywhere(world: World) -> None:
    demand = opened(world.buyer)
    sample = attached(world.buyer, demand, b"phone,city\n13912345678,Qingniwaqiao\n")
    work(sample)
    stored = repr([list(model.objects.values()) for model in (Demand, DemandSample, Job, Event)])
    written = repr([event.data for event in timeline(("demand", demand.pk))])
    assert told(demand) == [{"name": "phone", "type": "integer"}, {"name": "city", "type": "text"}]
    for value in ("13912345678", "Qingniwaqiao"):
        assert value not in stored + written


def test_of_a_wide_table_the_first_columns_count(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drafts.MOST_COLUMNS == 200
    monkeypatch.setattr(sample_reading, "MOST_COLUMNS", 2)
    demand = opened(world.buyer)
    sample = attached(world.buyer, demand)
    work(sample)
    sample.refresh_from_db()
    assert (sample.columns, told(demand)) == (4, READ[:2])


def test_what_has_its_columns_stands_before_what_has_not(world: World) -> None:
    said: dict[str, Any] = {"title": "Flight delays", "description": "Flights.", "tags": [], "title_zh": ""}
    other = published_listing(world, columns=("carrier", "Origin", "code"), **said)
    alike = published_listing(world, columns=("ORIGIN", "note", "fl_date"), **said)
    demand = opened(world.buyer, text="flight delays")
    matched(demand)
    assert [row.listing_id for row in found(demand)] == [other.listing_id, alike.listing_id]  # as they came
    work(attached(world.buyer, demand))
    matched(demand)
    first, second = found(demand)
    assert (first.listing_id, second.listing_id) == (alike.listing_id, other.listing_id)
    # columns of these listings are text: the date of the sample is one, and its note has no type to ask for
    assert first.sample_found == [{"name": "origin", "type": "text"}, {"name": "note", "type": ""}]
    assert second.sample_found == [{"name": "origin", "type": "text"}]
    for row, share in ((first, 2 / 4), (second, 1 / 4)):
        assert row.columns_found == []
        assert row.features["columns"] == pytest.approx(row.features["relevance"] * 0.08 * share)
    before = picture(demand)
    work(attached(world.buyer, demand, bytes(4096)))
    matched(demand)
    assert picture(demand) == before


UNREADABLE: dict[str, tuple[bytes, str, str]] = {
    "bomb.csv.gz": (gzip.compress(bytes(3 << 20)), "expands", "The file unpacks to more than 1 MiB."),
    "cut.parquet": (hostile.parquet()[:-9], "truncated_parquet", "The Parquet file is cut off or damaged."),
    "nul.csv": (bytes(4096), "unsupported_format", "Files of the kind binary are not read."),
    "wide.csv": (b",".join(b"c%d" % n for n in range(100_000)) + b"\n", "too_many_columns", "at most 4096 are"),
    "empty.csv": (b"", "empty_file", "The file holds no data."),
    "nameless.csv": (b" , \n1,2\n", "no_header", "The file has no header row."),
    "bare.csv": (b"Zhang Wei,13912345678\nLi Na,13812345678\n", "no_header", "The file has no header row."),
}


def test_a_file_that_cannot_be_read_says_why_and_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "UNPACKED_BYTES", 1 << 20)
    monkeypatch.setattr(packing, "UNPACKED_TIMES", 0)
    demand = opened(world.buyer)
    work(attached(world.buyer, demand))
    matching = Job.objects.filter(kind="matching.match_demand").count()
    for filename, (content, code, words) in UNREADABLE.items():
        row = attached(world.buyer, demand, content, filename)
        job = work(row)
        row.refresh_from_db()
        assert (job.state, job.result) == ("succeeded", {"state": "failed", "problem": code}), filename
        assert (row.state, row.problem_code, row.blob_id, row.columns) == ("failed", code, None, None), filename
        assert told(demand) == READ, filename  # what the former one said
        assert Blob.objects.count() == 0, filename
        assert events(demand)[-1] == "demand.sample_failed", filename
        assert Job.objects.filter(kind="matching.match_demand").count() == matching, filename
        with override("en"):
            assert words in sample_wording.problem_of(row), filename


def test_another_takes_its_place_once_it_is_read(world: World, django_capture_on_commit_callbacks: Any) -> None:
    demand = opened(world.buyer)
    former = attached(world.buyer, demand)
    with django_capture_on_commit_callbacks(execute=True):
        work(former)
        waiting = attached(world.buyer, demand, b"a,b\n1,2\n")
    assert (told(demand), kept()) == (READ, (1, 1))
    with django_capture_on_commit_callbacks(execute=True):
        last = services.attach_sample(
            actor=world.buyer.actor, demand_id=demand.pk, filename="last.csv", chunks=[b"x\n1.5\n"]
        )
    assert kept() == (1, 1)  # that of the one that waited is gone
    assert list(DemandSample.objects.values_list("pk", flat=True)) == [last.pk]
    assert work(waiting).result == {"state": "over"}
    assert told(demand) == READ
    work(last)
    assert told(demand) == [{"name": "x", "type": "decimal"}]
    assert [one.data["replaced"] for one in timeline(("demand", demand.pk)) if one.action.endswith("attached")] == [
        None, former.pk, waiting.pk,
    ]  # fmt: skip


def test_removed_with_all_that_it_said(world: World, django_capture_on_commit_callbacks: Any) -> None:
    demand = opened(world.buyer)
    with django_capture_on_commit_callbacks(execute=True):
        work(attached(world.buyer, demand))
    services.remove_sample(actor=world.buyer.actor, demand_id=demand.pk)
    assert (told(demand), DemandSample.objects.count()) == ([], 0)
    assert actions(demand)[-1] == events(demand)[-1] == "demand.sample_removed"
    waiting = attached(world.buyer, demand)
    heard = len(events(demand))
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_sample(actor=world.buyer.actor, demand_id=demand.pk)
    assert kept() == (0, 0)
    assert len(events(demand)) == heard  # it had said nothing yet
    assert work(waiting).result == {"state": "over"}
    with pytest.raises(NotFound):
        services.remove_sample(actor=world.buyer.actor, demand_id=demand.pk)
    assert actions(demand).count("demand.sample_removed") == 2


def test_who_may_see_it_attach_it_and_remove_it(world: World) -> None:
    demand = opened(world.buyer)
    sample = attached(world.buyer, demand)
    for actor, seen, refused in (
        (world.provider.actor, NotFound, NotFound),
        (world.other_buyer.actor, NotFound, NotFound),
        (world.exchange.actor, None, Forbidden),
        (world.colleague(world.buyer, "auditor").actor, None, Forbidden),
    ):
        if seen is None:
            assert selectors.sample(actor, demand.pk) == sample
        else:
            with pytest.raises(seen):
                selectors.sample(actor, demand.pk)
        with pytest.raises(refused):
            services.attach_sample(actor=actor, demand_id=demand.pk, filename="a.csv", chunks=_never())
        with pytest.raises(refused):
            services.remove_sample(actor=actor, demand_id=demand.pk)
    assert DemandSample.objects.get() == sample
    assert actions(demand).count("demand.sample_attached") == 1


def _never() -> Any:
    raise AssertionError("a byte was read")
    yield b""


def test_what_is_refused_is_refused_before_a_byte_is_read(world: World, settings: Any) -> None:
    demand, over = opened(world.buyer), drafted(world.buyer)
    services.close_demand(actor=world.buyer.actor, demand_id=over.pk)
    for pk, filename, more, error in (
        (demand.pk, "a.exe", {}, InvalidInput),
        (demand.pk, "", {}, InvalidInput),
        (demand.pk, "a.csv", {"sha256": "abc"}, InvalidInput),
        (over.pk, "a.csv", {}, Conflict),
        (0, "a.csv", {}, NotFound),
    ):
        with pytest.raises(error):
            services.attach_sample(actor=world.buyer.actor, demand_id=pk, filename=filename, chunks=_never(), **more)
    settings.UPLOAD_LIMIT_BYTES = 10
    for chunks, more, refusal in (([b"a" * 11], {}, TooLarge), ([b"a\n1\n"], {"sha256": "0" * 64}, InvalidInput)):
        with pytest.raises(refusal):
            services.attach_sample(
                actor=world.buyer.actor, demand_id=demand.pk, filename="a.csv", chunks=chunks, **more
            )
    assert (DemandSample.objects.count(), kept()) == (0, (0, 0))
    assert not Job.objects.filter(kind=services.READ_SAMPLE).exists()


def test_a_demand_that_ended_meanwhile_does_without(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    demand = opened(world.buyer)
    sample = attached(world.buyer, demand)
    services.close_demand(actor=world.buyer.actor, demand_id=demand.pk)
    monkeypatch.setattr(sample_reading, "read_outline", _never_read)
    assert work(sample).result == {"state": "failed", "problem": "demand_over"}
    sample.refresh_from_db()
    assert (sample.state, sample.blob_id, told(demand), Blob.objects.count()) == ("failed", None, [], 0)
    with override("en"):
        assert sample_wording.problem_of(sample).startswith("The demand ended before its sample was read.")


def _never_read(*_said: Any, **_more: Any) -> None:
    raise AssertionError("the file was opened")


def test_its_buyer_is_told_why_and_nobody_else(world: World) -> None:
    demand = opened(world.buyer)
    work(attached(world.buyer, demand, bytes(4096), "secret name.csv"))
    notice = Job.objects.get(kind="tell.matching.sample_failed", arguments={"subject_id": demand.pk})
    jobs.execute(notice.pk)
    kind = registry.kind("matching.sample_failed")
    assert list(Notification.objects.values_list("kind", "recipient", "subject_id")) == [
        ("matching.sample_failed", world.buyer.user.pk, demand.pk)
    ]
    with override("en"):
        (words,) = kind.words(world.buyer.actor, [demand.pk]).values()
        said = f"{kind.title} {kind.text}" % words
    assert said == (
        f"Sample not read: demand #{demand.pk} The sample of your demand #{demand.pk} was not read. Files of the kind "
        "binary are not read. Upload CSV, TSV, JSON Lines, Parquet or XLSX."
    )
    assert kind.words(world.other_buyer.actor, [demand.pk]) == {}
    attached(world.buyer, demand)
    assert kind.words(world.buyer.actor, [demand.pk]) == {}


def test_what_nobody_reads_is_deleted_after_some_days(world: World, settings: Any) -> None:
    settings.DEMAND_SAMPLE_DAYS = 3
    old, new = (attached(world.buyer, opened(world.buyer)) for _ in range(2))
    long_read = attached(world.buyer, opened(world.buyer))
    work(long_read)
    before = timezone.now() - timedelta(days=3)
    DemandSample.objects.filter(pk__in=[old.pk, long_read.pk]).update(attached_at=before)
    DemandSample.objects.filter(pk=new.pk).update(attached_at=before + timedelta(minutes=1))
    assert services.lapse_samples(actor=SYSTEM) == 1
    assert services.lapse_samples(actor=SYSTEM) == 0
    states = dict(DemandSample.objects.values_list("pk", "state"))
    assert states == {old.pk: "failed", new.pk: "waiting", long_read.pk: "read"}
    assert Blob.objects.count() == 1
    old.refresh_from_db()
    with override("en"):
        assert sample_wording.problem_of(old) == "It could not be read for 3 days and was deleted. Attach it again."
    assert work(old).result == {"state": "over"}


def test_a_worker_that_dies_between_reading_and_writing_leaves_nothing_half_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    demand = opened(world.buyer)
    sample = attached(world.buyer, demand)
    before = (actions(demand), events(demand))

    class Died(BaseException):
        pass

    def die(*_said: Any, **_more: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr("foundation.events.services.emit", die)  # the last but one thing that it does
        with pytest.raises(Died):
            jobs.execute(job_of(sample).pk)
    sample.refresh_from_db()
    assert (sample.state, told(demand), (actions(demand), events(demand))) == ("waiting", [], before)
    assert sample.blob is not None
    assert b"".join(reading.open_range(sample.blob)) == SAMPLE
    lost = job_of(sample)
    assert lost.state == "running"
    Job.objects.filter(pk=lost.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    jobs.sweep()
    work(sample)
    sample.refresh_from_db()
    assert (sample.state, told(demand)) == ("read", READ)
    assert actions(demand).count("demand.sample_read") == 1


def test_an_attempt_that_lost_its_lease_writes_nothing(world: World) -> None:
    demand = opened(world.buyer)
    sample = attached(world.buyer, demand)
    claimed = jobs.claim(job_of(sample).pk)
    assert claimed is not None
    Job.objects.filter(pk=claimed[0].pk).update(attempt=2)
    with pytest.raises(LostLease):
        services.read_sample(claimed[1], actor=SYSTEM, sample_id=sample.pk)
    sample.refresh_from_db()
    assert (sample.state, told(demand), Blob.objects.count()) == ("waiting", [], 1)


def test_the_database_agrees(world: World) -> None:
    row = attached(world.buyer, drafted(world.buyer))
    rows = DemandSample.objects.filter(pk=row.pk)
    ended = {"blob": None, "finished_at": timezone.now()}
    fields: dict[str, dict[str, Any]] = {
        "waiting": {"blob": row.blob, "finished_at": None, "problem_code": ""},
        "read": {**ended, "problem_code": ""},
        "failed": {**ended, "problem_code": "expands"},
    }
    for source, target in product(MACHINE.states, repeat=2):
        with transaction.atomic():
            if source != "waiting":
                rows.update(state=source, **fields[source])
            if source == target or (source, target) in MACHINE.pairs:
                assert rows.update(state=target, **fields[target]) == 1
            else:
                with pytest.raises(IntegrityError, match="illegal transition"), transaction.atomic():
                    rows.update(state=target, **fields[target])
            transaction.set_rollback(True)
    for state, wrong in (("read", {**fields["read"], "blob": row.blob}), ("failed", fields["read"])):
        with pytest.raises(IntegrityError, match="sample_"), transaction.atomic():
            rows.update(state=state, **wrong)
