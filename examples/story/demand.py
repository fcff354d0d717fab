"""Steps 6 to 9: demand and matches, requests in three modes, delivery, the audit log."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from examples.story.client import Participant, must
from examples.story.supply import World, publish


def step_6_matching(world: World) -> None:
    """Open a demand; it is matched with what is published, and again when a listing appears."""
    buyer = world.people["buyer_north"]
    form = {
        "text": "hourly airport weather and flight delays, to predict road and runway risk in winter",
        "purpose": "product_development",
        "budget": "5000.00",
        "minimum_quality": 50,
        "open": True,
    }
    demand = buyer.post("/demands", form, expect=201)
    world.listings["demand"] = {"id": demand["id"]}
    buyer.job("demand", demand["id"], "matching.match_demand")
    first = buyer.get(f"/demands/{demand['id']}/matches")["results"]
    ids = {row["id"]: code for code, row in world.listings.items() if "asset" in row}
    eligible = [ids[m["listing"]] for m in first if m["eligible"]]
    must(eligible[:1] == ["flights"], f"the flights should match best so far, not {eligible}")
    must("hospital" not in eligible, "the hospital records cost more than the budget and are for other purposes")
    for match in first:
        must(match["reasons"], "each match should give its reasons")
        must(
            abs(sum(match["features"].values()) - match["score"]) < 1e-6,
            "the features of a match should add up to its score",
        )
        must(all(c["met"] for c in match["constraints"]) == match["eligible"], "eligible means: every constraint met")
    publish(world, "weather")
    world.people["exchange"].job("listing_version", world.listings["weather"]["version"], "matching.match_listing")
    second = buyer.get(f"/demands/{demand['id']}/matches")["results"]
    ranked = [ids[m["listing"]] for m in second if m["eligible"]]
    must(ranked[:2] == ["weather", "flights"], f"the weather should come first, then the flights, not {ranked}")
    other = world.people["buyer_south"].http.get(f"/demands/{demand['id']}")
    must(other.status_code == httpx.codes.NOT_FOUND, "another buyer should not see the demand")
    for match in second:
        met = (
            "all constraints met"
            if match["eligible"]
            else "fails " + ", ".join(c["code"] for c in match["constraints"] if not c["met"])
        )
        world.tell(f"match {match['rank']}: {ids[match['listing']]}, score {match['score']:.3f}, {met}")


def _ask(world: World, who: str, code: str, *, purpose: str, form: str, term: int) -> dict[str, Any]:
    body = {
        "listing": world.listings[code]["id"],
        "purpose": purpose,
        "form": form,
        "term_days": term,
        "justification": f"access to {code} for {purpose}",
    }
    request: dict[str, Any] = world.people[who].post("/access-requests", body, expect=201)
    world.listings[code]["request"] = request["id"]
    return request


def _approve(world: World, code: str, chain: list[tuple[str, list[str]]]) -> dict[str, Any]:
    """Walk the chain: at each step the wrong ones are refused, then the right one approves."""
    exchange = world.people["exchange"]
    address = f"/access-requests/{world.listings[code]['request']}"
    steps = exchange.get(address)["steps"]
    must(len(steps) == len(chain), f"{code} should have {len(chain)} approval steps, not {len(steps)}")
    for place, (right, wrong) in enumerate(chain):
        step = exchange.get(address)["steps"][place]
        must(step["state"] == "open", f"{code}: step {place + 1} should be open, is {step['state']}")
        action = f"/approval-steps/{step['id']}/actions/approve"
        for intruder in wrong:
            world.people[intruder].refused("POST", action, {"reason": "me too"}, expect=(403, 404))
            after = exchange.get(address)["steps"][place]["state"]
            must(after == "open", f"{intruder} should not have moved step {place + 1} of {code}")
        if place + 1 < len(steps):
            later = f"/approval-steps/{steps[place + 1]['id']}/actions/approve"
            nxt = world.people[chain[place + 1][0]]
            nxt.refused("POST", later, {"reason": "too early"}, expect=(403, 409))
        world.people[right].post(action, {"reason": "purpose and duties are in order"})
        world.tell(f"{code}: step {place + 1} approved by {world.people[right].name}, refused to {', '.join(wrong)}")
    request: dict[str, Any] = exchange.get(address)
    must(request["state"] == "approved", f"the request for {code} should be approved, is {request['state']}")
    return request


def _told_what_is_missing(world: World, who: str, code: str) -> None:
    """Without accreditations the table refuses, and says which ones it asks for."""
    wish = {"listing": world.listings[code]["id"], "purpose": "research", "form": "masked", "term_days": 90}
    told = world.people[who].post("/authorization/explain", wish, expect=200)
    must(told["decision"]["mode"] == "refused", f"{code} should be refused to who is not accredited")
    ways = [[change["name"] for change in way["changes"]] for way in told["least_change"]["ways"]]
    must(ways == [["data_security_capability", "data_security_training"]], f"two accreditations should do, not {ways}")
    row = told["decision"]["rule_id"]
    world.tell(f"{code} records are refused by row {row}; {' and '.join(ways[0])} would allow them")


def _accredit(world: World, who: str, code: str) -> None:
    """The buyer claims the certificates that the table asks for; the exchange confirms them."""
    buyer, exchange = world.people[who], world.people["exchange"]
    today = datetime.now(tz=UTC).date()
    days = {"valid_from": str(today - timedelta(days=30)), "valid_until": str(today + timedelta(days=300))}
    person = {"user": buyer.get("/me")["user_id"]}
    for kind, said in (("data_security_capability", {"level": 2}), ("data_security_training", person)):
        claim = {"kind": kind, "issuer": "Certification body", "number": f"{code}-1", **days, **said}
        row = buyer.post(f"/organisations/{buyer.organisation}/accreditations", claim, expect=201)
        exchange.post(f"/accreditations/{row['id']}/actions/confirm")


def step_7_authorization(world: World) -> None:
    """Four requests: open at once, by the exchange, by sector, by scenario."""
    modes = {}
    request = _ask(world, "buyer_south", "statistics", purpose="research", form="original", term=365)
    must(request["state"] == "approved", "open statistics should be granted at once")
    must(not request["steps"], "open statistics should need nobody's approval")
    modes["statistics"] = request["mode"]
    request = _ask(world, "buyer_north", "flights", purpose="product_development", form="original", term=180)
    must(request["state"] == "in_approval", "flights should need approval")
    modes["flights"] = request["mode"]
    _approve(world, "flights", [("approver", ["buyer_north", "company", "health", "reviewer"])])
    _told_what_is_missing(world, "buyer_south", "hospital")
    _accredit(world, "buyer_south", "hospital")
    too_much = {"listing": world.listings["hospital"]["id"], "purpose": "research", "form": "original", "term_days": 90}
    reason = world.people["buyer_south"].refused("POST", "/access-requests", too_much, expect=422)
    world.tell(f"hospital records in the original form are refused: {reason}")
    request = _ask(world, "buyer_south", "hospital", purpose="research", form="masked", term=90)
    modes["hospital"] = request["mode"]
    _approve(world, "hospital", [("health", ["approver", "bureau", "city"]), ("approver", ["health", "buyer_south"])])
    request = _ask(world, "buyer_north", "weather", purpose="product_development", form="original", term=180)
    modes["weather"] = request["mode"]
    chain = [
        ("city", ["province", "company"]),
        ("province", ["city", "health"]),
        ("approver", ["province", "buyer_north"]),
    ]
    _approve(world, "weather", chain)
    expected = {
        "statistics": "open",
        "flights": "centralized_unified",
        "hospital": "by_sector",
        "weather": "by_scenario",
    }
    must(modes == expected, f"the modes should be {expected}, not {modes}")
    for code in expected:
        grant = world.people["exchange"].get(f"/access-requests/{world.listings[code]['request']}")["grant"]
        must(grant, f"{code} should have a grant")
        world.listings[code]["grant"] = grant
    hidden = world.people["buyer_north"].http.get(f"/grants/{world.listings['hospital']['grant']}")
    must(hidden.status_code == httpx.codes.NOT_FOUND, "another buyer should not see the grant")


def _fetch(world: World, who: str, code: str) -> tuple[Participant, dict[str, Any], str]:
    """Accept the terms, ask for the delivery, wait until it is ready, get its link."""
    buyer = world.people[who]
    row = world.listings[code]
    terms = buyer.get(f"/grants/{row['grant']}")["agreement_sha256"]
    buyer.post(f"/grants/{row['grant']}/actions/accept-terms", {"sha256": terms}, expect=(200,))
    delivery = buyer.post(f"/grants/{row['grant']}/deliveries", {"distribution": row["file"]}, expect=(200, 201))
    if delivery["state"] == "preparing":
        buyer.job("delivery", delivery["id"], "delivery.mask")
        delivery = buyer.get(f"/deliveries/{delivery['id']}")
    must(delivery["state"] == "ready", f"the delivery of {code} should be ready, is {delivery['state']}")
    link = buyer.post(f"/deliveries/{delivery['id']}/link")
    return buyer, delivery, str(link["url"])


def _address(world: World, url: str) -> str:
    return url if url.startswith("http") else world.stage.url + url


def step_8_delivery(world: World) -> None:
    """Download the open file as it is and the hospital file masked; a revoked grant stops the next download."""
    files = world.files
    _buyer, _delivery, url = _fetch(world, "buyer_south", "statistics")
    got = httpx.get(_address(world, url), timeout=60)
    must(got.status_code == httpx.codes.OK, f"the open file should be handed over, not {got.status_code}")
    wanted = hashlib.sha256(files.statistics.read_bytes()).hexdigest()
    must(hashlib.sha256(got.content).hexdigest() == wanted, "the open file should arrive as it is")
    forged = _address(world, url)[:-3] + "abc"
    must(httpx.get(forged).status_code in {403, 404, 410}, "a forged link should be refused")
    buyer, delivery, url = _fetch(world, "buyer_south", "hospital")
    masked = httpx.get(_address(world, url), timeout=60)
    must(masked.status_code == httpx.codes.OK, f"the masked file should be handed over, not {masked.status_code}")
    _check_masked(masked.content.decode("utf-8-sig"), files.patients)
    world.tell(
        f"hospital: {len(masked.content):,} bytes, treatment {json.dumps(delivery['report'], ensure_ascii=False)[:200]}"
    )
    listing = world.people["public"].get(f"/listings/{world.listings['hospital']['id']}")
    must(listing["downloads"] == 1, f"the use should be counted once, not {listing['downloads']}")
    grant = buyer.get(f"/grants/{world.listings['hospital']['grant']}")
    must(grant["bytes_sent"] >= len(masked.content), "the meter should not be below what was sent")
    exchange = world.people["approver"]
    exchange.post(f"/grants/{world.listings['hospital']['grant']}/actions/revoke", {"reason": "end of the study"})
    again = httpx.get(_address(world, url), timeout=60)
    must(
        again.status_code in {403, 409, 410},
        f"a revoked grant should stop the download, not answer {again.status_code}",
    )
    world.tell(f"after revocation: {again.json()['detail']}")


def _check_masked(text: str, patients: list[dict[str, Any]]) -> None:
    rows = list(csv.DictReader(io.StringIO(text)))
    must(len(rows) == len(patients), f"the masked file should have {len(patients)} rows, not {len(rows)}")
    for column in ("病历号", "姓名", "身份证号", "手机号", "email", "住址", "出生日期"):
        leaks = sum(
            1 for row, one in zip(rows, patients, strict=True) if one[column] and str(one[column]) in row.values()
        )
        must(not leaks, f"column {column}: {leaks} original values in the masked file")
    must(not any(one["身份证号"] in text for one in patients), "no identity number should be readable")
    must(
        [r["icd10"] for r in rows[:5]] == [p["icd10"] for p in patients[:5]],
        "diagnosis codes are kept: they are the use",
    )


def step_9_audit(world: World) -> None:
    """Verify the log, export it, alter one event of the export: the verification names it."""
    exchange = world.people["exchange"]
    report = exchange.get("/audit/verification")
    must(report["ok"] and not report["problems"], f"the log should verify: {report}")
    world.people["buyer_north"].http.get("/audit/export")
    answer = exchange.http.get("/audit/export")
    must(answer.status_code == httpx.codes.OK, "the log should be exported")
    lines = answer.text.splitlines()
    clean = exchange.http.post(
        "/audit/verification", content=answer.content, headers={"Content-Type": "application/x-ndjson"}
    )
    must(clean.json()["ok"], f"the untouched export should verify: {clean.text[:400]}")
    place = next(place for place, line in enumerate(lines) if '"grant.issued"' in line)
    line = json.loads(lines[place])
    event = line["event"]
    event["actor_label"] = "somebody else"
    lines[place] = json.dumps(line)
    altered = "\n".join(lines).encode()
    found = exchange.http.post(
        "/audit/verification", content=altered, headers={"Content-Type": "application/x-ndjson"}
    ).json()
    named = {problem["id"] for problem in found["problems"]}
    must(not found["ok"] and event["id"] in named, f"event {event['id']} should be named as altered: {found}")
    denied = world.people["buyer_north"].http.get("/audit/events")
    must(denied.status_code in {403, 404}, "a buyer should not read the audit log")
    world.tell(
        f"{report['events']} events verified; altered event {event['id']} named: {found['problems'][0]['problem']}"
    )
