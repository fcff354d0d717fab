"""Reviewers at work in a real browser: two decide an important dataset, its provider appeals, two others decide again.

`make pictures` keeps what the pages look like in docs/pictures.
"""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from foundation.jobs import services as jobs
from foundation.jobs.models import Job
from grading import services
from grading.models import DataAsset, Grade, GradeAppeal
from tests import factories
from tests.e2e.browser import Window
from tests.factories import Party, World
from tests.grading.samples import hospital, observations

QUEUE = "/admin/grading/grade/"
LARGEST = 200_000
FLAG = {
    "code": "possibly_important",
    "harmed_object": "economic_operation",
    "degree": "serious",
    "reason": {"code": "many_rows", "params": {}},
}
OTHERS = [  # file, recommended, category, days in the queue; the first may be important
    ("港口吞吐量_2025.csv", "general_4", "transport/shipping", 12),
    ("bus_stops.csv", "general_1", "transport/road", 9),
    ("电力负荷曲线.xlsx", "general_3", "energy/electricity", 3),
    ("school_register.csv", "general_4", "education/students", 2),
    ("企业信用评分.csv", "general_3", "finance/credit", 1),
    ("river_levels.csv", "general_1", "water/hydrology", 0),
]


def received(party: Party, filename: str, content: bytes, **declared: object) -> int:
    asset = services.receive_file(
        actor=party.actor,
        organisation_id=party.organisation_id,
        filename=filename,
        chunks=[content],
        declared=declared,
    )
    return asset.pk


@pytest.fixture
def world(transactional_db: None) -> World:
    """A queue: records of a hospital, examined, and other files before and after it."""
    world = World()
    received(world.provider, "住院记录.csv", hospital(), title="Inpatients of 2025", sector="health")
    jobs.execute(Job.objects.get(kind="grading.examine").pk)
    for place, (filename, level, category, days) in enumerate(OTHERS):
        party = (world.provider, world.other_provider)[place % 2]
        asset_id = received(party, filename, observations(3 + place))
        grade = factories.examined(DataAsset.objects.get(pk=asset_id), recommended=level)
        Grade.objects.filter(pk=grade.pk).update(
            recommended_category=category,
            created_at=timezone.now() - timedelta(days=days),
            recommendation={} if place else {"flags": [FLAG]},
        )
    return world


def told(browser: Window) -> list[str]:
    """What the page says happened."""
    return browser.do(lambda page: [line.strip() for line in page.locator(".messagelist li").all_inner_texts()])


def press(browser: Window, button: str, *, level: str = "", reason: str = "") -> list[str]:
    """Fill in the form of the review page and press a button of it; what the next page says."""

    def step(page: Page) -> None:
        form = page.get_by_role("region", name="Decision")
        if level:
            form.get_by_label("Level").select_option(level)
        form.get_by_label("Reason").first.fill(reason)
        with page.expect_navigation(wait_until="load"):
            form.get_by_role("button", name=button, exact=True).click()

    browser.do(step)
    return told(browser)


def test_two_reviewers_decide_the_provider_appeals_and_two_others_decide(live_server, world, sit) -> None:
    grade = Grade.objects.get(asset__filename="住院记录.csv")
    page = f"{live_server.url}{QUEUE}{grade.pk}/change/"
    first, second = sit(world.reviewer), sit(world.second_reviewer)

    first.open(page)
    two = "Important and core levels need two reviewers: confirm first, and another reviewer decides."
    assert press(first, "Decide", level="important", reason="all patients of a city") == [two]
    assert Grade.objects.get(pk=grade.pk).state == "recommended"
    confirmed = "The grade of 住院记录.csv is confirmed: another reviewer decides."
    assert press(first, "Confirm as first reviewer", level="important", reason="all patients of a city") == [confirmed]
    first.open(page)
    again = "You confirmed this grade: another reviewer decides."
    assert again in first.do(lambda page: page.get_by_role("region", name="Decision").inner_text())
    assert press(first, "Decide", reason="surely") == [again]
    assert Grade.objects.get(pk=grade.pk).state == "confirmed"

    second.open(page)
    assert press(second, "Decide", reason="I agree") == ["The grade of 住院记录.csv is decided."]
    decided = Grade.objects.get(pk=grade.pk)
    assert (decided.state, decided.level) == ("decided", "important")
    assert {decided.confirmed_by, decided.decided_by} == {world.reviewer.user, world.second_reviewer.user}

    address = f"/api/v1/assets/{grade.asset_id}/appeals"
    answer = world.provider.client.post(address, {"grounds": "One ward, not a city: 120 rows."}, format="json")
    assert answer.status_code == 201, answer.content
    appeal = GradeAppeal.objects.get()
    page = f"{live_server.url}{QUEUE}{appeal.review_id}/change/"
    for browser in (first, second):
        browser.open(page)
        refused = "You took the decision that is appealed: reviewers who did not take it decide."
        assert press(browser, "Confirm as first reviewer", reason="no") == [refused]
    third, fourth = (sit(world.colleague(world.exchange, "reviewer")) for _number in range(2))
    for browser, button in ((third, "Confirm as first reviewer"), (fourth, "Decide")):
        browser.open(page)
        assert "One ward, not a city" in browser.do(lambda page: page.get_by_role("region", name="Appeal").inner_text())
        press(browser, button, level="general_4", reason="one ward alone")
    appeal.refresh_from_db()
    assert (appeal.state, appeal.review.state, appeal.review.level) == ("granted", "decided", "general_4")
    assert Grade.objects.get(pk=grade.pk).state == "superseded"
    for browser in (first, second, third, fourth):
        assert browser.complaints == [], "\n".join(browser.complaints)


