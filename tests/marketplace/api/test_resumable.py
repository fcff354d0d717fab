"""Resumable uploads over REST, by the letter of tus 1.0.0."""

import base64
import hashlib
from typing import Any

import pytest

from foundation.uploads.models import Upload
from marketplace.catalog.models import ListingVersion
from tests.factories import CSV, Party, World, draft_listing

TUS: Any = {"HTTP_TUS_RESUMABLE": "1.0.0"}
BYTES = "application/offset+octet-stream"


def packed(**said: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())


def create(party: Party, version: ListingVersion, length: object = len(CSV), **headers: str) -> Any:
    said = {"HTTP_UPLOAD_LENGTH": str(length), "HTTP_UPLOAD_METADATA": packed(filename="a.csv"), **TUS, **headers}
    return party.client.generic("POST", f"/api/v1/versions/{version.pk}/uploads", **said)


def patch(party: Party, url: str, offset: object, body: bytes, type_: str = BYTES, **headers: str) -> Any:
    said = {"HTTP_UPLOAD_OFFSET": str(offset), **TUS, **headers}
    return party.client.generic("PATCH", url, body, type_, **said)  # type: ignore[arg-type]


@pytest.fixture
def url(world: World) -> str:
    """An announced upload of the file CSV."""
    location: str = create(world.provider, draft_listing(world))["Location"]
    return location


def test_what_is_spoken_here_is_told_to_everybody(world: World, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1234
    answer = world.anonymous.options(f"/api/v1/versions/{draft_listing(world).pk}/uploads")
    assert answer.status_code == 204
    assert {name: answer[name] for name in answer.headers if name.startswith("Tus-")} == {
        "Tus-Resumable": "1.0.0",
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,creation-with-upload,checksum,expiration,termination",
        "Tus-Max-Size": "1234",
        "Tus-Checksum-Algorithm": "sha1,sha256",
    }


def test_a_file_in_three_requests(world: World) -> None:
    version = draft_listing(world)
    metadata = packed(filename="航班.csv", title="Flights", sha256=hashlib.sha256(CSV).hexdigest())
    made = create(world.provider, version, HTTP_UPLOAD_METADATA=metadata)
    row = Upload.objects.get()
    assert (made.status_code, made["Location"], made["Upload-Offset"]) == (201, f"/api/v1/uploads/{row.pk}", "0")
    assert made["Upload-Expires"].endswith("GMT")
    url = made["Location"]
    for start, end in ((0, 10), (10, 11), (11, len(CSV))):
        sent = patch(world.provider, url, start, CSV[start:end])
        assert (sent.status_code, sent["Upload-Offset"], sent.content) == (204, str(end), b"")
        assert sent["Upload-Expires"].endswith("GMT")
        asked = world.provider.client.head(url, **TUS)
        assert asked.status_code == 200
        assert (asked["Upload-Offset"], asked["Upload-Length"]) == (str(end), str(len(CSV)))
        assert (asked["Upload-Metadata"], asked["Cache-Control"]) == (metadata, "no-store")
    said = world.provider.client.get(url).json()
    assert (said["state"], said["version"], said["filename"], said["title"], said["distribution"]) == (
        "received", version.pk, "航班.csv", "Flights", None,
    )  # fmt: skip
    listed = world.provider.client.get("/api/v1/uploads").json()["results"]
    assert [upload["id"] for upload in listed] == [row.pk]
    assert world.buyer.client.get("/api/v1/uploads").json()["results"] == []


def test_the_first_bytes_may_come_along(world: World) -> None:
    version = draft_listing(world)
    headers = {"HTTP_UPLOAD_LENGTH": str(len(CSV)), "HTTP_UPLOAD_METADATA": packed(filename="a.csv"), **TUS}
    made = world.provider.client.generic("POST", f"/api/v1/versions/{version.pk}/uploads", CSV[:9], BYTES, **headers)  # type: ignore[arg-type]
    assert (made.status_code, made["Upload-Offset"]) == (201, "9")
    assert patch(world.provider, made["Location"], 9, CSV[9:])["Upload-Offset"] == str(len(CSV))


REFUSED_BEGINNINGS: list[tuple[dict[str, str], int, str]] = [
    ({"HTTP_TUS_RESUMABLE": "0.2.2"}, 412, "tus_version"),
    ({"HTTP_UPLOAD_LENGTH": "-1"}, 422, "/upload-length"),
    ({"HTTP_UPLOAD_LENGTH": ""}, 422, "/upload-length"),
    ({"HTTP_UPLOAD_DEFER_LENGTH": "1"}, 422, "/upload-defer-length"),
    ({"HTTP_UPLOAD_METADATA": ""}, 422, "/filename"),
    ({"HTTP_UPLOAD_METADATA": "filename ***"}, 422, "/upload-metadata"),
    ({"HTTP_UPLOAD_METADATA": packed(filename="a.csv") + ",filename eA=="}, 422, "/upload-metadata"),
    ({"HTTP_UPLOAD_METADATA": packed(filename="a.exe")}, 422, "/filename"),
    ({"HTTP_UPLOAD_METADATA": packed(filename="a\u202e.csv")}, 422, "/filename"),
    ({"HTTP_UPLOAD_METADATA": packed(filename="a.csv", sha256="no")}, 422, "/content-digest"),
    ({"HTTP_REPR_DIGEST": "sha-256=:AAAA:"}, 422, "/repr-digest"),
    ({"HTTP_UPLOAD_LENGTH": "99999999999999"}, 413, "too_large"),
]


@pytest.mark.parametrize(("headers", "status", "names"), REFUSED_BEGINNINGS)
def test_what_is_refused_begins_nothing(world: World, headers: dict[str, str], status: int, names: str) -> None:
    answer = create(world.provider, draft_listing(world), **headers)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert names in answer.content.decode()
    assert answer["Tus-Resumable"] == "1.0.0"
    assert ("Tus-Version" in answer) == (status == 412)
    assert not Upload.objects.exists()


def test_only_the_provider_of_the_draft_begins(world: World) -> None:
    version = draft_listing(world)
    assert create(world.buyer, version).status_code == 404
    assert create(world.reviewer, version).status_code == 403
    assert world.anonymous.post(f"/api/v1/versions/{version.pk}/uploads", **TUS).status_code == 401
    assert not Upload.objects.exists()


def test_what_a_patch_may_not_be(world: World, url: str, settings: Any) -> None:
    refused = [
        (patch(world.provider, url, 1, b"x"), 409, "offset_mismatch"),
        (patch(world.provider, url, "", b"x"), 422, "invalid_input"),
        (patch(world.provider, url, 0, b"x", "text/csv"), 415, "unsupported_media_type"),
        (patch(world.provider, url, 0, b"x", HTTP_TUS_RESUMABLE="2.0.0"), 412, "tus_version"),
        (patch(world.provider, url, 0, CSV + b"x"), 413, "too_large"),
        (patch(world.provider, url, 0, b"x", HTTP_UPLOAD_CHECKSUM="md5 AAAA"), 422, "invalid_input"),
        (patch(world.provider, url, 0, b"x", HTTP_CONTENT_ENCODING="gzip"), 422, "invalid_input"),
        (patch(world.buyer, url, 0, b"x"), 404, "not_found"),
        (world.anonymous.patch(url, **TUS), 401, "unauthenticated"),
    ]
    for answer, status, code in refused:
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, code)
    assert Upload.objects.get().offset == 0
    assert world.provider.client.head(url).status_code == 412


