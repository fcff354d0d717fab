"""Uploads over REST: raw bodies, names, digests, limits; what is refused leaves nothing."""

import base64
import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory
from rest_framework.request import Request

from foundation.errors import InvalidInput, TooLarge
from foundation.jobs.models import Job
from foundation.vault import reading
from foundation.vault.models import Blob
from grading.models import DataAsset
from marketplace.api import streams
from marketplace.catalog.models import Distribution
from tests.factories import CSV, World, draft_listing, send

DIGEST = f"sha-256=:{base64.b64encode(hashlib.sha256(CSV).digest()).decode()}:"


def _stored() -> tuple[int, int, int, int]:
    files = [path for path in Path(django_settings.VAULT_DIR).rglob("*") if path.is_file()]
    return len(files), Blob.objects.count(), DataAsset.objects.count(), Distribution.objects.count()


def _send(
    world: World, version_id: int, body: bytes = CSV, query: str = "?filename=a.csv", type_: str = "text/csv", **h: str
) -> Any:
    return send(world.provider.client, f"/api/v1/versions/{version_id}/files{query}", body, type_, **h)


@pytest.mark.parametrize(
    "type_", ["text/csv", "application/octet-stream", "application/x-www-form-urlencoded", "application/json"]
)
def test_the_body_is_the_file_whatever_its_type_says(world: World, type_: str) -> None:
    version = draft_listing(world)
    answer = _send(world, version.pk, type_=type_, Content_Digest=DIGEST)
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["filename"], said["byte_size"], said["media_type"]) == ("a.csv", len(CSV), "text/csv")
    assert said["sha256"] == hashlib.sha256(CSV).hexdigest()
    job = Job.objects.get(kind="grading.examine")
    assert said["job"] == {"id": job.pk, "kind": "grading.examine", "state": "queued"}
    assert world.provider.client.get(f"/api/v1/jobs/{job.pk}").status_code == 200
    assert world.buyer.client.get(f"/api/v1/jobs/{job.pk}").status_code == 404
    row = Distribution.objects.get(pk=said["id"])
    assert b"".join(reading.open_range(row.asset.blob)) == CSV


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="flights.csv"', "flights.csv"),
        ("attachment; filename*=UTF-8''%E8%88%AA%E7%8F%AD.csv", "航班.csv"),
        ('attachment; filename="/etc/../x/table.csv"', "table.csv"),
    ],
)
def test_the_name_comes_from_the_disposition(world: World, disposition: str, name: str) -> None:
    answer = _send(world, draft_listing(world).pk, query="?title=T", Content_Disposition=disposition)
    assert (answer.status_code, answer.json()["filename"], answer.json()["title"]) == (201, name, "T")


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"query": ""}, 422, "/filename"),
    ({"query": "", "Content_Disposition": "attachment"}, 422, "/filename"),
    ({"query": "?filename=a.exe"}, 422, "/filename"),
    ({"query": "?filename=a%00.csv"}, 422, "/filename"),
    ({"query": "?filename=a.csv&title=" + "x" * 301}, 422, "/title"),
    ({"Content_Digest": DIGEST.replace("=:", "=:AAAA", 1)}, 422, "/content-digest"),
    ({"Content_Digest": "sha-256=abc"}, 422, "/content-digest"),
    ({"Content_Digest": "sha-256=:" + base64.b64encode(bytes(32)).decode() + ":"}, 422, "/content-digest"),
    ({"Content_Encoding": "gzip"}, 422, "/content-encoding"),
    ({"type_": "multipart/form-data; boundary=x"}, 422, "/"),
    ({"type_": "multipart/form-data"}, 422, "/content-type"),
]


@pytest.mark.parametrize(("request_", "status", "pointer"), REFUSED)
def test_what_is_refused_leaves_nothing(world: World, request_: dict[str, Any], status: int, pointer: str) -> None:
    version, before = draft_listing(world), _stored()
    answer = _send(world, version.pk, **request_)
    assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (status, [pointer])
    assert _stored() == before
    assert not Job.objects.filter(kind="grading.examine").exists()


def test_too_large_a_body_leaves_nothing(world: World, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = len(CSV) - 1
    version, before = draft_listing(world), _stored()
    answer = _send(world, version.pk)
    assert (answer.status_code, answer.json()["type"]) == (413, "/api/problems/too_large")
    assert _stored() == before
    settings.UPLOAD_LIMIT_BYTES = len(CSV)
    assert _send(world, version.pk).status_code == 201


def test_other_digests_are_not_ours_to_check(world: World) -> None:
    answer = _send(world, draft_listing(world).pk, Content_Digest=f"sha-512=:AAAA:, {DIGEST}")
    assert answer.status_code == 201
    answer = _send(world, draft_listing(world).pk, Content_Digest="sha-512=:AAAA:")
    assert answer.status_code == 201


def test_a_file_is_removed(world: World) -> None:
    version = draft_listing(world)
    made = _send(world, version.pk).json()["id"]
    url = f"/api/v1/versions/{version.pk}/files/{made}"
    assert world.buyer.client.delete(url).status_code == 404
    assert world.anonymous.delete(url).status_code == 401
    assert world.provider.client.delete(url).status_code == 204
    assert world.provider.client.delete(url).status_code == 404
    assert not Distribution.objects.exists()


# -- the stream itself, as a server hands it over --------------------------------------------------------------------


def _request(body: bytes, **environ: Any) -> Request:
    plain = RequestFactory().post("/", b"", content_type="text/csv").environ
    return Request(WSGIRequest({**plain, "wsgi.input": BytesIO(body), **environ}))


def test_the_body_comes_in_bounded_pieces() -> None:
    body = bytes(range(256)) * 12_000
    found = list(streams.pieces(_request(body, CONTENT_LENGTH=str(len(body))), limit=10**9))
    assert max(map(len, found)) <= 1024 * 1024
    assert b"".join(found) == body


def test_a_part_is_never_taken_for_the_whole() -> None:
    with pytest.raises(InvalidInput, match="before all bytes had arrived"):
        list(streams.pieces(_request(b"abc", CONTENT_LENGTH="4"), limit=100))


def test_an_announced_length_above_the_limit_is_refused_unread() -> None:
    request = _request(b"abcdef", CONTENT_LENGTH="6")
    with pytest.raises(TooLarge):
        streams.pieces(request, limit=5)
    assert request._request.META["wsgi.input"].tell() == 0


def test_a_chunked_body_is_read_to_the_end_that_the_server_finds() -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    assert list(streams.pieces(_request(b"abc", **chunked, **{"wsgi.input_terminated": True}), limit=9)) == [b"abc"]
    with pytest.raises(streams.LengthRequired):
        streams.pieces(_request(b"abc", **chunked), limit=9)


@pytest.mark.parametrize("length", ["", "-1", "1e3", "abc"])
def test_a_body_of_unknown_length_is_refused(length: str) -> None:
    with pytest.raises(streams.LengthRequired):
        streams.pieces(_request(b"abc", CONTENT_LENGTH=length), limit=9)


def test_an_empty_body_is_an_empty_file_and_judged_as_one() -> None:
    assert list(streams.pieces(_request(b"", CONTENT_LENGTH="0"), limit=9)) == []


def test_a_chunked_body_ends_at_the_limit() -> None:
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    assert list(streams.pieces(_request(b"abc", **chunked), limit=3)) == [b"abc"]
    with pytest.raises(TooLarge):
        list(streams.pieces(_request(b"abc", **chunked), limit=2))
