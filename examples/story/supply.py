"""Steps 1 to 5: participants, listings and files, profile and quality, sensitivity and level, the decision."""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from examples.story.client import Participant, must
from examples.story.files import Files
from examples.story.stage import Stage

DIMENSIONS = {"conformance", "completeness", "accuracy", "consistency", "timeliness", "accessibility"}


@dataclass
class World:
    """Who takes part, what is listed, and what the story has found so far."""

    stage: Stage
    files: Files
    people: dict[str, Participant] = field(default_factory=dict)
    reviewer: tuple[str, str] = ("", "")
    scenario: str = "winter_road_safety"
    listings: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def tell(self, line: str) -> None:
        """Add a line to the story of the present step."""
        self.told.append(line)


ORGANISATIONS: dict[str, dict[str, Any]] = {
    "bureau": {
        "name": "Provincial Bureau of Public Data",
        "name_zh": "省公共数据局",
        "kind": "public_body",
        "region": "210000",
        "roles": [{"role": "provider"}],
        "member": {"username": "bureau.operator", "roles": ["administrator", "operator"]},
    },
    "company": {
        "name": "Skyway Data Company",
        "name_zh": "天路数据公司",
        "kind": "enterprise",
        "region": "210200",
        "uscc": "91110000600037341L",
        "roles": [{"role": "provider"}],
        "member": {"username": "company.operator", "roles": ["administrator", "operator", "approver"]},
    },
    "buyer_north": {
        "name": "Dalian Traffic Analytics",
        "name_zh": "大连交通分析公司",
        "kind": "enterprise",
        "region": "210200",
        "roles": [{"role": "buyer"}],
        "member": {"username": "north.operator", "roles": ["administrator", "operator", "approver"]},
    },
    "buyer_south": {
        "name": "Shenzhen Institute of Medical Research",
        "name_zh": "深圳医学研究院",
        "kind": "institution",
        "region": "440300",
        "roles": [{"role": "buyer"}],
        "member": {"username": "south.operator", "roles": ["administrator", "operator"]},
    },
    "health": {
        "name": "Provincial Health Commission",
        "name_zh": "省卫生健康委员会",
        "kind": "authority",
        "region": "210000",
        "roles": [{"role": "sector_authority", "sector": "health"}],
        "member": {"username": "health.approver", "roles": ["administrator", "approver"]},
    },
    "city": {
        "name": "City Emergency Office",
        "name_zh": "市应急管理办公室",
        "kind": "authority",
        "region": "210200",
        "roles": [{"role": "scenario_authority"}],
        "member": {"username": "city.approver", "roles": ["administrator", "approver"]},
    },
    "province": {
        "name": "Provincial Department of Transport",
        "name_zh": "省交通运输厅",
        "kind": "authority",
        "region": "210000",
        "roles": [{"role": "scenario_authority"}],
        "member": {"username": "province.approver", "roles": ["administrator", "approver"]},
    },
}


