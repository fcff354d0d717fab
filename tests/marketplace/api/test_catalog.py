"""Listings over REST: who gets which answer, and that a refused request changes nothing."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from marketplace.catalog.models import Listing, ListingVersion
from tests.factories import (
    CSV,
    World,
    add_file,
    as_json,
    draft,
    draft_listing,
    published_listing,
    send,
    submitted_listing,
)

API = "/api/v1"


def _clients(world: World) -> dict[str, APIClient]:
    return {
        "anonymous": world.anonymous,
        "buyer": world.buyer.client,
        "other provider": world.other_provider.client,
        "authority": world.authority.client,
        "provider": world.provider.client,
        "reviewer": world.reviewer.client,
    }


def _rows() -> list[Any]:
    return [*Listing.objects.order_by("pk").values(), *ListingVersion.objects.order_by("pk").values()]


def test_a_listing_goes_from_draft_to_the_public_catalogue(world: World) -> None:
    provider, reviewer = world.provider.client, world.reviewer.client
    made = provider.post(f"{API}/listings", as_json(draft(world.provider)), format="json")
    assert (made.status_code, made.json()["state"], made["ETag"]) == (201, "draft", '"1"')
    version, listing = made.json()["id"], made.json()["listing"]
    assert world.anonymous.get(f"{API}/listings").json()["results"] == []
    blind = provider.post(f"{API}/versions/{version}/actions/submit")
    assert (blind.status_code, blind.json()["type"]) == (428, "/api/problems/precondition_required")
    early = provider.post(f"{API}/versions/{version}/actions/submit", headers={"If-Match": '"1"'})
    assert (early.status_code, [e["pointer"] for e in early.json()["errors"]]) == (422, ["/files"])
    add_file(world.provider, ListingVersion.objects.get(pk=version))
    stale = provider.post(f"{API}/versions/{version}/actions/submit", headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/api/problems/stale_version")
    sent = provider.post(f"{API}/versions/{version}/actions/submit", headers={"If-Match": '"2"'})
    assert (sent.status_code, sent.json()["state"], sent["ETag"]) == (200, "in_review", '"3"')
    stale = reviewer.post(f"{API}/versions/{version}/actions/publish", headers={"If-Match": '"2"'})
    assert (stale.status_code, ListingVersion.objects.get(pk=version).state) == (412, "in_review")
    refused = reviewer.post(f"{API}/versions/{version}/actions/publish", headers={"If-Match": '"3"'})
    assert (refused.status_code, refused.json()["type"]) == (409, "/api/problems/conflict")
    back = reviewer.post(f"{API}/versions/{version}/actions/return", {"reason": "Say more."}, format="json")
    assert (back.status_code, back.json()["state"], back.json()["state_reason"]) == (200, "draft", "Say more.")
    assert provider.get(f"{API}/listings?mine=1").json()["results"][0]["open"]["id"] == version
    gone = provider.post(f"{API}/versions/{version}/actions/withdraw", {"reason": "No."}, format="json")
    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    assert provider.get(f"{API}/listings/{listing}").json()["open"] is None


def test_what_everybody_reads_of_a_published_version(world: World) -> None:
    version = published_listing(world, level="general_2", category="transport")
    answer = world.anonymous.get(f"{API}/versions/{version.pk}")
    assert (answer.status_code, answer["ETag"]) == (200, '"4"')
    said = answer.json()
    name = {"id": world.provider.organisation_id, "name": "Dalian Data Company", "name_zh": ""}
    assert said["provider"] == name
    assert said["rights"][2] == {
        "right": "operation",
        "holder": name,
        "basis": "law and contract",
        "evidence": "certificate operation",
    }
    assert [(s["position"], s["kind"], s["performed_on"]) for s in said["provenance"]] == [
        (1, "collection", "2013-12-31"),
        (2, "cleaning", "2014-02-01"),
    ]
    assert said["terms"]["duties"] == "Keep it safe; do not pass it on."
    assert (said["price"], said["price_unit"], said["currency"]) == ("1200.00", "licence", "CNY")
    assert (said["level"], said["quality"]) == ("general_2", 91.5)
    (file,) = said["files"]
    assert {k: v for k, v in file.items() if k not in ("id", "asset")} == {
        "title": "table.csv",
        "media_type": "text/csv",
        "filename": "table.csv",
        "byte_size": len(CSV),
        "state": "examined",
        "rows": 3,
        "columns": 3,
        "quality": 91.5,
        "quality_coverage": 0.75,
        "level": "general_2",
        "category": "transport",
    }
    assert "alpha" not in answer.content.decode()
    assert world.anonymous.get(f"{API}/versions/{version.pk}/files").json() == said["files"]


@pytest.mark.parametrize("who", ["anonymous", "buyer", "other provider", "authority", "provider", "reviewer"])
def test_nobody_reads_another_organisations_drafts(world: World, who: str) -> None:
    client = _clients(world)[who]
    hidden = [draft_listing(world), submitted_listing(world)]
    expected = 200 if who in ("provider", "reviewer") else 404
    for version in hidden:
        for path in (
            f"versions/{version.pk}",
            f"versions/{version.pk}/files",
            f"listings/{version.listing_id}",
            f"listings/{version.listing_id}/versions",
        ):
            answer = client.get(f"{API}/{path}")
            assert answer.status_code == expected, path
            if expected == 404:
                assert answer.json() == {
                    "type": "/api/problems/not_found",
                    "title": "Not found.",
                    "status": 404,
                    "detail": "Not found.",
                }
    assert client.get(f"{API}/listings").json()["results"] == []


WRITES = {
    "edit": ("put", "versions/{v}"),
    "revise": ("post", "listings/{l}/versions"),
    "upload": ("post", "versions/{v}/files?filename=a.csv"),
    "remove": ("delete", "versions/{v}/files/{f}"),
    **{
        action: ("post", f"versions/{{v}}/actions/{action}")
        for action in ("submit", "return", "publish", "suspend", "reinstate", "withdraw")
    },
}
OF_THE_PROVIDER = {"edit", "revise", "upload", "remove", "submit", "withdraw"}


class Listed:
    """A version that everybody sees, one that is hidden, and everybody who may try to change them."""

    def __init__(self) -> None:
        world = World()
        self.versions = {True: published_listing(world), False: submitted_listing(world)}
        self.clients = _clients(world)
        self.body = {**as_json(draft(world.provider)), "reason": "x"}


@pytest.fixture(scope="class")
def listed(class_db: None) -> Listed:
    return Listed()


@pytest.mark.django_db
class TestRefusals:
    @pytest.mark.parametrize("write", WRITES)
    @pytest.mark.parametrize("public", [False, True])
    def test_who_is_refused_changes_nothing(self, listed: Listed, write: str, public: bool) -> None:
        """Every write, by everybody who may not: 401 unknown, 404 for what is hidden, 403 for what is seen."""
        version, clients, body = listed.versions[public], listed.clients, listed.body
        method, path = WRITES[write]
        url = f"{API}/" + path.format(v=version.pk, l=version.listing_id, f=version.distributions.get().pk)
        before = _rows()
        for who, client in clients.items():
            if who == ("provider" if write in OF_THE_PROVIDER else "reviewer"):
                continue
            headers = {"If-Match": f'"{version.revision}"'}
            answer = (
                send(client, url, b"a\n1\n", "text/csv")
                if write == "upload"
                else getattr(client, method)(url, body, format="json", headers=headers)
            )
            sees = public or who in ("provider", "reviewer")
            expected = 401 if who == "anonymous" else 403 if sees else 404
            assert answer.status_code == expected, (who, answer.content)
            assert answer["Content-Type"] == "application/problem+json"
            if expected == 403:
                assert answer.json()["rule"].startswith(("catalog.", "participants."))
        assert _rows() == before


def test_an_edit_names_the_revision_it_starts_from(world: World) -> None:
    version = draft_listing(world)
    url, client = f"{API}/versions/{version.pk}", world.provider.client
    said = as_json(draft(world.provider, title="Edited"))
    without = client.put(url, said, format="json")
    assert (without.status_code, without.json()["type"]) == (428, "/api/problems/precondition_required")
    for tag in ('"7"', 'W/"1"', "*", "1", '"1", "2"', '"99999999999999999999"'):
        stale = client.put(url, said, format="json", headers={"If-Match": tag})
        assert (stale.status_code, stale.json()["type"]) == (412, "/api/problems/stale_version")
    assert ListingVersion.objects.get().title == "Departures of New York airports"
    tag = client.get(url)["ETag"]
    edited = client.put(url, said, format="json", headers={"If-Match": tag})
    assert (edited.status_code, edited.json()["title"], edited["ETag"]) == (200, "Edited", '"2"')
    again = client.put(url, said, format="json", headers={"If-Match": tag})
    assert again.status_code == 412


def test_wrong_fields_are_named_by_pointers(world: World) -> None:
    said = as_json(draft(world.provider, price="cheap", purposes=["war"], region="abc"))
    said["rights"][0]["holder"] = "me"
    answer = world.provider.client.post(f"{API}/listings", said, format="json")
    assert answer.status_code == 422
    assert {e["pointer"] for e in answer.json()["errors"]} == {"/price", "/purposes/0", "/rights/0/holder"}
    said = as_json(draft(world.provider, region="abc", currency="yen"))
    answer = world.provider.client.post(f"{API}/listings", said, format="json")
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/region", "/currency"]
    assert not Listing.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b'{"title": "\\ud800"}', b"\xff"])
def test_bodies_that_are_no_draft(world: World, body: bytes) -> None:
    answer = send(world.provider.client, f"{API}/listings", body, "application/json")
    assert answer.status_code in (400, 422), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not Listing.objects.exists()


def test_versions_are_listed_newest_first_and_only_the_public_one_publicly(world: World) -> None:
    first = published_listing(world)
    said = as_json(draft(world.provider, title="Second"))
    second = world.provider.client.post(f"{API}/listings/{first.listing_id}/versions", said, format="json")
    assert (second.status_code, second.json()["number"]) == (201, 2)
    assert [f["asset"] for f in second.json()["files"]] == [first.distributions.get().asset_id]
    url = f"{API}/listings/{first.listing_id}/versions"
    assert [v["number"] for v in world.provider.client.get(url).json()["results"]] == [2, 1]
    assert [v["number"] for v in world.anonymous.get(url).json()["results"]] == [1]
    assert world.provider.client.post(url, said, format="json").status_code == 409


def test_the_catalogue_is_filtered_and_paged(world: World) -> None:
    flights = published_listing(world)
    health = published_listing(world, world.other_provider, sector="health", origin="public", region="210100")
    found = world.anonymous.get(f"{API}/listings").json()["results"]
    assert [row["id"] for row in found] == [health.listing_id, flights.listing_id]
    assert found[1]["current"]["title"] == "Departures of New York airports"
    for query, expected in (("sector=health", health), ("origin=enterprise", flights), ("region=210100", health)):
        rows = world.anonymous.get(f"{API}/listings?{query}").json()["results"]
        assert [row["id"] for row in rows] == [expected.listing_id]
    page = world.anonymous.get(f"{API}/listings?page_size=1").json()
    assert [row["id"] for row in page["results"]] == [health.listing_id]
    rest = world.anonymous.get(page["next"]).json()
    assert [row["id"] for row in rest["results"]] == [flights.listing_id]
    for query in ("sector=%00", "sector=", "origin=found", "region=21", "mine=perhaps"):
        answer = world.anonymous.get(f"{API}/listings?{query}")
        pointers = [e["pointer"] for e in answer.json()["errors"]]
        assert (answer.status_code, pointers) == (422, [f"/{query.partition('=')[0]}"])


def test_own_listings_need_somebody(world: World) -> None:
    draft_listing(world)
    assert world.anonymous.get(f"{API}/listings?mine=1").status_code == 401
    assert world.other_provider.client.get(f"{API}/listings?mine=1").json()["results"] == []
    assert len(world.provider.client.get(f"{API}/listings?mine=1").json()["results"]) == 1
