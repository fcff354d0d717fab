"""Files of drafts: accepted by name, stored whole or not at all, seen by nobody else."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from foundation.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound, TooLarge
from foundation.jobs.models import Job
from foundation.vault import reading, storage
from foundation.vault import services as vault
from foundation.vault.models import Blob
from grading.models import DataAsset
from marketplace.catalog import services
from marketplace.catalog.models import Distribution
from tests.factories import CSV, SYSTEM, World, add_file, draft, draft_listing, published_listing, submitted_listing


def _stored() -> tuple[int, int, int, int]:
    files = [path for path in Path(settings.VAULT_DIR).rglob("*") if path.is_file()]
    return len(files), Blob.objects.count(), DataAsset.objects.count(), Distribution.objects.count()


def test_a_file_is_stored_encrypted_and_examined_by_a_job(world: World) -> None:
    version = draft_listing(world)
    row = services.add_file(
        actor=world.provider.actor,
        version_id=version.pk,
        filename="Flights.CSV",
        chunks=[CSV[:7], CSV[7:]],
        sha256=hashlib.sha256(CSV).hexdigest(),
    )
    assert (row.title, row.media_type, row.asset.byte_size) == ("Flights.CSV", "text/csv", len(CSV))
    assert b"".join(reading.open_range(row.asset.blob)) == CSV
    assert row.asset.organisation_id == world.provider.organisation_id
    assert row.asset.declared == {
        "title": "Departures of New York airports",
        "description": "All flights that departed in 2013, with delays.",
        "sector": "transport",
        "origin": "enterprise",
        "region": "210200",
        "update_frequency": "annual",
        "licence": "Exchange licence 1.0",
        "keywords": ["flights", "delay"],
        "modified_on": "2024-01-31",
        "temporal_start": "2013-01-01",
        "temporal_end": "2013-12-31",
    }
    assert list(
        Job.objects.filter(kind__startswith="grading.").values_list(
            "kind", "subject_type", "subject_id", "organisation_id"
        )
    ) == [("grading.examine", "data_asset", row.asset_id, world.provider.organisation_id)]
    version.refresh_from_db()
    assert version.revision == 2


@pytest.mark.parametrize(
    ("filename", "media_type"),
    [
        ("a.tsv", "text/tab-separated-values"),
        ("a.jsonl", "application/x-ndjson"),
        ("a.ndjson", "application/x-ndjson"),
        ("航班 2013.parquet", "application/vnd.apache.parquet"),
        ("a.json", "application/json"),
        ("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.CSV.gz", "application/gzip"),
        ("a.b.jsonl.ZST", "application/zstd"),
    ],
)
def test_the_name_says_the_media_type(world: World, filename: str, media_type: str) -> None:
    row = add_file(world.provider, draft_listing(world), filename=filename)
    assert (row.asset.filename, row.media_type) == (filename, media_type)


@pytest.mark.parametrize(
    "filename",
    [
        *("", "table", "table.xls", "table.gz", "table.xlsx.gz", ".csv.gz", "table.csv.zip", ".csv", ".."),
        *("a\x00.csv", "a\u202e.csv"),
    ],
)
def test_other_names_are_refused_before_a_byte_is_read(world: World, filename: str) -> None:
    version = draft_listing(world)
    before = _stored()

    def untouched() -> Iterator[bytes]:
        raise AssertionError("read")
        yield b""

    with pytest.raises(InvalidInput) as refused:
        services.add_file(actor=world.provider.actor, version_id=version.pk, filename=filename, chunks=untouched())
    assert [field.pointer for field in refused.value.fields] == ["/filename"]
    assert _stored() == before


def test_too_large_a_file_leaves_nothing(world: World, settings) -> None:
    settings.UPLOAD_LIMIT_BYTES = 2_000_000
    version, before = draft_listing(world), _stored()
    with pytest.raises(TooLarge):
        services.add_file(
            actor=world.provider.actor,
            version_id=version.pk,
            filename="a.csv",
            chunks=(b"x" * 500_000 for _ in range(5)),
        )
    assert _stored() == before


def test_another_digest_leaves_nothing(world: World) -> None:
    version, before = draft_listing(world), _stored()
    with pytest.raises(InvalidInput) as refused:
        services.add_file(
            actor=world.provider.actor, version_id=version.pk, filename="a.csv", chunks=[CSV], sha256="0" * 64
        )
    assert [field.pointer for field in refused.value.fields] == ["/content-digest"]
    assert _stored() == before


def test_a_broken_connection_leaves_nothing(world: World) -> None:
    version, before = draft_listing(world), _stored()

    def broken() -> Iterator[bytes]:
        yield b"x" * 3_000_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        services.add_file(actor=world.provider.actor, version_id=version.pk, filename="a.csv", chunks=broken())
    assert _stored() == before


def test_an_upload_killed_between_storing_and_attaching_leaves_a_file_for_the_sweep_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asset, blob and distribution are one transaction; a killed process only forgets to remove the file."""
    version, before = draft_listing(world), _stored()
    discard = storage.discard
    with monkeypatch.context() as killed:
        killed.setattr(storage, "discard", lambda path: None)
        killed.setattr(Distribution.objects, "create", _die)
        with pytest.raises(KeyboardInterrupt):
            add_file(world.provider, version)
    assert storage.discard is discard
    assert _stored() == (before[0] + 1, *before[1:])
    vault.sweep_orphans(actor=SYSTEM, older_than=-1)
    assert _stored()[1:] == before[1:]
    assert len(list(storage.everything())) == Blob.objects.count()


