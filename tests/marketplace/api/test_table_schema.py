"""Rules declared with a file or later: who may, where they are kept, and that a job examines the file by them."""

import json
from typing import Any

import pytest

from foundation.audit.models import Event
from foundation.jobs.models import Job
from foundation.uploads.models import Upload
from grading.models import DataAsset
from tests.factories import CSV, World, draft_listing, send
from tests.marketplace.api.test_multipart import body
from tests.marketplace.api.test_resumable import create, packed

SCHEMA: dict[str, Any] = {
    "fields": [{"name": "id", "type": "integer"}, {"name": "name"}, {"name": "value", "type": "integer"}],
    "primaryKey": ["id"],
}
WRONG = {"fields": [{"name": "id", "type": "whole"}]}


def upload(world: World, version_id: int, **fields: bytes) -> Any:
    return send(
        world.provider.client, f"/api/v1/versions/{version_id}/files", body(CSV, fields),
        "multipart/form-data; boundary=x",
    )  # fmt: skip


def test_a_schema_comes_with_the_file(world: World) -> None:
    version = draft_listing(world)
    answer = upload(world, version.pk, title=b"T", table_schema=json.dumps(SCHEMA).encode())
    assert answer.status_code == 201, answer.content
    assert (answer.json()["filename"], answer.json()["title"], answer.json()["byte_size"]) == ("a.csv", "T", len(CSV))
    assert DataAsset.objects.get().declared["table_schema"] == SCHEMA
    url = f"/api/v1/versions/{version.pk}/files/{answer.json()['id']}/table-schema"
    assert world.provider.client.get(url).json() == {"table_schema": SCHEMA}
    assert world.buyer.client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"table_schema": json.dumps(WRONG).encode()}, "/table_schema/fields/0/type"),
        ({"table_schema": b"[]"}, "/table_schema"),
        ({"table_schema": b"{"}, "/table_schema"),
        ({"schema": b"{}"}, "/schema"),
    ],
)
def test_a_schema_that_cannot_be_used_keeps_the_file_out(world: World, fields: Any, pointer: str) -> None:
    answer = upload(world, draft_listing(world).pk, **fields)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert not DataAsset.objects.exists()


def test_a_schema_comes_with_a_resumable_upload(world: World) -> None:
    version = draft_listing(world)
    said = packed(filename="a.csv", table_schema=json.dumps(SCHEMA))
    assert create(world.provider, version, HTTP_UPLOAD_METADATA=said).status_code == 201
    assert Upload.objects.get().declared == {"table_schema": SCHEMA}
    said = packed(filename="b.csv", table_schema=json.dumps(WRONG))
    refused = create(world.provider, version, HTTP_UPLOAD_METADATA=said)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/table_schema/fields/0/type")
    assert Upload.objects.count() == 1


def test_a_schema_is_declared_later_and_taken_back(world: World) -> None:
    version = draft_listing(world)
    file_id = upload(world, version.pk).json()["id"]
    asset = DataAsset.objects.get()
    Job.objects.all().delete()
    base = f"/api/v1/versions/{version.pk}/files/{file_id}"
    assert world.provider.client.get(f"{base}/table-schema").json() == {"table_schema": None}
    for declared, fields in ((SCHEMA, 3), (None, 0)):
        answer = world.provider.client.post(f"{base}/actions/declare", {"table_schema": declared}, format="json")
        assert (answer.status_code, answer.json()["state"]) == (201, "queued"), answer.content
        asset.refresh_from_db()
        assert asset.declared.get("table_schema") == declared
        assert asset.declared["title"] == version.title
        event = Event.objects.filter(action="data_asset.table_schema_declared").latest("pk")
        assert (event.subject_id, event.data["fields"]) == (str(asset.pk), fields)
    assert Job.objects.get().kind == "grading.examine"


def test_a_wrong_schema_changes_nothing(world: World) -> None:
    version = draft_listing(world)
    url = f"/api/v1/versions/{version.pk}/files/{upload(world, version.pk).json()['id']}/actions/declare"
    before = Job.objects.count()
    answer = world.provider.client.post(url, {"table_schema": WRONG}, format="json")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/table_schema/fields/0/type"
    assert "table_schema" not in DataAsset.objects.get().declared
    assert Job.objects.count() == before
    assert world.other_provider.client.post(url, {"table_schema": SCHEMA}, format="json").status_code == 404
