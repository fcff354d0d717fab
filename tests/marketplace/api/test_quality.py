"""Quality over REST: what an assessment says, in which form, to whom; findings paged, filtered and masked by role."""

from base64 import b64encode
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext, override
from rdflib import Graph
from rest_framework.test import APIClient

from foundation.rulebooks.in_force import shipped
from grading import services
from grading.drawing import POLICY
from grading.models import DataAsset, QualityAssessment, SensitivityFinding
from grading.rulebook import QUALITY
from tests.factories import Party, World
from tests.grading.scored import received, scored

pytestmark = pytest.mark.django_db
API = "/api/v1"
SVG = "{http://www.w3.org/2000/svg}"
LINKED = "application/ld+json"
DECLARED = {"modified_on": "2024-01-31", "update_frequency": "annual", "title": "Stations"}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def asset(world: World) -> DataAsset:
    """Assessed of old, and overdue since."""
    asset = received(world.provider, **DECLARED)
    scored(asset, date(2024, 2, 1))
    return asset


def get(client: APIClient, path: str, **query: Any) -> Any:
    answer = client.get(f"{API}{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_an_assessment_says_what_it_found_by_what_and_how_sure(world, asset):
    found = get(world.provider.client, f"/assets/{asset.pk}/quality")
    row = QualityAssessment.objects.get(asset=asset)
    assert (found["id"], found["overall"], found["verdict"], found["reason"]) == (row.pk, row.overall, "assessed", "")
    assert found["low"] < found["overall"] < found["high"]
    assert found["interval_level"] == 0.95
    assert (found["interval_method"], found["assessed_on"]) == (row.data["interval_method"], "2024-02-01")
    assert (found["rules_code"], found["rules_version"]) == ("default", shipped(QUALITY).content.label)
    assert found["inputs"]["declared"] == DECLARED
    assert found["inputs"]["rulebooks"][QUALITY]["sha256"] == shipped(QUALITY).content.sha256
    assert found["finding_totals"]["missing_values"] == 10
    measures = {(m["indicator"], m["column"]): m for m in found["measures"]}
    complete = measures["data_elements", "opened"]
    assert (complete["a"], complete["b"], complete["value"]) == (90, 100, 0.9)
    assert measures["uniqueness", None]["not_assessed"].startswith("No key is declared")
    assert found["dimensions"]["accessibility"]["score"] is None
    assert found["coverage"] == row.coverage


def test_older_assessments_are_read_by_version(world, asset):
    path = f"/assets/{asset.pk}/quality"
    old = get(world.provider.client, path)
    made = world.provider.client.post(f"{API}/assets/{asset.pk}/actions/rescore")
    assert made.status_code == 200
    new = get(world.provider.client, path)
    assert new == made.json()
    assert new["overall"] < old["overall"]
    assert new["inputs"]["rescored_from"] == old["id"]
    assert get(world.provider.client, path, version=old["id"]) == old
    history = get(world.provider.client, f"{path}/history", page_size=1)
    assert [row["id"] for row in history["results"]] == [new["id"]]
    assert [row["id"] for row in world.provider.client.get(history["next"]).json()["results"]] == [old["id"]]
    strange = received(world.provider)
    scored(strange, date(2024, 2, 1))
    other = get(world.provider.client, f"/assets/{strange.pk}/quality")["id"]
    assert world.provider.client.get(f"{API}{path}", {"version": other}).status_code == 404


def test_it_is_linked_data_for_who_asks_for_that(world, asset):
    client, path = world.provider.client, f"{API}/assets/{asset.pk}/quality"
    asked = client.get(path, headers={"Accept": LINKED})
    assert asked["Content-Type"] == LINKED
    assert "Accept" in asked["Vary"].split(", ")
    named = client.get(f"{path}.jsonld")
    assert named["Content-Type"] == LINKED
    assert named.json() == asked.json()
    assert len(Graph().parse(data=named.content.decode(), format="json-ld")) > 100
    assert client.get(path)["Content-Type"] == "application/json"
    vocabulary = world.anonymous.get(f"{API}/vocabularies/quality")
    assert (vocabulary.status_code, vocabulary["Content-Type"]) == (200, LINKED)
    refused = world.buyer.client.get(path, headers={"Accept": LINKED})
    assert (refused.status_code, refused["Content-Type"]) == (404, "application/problem+json")


def findings(party: Party, asset: DataAsset, **query: Any) -> Any:
    return get(party.client, f"/assets/{asset.pk}/findings", **query)


def kinds(found: Any) -> list[str]:
    return [row["kind"] for row in found["results"]]


def test_findings_are_paged_in_the_assessment_that_the_first_page_was_of(world, asset):
    client = world.provider.client
    everything = kinds(findings(world.provider, asset))
    assert everything == ["missing_values", "duplicate_rows", "type_mismatch", "inconsistent_spelling"]
    first = findings(world.provider, asset, page_size=3)
    assert (kinds(first), first["previous"]) == (everything[:3], None)
    newer = scored(asset, date(2024, 2, 2))
    QualityAssessment.objects.filter(pk=newer.pk).update(data={**newer.data, "findings": []})
    second = client.get(first["next"]).json()
    assert (kinds(second), second["next"]) == (everything[3:], None)
    assert kinds(client.get(second["previous"]).json()) == everything[:3]
    assert kinds(findings(world.provider, asset)) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "type_mismatch"}, ["type_mismatch"]),
        ({"column": "opened"}, ["missing_values"]),
        ({"minimum_confidence": "0.7"}, ["missing_values", "duplicate_rows", "type_mismatch"]),
        ({"minimum_confidence": "1"}, ["missing_values"]),
        ({"kind": "type_mismatch", "column": "opened"}, []),
        ({"kind": "of_another_version"}, []),
    ],
)
def test_findings_are_filtered(world, asset, query, expected):
    assert kinds(findings(world.provider, asset, **query)) == expected


