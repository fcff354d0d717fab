"""Pages in a real browser under the strict content policy: nothing is refused; scripts and passkeys work."""

from collections.abc import Callable

import yaml
from allauth.mfa.models import Authenticator
from django.conf import settings

from tests.e2e.browser import Window
from tests.factories import World, submitted_listing

PASSWORD = "correct horse battery"
PAGES = [
    "/accounts/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/admin/",
    "/admin/grading/grade/",
    "/admin/grading/grade/statistics/",
    "/admin/grading/gradeappeal/",
    "/admin/catalog/listingversion/",
    "/admin/jobs/job/",
    "/admin/participants/organisation/",
    "/admin/audit/event/",
]
SHOWN = """[...document.querySelectorAll('.opblock-summary')].map(line =>
    line.querySelector('.opblock-summary-method').textContent.toLowerCase() + ' ' +
    line.querySelector('.opblock-summary-path').dataset.path)"""
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def _sign_in(browser: Window, site: str, username: str) -> None:
    browser.open(f"{site}/accounts/login/")
    browser.submit("main form", login=username, password=PASSWORD)
    browser.until("location.pathname === '/accounts/'")


def test_the_page_of_the_api_lists_the_operations(live_server, window: Callable[..., Window]) -> None:
    """Of a long list the page draws only what is in sight: the test reads it as a person does, scrolling."""
    document = yaml.safe_load((settings.BASE_DIR / "docs" / "openapi.yaml").read_text())
    written = {f"{method} {path}" for path, operations in document["paths"].items() for method in operations}
    browser = window(viewport={"width": 1280, "height": 2400})
    browser.open(f"{live_server.url}/api/docs")
    browser.until("document.querySelectorAll('.opblock').length > 0")
    shown: set[str] = set()
    for place in range(0, 100_000, 2000):
        browser.evaluate(f"scrollTo(0, {place})")
        browser.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        shown |= set(browser.evaluate(SHOWN))
        if place > browser.evaluate("document.documentElement.scrollHeight"):
            break
    assert browser.complaints == []
    assert shown == written


def test_pages_and_passkeys_under_the_policy(live_server, window: Callable[..., Window]) -> None:
    world, site = World(), live_server.url
    user = world.exchange.user
    user.set_password(PASSWORD)
    user.save()
    version = submitted_listing(world, level=None)
    browser = window()
    _sign_in(browser, site, user.username)
    grade = f"/admin/grading/grade/{version.listing.versions.get().distributions.get().asset.grades.get().pk}/change/"
    for page in [*PAGES, grade, f"/admin/catalog/listingversion/{version.pk}/change/"]:
        browser.open(f"{site}{page}")
    assert browser.complaints == [], "\n".join(browser.complaints)

    browser.protocol("WebAuthn.enable")
    browser.protocol("WebAuthn.addVirtualAuthenticator", options=KEY)
    browser.open(f"{site}/accounts/2fa/webauthn/add/")
    browser.until("!!document.querySelector('input[name=password]')")
    browser.submit("main form", password=PASSWORD)
    browser.until("!!document.querySelector('#mfa_webauthn_add')")
    assert browser.evaluate("document.querySelector('input[name=passwordless]').type") == "checkbox"
    browser.evaluate("document.querySelector('input[name=passwordless]').checked = true")
    browser.evaluate("document.querySelector('#mfa_webauthn_add').click()")
    browser.until("!location.pathname.endsWith('/add/') && document.readyState === 'complete'")
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1

    browser.forget()
    browser.open(f"{site}/accounts/login/")
    browser.evaluate("document.querySelector('#passkey_login').click()")
    browser.until("location.pathname === '/accounts/'")
    browser.open(f"{site}/admin/")
    assert user.username in browser.evaluate("document.querySelector('#user-tools').textContent").lower()
    assert browser.complaints == [], "\n".join(browser.complaints)

    browser.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')")
    browser.until("true")
    assert browser.complaints, "an inline handler should have been refused: the check would see nothing"
