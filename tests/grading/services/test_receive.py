"""Receiving files: streamed without a transaction, one row, one job, one event; on any error nothing stays."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from foundation.actors import ANONYMOUS
from foundation.audit.models import Event
from foundation.errors import Forbidden, InvalidInput, TooLarge
from foundation.jobs.models import Job
from foundation.vault import reading
from foundation.vault.models import Blob
from grading import services
from grading.models import DataAsset
from tests.factories import Party, World
from tests.grading.samples import observations

pytestmark = pytest.mark.django_db
CONTENT = observations()


@pytest.fixture
def world():
    return World()


def receive(
    party: Party,
    *,
    filename: str = "hours.csv",
    chunks: Iterable[bytes] = (CONTENT,),
    declared: dict[str, Any] | None = None,
    **more: Any,
) -> DataAsset:
    return services.receive_file(
        actor=party.actor,
        organisation_id=more.pop("organisation_id", party.organisation_id),
        filename=filename,
        chunks=chunks,
        declared=declared or {},
        **more,
    )


def files() -> set:
    return {p for p in settings.VAULT_DIR.rglob("*") if p.is_file()}


def assert_nothing(before) -> None:
    assert files() == before
    assert (DataAsset.objects.count(), Blob.objects.count()) == (0, 0)
    assert not Job.objects.filter(kind__startswith="grading.").exists()
    assert not Event.objects.filter(action__startswith="data_asset.").exists()


def test_a_file_becomes_an_asset_a_job_and_an_event(world):
    declared = {"title": " Hours ", "modified_on": date(2024, 5, 1), "keywords": ["weather"], "licence": None}
    asset = receive(world.provider, declared=declared, filename="C:\\fakepath\\hours.csv")
    asset.refresh_from_db()
    assert (asset.state, asset.filename, asset.byte_size, asset.format) == ("received", "hours.csv", len(CONTENT), "")
    assert asset.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert asset.declared == {"title": "Hours", "modified_on": "2024-05-01", "keywords": ["weather"]}
    assert b"".join(reading.open_range(asset.blob)) == CONTENT
    job = Job.objects.get(kind="grading.examine")
    assert (job.subject_type, job.subject_id, job.organisation_id) == ("data_asset", asset.pk, asset.organisation_id)
    event = Event.objects.get(action="data_asset.received")
    assert (event.subject_type, event.subject_id, event.actor_label) == (
        "data_asset",
        str(asset.pk),
        world.provider.actor.label,
    )
    assert event.data == {"organisation": asset.organisation_id, "size": len(CONTENT), "sha256": asset.sha256}


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_bytes_come_in(world):
    open_blocks = []

    def chunks() -> Iterator[bytes]:
        for place in range(0, len(CONTENT), 100):
            open_blocks.append(connection.in_atomic_block)
            yield CONTENT[place : place + 100]

    receive(world.provider, chunks=chunks())
    assert len(open_blocks) > 5
    assert not any(open_blocks)


def test_the_expected_digest_is_compared_in_any_case(world):
    assert receive(world.provider, expected_sha256=hashlib.sha256(CONTENT).hexdigest().upper()).pk


@pytest.mark.parametrize("digest", ["0" * 64, "not hexadecimal"])
def test_another_digest_is_refused_and_nothing_stays(world, digest):
    actor, before = world.provider, files()
    with pytest.raises(InvalidInput) as error:
        receive(actor, expected_sha256=digest)
    assert [f.pointer for f in error.value.fields] == ["/content-digest"]
    assert_nothing(before)


def test_too_many_bytes_are_refused_and_nothing_stays(world):
    before = files()
    with pytest.raises(TooLarge) as error:
        receive(world.provider, limit=len(CONTENT) - 1)
    assert error.value.params == {"limit": len(CONTENT) - 1}
    assert_nothing(before)


def test_a_sender_who_goes_away_leaves_nothing(world):
    before = files()

    def chunks() -> Iterator[bytes]:
        yield CONTENT
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        receive(world.provider, chunks=chunks())
    assert_nothing(before)


@pytest.mark.parametrize(
    "filename",
    ["", " ", "..", "a/", "a\x00b.csv", "a\nb.csv", "\u202evsc.exe", "a\u2028b.csv", "\ud800.csv", "n" * 256],
)
def test_deceiving_names_are_refused_before_anything_is_read(world, filename):
    def chunks() -> Iterator[bytes]:
        raise AssertionError("the bytes were read")
        yield b""

    with pytest.raises(InvalidInput) as error:
        receive(world.provider, filename=filename, chunks=chunks())
    assert [f.pointer for f in error.value.fields] == ["/filename"]
    assert DataAsset.objects.count() == 0


def test_names_keep_their_own_script(world):
    assert receive(world.provider, filename="../../住院 记录.csv").filename == "住院 记录.csv"


def test_every_wrong_declaration_is_named_at_once(world):
    declared = {
        "title": 3,
        "modified_on": "yesterday",
        "temporal_start": "2024-02-01",
        "temporal_end": "2024-01-01",
        "sector": "x" * 41,
        "keywords": "weather",
        "columns": ["a"],
        "subjects": -1,
        "declarations": ["nothing known"],
        "colour": "red",
    }
    with pytest.raises(InvalidInput) as error:
        receive(world.provider, declared=declared)
    wrong = set(declared) - {"temporal_start"}
    assert {f.pointer for f in error.value.fields} == {f"/declared/{name}" for name in wrong}
    assert all("%" not in f.message % dict(f.params) for f in error.value.fields)


def test_only_people_of_the_owner_may_send(world):
    unverified = world.organisation("", "provider", verified=False)
    auditor = world.colleague(world.provider, "auditor")
    tries = [
        (world.other_provider, {"organisation_id": world.provider.organisation_id}, "grading.owner_only"),
        (world.exchange, {"organisation_id": world.provider.organisation_id}, "grading.owner_only"),
        (unverified, {}, "participants.verified_only"),
        (auditor, {}, "grading.operator_needed"),
    ]
    before = files()
    for party, more, rule in tries:
        with pytest.raises(Forbidden) as error:
            receive(party, **more)
        assert error.value.rule == rule
    with pytest.raises(Forbidden):
        services.receive_file(
            actor=ANONYMOUS,
            organisation_id=world.provider.organisation_id,
            filename="a.csv",
            chunks=[CONTENT],
            declared={},
        )
    assert_nothing(before)
