"""Grading schemes over REST: what is in force, for everybody; across two of them the stricter counts."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from grading.rules.level_schemes import LEVEL_SCHEME
from tests import releasing
from tests.factories import World
from tests.grading.engine.ladders.ladders import as_toml, scheme

pytestmark = pytest.mark.django_db
MEET: dict[str, Any] = {"from": "finance", "level": "level_4", "to": "zhejiang"}


def get(path: str = "", status: int = 200, *, headers: dict[str, str] | None = None, **query: Any) -> Any:
    answer = APIClient().get(f"/api/v1/schemes{path}", query, headers=headers or {})
    assert answer.status_code == status, answer.content
    return answer.json()


def test_the_schemes_in_force_are_listed() -> None:
    found = get()
    assert [row["code"] for row in found] == ["national", "finance", "guizhou", "industry", "telecom", "zhejiang"]
    assert found[1] == {
        "code": "finance",
        "version": "1.0",
        "standard": "JR/T 0197-2020",
        "title": "Financial data security: guidelines for data security classification",
        "title_zh": "金融数据安全 数据安全分级指南",
        "source": found[1]["source"],
        "certainty": "R",
        "extends": "",
        "regions": [],
        "sectors": ["finance"],
        "levels": ["level_1", "level_2", "level_3", "level_4", "level_5"],
    }


def test_a_scheme_shows_levels_criteria_and_how_sure_they_are() -> None:
    finance = get("/finance")
    assert finance["levels"][4] == {
        "code": "level_5",
        "title": "Level 5",
        "title_zh": "5级",
        "description": "Any harm to national security, or serious harm to the public.",
        "description_zh": "对国家安全造成损害，或对公众权益造成严重损害。",
        "certainty": "R",
    }
    assert finance["criteria"]["table"]["public_rights"] == {
        "none": "level_1", "slight": "level_3", "general": "level_4", "serious": "level_5",
    }  # fmt: skip
    assert [degree["title_zh"] for degree in finance["criteria"]["degrees"]] == [
        "无损害", "轻微损害", "一般损害", "严重损害",
    ]  # fmt: skip
    assert (finance["criteria"]["certainty"], finance["criteria_unknown"]) == ("R", "")
    zhejiang = get("/zhejiang")
    assert (zhejiang["criteria"], zhejiang["regions"]) == (None, ["33"])
    assert [level["certainty"] for level in zhejiang["levels"]] == ["R", "U", "U", "R"]
    assert zhejiang["criteria_unknown"].startswith("Only the number")
    assert get("/zhejiang", headers={"Accept-Language": "zh-Hans"})["criteria_unknown"] == "此处仅知级数、次序与名称。"
    national = get("/national")
    assert (national["criteria"], national["criteria_rulebook"]) == (None, "grading_scheme")


def test_the_crosswalk_of_a_scheme_gives_reason_source_and_certainty() -> None:
    found = get("/finance/crosswalk")
    assert [(row["level"], row["lowest"], row["counted"], row["certainty"]) for row in found] == [
        ("level_1", "general_1", "general_1", "R"),
        ("level_2", "general_2", "general_2", "R"),
        ("level_3", "general_2", "general_3", "U"),
        ("level_4", "general_3", "general_4", "R"),
        ("level_5", "important", "core", "R"),
    ]
    assert all(row["rationale"] and row["source"] and row["clause"] == "" for row in found)
    chinese = get("/finance/crosswalk", headers={"Accept-Language": "zh-Hans"})
    assert chinese[0]["rationale"] == "两种规则下均无受损对象。"


def test_across_two_schemes() -> None:
    found = get("/crosswalk", **MEET)
    assert (found["to"], found["to_version"], found["possible"], found["level"]) == (
        "zhejiang", "1.0", ["level_3", "level_4"], "level_4",
    )  # fmt: skip
    assert (found["national"], found["other"], found["source"]["counted"]) == ("general_4", None, "general_4")
    assert len(found["reasons"]) == 1
    both = get("/crosswalk", **MEET, to_level="level_3")
    assert (both["national"], both["other"]["level"], both["other"]["counted"]) == ("general_4", "level_3", "general_3")
    assert both["reasons"] == [
        "finance level_4 may be national general 3 to general 4: the strictest counts.",
        "zhejiang level_3 is national general 3.",
        "finance level_4 is the stricter: national general 4 counts.",
    ]
    around: dict[str, Any] = {"from": "zhejiang", "level": "level_3", "to": "finance", "to_level": "level_4"}
    turned = get("/crosswalk", **around)
    assert turned["national"] == "general_4"
    assert get("/crosswalk", **{**MEET, "level": "level_5"})["level"] is None


@pytest.mark.parametrize(
    ("query", "pointer", "said"),
    [
        ({"level": "level_9"}, "/level", "'finance' has no level 'level_9'. Known: level_1, level_2"),
        ({"from": "finanz"}, "/from", "no grading scheme 'finanz'. Known: national, finance"),
        ({"to": "hangzhou"}, "/to", "no grading scheme 'hangzhou'"),
        ({"to_level": "L3"}, "/to_level", "'zhejiang' has no level 'L3'"),
        ({"to": None}, "/to", "This parameter is needed."),
        ({"at": "2026-01-01"}, "/at", "Give an instant with its offset"),
    ],
)
def test_the_unknown_is_refused_by_name(query: dict[str, Any], pointer: str, said: str) -> None:
    asked = {key: value for key, value in {**MEET, **query}.items() if value is not None}
    (error,) = get("/crosswalk", status=422, **asked)["errors"]
    assert error["pointer"] == pointer
    assert said in error["detail"]


def test_unknown_schemes_are_not_found() -> None:
    for path in ("/hangzhou", "/hangzhou/crosswalk"):
        assert "no grading scheme 'hangzhou'. Known: national, finance" in get(path, status=404)["detail"]


def test_a_released_scheme_is_there_from_its_instant_on() -> None:
    world = World()
    row = releasing.release(world, releasing.proposed(world, LEVEL_SCHEME, as_toml(scheme("hangzhou"))))
    assert "hangzhou" in [found["code"] for found in get()]
    assert get("/hangzhou")["levels"][0]["title_zh"] == "l1 级"
    assert row.valid_from is not None
    before = row.valid_from.replace(year=row.valid_from.year - 1).isoformat()
    get("/hangzhou", status=404, at=before)
    assert "hangzhou" not in [found["code"] for found in get(at=before)]
    shown = world.anonymous.get("/api/v1/rulebooks/level_scheme", {"scope": "hangzhou"}).json()
    assert (shown["code"], shown["number"]) == ("hangzhou", 1)
    assert world.anonymous.get("/api/v1/rulebooks/level_scheme").json()["code"] == "national"
    assert world.anonymous.get("/api/v1/rulebooks/level_scheme", {"scope": "jinan"}).status_code == 404
    shipped = world.anonymous.get("/api/v1/rulebooks/level_scheme/shipped", {"scope": "finance"})
    assert shipped.json()["code"] == "finance"


def test_what_is_known_already_is_not_sent_again() -> None:
    client = APIClient()
    for path in ("", "/finance", "/finance/crosswalk", "/crosswalk?from=finance&level=level_4&to=zhejiang"):
        first = client.get(f"/api/v1/schemes{path}")
        again = client.get(f"/api/v1/schemes{path}", headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"]), path
        chinese = client.get(
            f"/api/v1/schemes{path}", headers={"If-None-Match": first["ETag"], "Accept-Language": "zh-Hans"}
        )
        assert "Accept-Language" in chinese["Vary"]
    assert chinese.status_code == 200
    assert chinese["ETag"] != first["ETag"]
