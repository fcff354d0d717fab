"""Assets and grades over REST: who gets which answer, and that a refused request changes nothing."""

from typing import Any
from xml.etree import ElementTree

import pytest
from rest_framework.test import APIClient

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from grading import services
from grading.drawing import POLICY
from grading.models import DataAsset, Grade
from tests import factories
from tests.factories import Party, World
from tests.grading.samples import NO_TABLE, hospital, observations

pytestmark = pytest.mark.django_db
API = "/api/v1"
READS = ["", "/profile", "/profile/columns/0/distribution.svg", "/quality", "/quality.jsonld", "/quality/radar.svg",
         "/quality/columns.svg", "/quality/history", "/findings", "/sensitive-columns", "/grade"]  # fmt: skip


@pytest.fixture
def world() -> World:
    return World()


def receive(world: World, content: bytes, filename: str = "records.csv", **declared: str) -> DataAsset:
    party = world.provider
    return services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename=filename,
        chunks=[content],
        declared=declared,
    )


def run_waiting() -> None:
    job = Job.objects.get(kind="grading.examine", state="queued")
    jobs.execute(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded"


@pytest.fixture
def asset(world: World) -> DataAsset:
    """An examined hospital file."""
    asset = receive(world, hospital(), sector="health")
    run_waiting()
    return asset


@pytest.fixture
def grade(world: World) -> Grade:
    return factories.examined(receive(world, observations(3)), recommended="general_3")


def get(client: APIClient, path: str, **query: Any) -> Any:
    answer = client.get(f"{API}{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_an_asset_and_its_job(world, asset):
    found = get(world.provider.client, f"/assets/{asset.pk}")
    job = found.pop("job")
    assert (job["state"], job["progress"], job["error_code"]) == ("succeeded", 1.0, "")
    assert found.pop("created_at")
    assert found == {
        "id": asset.pk,
        "organisation": world.provider.organisation_id,
        "filename": "records.csv",
        "sha256": asset.sha256,
        "byte_size": len(hospital()),
        "format": "csv",
        "declared": {"sector": "health"},
        "state": "examined",
        "problem_code": "",
        "problem": "",
    }
    listed = get(world.provider.client, "/assets")["results"]
    assert [row["id"] for row in listed] == [asset.pk]
    assert get(world.provider.client, "/assets", state="unreadable")["results"] == []


def test_an_unreadable_asset_says_what_to_do(world):
    asset = receive(world, NO_TABLE)
    run_waiting()
    found = get(world.provider.client, f"/assets/{asset.pk}")
    assert (found["state"], found["problem_code"]) == ("unreadable", "unsupported_format")
    assert found["problem"].endswith("are not read. Upload CSV, TSV, JSON Lines, Parquet or XLSX.")
    assert "%(" not in found["problem"]
    for part in READS[1:]:
        expected = 200 if part == "/quality/history" else 404
        assert world.provider.client.get(f"{API}/assets/{asset.pk}{part}").status_code == expected


def test_profile_and_quality(world, asset):
    profile = get(world.provider.client, f"/assets/{asset.pk}/profile")
    assert (profile["rows"], profile["columns"], len(profile["data"]["columns"])) == (120, 5, 5)
    quality = get(world.provider.client, f"/assets/{asset.pk}/quality")
    assert set(quality["dimensions"]) == {
        "conformance", "completeness", "accuracy", "consistency", "timeliness", "accessibility",
    }  # fmt: skip
    complete = quality["dimensions"]["completeness"]
    assert (complete["name"], complete["score"], complete["high"]) == ("Completeness", 100.0, 100.0)
    assert complete["low"] == 97.76  # squares of Wilson: 600 of 600 cells and 120 of 120 records, weighted 4 to 1
    assert 0 < quality["overall"] <= 100
    assert quality["verdict"] == "assessed"
    assert all(m["a"] <= m["b"] for m in quality["measures"])
    reasons = {m["not_assessed"] for m in quality["measures"] if m["value"] is None}
    assert "The listing does not say when the data was last modified." in reasons
    history = get(world.provider.client, f"/assets/{asset.pk}/quality/history")["results"]
    assert [(row["id"], row["overall"]) for row in history] == [(quality["id"], quality["overall"])]


def test_profiles_stay_and_are_read_by_version(world, asset):
    path = f"/assets/{asset.pk}/profile"
    first = get(world.provider.client, path)
    services.reexamine(actor=world.provider.actor, asset_id=asset.pk)
    run_waiting()
    newest = get(world.provider.client, path)
    assert newest["id"] > first["id"]
    assert get(world.provider.client, path, version=first["id"]) == first
    history = get(world.provider.client, f"{path}/history")["results"]
    assert [(row["id"], row["rows"], row["columns"]) for row in history] == [
        (newest["id"], 120, 5), (first["id"], 120, 5),
    ]  # fmt: skip
    assert "data" not in history[0]
    other = receive(world, observations())
    run_waiting()
    strange = get(world.provider.client, f"/assets/{other.pk}/profile")["id"]
    assert world.provider.client.get(f"{API}{path}", {"version": strange}).status_code == 404


@pytest.mark.parametrize("part", ["profile", "profile/columns/0/distribution.svg"])
def test_what_a_reader_has_already_is_not_sent_again(world, asset, part):
    client, path = world.provider.client, f"{API}/assets/{asset.pk}/{part}"
    whole = client.get(path)
    tag = whole["ETag"]
    assert whole["Cache-Control"] == "private, no-cache"
    assert {"Accept-Language", "Authorization", "Cookie"} <= set(whole["Vary"].split(", "))
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
        assert "Content-Type" not in again
        assert again["Content-Security-Policy"] == whole["Content-Security-Policy"]
    assert client.get(path, headers={"If-None-Match": '"other"'}).content == whole.content


def test_a_distribution_is_drawn_in_the_language_of_the_request(world, asset):
    client, path = world.provider.client, f"{API}/assets/{asset.pk}/profile/columns"
    answer = client.get(f"{path}/4/distribution.svg", headers={"Accept": "image/svg+xml", "Accept-Language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")
    assert answer["Content-Security-Policy"] == POLICY
    tree = ElementTree.fromstring(answer.content)
    assert tree.attrib["aria-label"] == "住院天数"
    assert len([box for box in tree.iter("{http://www.w3.org/2000/svg}rect") if box.get("y") != "250"]) == 14
    assert "whole number · 120 cells · 14 distinct" in answer.content.decode()
    chinese = client.get(f"{path}/4/distribution.svg", headers={"Accept-Language": "zh-Hans"})
    assert "整数" in chinese.content.decode()
    assert chinese["ETag"] != answer["ETag"]
    assert client.get(f"{path}/5/distribution.svg").status_code == 404


def test_no_picture_shows_what_is_personal(world, asset):
    client, path = world.provider.client, f"{API}/assets/{asset.pk}/profile/columns"
    names, _numbers, phones = (client.get(f"{path}/{n}/distribution.svg").content.decode() for n in range(3))
    assert "文文" in names
    assert "shapes of the values" in names
    assert not set("王李张刘陈杨赵黄周吴") & set(names)
    assert "13910" not in phones
    assert "99999999999" in phones


def test_findings_and_grade_in_words(world, asset):
    columns = {row["column"]: row for row in get(world.provider.client, f"/assets/{asset.pk}/sensitive-columns")}
    number = columns["身份证号"]
    assert (number["sensitive_type"], number["name"]) == ("resident_id", "Resident identity number")
    assert (number["personal"], number["sensitive_personal"], number["matched"]) == (True, True, 120)
    assert any("check digit" in reason for reason in number["reasons"])
    findings = get(world.provider.client, f"/assets/{asset.pk}/findings")["results"]
    names = {"kind", "column", "row", "rows", "count", "estimated", "confidence", "evidence"}
    assert all(set(row) == names for row in findings)
    assert not [row for row in findings if "%(" in row["evidence"]]
    grade = get(world.provider.client, f"/assets/{asset.pk}/grade")
    assert (grade["state"], grade["recommended_level"]) == ("recommended", "general_4")
    assert any("sensitive personal information, at least general 4" in reason for reason in grade["reasons"])
    assert grade["recommendation"]["reasons"]


def test_the_reader_gets_titles_in_chinese(world, asset):
    path = f"{API}/assets/{asset.pk}/sensitive-columns"
    answer = world.provider.client.get(path, headers={"Accept-Language": "zh-hans"})
    columns = {row["column"]: row["name"] for row in answer.json()}
    assert columns["身份证号"] == "居民身份证号"


def test_results_are_read_by_their_owner_and_the_exchange_only(world, asset):
    for part in READS:
        for party in (world.provider, world.reviewer, world.auditor, world.exchange):
            assert party.client.get(f"{API}/assets/{asset.pk}{part}").status_code == 200, part
        for party in (world.buyer, world.other_provider, world.authority):
            assert party.client.get(f"{API}/assets/{asset.pk}{part}").status_code == 404, part
        assert world.anonymous.get(f"{API}/assets/{asset.pk}{part}").status_code == 401, part
    grade = Grade.objects.get()
    assert world.provider.client.get(f"{API}/grades/{grade.pk}").status_code == 200
    assert world.buyer.client.get(f"{API}/grades/{grade.pk}").status_code == 404
    assert get(world.buyer.client, "/grades")["results"] == []
    assert get(world.buyer.client, "/assets")["results"] == []
    assert [row["id"] for row in get(world.reviewer.client, "/grades", state="recommended")["results"]] == [grade.pk]
    assert get(world.reviewer.client, "/grades", state="decided")["results"] == []
    assert get(world.reviewer.client, "/grades", asset=asset.pk + 1)["results"] == []


def test_examining_again_over_rest(world, asset):
    answer = world.provider.client.post(
        f"{API}/assets/{asset.pk}/actions/examine", {"declared": {"title": "Stays", "sector": "health"}}, format="json"
    )
    assert (answer.status_code, answer.json()["kind"], answer.json()["state"]) == (201, "grading.examine", "queued")
    assert get(world.provider.client, f"/assets/{asset.pk}")["job"]["id"] == answer.json()["id"]
    wrong = world.provider.client.post(
        f"{API}/assets/{asset.pk}/actions/examine", {"declared": {"modified_on": "soon"}}, format="json"
    )
    assert (wrong.status_code, [e["pointer"] for e in wrong.json()["errors"]]) == (422, ["/declared/modified_on"])
    for party, status in ((world.buyer, 404), (world.auditor, 403)):
        assert party.client.post(f"{API}/assets/{asset.pk}/actions/examine", format="json").status_code == status
    asset.refresh_from_db()
    assert asset.declared == {"title": "Stays", "sector": "health"}


def test_declaring_elements_over_rest(world, asset):
    path, said = f"{API}/assets/{asset.pk}/actions/declare", {"groups": ["minors"], "coverage": {"share": 0.5}}
    answer = world.provider.client.post(path, {"elements": said}, format="json")
    assert (answer.status_code, answer.json()["kind"]) == (201, "grading.examine")
    run_waiting()
    found = get(world.provider.client, f"/assets/{asset.pk}")
    assert found["declared"] == {"sector": "health", "elements": said}
    grade = get(world.provider.client, f"/assets/{asset.pk}/grade")
    assert grade["recommendation"]["elements"]["groups"] == ["minors"]
    assert any("personal information of minors" in reason for reason in grade["reasons"])
    assert grade["elements"][1] == {"name": "group", "known": "minors"}
    services.declare_elements(
        actor=world.provider.actor, asset_id=asset.pk, declared={"elements": {"areas": ["military"]}}
    )
    run_waiting()
    assert get(world.provider.client, f"/assets/{asset.pk}/grade")["flags"] == [
        {
            "code": "possibly_important", "harmed_object": "national_security", "degree": "general",
            "rule": "sensitive_area", "reason": "The data describes military areas and may be important data.",
        }
    ]  # fmt: skip
    for body, pointers in (
        ({"elements": {"groups": ["martians"], "depth": 5}}, ["/elements/groups/0", "/elements/depth"]),
        ({"elements": [1]}, ["/elements"]),
        ({"derivation": {"sources": [{"asset": asset.pk}], "processing": ["fused"]}}, ["/derivation/sources/0/asset"]),
        ({"graded_elsewhere": {"scheme": "mars", "level": "level_1"}}, ["/graded_elsewhere/scheme"]),
        ({"graded_elsewhere": {"scheme": "zhejiang", "level": "x"}}, ["/graded_elsewhere/level"]),
        ({"graded_elsewhere": {"scheme": "zhejiang"}}, ["/graded_elsewhere/level"]),
        ({"graded_elsewhere": "zhejiang"}, ["/graded_elsewhere"]),
        ({}, ["/elements"]),
    ):
        wrong = world.provider.client.post(path, body, format="json")
        assert (wrong.status_code, [e["pointer"] for e in wrong.json()["errors"]]) == (422, pointers)


def test_declaring_the_level_of_another_scheme_over_rest(world, asset):
    path, said = f"{API}/assets/{asset.pk}/actions/declare", {"scheme": "industry", "level": "level_2"}
    assert world.provider.client.post(path, {"graded_elsewhere": said}, format="json").status_code == 201
    run_waiting()
    assert get(world.provider.client, f"/assets/{asset.pk}")["declared"] == {
        "sector": "health", "graded_elsewhere": said,
    }  # fmt: skip
    grade = get(world.provider.client, f"/assets/{asset.pk}/grade")
    assert grade["recommended_level"] == "general_4"
    assert {"name": "graded elsewhere", "known": "industry level_2 (important)"} in grade["elements"]
    assert (
        "The owner grades the data level_2 in the scheme industry, which counts as national important: "
        "at least general 4."
    ) in grade["reasons"]
    (flag,) = [flag for flag in grade["flags"] if flag["rule"] == "above_general_elsewhere"]
    assert (flag["code"], flag["harmed_object"], flag["degree"]) == (
        "possibly_important", "public_interest", "serious",
    )  # fmt: skip


def post(party: Party, grade: Grade, event: str, **body: str) -> Any:
    return party.client.post(f"{API}/grades/{grade.pk}/actions/{event}", body, format="json")


def test_two_reviewers_decide_important_data_over_rest(world, grade):
    choice = {"level": "important", "reason": "regional catalogue"}
    alone = post(world.reviewer, grade, "decide", **choice)
    assert (alone.status_code, alone.json()["rule"]) == (403, "grading.second_pair_of_eyes")
    first = post(world.reviewer, grade, "confirm", **choice)
    assert (first.status_code, first.json()["state"]) == (200, "confirmed")
    assert first.json()["confirmed_by"] == world.reviewer.actor.label
    same = post(world.reviewer, grade, "decide", **choice)
    assert (same.status_code, same.json()["rule"]) == (403, "grading.second_pair_of_eyes")
    done = post(world.second_reviewer, grade, "decide", **choice)
    assert (done.status_code, done.json()["state"], done.json()["level"]) == (200, "decided", "important")
    again = post(world.reviewer, grade, "decide", **choice)
    assert (again.status_code, again.json()["type"]) == (409, "/api/problems/grade_taken")
    owner = get(world.provider.client, f"/grades/{grade.pk}")
    assert (owner["level"], owner["confirmed_by"], owner["decided_by"]) == ("important", None, None)


def test_what_is_missing_is_pointed_at(world, grade):
    for body, pointer in (
        ({}, "/level"),
        ({"level": "secret"}, "/level"),
        ({"level": "general_1"}, "/reason"),
    ):
        answer = post(world.reviewer, grade, "decide", **body)
        assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, [pointer])
    answer = post(world.reviewer, grade, "return")
    assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, ["/reason"])
    assert Grade.objects.get(pk=grade.pk).state == "recommended"


@pytest.mark.parametrize("event", ["confirm", "decide", "return"])
def test_who_is_refused_changes_nothing(world, grade, event):
    before = Grade.objects.filter(pk=grade.pk).values().get()
    body = {"level": "important", "reason": "r"}
    tries = [
        (world.provider, 403),
        (world.exchange, 403),
        (world.approver, 403),
        (world.buyer, 404),
        (world.other_provider, 404),
        (world.authority, 404),
    ]
    for party, status in tries:
        answer = post(party, grade, event, **body)
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"
    answer = world.anonymous.post(f"{API}/grades/{grade.pk}/actions/{event}", body, format="json")
    assert answer.status_code == 401
    assert Grade.objects.filter(pk=grade.pk).values().get() == before


def test_a_returned_grade_tells_the_owner_why(world, grade):
    answer = post(world.reviewer, grade, "return", reason="Describe the columns.")
    assert (answer.status_code, answer.json()["state"]) == (200, "returned")
    owner = get(world.provider.client, f"/assets/{grade.asset_id}/grade")
    assert (owner["state"], owner["reason"], owner["returned_by"]) == ("returned", "Describe the columns.", None)
