"""Administrators of the exchange have their powers in a browser only during an elevation of that very session."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from foundation.audit.models import Event as AuditEvent
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.participants import services, states
from foundation.participants.models import ApiKey, Elevation, Membership
from tests.factories import SYSTEM, World
from tests.foundation.participants.signin.test_signing_in import confirm, sign_in

PAGE, KEYS = "/accounts/elevation/", "/admin/participants/apikey/"
WHY = {"reason": "A provider lost its key.", "minutes": "15"}


@pytest.fixture(autouse=True)
def _required(settings) -> None:
    settings.ELEVATION_REQUIRED = True


def _verifies(browser: Client, world: World) -> int:
    """The status of an administrator's act over REST, with the session."""
    party = world.organisation("Candidate", "buyer", verified=False)
    return browser.post(f"/api/v1/organisations/{party.organisation_id}/actions/verify").status_code


def test_powers_begin_with_the_elevation_and_end_with_it(world: World, with_password) -> None:
    browser, _answer = sign_in(with_password(world.exchange))
    assert browser.get(KEYS).status_code == 403
    assert _verifies(browser, world) == 403
    assert "Act as an administrator" in browser.get("/admin/").content.decode()
    confirm(browser)
    for wrong in ({**WHY, "reason": "why"}, {**WHY, "minutes": "61"}, {"minutes": "5"}):
        assert "errorlist" in browser.post(PAGE, wrong).content.decode()
    assert not Elevation.objects.exists()
    assert browser.post(PAGE, WHY)["Location"] == "/admin/"
    row = Elevation.objects.get()
    assert timedelta(minutes=14) < row.expires_at - timezone.now() <= timedelta(minutes=15)
    assert browser.get(KEYS).status_code == 200
    assert "A provider lost its key." in browser.get("/admin/").content.decode()
    assert "A provider lost its key." in browser.get("/admin/participants/elevation/").content.decode()
    browser.post(PAGE, {"end": str(row.pk)})
    row.refresh_from_db()
    assert row.state == states.ENDED
    assert browser.get(KEYS).status_code == 403
    told = AuditEvent.objects.filter(subject_type="elevation").order_by("pk").values_list("action", "data")
    assert [action for action, _data in told] == ["elevation.begun", "elevation.ended"]
    assert told[0][1]["reason"] == "A provider lost its key."


def test_no_key_gives_what_the_session_has_not(world: World, with_password) -> None:
    browser, _answer = sign_in(with_password(world.exchange))
    membership = Membership.objects.get(user=world.exchange.user)
    kept = ApiKey.objects.get(membership=membership)

    def ask() -> list[int]:
        said = {"membership": membership.pk}
        issued = browser.post("/api/v1/keys", said, content_type="application/json")
        rotated = browser.post(f"/api/v1/keys/{kept.pk}/actions/rotate", {}, content_type="application/json")
        if issued.status_code == 403:
            assert issued.json()["rule"] == rotated.json()["rule"] == "participants.elevation_needed"
        return [issued.status_code, rotated.status_code]

    assert ask() == [403, 403]
    assert ApiKey.objects.filter(membership=membership).count() == 1
    confirm(browser).post(PAGE, WHY)
    assert ask() == [201, 201]


def test_rest_with_the_session_follows(world: World, with_password) -> None:
    browser, _answer = sign_in(with_password(world.exchange))
    confirm(browser).post(PAGE, WHY)
    assert _verifies(browser, world) == 200


def test_another_session_of_the_same_person_is_not_elevated(world: World, with_password) -> None:
    party = with_password(world.exchange)
    first, _answer = sign_in(party)
    second, _answer = sign_in(party)
    confirm(first).post(PAGE, WHY)
    assert [browser.get(KEYS).status_code for browser in (first, second)] == [200, 403]


def test_its_time_ends_it(world: World, with_password) -> None:
    browser, _answer = sign_in(with_password(world.exchange))
    confirm(browser).post(PAGE, WHY)
    Elevation.objects.update(expires_at=timezone.now())
    assert browser.get(KEYS).status_code == 403  # before anything has swept
    assert services.expire_elevations(actor=SYSTEM) == 1
    assert Elevation.objects.get().state == states.EXPIRED
    browser.post(PAGE, WHY)
    assert browser.get(KEYS).status_code == 200


def test_who_is_asking_is_made_sure_of_anew(world: World, with_password, settings) -> None:
    browser, _answer = sign_in(with_password(world.exchange))
    for ago in (None, 0):
        if ago is not None:
            confirm(browser)
            settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = ago
        answer = browser.post(PAGE, WHY)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not Elevation.objects.exists()


def test_it_is_for_administrators_of_the_exchange(world: World, with_password) -> None:
    for party in (world.reviewer, world.provider):
        browser, _answer = sign_in(with_password(party))
        assert confirm(browser).post(PAGE, WHY).status_code == 403
        with pytest.raises(Forbidden):
            services.begin_elevation(actor=party.actor, session_digest="x", reason=WHY["reason"], minutes=1)
    assert not Elevation.objects.exists()
    assert world.reviewer.admin.get("/admin/grading/grade/").status_code == 200  # reviewers review as before


def test_the_service_refuses_what_the_form_would(world: World) -> None:
    actor = world.exchange.actor
    for wrong in ({"reason": " ", "minutes": 5}, {"reason": WHY["reason"], "minutes": 61}):
        with pytest.raises(InvalidInput):
            services.begin_elevation(actor=actor, session_digest="x", **wrong)  # type: ignore[arg-type]
    row = services.begin_elevation(actor=actor, session_digest="x", reason=WHY["reason"], minutes=5)
    with pytest.raises(Conflict):
        services.begin_elevation(actor=actor, session_digest="x", reason=WHY["reason"], minutes=5)
    with pytest.raises(NotFound):
        services.end_elevation(actor=world.reviewer.actor, elevation_id=row.pk)
