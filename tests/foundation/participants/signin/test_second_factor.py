"""Administrators, reviewers and approvers need a second factor; its seed is encrypted at rest."""

import json
import time
from base64 import urlsafe_b64encode

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axes.models import AccessAttempt
from django.test import Client, TestCase

from foundation.audit.models import Event as AuditEvent
from foundation.participants.models import User
from foundation.participants.signin.adapters import SecondFactorAdapter
from tests.factories import Party, World
from tests.foundation.participants.signin.conftest import PASSWORD
from tests.foundation.participants.signin.test_signing_in import confirm, sign_in


@pytest.fixture(autouse=True)
def _required(settings) -> None:
    settings.MFA_REQUIRED = True


def _code(secret: str, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def _set_up(browser: Client) -> str:
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 302  # first: who is asking
    confirm(browser)
    secret = browser.get("/accounts/2fa/totp/activate/").context["form"].secret
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": _code(secret)})
    assert answer.status_code == 302
    return str(secret)


def test_without_a_second_factor_there_is_only_the_way_to_one(world: World, with_password) -> None:
    browser, _answer = sign_in(with_password(world.reviewer))
    answer = browser.get("/admin/grading/grade/")
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    assert "second factor" in browser.get("/accounts/2fa/").content.decode()
    refused = browser.get("/api/v1/grades")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert refused.json()["rule"] == "participants.second_factor"
    key = {"Authorization": f"Bearer {world.reviewer.token}"}
    assert browser.get("/api/v1/grades", headers=key).status_code == 200
    secret = _set_up(browser)
    assert browser.get("/admin/grading/grade/").status_code == 200
    assert browser.get("/api/v1/grades").status_code == 200
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    assert SecondFactorAdapter().decrypt(stored) == secret


@pytest.mark.parametrize("header", ["Bearer x", "bearer x", "Bearer ", "Bearer a b", "Bearer\xa0x", "Basic x"])
def test_the_header_of_a_key_opens_nothing_to_a_session(world: World, with_password, header: str) -> None:
    browser, _answer = sign_in(with_password(world.exchange))
    said = {"Authorization": header}
    answer = browser.get("/admin/participants/apikey/", headers=said)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    for address in ("/api/v1/me", "/api/v1/organisations"):
        assert browser.get(address, headers=said).status_code in (401, 403)


def test_a_new_factor_is_recorded_and_ends_sessions_begun_without_it(world: World, with_password) -> None:
    party = with_password(world.reviewer)
    other, _answer = sign_in(party)
    browser, _answer = sign_in(party)
    assert (other.get("/accounts/").status_code, browser.get("/accounts/").status_code) == (200, 200)
    with TestCase.captureOnCommitCallbacks(execute=True):
        _set_up(browser)
    assert (other.get("/accounts/").status_code, browser.get("/accounts/").status_code) == (302, 200)
    event = AuditEvent.objects.get(action="second_factor.added")
    assert (event.actor_user_id, event.subject_id) == (party.user.pk, str(party.user.pk))
    browser.post("/accounts/2fa/totp/deactivate/")
    assert AuditEvent.objects.get(action="second_factor.removed").actor_user_id == party.user.pk
    assert browser.get("/api/v1/me").json()["rule"] == "participants.second_factor"


def test_the_code_is_asked_for_at_the_next_sign_in(world: World, with_password) -> None:
    party = with_password(world.reviewer)
    first, _answer = sign_in(party)
    secret = _set_up(first)
    browser, answer = sign_in(party)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/admin/grading/grade/").status_code == 302
    wrong = f"{(int(_code(secret)) + 1) % 1_000_000:06d}"
    assert browser.post("/accounts/2fa/authenticate/", {"code": wrong}).status_code == 200
    browser.post("/accounts/2fa/authenticate/", {"code": _code(secret, 1)})
    assert browser.get("/admin/grading/grade/").status_code == 200


def test_wrong_codes_are_recorded_and_draw_on_the_attempts_of_the_password(world: World, with_password) -> None:
    party = with_password(world.reviewer)
    secret = _set_up(sign_in(party)[0])
    Client().post("/accounts/login/", {"login": party.user.username, "password": "wrong"})
    browser, _answer = sign_in(party)  # the right password alone forgives nothing
    wrong = f"{(int(_code(secret)) + 1) % 1_000_000:06d}"
    page = "/accounts/2fa/authenticate/"
    assert [browser.post(page, {"code": wrong}).status_code for _number in range(3)] == [200, 200, 200]
    locked = browser.post(page, {"code": wrong})
    assert (locked.status_code, 800 < int(locked["Retry-After"]) <= 900) == (429, True)
    assert browser.post(page, {"code": _code(secret, 1)}).status_code == 429  # the right code does not help, here
    assert browser.get("/admin/grading/grade/").status_code == 302
    assert sign_in(party)[1].status_code == 429
    failed = AuditEvent.objects.filter(action="second_factor.failed")
    assert {(e.subject_id, e.actor_user_id, e.data["method"], e.data["signed_in"]) for e in failed} == {
        (str(party.user.pk), None, "code", False)
    }
    assert failed.count() == 4
    assert AuditEvent.objects.filter(action="person.locked_out").count() == 1
    assert not AccessAttempt.objects.filter(post_data__contains=wrong).exists()
    elsewhere, _answer = sign_in(party, REMOTE_ADDR="198.51.100.7")
    elsewhere.post(page, {"code": _code(secret, 1)}, REMOTE_ADDR="198.51.100.7")
    assert elsewhere.get("/admin/grading/grade/").status_code == 200


def test_wrong_recovery_codes_count_and_right_ones_forgive(world: World, with_password) -> None:
    party = with_password(world.reviewer)
    _set_up(sign_in(party)[0])
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    browser, _answer = sign_in(party)
    browser.post("/accounts/2fa/authenticate/", {"code": "00000000"})
    assert AccessAttempt.objects.get().failures_since_start == 1
    browser.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert browser.get("/admin/grading/grade/").status_code == 200
    assert not AccessAttempt.objects.exists()
    wrong = browser.post("/accounts/2fa/reauthenticate/", {"code": codes[0]})  # used: wrong from now on
    assert wrong.status_code == 200
    assert AuditEvent.objects.filter(action="second_factor.failed").order_by("-pk").values_list("data", flat=True)[
        0
    ] == {
        "method": "code",
        "signed_in": True,
    }
    assert AccessAttempt.objects.get().failures_since_start == 1


def _assertion(user_id: int) -> str:
    """What a browser sends of a passkey that says it belongs to this person; nobody has registered it."""
    said = urlsafe_b64encode(b'{"type": "webauthn.get", "challenge": "AAAA", "origin": "http://testserver"}').decode()
    handle = urlsafe_b64encode(user_pk_to_url_str(User(pk=user_id)).encode()).decode().rstrip("=")
    response = {
        "clientDataJSON": said.rstrip("="),
        "authenticatorData": urlsafe_b64encode(bytes(37)).decode().rstrip("="),
        "signature": "AAAA",
        "userHandle": handle,
    }
    return json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": response})


def test_passkeys_that_fail_count_for_whom_they_name(world: World, with_password) -> None:
    party = with_password(world.provider)
    page = "/accounts/2fa/webauthn/login/"
    browser = Client()
    for user_id, expected in [(0, 0), (party.user.pk, 1), (party.user.pk, 2)]:
        assert browser.post(page, {"credential": _assertion(user_id)})["Location"] == "/accounts/login/"
        assert AuditEvent.objects.filter(action="second_factor.failed").count() == expected
    assert browser.post(page, {"credential": '{"a": 1}'}).status_code == 302
    for _number in range(2):
        browser.post(page, {"credential": _assertion(party.user.pk)})
    assert browser.post(page, {"credential": _assertion(party.user.pk)}).status_code == 429
    assert AuditEvent.objects.get(action="person.locked_out").subject_id == str(party.user.pk)
    assert sign_in(party)[1].status_code == 429
    assert sign_in(with_password(world.buyer))[1].status_code == 302
    assert sign_in(party, REMOTE_ADDR="198.51.100.7")[1].status_code == 302


@pytest.mark.parametrize(("who", "demanded"), [("provider", True), ("approver", True), ("auditor", False)])
def test_whose_role_demands_it(world: World, who: str, demanded: bool) -> None:
    party: Party = getattr(world, who)
    assert party.admin.get("/api/v1/me").status_code == (403 if demanded else 200)


def test_an_older_key_still_opens_the_seed(settings) -> None:
    settings.ACCOUNT_KEYS = {1: "first"}
    stored = SecondFactorAdapter().encrypt("SEED")
    settings.ACCOUNT_KEYS = {1: "first", 2: "second"}
    assert SecondFactorAdapter().decrypt(stored) == "SEED"
    assert PASSWORD not in stored