def step_1_participants(world: World) -> None:
    """Register and verify the organisations, appoint the exchange's people, name the scenario's levels."""
    url = world.stage.url
    public = Participant("the public", url)
    exchange = Participant("exchange administrator", url, world.stage.administrator_key)
    exchange.organisation = exchange.get("/me")["organisation_id"]
    world.people |= {"public": public, "exchange": exchange}
    for code, form in ORGANISATIONS.items():
        answer = public.post("/organisations", form, expect=201)
        who = Participant(form["name"], url, answer["api_key"], answer["organisation"]["id"])
        must(answer["organisation"]["state"] == "registered", f"{form['name']} should be registered, not verified yet")
        world.people[code] = who
    bad = {**ORGANISATIONS["company"], "name": "Wrong Code Ltd", "uscc": "91110000600037341M"}
    reason = public.refused("POST", "/organisations", bad, expect=422)
    world.tell(f"a wrong credit code is refused: {reason}")
    bureau = world.people["bureau"]
    early = bureau.refused("POST", "/listings", listing_form(world, "statistics"))
    world.tell(f"an unverified provider cannot list: {early}")
    for code in ORGANISATIONS:
        row = exchange.post(f"/organisations/{world.people[code].organisation}/actions/verify")
        must(row["state"] == "verified", f"{row['name']} should be verified")
        must(all(role["confirmed_at"] for role in row["roles"]), f"the roles of {row['name']} should be confirmed")
    password = secrets.token_urlsafe(18)
    for code, roles, secret in (("reviewer", ["reviewer"], password), ("approver", ["approver"], None)):
        invited = exchange.post(f"/organisations/{exchange.organisation}/invitations", {"roles": roles}, expect=201)
        chosen = {"token": invited["link"].rstrip("/").rpartition("/")[2], "username": f"exchange.{code}"}
        if secret:
            chosen["password"] = secret
        answer = public.post("/invitations/actions/accept", chosen, expect=201)
        world.people[code] = Participant(f"exchange {code}", url, answer["api_key"], exchange.organisation)
    again = public.refused("POST", "/invitations/actions/accept", {**chosen, "username": "second"}, expect=410)
    world.tell(f"reviewer and approver joined by invitation; a used invitation is refused: {again}")
    world.reviewer = ("exchange.reviewer", password)
    levels = [
        {"title": "City", "organisation": world.people["city"].organisation},
        {"title": "Province", "organisation": world.people["province"].organisation},
        {"title": "Exchange", "organisation": exchange.organisation},
    ]
    form = {"code": world.scenario, "name": "Winter road safety", "name_zh": "冬季道路安全", "levels": levels}
    made = exchange.post("/scenarios", form, expect=201)
    must(len(made["levels"]) == 3, "the scenario should have three levels")
    world.tell(f"{len(ORGANISATIONS)} organisations verified; scenario '{world.scenario}' has {len(levels)} levels")


def listing_form(world: World, code: str) -> dict[str, Any]:
    """What the provider says of one of the four listings."""
    provider = world.people["bureau" if code in {"statistics", "hospital"} else "company"]
    return {**LISTINGS[code], **_shared(provider, code)}


def _shared(provider: Participant, code: str) -> dict[str, Any]:
    return {
        "rights": [
            {
                "right": right,
                "holder": provider.organisation,
                "basis": "own collection under the provider's statutory or contractual task",
                "evidence": f"register of rights, entry {code}-{right}",
            }
            for right in ("holding", "processing", "operation")
        ],
        "provenance": [
            {
                "kind": "collection",
                "performed_by": provider.name,
                "performed_on": "2025-12-31",
                "lawful_basis": "public task; informed consent where persons are concerned",
                "evidence": f"collection record {code}",
            },
            {
                "kind": "cleaning",
                "performed_by": provider.name,
                "performed_on": "2026-01-15",
                "lawful_basis": "processing and use right",
                "evidence": f"cleaning log {code}",
            },
        ],
        "terms": {
            "purpose": "the purposes named in this listing",
            "scope": "the holder's own staff and systems",
            "duties": "protect the data as its level demands; report incidents within 24 hours",
            "liability": "the holder answers for damage caused by use outside the terms",
        },
    }


LISTINGS: dict[str, dict[str, Any]] = {
    "statistics": {
        "title": "Monthly employment by supersector, 2006 to 2015",
        "title_zh": "分行业月度就业统计（2006—2015）",
        "description": "Seasonally adjusted monthly employment in thousands, by supersector.",
        "tags": ["employment", "statistics", "monthly"],
        "sector": "statistics",
        "origin": "public",
        "region": "210000",
        "supply_mode": "open",
        "licence": "public domain",
        "update_frequency": "never",
        "modified_on": "2018-11-11",
        "temporal_start": "2006-01-01",
        "temporal_end": "2015-12-31",
    },
    "flights": {
        "title": "Flight departures of New York's airports, 2013",
        "title_zh": "2013年纽约机场航班离港数据",
        "description": "Every departure of 2013: scheduled and actual times, delays, carrier, destination.",
        "tags": ["flights", "aviation", "delay", "airport"],
        "sector": "transport",
        "origin": "enterprise",
        "region": "210200",
        "supply_mode": "licensed",
        "purposes": ["product_development", "research"],
        "price": "4800.00",
        "update_frequency": "never",
        "modified_on": "2014-06-30",
        "temporal_start": "2013-01-01",
        "temporal_end": "2013-12-31",
    },
    "hospital": {
        "title": "Inpatient records of a provincial hospital, 2025",
        "title_zh": "2025年省级医院住院记录",
        "description": "One record per stay: patient, diagnosis (ICD-10), length of stay and cost.",
        "tags": ["hospital", "inpatient", "diagnosis", "住院"],
        "sector": "health",
        "origin": "personal",
        "region": "210000",
        "supply_mode": "licensed",
        "purposes": ["research", "public_welfare"],
        "consent_kind": "separate_consent",
        "consent_basis": "separate written consent of each patient to provision for research (PIPL)",
        "price": "12000.00",
        "update_frequency": "annual",
        "modified_on": "2026-01-15",
        "temporal_start": "2025-01-01",
        "temporal_end": "2025-12-31",
    },
    "weather": {
        "title": "Hourly airport weather sensors, 2013",
        "title_zh": "2013年机场逐时气象传感器数据",
        "description": "Temperature, wind, precipitation and visibility, by the hour, for road and runway safety.",
        "tags": ["weather", "sensor", "hourly", "temperature", "气象"],
        "sector": "meteorology",
        "origin": "enterprise",
        "region": "210200",
        "supply_mode": "licensed",
        "scenario": "winter_road_safety",
        "purposes": ["public_welfare", "product_development"],
        "price": "1500.00",
        "update_frequency": "never",
        "modified_on": "2014-06-30",
        "temporal_start": "2013-01-01",
        "temporal_end": "2013-12-31",
    },
}
LEVELS = {"statistics": "general_1", "flights": "general_1", "hospital": "general_4", "weather": "general_1"}