def test_the_queue_is_worked_through_by_keys_alone(live_server, world, sit) -> None:
    browser = sit(world.reviewer)
    browser.open(f"{live_server.url}{QUEUE}")

    def typed(*keys: str) -> None:
        browser.do(lambda page: [page.keyboard.press(key) for key in keys])

    def focused() -> str:
        return str(browser.evaluate("document.activeElement.textContent.trim() || document.activeElement.name"))

    names = browser.do(lambda page: page.locator("#result_list tbody th a").all_inner_texts())
    typed("j", "j", "k")
    assert focused() == names[0]
    typed("/", "j", "k", "?")  # written into the search, not obeyed
    assert browser.evaluate("document.getElementById('searchbar').value") == "jk?"
    browser.do(lambda page: page.locator("#result_list tbody th a").first.focus())
    typed("x")
    assert browser.evaluate("document.querySelectorAll('input.action-select:checked').length") == 1
    typed("?")
    browser.until("document.getElementById('keys').open")
    typed("Escape")
    browser.do(lambda page: page.locator("#result_list tbody th a").nth(3).focus())
    with_j = browser.evaluate("document.activeElement.href")
    typed("Enter")
    browser.until(f"location.href === '{with_j}' && document.readyState === 'complete'")
    following = browser.evaluate("document.querySelector('[data-key=next]').href")
    typed("j")
    browser.until(f"location.href === '{following}' && document.readyState === 'complete'")
    typed("k")
    browser.until(f"location.href === '{with_j}' && document.readyState === 'complete'")
    typed("r")
    assert focused() == "reason"
    typed("c", "d", "j")  # the words of a reason
    assert browser.evaluate("document.activeElement.value") == "cdj"
    browser.do(lambda page: page.locator(".review-nav a").nth(1).focus())
    typed("c")
    assert focused() == "Confirm as first reviewer"
    typed("d")
    assert focused() == "Decide"
    waiting = Grade.objects.filter(state="recommended").count()
    typed("Enter")
    browser.until("document.querySelector('.messagelist')?.textContent.includes('is decided')")
    assert Grade.objects.filter(state="recommended").count() == waiting - 1
    assert browser.complaints == [], "\n".join(browser.complaints)


def test_the_pages_as_they_look(live_server, world, sit, tmp_path: Path) -> None:
    folder = Path(os.environ.get("PICTURES", tmp_path))
    grade = Grade.objects.get(asset__filename="住院记录.csv")
    for name, locale, language in (("en", "en-GB", "en"), ("zh", "zh-CN", "zh-hans")):
        browser = sit(world.reviewer, locale=locale, viewport={"width": 1280, "height": 1000})
        for page, address in (("queue", QUEUE), ("review", f"{QUEUE}{grade.pk}/change/")):
            browser.open(f"{live_server.url}{address}")
            assert browser.evaluate("document.documentElement.lang") == language
            picture = browser.picture()
            assert 10_000 < len(picture) <= LARGEST
            (folder / f"{page}-{name}.webp").write_bytes(picture)
        assert browser.complaints == [], "\n".join(browser.complaints)