@pytest.mark.parametrize("confidence", ["1.1", "-1", "nan", "half", "１", "1e-3", ""])
def test_a_confidence_that_is_none_is_refused(world, asset, confidence):
    answer = world.provider.client.get(f"{API}/assets/{asset.pk}/findings", {"minimum_confidence": confidence})
    assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, ["/minimum_confidence"])


@pytest.mark.parametrize("cursor", ["x", "cj0xJm89MQ", "cj0xJm89LTE=", "cj3CsSZvPTE=", "cj05OTk5OTk5OSZvPTA="])
def test_a_false_cursor_is_not_found(world, asset, cursor):
    answer = world.provider.client.get(f"{API}/assets/{asset.pk}/findings", {"cursor": cursor})
    assert answer.status_code == 404


def test_evidence_is_in_the_language_of_the_request(world, asset):
    path, query = f"{API}/assets/{asset.pk}/findings", {"kind": "missing_values"}
    english, chinese = (
        world.provider.client.get(path, query, headers={"Accept-Language": language}).json()["results"][0]["evidence"]
        for language in ("en", "zh-Hans")
    )
    assert english == "10 of 100 cells are empty, the first in row 5."
    with override("zh-hans"):
        params = {"count": 10, "rows": 100, "row": 5}
        assert chinese == gettext("%(count)s of %(rows)s cells are empty, the first in row %(row)s.") % params
    assert chinese != english


def test_values_of_sensitive_columns_are_for_those_who_handle_or_judge_the_file(world, asset):
    def said(party: Party) -> str:
        (row,) = findings(party, asset, column="licence_no")["results"]
        return str(row["evidence"])

    handle = [world.provider, world.colleague(world.provider, "operator"), world.reviewer]
    read_only = [
        world.colleague(world.provider, "auditor"), world.auditor, world.approver,
        world.colleague(world.exchange, "operator"),
    ]  # fmt: skip
    assert {said(party) for party in handle} == {"“L-7” (2 cells) is another spelling of a more frequent value."}
    assert {said(party) for party in read_only} == {"“A-9” (2 cells) is another spelling of a more frequent value."}
    for party in (*handle, *read_only):
        (other,) = findings(party, asset, column="station")["results"]
        assert "“x1” stands in 1 cells" in other["evidence"], "of columns that are not sensitive everybody reads values"


def test_a_profile_hides_the_same_values_from_the_same_readers(world, asset):
    row = QualityAssessment.objects.get(asset=asset).profile
    row.data["columns"][2]["top_values"] = [{"value": "L-7", "count": 2, "row": 0}]
    row.save()
    for party, shown in ((world.provider, "L-7"), (world.reviewer, "L-7"), (world.auditor, "A-9")):
        column = get(party.client, f"/assets/{asset.pk}/profile")["data"]["columns"][2]
        assert column["top_values"] == [{"value": shown, "count": 2, "row": 0}]
        picture = party.client.get(f"{API}/assets/{asset.pk}/profile/columns/2/distribution.svg").content.decode()
        assert ("L-7" in picture, "A-9" in picture) == (shown == "L-7", shown == "A-9")