def test_checksums_are_checked(world: World, url: str) -> None:
    for algorithm in ("sha1", "sha256"):
        offset = Upload.objects.get().offset
        good = base64.b64encode(hashlib.new(algorithm, CSV[offset : offset + 5]).digest()).decode()
        wrong = patch(world.provider, url, offset, b"xxxxx", HTTP_UPLOAD_CHECKSUM=f"{algorithm} {good}")
        assert (wrong.status_code, wrong.json()["type"]) == (460, "/api/problems/checksum_mismatch")
        assert Upload.objects.get().offset == offset
        sent = patch(world.provider, url, offset, CSV[offset : offset + 5], HTTP_UPLOAD_CHECKSUM=f"{algorithm} {good}")
        assert (sent.status_code, sent["Upload-Offset"]) == (204, str(offset + 5))
    digest = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert patch(world.provider, url, 10, CSV[10:], HTTP_CONTENT_DIGEST=f"sha-256=:{digest}:").status_code == 460


def test_an_ended_upload_is_gone(world: World, url: str) -> None:
    assert world.provider.client.delete(url).status_code == 412
    assert world.buyer.client.delete(url, **TUS).status_code == 404
    assert patch(world.provider, url, 0, CSV[:5]).status_code == 204
    assert world.provider.client.delete(url, **TUS).status_code == 204
    assert not Upload.objects.get().pieces.exists()
    for answer in (
        world.provider.client.head(url, **TUS),
        world.provider.client.delete(url, **TUS),
        patch(world.provider, url, 5, CSV[5:]),
    ):
        assert answer.status_code == 410
        assert "Upload-Offset" not in answer
    assert world.provider.client.get(url).json()["state"] == "terminated"


def test_clients_without_patch_name_it_in_a_post(world: World, url: str) -> None:
    headers = {"HTTP_X_HTTP_METHOD_OVERRIDE": "PATCH", "HTTP_UPLOAD_OFFSET": "0", **TUS}
    sent = world.provider.client.generic("POST", url, CSV[:5], BYTES, **headers)  # type: ignore[arg-type]
    assert (sent.status_code, sent["Upload-Offset"]) == (204, "5")
    headers["HTTP_X_HTTP_METHOD_OVERRIDE"] = "PUT"
    assert world.provider.client.generic("POST", url, b"", BYTES, **headers).status_code == 405  # type: ignore[arg-type]


def test_the_quota_is_told(world: World, settings: Any) -> None:
    settings.UPLOAD_UNFINISHED_MOST = 1
    version = draft_listing(world)
    assert create(world.provider, version).status_code == 201
    answer = create(world.provider, version)
    assert (answer.status_code, answer.json()["type"]) == (409, "/api/problems/upload_quota")
