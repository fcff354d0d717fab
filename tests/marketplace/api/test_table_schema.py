"""Rules declared with a file or later: who may, where they are kept, and that a job examines the file by them."""

import base64
import hashlib
import json
from hashlib import sha256
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.audit.models import Event
from foundation.jobs.models import Job
from foundation.uploads.models import Upload
from grading.declaring import declaration
from grading.engine.quality.declared import parse_schema
from grading.models import DataAsset, Profile, QualityAssessment, SensitivityFinding
from marketplace.catalog.models import Distribution, ListingVersion
from tests.factories import CSV, World, draft_listing, published_listing, send
from tests.marketplace.api.test_multipart import body
from tests.marketplace.api.test_resumable import create, packed

SCHEMA: dict[str, Any] = {
    "fields": [{"name": "id", "type": "integer"}, {"name": "name"}, {"name": "value", "type": "integer"}],
    "primaryKey": ["id"],
}
WRONG = {"fields": [{"name": "id", "type": "whole"}]}


def upload(world: World, version_id: int, query: str = "", sha256: bytes = b"", **fields: bytes) -> Any:
    headers = {"Content_Digest": f"sha-256=:{base64.b64encode(sha256).decode()}:"} if sha256 else {}
    return send(
        world.provider.client, f"/api/v1/versions/{version_id}/files{query}", body(CSV, fields),
        "multipart/form-data; boundary=x", **headers,
    )  # fmt: skip


def declare(world: World, version: Any, file_id: int, schema: Any, tag: str = "") -> Any:
    """As the provider, from the revision that stands there unless another ETag is given."""
    version.refresh_from_db()
    headers = {"If-Match": tag or f'"{version.revision}"'}
    url = f"/api/v1/versions/{version.pk}/files/{file_id}/actions/declare"
    return world.provider.client.post(url, {"table_schema": schema}, format="json", headers=headers)


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
        ({"a/b": b"{}"}, "/a~1b"),
        ({"query": "?title=T"}, "/title"),
        ({"query": "?filename=b.csv"}, "/filename"),
        ({"sha256": hashlib.sha256(CSV).digest()}, "/content-digest"),
    ],
)
def test_a_schema_that_cannot_be_used_keeps_the_file_out(world: World, fields: Any, pointer: str) -> None:
    answer = upload(world, draft_listing(world).pk, **fields)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert not DataAsset.objects.exists()


def test_the_digest_of_a_form_is_that_of_the_whole_body(world: World) -> None:
    digest = hashlib.sha256(body(CSV, {"title": b"T"})).digest()
    answer = upload(world, draft_listing(world).pk, sha256=digest, title=b"T")
    assert (answer.status_code, answer.json()["sha256"]) == (201, hashlib.sha256(CSV).hexdigest())


def test_a_schema_is_read_before_anything_is_locked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []

    def counted(descriptor: Any) -> Any:
        held.append(sum("FOR UPDATE" in query["sql"] for query in asked.captured_queries))
        return parse_schema(descriptor)

    monkeypatch.setattr(declaration, "parse_schema", counted)
    version = draft_listing(world)
    with CaptureQueriesContext(connection) as asked:
        file_id = upload(world, version.pk, table_schema=json.dumps(SCHEMA).encode()).json()["id"]
    with CaptureQueriesContext(connection) as asked:
        assert declare(world, version, file_id, SCHEMA).status_code == 201
    assert held == [0, 0]


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
        answer = declare(world, version, file_id, declared)
        assert (answer.status_code, answer.json()["state"]) == (201, "queued"), answer.content
        asset.refresh_from_db()
        assert asset.declared.get("table_schema") == declared
        assert asset.declared["title"] == version.title
        event = Event.objects.filter(action="data_asset.table_schema_declared").latest("pk")
        assert (event.subject_id, event.data["fields"]) == (str(asset.pk), fields)
    assert Job.objects.get().kind == "grading.examine"


def test_a_wrong_schema_changes_nothing(world: World) -> None:
    version = draft_listing(world)
    file_id = upload(world, version.pk).json()["id"]
    url = f"/api/v1/versions/{version.pk}/files/{file_id}/actions/declare"
    before = Job.objects.count()
    answer = declare(world, version, file_id, WRONG)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/table_schema/fields/0/type"
    assert "table_schema" not in DataAsset.objects.get().declared
    assert Job.objects.count() == before
    assert world.other_provider.client.post(url, {"table_schema": SCHEMA}, format="json").status_code == 404


def test_of_two_who_read_the_same_one_declares(world: World) -> None:
    """Each says which revision it read; the version has another one then, whatever its state."""
    version = published_listing(world)
    row = version.distributions.get()
    path = f"/api/v1/versions/{version.pk}"
    base = f"{path}/files/{row.pk}"
    client = world.provider.client
    tag = client.get(f"{base}/table-schema")["ETag"]
    assert tag == client.get(path)["ETag"] == f'"{version.revision}"'
    before = Job.objects.count()
    bare = client.post(f"{base}/actions/declare", {"table_schema": SCHEMA}, format="json")
    assert (bare.status_code, bare.json()["type"]) == (428, "/api/problems/precondition_required")
    first = declare(world, version, row.pk, SCHEMA, tag)
    assert (first.status_code, first["ETag"]) == (201, f'"{version.revision + 1}"')
    late = declare(world, version, row.pk, None, tag)
    assert late.status_code == 412
    assert DataAsset.objects.get(pk=row.asset_id).declared["table_schema"] == SCHEMA
    assert Job.objects.count() == before + 1
    assert client.get(path)["ETag"] == client.get(f"{base}/table-schema")["ETag"] == first["ETag"]
    assert declare(world, version, row.pk, None, first["ETag"]).status_code == 201