def test_what_a_newer_examination_found_personal_is_read_by_nobody_in_older_results(world, asset):
    old = QualityAssessment.objects.get(asset=asset)
    old.profile.data["columns"][0]["top_values"] = [
        {"value": "Li Na", "count": 9, "row": 0}, {"value": "Wu", "count": 1, "row": 9},
    ]  # fmt: skip
    old.profile.data["columns"][1]["top_values"] = [{"value": "HIV", "count": 4, "row": 0}]
    old.profile.save()
    newest = scored(asset, date(2024, 2, 2)).profile
    for column, kind, personal in (("station", "person_name", True), ("opened", "occupation", False)):
        SensitivityFinding.objects.create(
            asset=asset, profile=newest, engine_version="x", column=column, sensitive_type=kind, personal=personal,
            sensitive_personal=False, confidence=0.9, evidence={},
        )  # fmt: skip
    cursor = b64encode(f"r={old.pk}&o=0".encode()).decode()
    for party in (world.provider, world.reviewer, world.auditor):
        profile = f"/assets/{asset.pk}/profile"
        data = get(party.client, profile, version=old.profile_id)["data"]
        assert [item["value"] for item in data["columns"][0]["top_values"]] == ["Aa Aa", "Aa"]
        assert [item["value"] for item in data["columns"][1]["top_values"]] == ["AAA"]
        drawn = f"{API}{profile}/columns/0/distribution.svg"
        assert b"Li Na" not in party.client.get(drawn, {"version": old.profile_id}).content
        (found,) = findings(party, asset, cursor=cursor, column="station")["results"]
        assert "“a9” stands in 1 cells" in found["evidence"]


@pytest.mark.parametrize("path", ["quality", "quality.jsonld"])
def test_an_assessment_that_is_known_is_not_sent_again(world, asset, path):
    client, path = world.provider.client, f"{API}/assets/{asset.pk}/{path}"
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert {"Accept", "Accept-Language", "Authorization"} <= set(first["Vary"].split(", "))
    # Its sentences are in the language of the request; linked data has both languages.
    other = client.get(path, headers={"If-None-Match": first["ETag"], "Accept-Language": "zh-hans"})
    assert other.status_code == (200 if path.endswith("quality") else 304)
    scored(asset, date(2024, 3, 1), good=80)
    newer = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (newer.status_code, newer["ETag"] == first["ETag"]) == (200, False)


@pytest.mark.parametrize("part", ["radar", "columns"])
def test_pictures_are_documents_of_their_own(world, asset, part):
    client, path = world.provider.client, f"{API}/assets/{asset.pk}/quality/{part}.svg"
    answer = client.get(path, headers={"Accept": "image/svg+xml", "Accept-Language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
    assert answer["Content-Security-Policy"] == POLICY
    tree = ElementTree.fromstring(answer.content)
    assert tree.attrib["aria-label"].startswith("Quality by ")
    told = {"radar": "not assessed", "columns": "licence_no: "}
    assert told[part] in str(tree.findtext(f"{SVG}desc"))
    assert client.get(path, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert client.get(path, {"version": 1 << 40}).status_code == 404


def test_reading_asks_the_database_as_often_for_many_findings_as_for_few(world, asset):
    findings(world.auditor, asset)
    row = QualityAssessment.objects.get(asset=asset)
    with CaptureQueriesContext(connection) as few:
        findings(world.auditor, asset)
    row.data["findings"] *= 40
    row.save()
    with CaptureQueriesContext(connection) as many:
        assert len(findings(world.auditor, asset, page_size=150)["results"]) == 150
    assert len(many) == len(few)


def test_an_operator_of_the_exchange_has_older_examinations_repeated(world):
    for _number in range(3):
        scored(received(world.provider), date(2024, 2, 1), engine="0.9")
    path = f"{API}/assets/actions/examine-outdated"
    answer = world.exchange.client.post(path, {"limit": 2}, format="json")
    assert (answer.status_code, len(answer.json()["jobs"]), answer.json()["left"]) == (200, 2, 1)
    answer = world.exchange.client.post(path, {}, format="json")
    assert (len(answer.json()["jobs"]), answer.json()["left"]) == (1, 0)
    for limit in (0, services.MOST_AT_ONCE + 1):
        refused = world.exchange.client.post(path, {"limit": limit}, format="json")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/limit")
