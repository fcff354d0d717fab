"""The admin's buttons call services: what the exchange's people see, and what others do not."""

import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from foundation.participants.models import User
from marketplace.catalog import services, states
from marketplace.catalog.models import ListingVersion
from tests.factories import Party, World, draft_listing, published_listing, submitted_listing


@pytest.fixture
def staff(world: World) -> Client:
    return world.reviewer.admin


def _page(version: ListingVersion) -> str:
    return reverse("admin:catalog_listingversion_change", args=[version.pk])


def _button(version: ListingVersion, event: str) -> str:
    return reverse("admin:catalog_listingversion_action", args=[version.pk, event])


def test_the_page_shows_rights_provenance_and_the_way_to_the_grade(world: World, staff: Client) -> None:
    version = submitted_listing(world, level="general_2")
    page = staff.get(_page(version)).content.decode()
    grade = version.distributions.get().asset.grades.get()
    for part in (
        "certificate operation",
        "register 1",
        reverse("admin:grading_grade_change", args=[grade.pk]),
        "general 2",
        "Dalian Data Company",
    ):
        assert part in page
    assert 'type="submit" name="_save"' not in page


def _shown(staff: Client, version: ListingVersion) -> str:
    """The revision that the buttons of the page carry."""
    found = re.search(r'name="revision" value="([0-9]+)"', staff.get(_page(version)).content.decode())
    return found[1] if found else ""


BUTTONS_OF = {
    states.DRAFT: set(),
    states.IN_REVIEW: {"publish", "return"},
    states.PUBLISHED: {"suspend"},
}


@pytest.mark.parametrize("state", BUTTONS_OF)
def test_the_buttons_are_those_that_the_state_allows(world: World, staff: Client, state: str) -> None:
    make = {
        states.DRAFT: draft_listing,
        states.IN_REVIEW: submitted_listing,
        states.PUBLISHED: published_listing,
    }[state]
    version = make(world)
    page = staff.get(_page(version)).content.decode()
    assert {
        event for event in ("publish", "return", "suspend", "reinstate") if _button(version, event) in page
    } == BUTTONS_OF[state]


def test_the_buttons_change_the_state(world: World, staff: Client) -> None:
    version = submitted_listing(world)
    for event, data, state in (
        ("publish", {}, states.PUBLISHED),
        ("suspend", {"reason": "Complaint."}, states.SUSPENDED),
        ("reinstate", {}, states.PUBLISHED),
    ):
        answer = staff.post(_button(version, event), {**data, "revision": _shown(staff, version)})
        assert (answer.status_code, answer["Location"]) == (302, _page(version))
        version.refresh_from_db()
        assert version.state == state


def test_a_refusal_is_said_and_changes_nothing(world: World, staff: Client) -> None:
    version = submitted_listing(world, level=None)
    for event, data, said in (
        ("publish", {}, "Publication needs a decided grade of every file; it is missing for: table.csv."),
        ("return", {"reason": " "}, "State the reason: the provider will read it."),
        ("suspend", {"reason": "x"}, "Listing version: 'suspend' is not possible in state 'in_review'."),
    ):
        answer = staff.post(_button(version, event), {**data, "revision": _shown(staff, version)})
        assert [str(m) for m in get_messages(answer.wsgi_request)][-1] == said
        version.refresh_from_db()
        assert version.state == states.IN_REVIEW


def test_nobody_publishes_what_the_page_did_not_show(world: World, staff: Client) -> None:
    version = submitted_listing(world)
    shown = _shown(staff, version)
    services.return_version(actor=world.reviewer.actor, version_id=version.pk, reason="Say more.")
    services.submit_version(actor=world.provider.actor, version_id=version.pk)
    for revision in (shown, "", "x"):
        answer = staff.post(_button(version, "publish"), {"revision": revision})
        assert "has changed since you read it" in [str(m) for m in get_messages(answer.wsgi_request)][-1]
        version.refresh_from_db()
        assert version.state == states.IN_REVIEW


def test_reading_presses_no_button_and_there_are_no_others(world: World, staff: Client) -> None:
    version = submitted_listing(world)
    assert staff.get(_button(version, "publish")).status_code == 405
    assert staff.post(_button(version, "withdraw")).status_code == 404
    version.refresh_from_db()
    assert version.state == states.IN_REVIEW


def test_a_button_needs_the_token_of_its_page(world: World) -> None:
    version = submitted_listing(world)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.reviewer.user)
    assert strict.post(_button(version, "publish")).status_code == 403
    version.refresh_from_db()
    assert version.state == states.IN_REVIEW


def _staff_member(party: Party) -> Client:
    """Somebody who got into the admin without belonging to the exchange."""
    User.objects.filter(pk=party.user.pk).update(is_staff=True)
    return party.admin


@pytest.mark.parametrize("who", ["provider", "buyer", "approver"])
def test_others_press_in_vain(world: World, who: str) -> None:
    version = submitted_listing(world)
    client = _staff_member(getattr(world, who))
    client.post(_button(version, "publish"))
    version.refresh_from_db()
    assert version.state == states.IN_REVIEW
    if who != "approver":
        assert client.get(_page(version)).status_code == 403
