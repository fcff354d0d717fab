"""Signing in with a password: no sign-up, lockout, reset by mail, sessions that can be ended, one's language."""

import re
from html import unescape
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from foundation.actors import ANONYMOUS
from foundation.audit.models import Event as AuditEvent
from foundation.errors import InvalidInput
from foundation.participants import services, sessions
from foundation.participants.models import ApiKey, User
from tests.factories import Party, World
from tests.foundation.participants.signin.conftest import PASSWORD

LOGIN = "/accounts/login/"


def sign_in(party: Party, password: str = PASSWORD, client: Client | None = None, **extra: Any) -> tuple[Client, Any]:
    browser = client or Client()
    said = {"login": party.user.username, "password": password}
    return browser, browser.post(LOGIN, said, **extra)


def confirm(browser: Client) -> Client:
    """Say once more who one is, as sensitive pages demand."""
    assert browser.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return browser


def events(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def test_a_password_opens_a_session_that_the_log_knows(world: World, with_password) -> None:
    party = with_password(world.reviewer)
    browser, answer = sign_in(party)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/")
    assert browser.get("/admin/grading/grade/").status_code == 200
    page = browser.get("/accounts/")
    assert party.organisation.name in page.content.decode()
    event = AuditEvent.objects.get(action="session.begun")
    assert (event.actor_user_id, event.subject_id) == (party.user.pk, str(party.user.pk))
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")
    browser.post("/accounts/logout/")
    assert browser.get("/admin/grading/grade/").status_code == 302


def test_the_admin_has_no_door_of_its_own(world: World) -> None:
    answer = world.anonymous.get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=%2Fadmin%2F")
    assert world.provider.admin.get("/admin/login/").status_code == 403


def test_nobody_signs_up(world: World) -> None:
    people = User.objects.count()
    said = {"username": "stranger", "password1": PASSWORD, "password2": PASSWORD, "email": "a@example.com"}
    answer = world.anonymous.post("/accounts/signup/", said)
    assert "closed" in answer.content.decode()
    assert User.objects.count() == people


def test_an_account_is_locked_from_one_address(world: World, with_password) -> None:
    party = with_password(world.provider)
    for _number in range(4):
        assert sign_in(party, "wrong")[1].status_code == 200
    locked = sign_in(party, "wrong")[1]
    assert (locked.status_code, "14 minutes" in locked.content.decode() or "15 minutes" in locked.content.decode()) == (
        429,
        True,
    )
    assert 800 < int(locked["Retry-After"]) <= 900
    browser, answer = sign_in(party)  # the right password does not help, here
    assert answer.status_code == 429
    assert "sessionid" not in browser.cookies
    assert events("person.locked_out") == 1
    assert AuditEvent.objects.get(action="person.locked_out").subject_id == str(party.user.pk)
    assert sign_in(party, REMOTE_ADDR="198.51.100.7")[1].status_code == 302


def test_neither_case_nor_the_addresses_of_one_host_give_more_attempts(world: World, with_password) -> None:
    party = with_password(world.provider)
    name = party.user.username
    spelled = [name, name.upper(), name.title(), f" {name}", name.swapcase()]
    answers = [
        Client().post(LOGIN, {"login": said, "password": "wrong"}, REMOTE_ADDR=f"2001:db8::{number:x}")
        for number, said in enumerate(spelled, 1)
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert AuditEvent.objects.get(action="person.locked_out").subject_id == str(party.user.pk)
    assert sign_in(party, REMOTE_ADDR="2001:db8::ff")[1].status_code == 429
    assert sign_in(party, REMOTE_ADDR="2001:db8:0:1::1")[1].status_code == 302


def test_no_second_spelling_of_a_name_locks_the_first_one_out(world: World, with_password) -> None:
    party = with_password(world.provider)
    with pytest.raises(InvalidInput) as refused:
        services.register_organisation(
            actor=ANONYMOUS,
            name="Stranger",
            kind="enterprise",
            region="210200",
            roles=[("buyer", "")],
            member=services.NewMember(party.user.username.upper()),
        )
    assert [field.pointer for field in refused.value.fields] == ["/member/username"]
    assert sign_in(party)[1].status_code == 302


def test_a_hash_is_not_read_letter_by_letter(world: World, with_password) -> None:
    browser, _answer = sign_in(with_password(world.exchange))
    page = "/admin/participants/user/"
    assert browser.get(f"{page}?username__startswith=a").status_code == 200
    for lookup in ("password__startswith", "password__gt", "password"):
        assert browser.get(f"{page}?{lookup}=a").status_code == 400


def test_unknown_names_are_told_nothing_and_not_recorded(world: World, with_password) -> None:
    party = with_password(world.provider)
    known = sign_in(party, "wrong")[1].content.decode()
    unknown = Client().post(LOGIN, {"login": "nobody", "password": "wrong"}).content.decode()
    errors = [re.findall(r'class="errorlist.*?</ul>', text, re.DOTALL) for text in (known, unknown)]
    assert errors[0] == errors[1] != []
    for _number in range(6):
        Client().post(LOGIN, {"login": "nobody", "password": "wrong"})
    assert events("person.locked_out") == 0


def test_a_password_is_reset_by_mail(world: World, with_password, settings) -> None:
    party = with_password(world.provider)
    other, _answer = sign_in(party)
    browser = Client()
    for address in ("nobody@example.com", party.user.email):
        answer = browser.post("/accounts/password/reset/", {"email": address})
        assert answer["Location"] == "/accounts/password/reset/done/"
    assert events("person.password_reset") == 0
    (link,) = [found for sent in mail.outbox for found in re.findall(r"http://\S+/key/\S+", str(sent.body))]
    form = browser.get(link.replace(settings.PUBLIC_URL, ""), follow=True)
    path = form.request["PATH_INFO"]
    fresh = "an entirely new secret 9"
    person, keys = party.user, ApiKey.objects.filter(membership__user=party.user)
    colleague = world.colleague(party, "operator")
    browser.post(path, {"password1": fresh, "password2": fresh})
    assert other.get("/accounts/").status_code == 302
    assert not UserSession.objects.filter(user=person).exists()
    assert [key.revoked_at is not None for key in keys] == [True]
    assert party.client.get("/api/v1/me").status_code == 401
    assert colleague.client.get("/api/v1/me").status_code == 200
    ended = AuditEvent.objects.get(action="person.access_ended")
    assert (ended.subject_id, ended.actor_user_id) == (str(person.pk), None)
    assert ended.data == {"because": "password_reset", "keys": 1, "sessions": 1}
    assert AuditEvent.objects.get(action="person.password_reset").subject_id == str(person.pk)
    for _number in range(2):
        said = [Client().post(LOGIN, {"login": person.username, "password": word}) for word in (PASSWORD, fresh)]
        assert [answer.status_code for answer in said] == [200, 302]
        assert browser.post(path, {"password1": PASSWORD, "password2": PASSWORD}).status_code in (200, 302)
    assert events("person.access_ended") == 1


@pytest.mark.parametrize("wish", [False, True])
def test_a_changed_password_revokes_keys_when_asked(world: World, with_password, wish: bool) -> None:
    party = with_password(world.provider)
    person = party.user
    other, _answer = sign_in(party)
    browser, _answer = sign_in(party)
    page, fresh = "/accounts/password/change/", "an entirely new secret 9"
    said = {"oldpassword": "wrong", "password1": fresh, "password2": fresh, **({"end_access": "on"} if wish else {})}
    assert browser.post(page, said).status_code == 200
    assert ApiKey.objects.filter(membership__user=person, revoked_at=None).count() == 1
    assert "Revoke my API keys as well" in browser.get(page).content.decode()
    assert browser.post(page, {**said, "oldpassword": PASSWORD}).status_code == 302
    assert [client.get("/accounts/").status_code for client in (browser, other)] == [200, 302]
    assert ApiKey.objects.filter(membership__user=person, revoked_at=None).count() == (0 if wish else 1)
    ended = AuditEvent.objects.filter(action="person.access_ended")
    assert [(event.actor_user_id, event.data["because"], event.data["keys"]) for event in ended] == (
        [(person.pk, "password_changed", 1)] if wish else []
    )
    assert AuditEvent.objects.get(action="person.password_changed").actor_user_id == person.pk


def test_sessions_are_listed_and_ended(world: World, with_password) -> None:
    party = with_password(world.provider)
    first, _answer = sign_in(party, HTTP_USER_AGENT="first browser")
    second, _answer = sign_in(party, HTTP_USER_AGENT="second browser")
    listed = unescape(second.get("/accounts/sessions/").content.decode())
    assert "first browser" in listed
    assert "second browser" in listed
    second.post("/accounts/sessions/")
    assert [browser.get("/accounts/").status_code for browser in (first, second)] == [302, 200]
    assert sessions.end_all(party.user.pk) == 1
    assert second.get("/accounts/").status_code == 302
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(("chosen", "expected"), [("zh-hans", "zh-hans"), ("", "en")])
def test_ones_language_comes_before_the_browsers(world: World, with_password, chosen: str, expected: str) -> None:
    browser, _answer = sign_in(with_password(world.reviewer))
    browser.post("/accounts/language/", {"language": chosen})
    for page in ("/accounts/", "/admin/"):
        answer = browser.get(page, headers={"Accept-Language": "en"})
        assert answer["Content-Language"] == expected
        assert f'lang="{expected}"' in answer.content.decode()
    assert browser.get("/healthz", headers={"Accept-Language": "en"}).status_code == 200


def test_an_invitation_is_accepted_in_the_browser(world: World) -> None:
    url = f"/api/v1/organisations/{world.provider.organisation_id}/invitations"
    link = world.provider.client.post(url, {"roles": ["operator"]}, format="json").json()["link"]
    path = link.removeprefix("http://127.0.0.1:8000")
    browser = Client()
    shown = browser.get(path)
    assert (shown["Referrer-Policy"], "Dalian Data Company" in shown.content.decode()) == ("no-referrer", True)
    wrong = browser.post(path, {"username": "joiner", "password": "short", "repeated": "short"})
    assert "errorlist" in wrong.content.decode()
    differing = browser.post(path, {"username": "joiner", "password": PASSWORD, "repeated": PASSWORD + "x"})
    assert "The two passwords differ." in differing.content.decode()
    assert not User.objects.filter(username="joiner").exists()
    said = {"username": "joiner", "password": PASSWORD, "repeated": PASSWORD}
    assert browser.post(path, said).status_code == 302
    assert browser.post(LOGIN, {"login": "joiner", "password": PASSWORD})["Location"] == "/accounts/"
    assert Client().get(path).status_code == 410
    assert Client().get(path[:-2] + "x/").status_code in (404, 410)
