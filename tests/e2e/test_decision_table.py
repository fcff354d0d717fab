"""A decision table in a real browser: read as a table and compared with the one in force, in both languages."""

from collections.abc import Callable

from django.conf import settings

from marketplace.authorization.engine.loading import DEFAULT_TABLE
from marketplace.authorization.rulebook import DECISION_TABLE
from tests import releasing
from tests.e2e.browser import Window
from tests.factories import World

HOSTILE = "<img src=x onerror=alert(1)>"
EDITS = [
    ('version = "1.1.0"', 'version = "1.2.0"'),
    ("longest_term_days = 730", "longest_term_days = 700"),
    ('reason_en = "Core data is not traded."', f'reason_en = "{HOSTILE}"'),
    ('reason_zh = "核心数据不得交易流通。"', f'reason_zh = "核心数据{HOSTILE}"'),
]
WORDS = {
    "en": {"level": "Level", "was": "Core data is not traded.", "now": HOSTILE},
    "zh-hans": {"level": "级别", "was": "核心数据不得交易流通。", "now": f"核心数据{HOSTILE}"},
}


def test_the_table_and_the_difference_in_both_languages(live_server, window: Callable[..., Window]) -> None:
    world = World()
    text = DEFAULT_TABLE.read_text(encoding="utf-8")
    for old, new in EDITS:
        text = text.replace(old, new, 1)
    row = releasing.proposed(world, DECISION_TABLE, text)
    session = world.approver.admin.cookies[settings.SESSION_COOKIE_NAME].value
    for locale, language in (("en-GB", "en"), ("zh-CN", "zh-hans")):
        browser, said = window(locale=locale), WORDS[language]
        browser.remember(live_server.url, **{settings.SESSION_COOKIE_NAME: session})
        assert browser.open(f"{live_server.url}/admin/rulebooks/rulebookversion/{row.pk}/change/") == 200
        assert browser.evaluate("document.documentElement.lang") == language

        def cells(place: str, browser: Window = browser) -> list[str]:
            return [text.strip() for text in browser.do(lambda page: page.locator(place).all_text_contents())]

        whole, difference = "[aria-labelledby=rules] .decision-table", "[aria-labelledby=difference] .decision-table"
        assert cells(f"{whole} thead th[title=level]") == [said["level"]]
        assert cells(f"{whole} tbody th") == [str(number) for number in range(1, text.count("\n[[rows]]") + 1)]
        assert cells(f"{whole} tr[data-row=core_refused] td.said") == [said["now"]]
        assert cells(f"{difference} tbody th") == ["1", "13"]
        (was,), (now,) = (
            cells(f"{difference} tr[data-row=core_refused] td.said {mark} span") for mark in ("del", "ins")
        )
        assert (was, now) == (said["was"], said["now"])
        assert "730" in cells(f"{difference} tr[data-row=scenario_sector_general] del")[0]
        assert "700" in cells(f"{difference} tr[data-row=scenario_sector_general] ins")[0]
        browser.do(lambda page: page.locator("a[href='?against=0']").click())
        browser.until("location.search === '?against=0' && document.readyState === 'complete'")
        assert cells(f"{difference} tbody th") == ["1", "13"]
        assert browser.complaints == [], "\n".join(browser.complaints)
