"""Approvers at work in a real browser, in the three modes of authorization; a refusal is appealed and others grant.

`make pictures` keeps what the pages look like in docs/pictures.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from marketplace.authorization.models import AccessRequest
from tests.e2e.browser import Window
from tests.e2e.test_review import LARGEST, told
from tests.factories import World
from tests.marketplace.authorization.asking import (
    BY_SCENARIO,
    BY_SECTOR,
    UNIFIED,
    ask,
    listing,
    scenario_parties,
    states,
    winter_roads,
)

QUEUE = "/admin/authorization/accessrequest/"
NOT_YOURS = ["Only approvers of the organisation that this step names may decide on it."]
DONE = ["Your approval is recorded."]
Sit = Callable[..., Window]


def press(browser: Window, address: str, request: AccessRequest, button: str, **typed: str) -> list[str]:
    """Open the page of a request, fill in the form of its open step and press a button; what the next page says."""
    assert browser.open(f"{address}{QUEUE}{request.pk}/change/") == 200

    def step(page: Page) -> None:
        form = page.locator("section[aria-labelledby^=decide-] form").first
        for label, text in typed.items():
            place = form.locator(f"[name={label}]")
            place.select_option(text) if label == "ground" else place.fill(text)
        with page.expect_navigation(wait_until="load"):
            form.get_by_role("button", name=button, exact=True).click()

    browser.do(step)
    return told(browser)


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


def test_each_mode_has_its_own_approvers_and_others_grant_on_appeal(live_server, world: World, sit: Sit) -> None:
    assert world.authority
    (city, of_city), (province, of_province) = scenario_parties(world)
    winter_roads(world, city.organisation_id, province.organisation_id)
    windows = {
        name: sit(party)
        for name, party in {
            "reviewer": world.reviewer, "approver": world.approver, "health": world.authority, "city": of_city,
            "province": of_province, "colleague": world.colleague(world.exchange, "approver"),
        }.items()
    }  # fmt: skip
    url = live_server.url

    unified = ask(world, listing(world, UNIFIED))
    assert press(windows["reviewer"], url, unified, "Approve") == NOT_YOURS
    assert states(unified) == ("in_approval", ["open"], 0)
    by_keys(windows["approver"], url, unified)
    assert states(unified) == ("approved", ["approved"], 1)

    sector = ask(world, listing(world, BY_SECTOR, filename="b.csv"), form="masked")
    assert press(windows["approver"], url, sector, "Approve") == NOT_YOURS
    assert windows["city"].open(f"{url}{QUEUE}{sector.pk}/change/") == 404  # no concern of theirs
    windows["city"].complaints.clear()  # of just that
    assert press(windows["health"], url, sector, "Approve", reason="in order") == DONE
    assert press(windows["health"], url, sector, "Approve") == NOT_YOURS
    assert states(sector) == ("in_approval", ["approved", "open"], 0)
    assert press(windows["approver"], url, sector, "Approve") == DONE
    assert states(sector) == ("approved", ["approved", "approved"], 1)

    scenario = ask(world, listing(world, BY_SCENARIO, filename="c.csv"))
    assert press(windows["province"], url, scenario, "Approve") == NOT_YOURS
    assert press(windows["city"], url, scenario, "Approve") == DONE
    assert press(windows["city"], url, scenario, "Reject", ground="other", reason="no") == NOT_YOURS
    assert states(scenario) == ("in_approval", ["approved", "open"], 0)
    assert press(windows["province"], url, scenario, "Approve") == DONE
    assert states(scenario) == ("approved", ["approved", "approved"], 1)

    refused = ask(world, listing(world, UNIFIED, filename="d.csv"))
    rejected = press(windows["approver"], url, refused, "Reject", ground="scope_too_wide", reason="Too much.")
    assert rejected == ["The request is rejected."]
    path = f"/api/v1/access-requests/{refused.pk}/actions/appeal"
    answer = world.buyer.client.post(path, {"grounds": "One column, thirty days."}, format="json")
    assert answer.status_code in (200, 201), answer.content
    again = "You decided on another step of this chain: somebody else has to decide on this one."
    assert press(windows["approver"], url, refused, "Approve") == [again]
    assert states(refused) == ("in_approval", ["rejected", "open"], 0)
    page = windows["colleague"]
    assert press(page, url, refused, "Approve", reason="One column is not much.") == DONE
    assert "One column, thirty days." in page.do(lambda page: page.get_by_role("region", name="Appeal").inner_text())
    assert states(refused) == ("approved", ["rejected", "approved"], 1)
    for browser in windows.values():
        assert browser.complaints == [], "\n".join(browser.complaints)


def by_keys(browser: Window, url: str, request: AccessRequest) -> None:
    """From the queue to the approval without a mouse."""

    def typed(*keys: str) -> None:
        for key in keys:
            browser.do(lambda page, pressed: page.keyboard.press(pressed), key)

    browser.open(f"{url}{QUEUE}?waiting=me")
    typed("j", "Enter")
    browser.until(f"location.pathname === '{QUEUE}{request.pk}/change/' && document.readyState === 'complete'")
    typed("r")
    assert browser.evaluate("document.activeElement.name") == "ground"
    browser.evaluate("document.activeElement.blur()")
    typed("d")
    assert browser.evaluate("document.activeElement.textContent.trim()") == "Approve"
    typed("Enter")
    browser.until("document.querySelector('.messagelist')?.textContent.includes('recorded')")


def test_the_pages_as_they_look(live_server, world: World, sit: Sit, tmp_path: Path) -> None:
    assert world.authority
    folder = Path(os.environ.get("PICTURES", tmp_path))
    request = ask(
        world, listing(world, BY_SECTOR, title="Inpatients of 2025", title_zh="2025年住院记录"), form="masked",
        justification="Survival after heart failure, by ward and age group.",
    )  # fmt: skip
    ask(world, listing(world, UNIFIED, filename="b.csv"))
    for name, locale, language in (("en", "en-GB", "en"), ("zh", "zh-CN", "zh-hans")):
        browser = sit(world.approver, locale=locale, viewport={"width": 1280, "height": 1000})
        for page, address in (
            ("requests", QUEUE),
            ("request", f"{QUEUE}{request.pk}/change/"),
            ("figures", f"{QUEUE}figures/"),
        ):
            assert browser.open(f"{live_server.url}{address}") == 200
            assert browser.evaluate("document.documentElement.lang") == language
            picture = browser.picture()
            assert 10_000 < len(picture) <= LARGEST
            (folder / f"{page}-{name}.webp").write_bytes(picture)
        assert browser.complaints == [], "\n".join(browser.complaints)
