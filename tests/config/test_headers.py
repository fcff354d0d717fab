"""What a browser is told on every page, and that no page needs more than it is allowed."""

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from config.headers import HEADERS
from tests.factories import World, published_listing

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
PUBLIC = ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/api/docs", "/api/problems/conflict"]
OWN = ["/accounts/", "/accounts/2fa/", "/accounts/email/", "/accounts/sessions/", "/admin/"]
INLINE = (
    re.compile(r"<style\b", re.IGNORECASE),
    re.compile(r"<[^>]+\sstyle\s*=", re.IGNORECASE),
    re.compile(r"<[^>]+\son[a-z]+\s*=", re.IGNORECASE),
    re.compile(r"javascript:", re.IGNORECASE),
    re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.IGNORECASE),
)


def _policy(answer) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _space, value in parts}


def _inline(answer) -> list[str]:
    text = answer.content.decode()
    return [match[0] for pattern in INLINE for match in pattern.finditer(text)]


def test_what_is_looked_for_is_found() -> None:
    bad = ['<p style="x">', "<style>", '<a onclick="x">', "<script>", '<a href="javascript:x">']
    assert all(any(pattern.search(text) for pattern in INLINE) for text in bad)
    good = ['<script src="x.js">', '<script id="x" type="application/json">', "<p class=x>"]
    assert not any(pattern.search(text) for pattern in INLINE for text in good)


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*PUBLIC, "/healthz", "/api/v1/organisations", "/no/such/page"])
def test_every_answer_has_the_headers(client: Client, path: str) -> None:
    answer = client.get(path)
    assert _policy(answer) == POLICY
    for name, value in HEADERS.items():
        assert answer[name] == value
    assert {name: answer[name] for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy")} == {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
    }
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert _inline(answer) == []


def test_own_pages_have_no_code_of_their_own(world: World) -> None:
    browser = world.exchange.admin
    for path in OWN:
        answer = browser.get(path)
        assert (path, answer.status_code, _inline(answer)) == (path, 200, [])


def test_the_admins_pages_have_no_code_of_their_own(world: World) -> None:
    """Lists of all models, and the page of one row of each that has one."""
    published_listing(world)
    browser, seen = world.exchange.admin, 0
    for model in admin.site._registry:
        names = (f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}" for page in ("changelist", "change"))
        changelist, change = names
        answer = browser.get(reverse(changelist))
        if answer.status_code == 403:  # auth's groups: nobody of the exchange sees them
            continue
        assert (changelist, answer.status_code, _inline(answer)) == (changelist, 200, [])
        row = model._default_manager.first()
        if row is not None:
            page = browser.get(reverse(change, args=[row.pk]))
            assert (change, page.status_code, _inline(page)) == (change, 200, [])
            seen += 1
    assert seen >= 10


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_nothing_of_another_site_is_loaded() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    sources = [source for listed in directives.values() if isinstance(listed, list) for source in listed]
    assert len(sources) > 8
    assert [source for source in sources if "//" in source] == []