def _die(**_values: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_bytes_come_in_and_a_draft_submitted_meanwhile_takes_no_file() -> None:
    world = World()
    version = draft_listing(world)
    add_file(world.provider, version, filename="first.csv")
    before, seen = _stored(), []

    def slow() -> Iterator[bytes]:
        seen.append(connection.in_atomic_block)
        yield CSV[:10]
        services.submit_version(actor=world.provider.actor, version_id=version.pk)
        yield CSV[10:]

    with pytest.raises(Conflict, match="in_review"):
        services.add_file(actor=world.provider.actor, version_id=version.pk, filename="late.csv", chunks=slow())
    assert seen == [False]
    assert _stored() == before


def test_one_name_once(world: World) -> None:
    version = draft_listing(world)
    add_file(world.provider, version)
    before = _stored()
    with pytest.raises(Conflict, match=r"table\.csv"):
        add_file(world.provider, version)
    assert _stored() == before


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("other_provider", NotFound), ("buyer", NotFound), ("exchange", Forbidden), ("reviewer", Forbidden)],
)
def test_nobody_adds_or_removes_for_another(world: World, who: str, refusal: type[DomainError]) -> None:
    version = draft_listing(world)
    row = add_file(world.provider, version)
    party, before = getattr(world, who), _stored()
    with pytest.raises(refusal):
        add_file(party, version, filename="mine.csv")
    with pytest.raises(refusal):
        services.remove_file(actor=party.actor, version_id=version.pk, distribution_id=row.pk)
    assert _stored() == before


def test_what_is_public_takes_no_file_and_loses_none(world: World) -> None:
    for version in (submitted_listing(world), published_listing(world)):
        before = _stored()
        with pytest.raises(Conflict):
            add_file(world.provider, version, filename="more.csv")
        with pytest.raises(Conflict):
            services.remove_file(
                actor=world.provider.actor, version_id=version.pk, distribution_id=version.distributions.get().pk
            )
        assert _stored() == before


@pytest.mark.django_db(transaction=True)
def test_a_removed_file_leaves_the_vault() -> None:
    world = World()
    version, before = draft_listing(world), _stored()
    row = add_file(world.provider, version)
    services.remove_file(actor=world.provider.actor, version_id=version.pk, distribution_id=row.pk)
    assert _stored() == before
    with pytest.raises(NotFound):
        services.remove_file(actor=world.provider.actor, version_id=version.pk, distribution_id=row.pk)


@pytest.mark.django_db(transaction=True)
def test_a_file_that_the_published_version_holds_stays() -> None:
    world = World()
    first = published_listing(world)
    second = services.revise_listing(
        actor=world.provider.actor, listing_id=first.listing_id, draft=draft(world.provider)
    )
    row = second.distributions.get()
    services.remove_file(actor=world.provider.actor, version_id=second.pk, distribution_id=row.pk)
    assert not second.distributions.exists()
    replaced = add_file(world.provider, second)
    causes = Job.objects.filter(kind="grading.examine").order_by("pk").values_list("arguments__cause", flat=True)
    assert list(causes) == ["first", "replaced"]
    assert replaced.asset_id != row.asset_id
    assert b"".join(reading.open_range(first.distributions.get().asset.blob)) == CSV


def test_a_file_of_another_version_is_not_removed(world: World) -> None:
    mine, other = draft_listing(world), draft_listing(world)
    row = add_file(world.provider, other)
    with pytest.raises(NotFound):
        services.remove_file(actor=world.provider.actor, version_id=mine.pk, distribution_id=row.pk)
    assert other.distributions.exists()
