"""The sample of a demand over REST: by role, what is answered, and that it stays between the buyer and the exchange."""

import base64
import hashlib
from typing import Any

from rest_framework.test import APIClient

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from foundation.participants import services as participants
from foundation.participants.models import Membership
from foundation.uploads import services as uploads
from foundation.vault.models import Blob
from marketplace.matching import services
from marketplace.matching.models import DemandSample, Match
from tests.factories import Party, World, published_listing, send
from tests.marketplace.matching.demands import found, matched, opened
from tests.marketplace.matching.sampling import SAMPLE, attached, work

DIGEST = f"sha-256=:{base64.b64encode(hashlib.sha256(SAMPLE).digest()).decode()}:"


def post(client: Any, demand_id: int, content: bytes = SAMPLE, **headers: str) -> Any:
    named = {"Content_Disposition": 'attachment; filename="like.csv"', **headers}
    return send(client, f"/api/v1/demands/{demand_id}/sample", content, "text/csv", **named)


def keyed(party: Party, *reach: str) -> APIClient:
    """A client with a narrower key of the same person."""
    membership = Membership.objects.get(user=party.user)
    _row, token = participants.issue_key(actor=party.actor, membership_id=membership.pk, label="narrow", reach=reach)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def test_attached_read_replaced_and_removed(world: World) -> None:
    demand = opened(world.buyer)
    client, address = world.buyer.client, f"/api/v1/demands/{demand.pk}/sample"
    assert client.get(address).status_code == 404
    answer = post(client, demand.pk, Content_Digest=DIGEST)
    said = answer.json()
    assert (answer.status_code, said["state"], said["byte_size"], said["columns"]) == (201, "waiting", 67, [])
    job = work(DemandSample.objects.get())
    assert said["job"] == job.pk
    assert client.get(f"/api/v1/jobs/{job.pk}").json()["state"] == "succeeded"
    read = client.get(address, headers={"Accept-Language": "zh-hans"}).json()
    assert (read["state"], read["columns_in_file"], read["problem"], read["problem_code"]) == ("read", 4, "", "")
    assert read["columns"][0] == {"name": "Dep-Delay", "type": "integer", "type_name": "整数"}
    assert read["columns"][3] == {"name": "note", "type": "", "type_name": ""}
    assert post(client, demand.pk, bytes(4096)).status_code == 201
    work(DemandSample.objects.get())
    failed = client.get(address).json()
    assert (failed["state"], failed["problem_code"]) == ("failed", "unsupported_format")
    assert [column["name"] for column in failed["columns"]] == ["Dep-Delay", "origin", "fl_date", "note"]
    assert failed["problem"].startswith("Files of the kind binary are not read.")
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_a_form_brings_it_as_well(world: World) -> None:
    demand = opened(world.buyer)
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="f.csv"\r\n\r\n' + SAMPLE + b"\r\n--x--\r\n"
    address = f"/api/v1/demands/{demand.pk}/sample"
    answer = send(world.buyer.client, address, body, "multipart/form-data; boundary=x")
    assert (answer.status_code, answer.json()["filename"], answer.json()["byte_size"]) == (201, "f.csv", 67)
    more = b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nA\r\n' + body
    answer = send(world.buyer.client, address, more, "multipart/form-data; boundary=x")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/title")
    assert DemandSample.objects.get().filename == "f.csv"


def test_what_is_refused_leaves_nothing(world: World) -> None:
    demand = opened(world.buyer)
    wrong = f"sha-256=:{base64.b64encode(bytes(32)).decode()}:"
    assert post(world.buyer.client, demand.pk, Content_Digest=wrong).status_code == 422
    assert post(world.buyer.client, demand.pk, Content_Disposition='attachment; filename="a.exe"').status_code == 422
    assert not DemandSample.objects.exists()


def test_others_learn_nothing_of_it(world: World) -> None:
    version = published_listing(world, columns=("dep_delay", "origin"))
    demand = opened(world.buyer)
    work(attached(world.buyer, demand))
    matched(demand)
    (match,) = found(demand)
    assert match.sample_found == [{"name": "origin", "type": "text"}]
    address = f"/api/v1/demands/{demand.pk}/sample"
    for client in (world.provider.client, world.other_buyer.client):
        assert client.get(address).status_code == post(client, demand.pk).status_code == 404
        assert client.delete(address).status_code == 404
        assert client.get("/api/v1/jobs?subject_type=demand_sample").json()["results"] == []
        assert client.get(f"/api/v1/demands/{demand.pk}/matches").status_code == 404
    listing = world.provider.client.get(f"/api/v1/listings/{version.listing_id}").content
    assert b"Dep-Delay" not in listing
    said = world.buyer.client.get(f"/api/v1/demands/{demand.pk}/matches").json()["results"][0]
    assert said["sample_found"] == [{"name": "origin", "type": "text", "type_name": "text"}]
    assert said["columns_found"] == []
    assert Match.objects.count() == 1


def test_it_may_come_in_pieces(world: World) -> None:
    demand = opened(world.buyer)
    reached = {"buyer": world.buyer.client, "with_a_key_of_matching": keyed(world.buyer, "matching:write")}
    announced = {"Tus_Resumable": "1.0.0", "Upload_Length": "67", "Upload_Metadata": "filename bGlrZS5jc3Y="}
    address = f"/api/v1/demands/{demand.pk}/sample/uploads"
    for role, client in reached.items():
        made = send(client, address, b"", "", **announced)
        assert made.status_code == 201, role
        url, said = made["Location"], {"Tus_Resumable": "1.0.0"}
        shown = world.buyer.client.get(url).json()
        assert (shown["version"], shown["demand"], shown["distribution"]) == (None, demand.pk, None)
        for start in (0, 40):
            piece = SAMPLE[start : start + 40]
            kind = "application/offset+octet-stream"
            sent = send(client, url, piece, kind, "PATCH", **said, Upload_Offset=str(start))
            assert sent.status_code == 204, role
        attach = Job.objects.filter(kind="matching.attach_sample").latest("pk")
        jobs.execute(attach.pk)
        jobs.execute(Job.objects.filter(kind="catalog.attach_upload").latest("pk").pk)
        assert world.buyer.client.get(url).json()["state"] == "attached"
        sample = DemandSample.objects.get()
        attach.refresh_from_db()
        assert (attach.result, sample.filename, sample.byte_size) == (
            {"state": "attached", "sample": sample.pk}, "like.csv", 67,
        )  # fmt: skip
    assert send(keyed(world.buyer, "catalog:write"), address, b"", "", **announced).status_code == 403
    assert send(world.provider.client, address, b"", "", **announced).status_code == 404


def test_a_demand_that_ended_takes_none_that_was_announced(world: World) -> None:
    demand = opened(world.buyer)
    upload = services.begin_sample_upload(
        actor=world.buyer.actor, demand_id=demand.pk, filename="like.csv", length=len(SAMPLE)
    )
    uploads.append(actor=world.buyer.actor, upload_id=upload.pk, offset=0, chunks=[SAMPLE])
    services.close_demand(actor=world.buyer.actor, demand_id=demand.pk)
    jobs.execute(Job.objects.get(kind="matching.attach_sample").pk)
    upload.refresh_from_db()
    assert (upload.state, upload.error_code) == ("refused", "conflict")
    assert not DemandSample.objects.exists()
    assert not Blob.objects.exists()