def provider_of(world: World, code: str) -> Participant:
    """Who lists it."""
    return world.people["bureau" if code in {"statistics", "hospital"} else "company"]


def step_2_listings(world: World) -> None:
    """List four products and upload their files as streams."""
    paths = {
        "statistics": world.files.statistics,
        "flights": world.files.flights,
        "hospital": world.files.hospital,
        "weather": world.files.weather,
    }
    for code, path in paths.items():
        provider = provider_of(world, code)
        version = provider.post("/listings", listing_form(world, code), expect=201)
        file = provider.upload(f"/versions/{version['id']}/files", path, title=path.name)
        must(file["byte_size"] == path.stat().st_size, f"{path.name} should be stored whole")
        world.listings[code] = {
            "id": version["listing"],
            "version": version["id"],
            "asset": file["asset"],
            "file": file["id"],
        }
        world.tell(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB stored, encrypted, as asset {file['asset']}")
        answer = world.people["buyer_north"].http.get(f"/versions/{version['id']}")
        must(answer.status_code == httpx.codes.NOT_FOUND, f"the draft of {code} should be invisible to buyers")
    stored = [p for p in (world.stage.folder / "vault").rglob("*") if p.is_file()]
    must(len(stored) >= len(paths), "the vault should hold the files")
    name = world.files.patients[0]["姓名"].encode()
    must(not any(name in p.read_bytes() for p in stored), "no file in the vault should be readable without its key")


def step_3_quality(world: World) -> None:
    """Wait for the jobs; read profile and quality of every file."""
    for code, row in world.listings.items():
        provider = provider_of(world, code)
        provider.job("data_asset", row["asset"], "grading.examine", seconds=180)
        asset = provider.get(f"/assets/{row['asset']}")
        must(
            asset["state"] == "examined", f"{code} should be examined, is {asset['state']}: {asset.get('problem_code')}"
        )
        profile = provider.get(f"/assets/{row['asset']}/profile")
        quality = provider.get(f"/assets/{row['asset']}/quality")
        row["rows"], row["quality"] = profile["rows"], quality["overall"]
        must(set(quality["dimensions"]) == DIMENSIONS, f"{code}: the six dimensions of GB/T 36344 should be there")
        must(quality["overall"] is not None and 0 < quality["overall"] <= 100, f"{code} should have a score")
        must(all(m["a"] <= m["b"] for m in quality["measures"] if m["b"]), f"{code}: each measure should be A of B")
        world.tell(f"{code}: {profile['rows']:,} rows × {profile['columns']} columns, quality {quality['overall']:.1f}")
    expected = {"statistics": 120, "flights": 336_776, "hospital": 3000, "weather": 26_115}
    for code, rows in expected.items():
        must(
            world.listings[code]["rows"] == rows, f"{code} should have {rows} rows, not {world.listings[code]['rows']}"
        )


def step_4_sensitivity(world: World) -> None:
    """Read the sensitive columns and the recommended grades."""
    for code, row in world.listings.items():
        provider = provider_of(world, code)
        grade = provider.get(f"/assets/{row['asset']}/grade")
        sensitive = provider.get(f"/assets/{row['asset']}/sensitive-columns")
        types = {f["column"]: f["sensitive_type"] for f in sensitive}
        row["grade"] = grade["id"]
        must(grade["state"] == "recommended", f"{code} should have a recommended grade, not {grade['state']}")
        must(
            grade["recommended_level"] == LEVELS[code],
            f"{code} should be recommended {LEVELS[code]}, not {grade['recommended_level']} ({types})",
        )
        must(grade["recommendation"]["reasons"], f"{code}: the recommendation should give its reasons")
        world.tell(f"{code}: {grade['recommended_level']}, sensitive columns {len(types)}")
        if code == "hospital":
            missing = {"病历号", "姓名", "身份证号", "手机号", "email", "住址", "出生日期"} - set(types)
            must(not missing, f"these hospital columns should be found sensitive: {missing}")
        if code == "flights":
            personal = [f["column"] for f in sensitive if f["personal"]]
            must(not personal, f"no column of the flights is personal, found {personal}")


def step_5_review(world: World) -> None:
    """Decide the grades in the admin, signed in; publish what is decided. The weather waits for its buyer."""
    desk = httpx.Client(base_url=world.stage.url, follow_redirects=True, timeout=60)
    desk.get("/accounts/login/")
    username, password = world.reviewer
    form = {
        "login": username,
        "password": password,
        "csrfmiddlewaretoken": desk.cookies["csrftoken"],
        "next": "/admin/",
    }
    answer = desk.post("/accounts/login/", data=form, headers={"Referer": f"{world.stage.url}/accounts/login/"})
    must("sessionid" in desk.cookies, f"the reviewer should be signed in to the admin: {answer.status_code}")
    reviewer = world.people["reviewer"]
    for code, row in world.listings.items():
        provider_of(world, code).step(row["version"], "submit")
        reason = reviewer.step(row["version"], "publish", expect=409)["detail"]
        page = desk.get(f"/admin/grading/grade/{row['grade']}/change/")
        must(page.status_code == httpx.codes.OK, f"the review page of {code} should open, not {page.status_code}")
        must('role="img"' in page.text, f"the review page of {code} should draw the quality")
        if code == "hospital":
            must("身份证号" in page.text, "the review page should show the sensitive columns")
            _decide(desk, world, row["grade"], level="general_1", reason="")
            still = reviewer.get(f"/grades/{row['grade']}")["state"]
            must(still == "recommended", "a level below the recommended one should need a reason")
            world.tell("a lower level without a reason is refused")
            world.tell(f"publication before a decision is refused: {reason}")
        _decide(desk, world, row["grade"], level=LEVELS[code], reason="evidence and profile agree")
        grade = reviewer.get(f"/grades/{row['grade']}")
        must((grade["state"], grade["level"]) == ("decided", LEVELS[code]), f"the grade of {code} should be decided")
        if code != "weather":
            publish(world, code)
    found = world.people["public"].get("/listings")["results"]
    must(len(found) == 3, f"three listings should be public, not {len(found)}")
    world.tell("four grades decided in the admin, three listings published")


def publish(world: World, code: str) -> None:
    """Publish one listing as the exchange."""
    row = world.listings[code]
    version = world.people["reviewer"].step(row["version"], "publish")
    must(version["state"] == "published", f"{code} should be published")


def _decide(desk: httpx.Client, world: World, grade: int, *, level: str, reason: str) -> None:
    """Fill in the review page's form as a browser would."""
    page = desk.get(f"/admin/grading/grade/{grade}/change/").text
    category = re.search(r'name="category"[^>]*value="([^"]*)"', page)
    must(category, "the review page should have a form with the category")
    form = {
        "csrfmiddlewaretoken": desk.cookies["csrftoken"],
        "level": level,
        "category": category.group(1) if category else "",
        "reason": reason,
    }
    address = f"/admin/grading/grade/{grade}/decide/"
    desk.post(address, data=form, headers={"Referer": f"{world.stage.url}/admin/grading/grade/{grade}/change/"})