def test_whoever_reviews_the_next_version_with_the_file_reads_it_anew(world: World) -> None:
    version = published_listing(world)
    row = version.distributions.get()
    following, other = draft_listing(world), draft_listing(world)
    Distribution.objects.create(version=following, asset=row.asset, title="t", media_type="text/csv")
    assert declare(world, version, row.pk, SCHEMA).status_code == 201
    grown = [ListingVersion.objects.get(pk=kept.pk).revision - kept.revision for kept in (following, other)]
    assert grown == [1, 0]


TOLD: dict[str, Any] = {
    "title": "of nobody's concern",
    "missingValues": [{"value": "-", "label": "Li Na did not say"}],
    "fields": [
        {"name": "id", "type": "integer", "example": 7, "constraints": {"minimum": 1}, "trueValues": ["Li Na"]},
        {"name": "name", "type": "string", "description": "Li Na", "categories": ["Li Na"], "missingValues": ["Li Na"],
         "constraints": {"required": True, "enum": ["Li Na"], "pattern": "Li Na"}},
        {"name": "value", "type": "string", "constraints": {"enum": ["1", "2"], "minLength": 1},
         "categories": [{"value": "1", "label": "x"}]},
        {"name": "no column", "constraints": {"enum": ["Li Na"]}},
    ],
    "foreignKeys": [{"fields": ["id"], "reference": {"resource": "", "fields": ["id"], "note": "Li Na"}, "why": ""}],
}  # fmt: skip


def outline(*, values: bool) -> dict[str, Any]:
    """What of TOLD others read; `values` where those of columns that are not sensitive are shown."""
    third = {"enum": ["1", "2"], "minLength": 1}
    return {
        "missingValues": ["-"],
        "fields": [
            {"name": "id", "type": "integer", "constraints": {"minimum": 1} if values else {}},
            {"name": "name", "type": "string", "constraints": {"required": True}},
            {"name": "value", "type": "string", "constraints": third, "categories": ["1"]}
            if values
            else {"name": "value", "type": "string", "constraints": {"minLength": 1}},
            {"name": "no column", "constraints": {}},
        ],
        "foreignKeys": [{"fields": ["id"], "reference": {"resource": "", "fields": ["id"]}}],
    }


def test_of_a_published_file_others_read_what_is_checked_and_values_of_no_sensitive_column(world: World) -> None:
    version = published_listing(world)
    row = version.distributions.get()
    profile = Profile.objects.get(asset=row.asset)
    found = SensitivityFinding.objects.create(
        asset=row.asset, profile=profile, engine_version="x", column="name", sensitive_type="licence_plate",
        personal=False, sensitive_personal=False, confidence=0.9, evidence={},
    )  # fmt: skip
    base = f"/api/v1/versions/{version.pk}/files/{row.pk}"
    assert declare(world, version, row.pk, TOLD).status_code == 201

    def read(client: Any) -> Any:
        return client.get(f"{base}/table-schema").json()["table_schema"]

    handle = [world.provider, world.colleague(world.provider, "operator"), world.reviewer]
    others = [
        world.buyer,
        world.auditor,
        world.colleague(world.provider, "auditor"),
        world.colleague(world.exchange, "operator"),
    ]
    assert all(read(party.client) == TOLD for party in handle)
    for client in (world.anonymous, *(party.client for party in others)):
        assert read(client) == outline(values=True)
    # Of a table about persons no column's values: a detector misses some.
    SensitivityFinding.objects.filter(pk=found.pk).update(personal=True, sensitive_type="person_name")
    assert read(world.anonymous) == outline(values=False)
    SensitivityFinding.objects.all().delete()
    Profile.objects.filter(pk=profile.pk).update(data={"columns": [{"name": "value", "inferred_type": "structure"}]})
    assert read(world.anonymous) == outline(values=False)
    assert read(world.provider.client) == TOLD


def test_what_is_declared_and_what_an_assessment_follows_from_hold_the_schemas_digest(world: World) -> None:
    version = published_listing(world)
    asset = version.distributions.get().asset
    asset.declared["table_schema"] = SCHEMA
    asset.save()
    QualityAssessment.objects.filter(asset=asset).update(inputs={"declared": asset.declared, "today": "2026-01-01"})
    written = json.dumps(SCHEMA, sort_keys=True, separators=(",", ":"))
    expected = {**asset.declared, "table_schema": {"sha256": sha256(written.encode()).hexdigest()}}
    client, path = world.colleague(world.provider, "auditor").client, f"/api/v1/assets/{asset.pk}"
    assert client.get(path).json()["declared"] == expected
    assert client.get("/api/v1/assets").json()["results"][0]["declared"] == expected
    (row,) = client.get(f"{path}/quality/history").json()["results"]
    assert row["inputs"] == {"declared": expected, "today": "2026-01-01"}
    page = world.auditor.admin.get(f"/admin/grading/dataasset/{asset.pk}/change/").content.decode()
    assert expected["table_schema"]["sha256"] in page
    assert "primaryKey" not in page
