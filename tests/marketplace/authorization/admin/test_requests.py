"""The page of a request: what it shows to whom, and buttons that do what the services allow, and nothing else."""

from html import unescape
from typing import Any

import pytest
from django.test import Client

from foundation.participants.models import Membership
from foundation.participants.services import suspend_organisation
from marketplace.authorization import services
from marketplace.authorization.models import AccessRequest, InformationRound
from tests.factories import Party, World
from tests.marketplace.authorization.asking import BY_SECTOR, UNIFIED, ask, listing, states, steps

QUEUE = "/admin/authorization/accessrequest/"
ONLY = "Only approvers of the organisation that this step names may decide on it."


def page(party: Party, request: AccessRequest) -> str:
    answer = party.admin.get(f"{QUEUE}{request.pk}/change/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def press(party: Party, request: AccessRequest, event: str, place: int = 0, **typed: str) -> str:
    address = f"{QUEUE}{request.pk}/steps/{steps(request)[place].pk}/{event}/"
    answer = party.admin.post(address, typed, follow=True)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.fixture
def of_sector(world: World) -> AccessRequest:
    assert world.authority
    return ask(world, listing(world, BY_SECTOR), form="masked", justification="Survival after <b>treatment</b>.")


def test_what_is_asked_and_what_the_table_says(world: World, of_sector: AccessRequest) -> None:
    text = page(world.auditor, of_sector)
    row, version = of_sector.decision["rule_id"], of_sector.decision["table_version"]
    for said in (
        "<dt>Buyer</dt><dd>Dalian Research Institute",
        "<dt>Purpose</dt><dd>research</dd>",
        "Survival after <b>treatment</b>.",
        "<dt>Form</dt><dd>masked</dd>",
        "<dt>Term</dt><dd>30 days</dd>",
        "<dt>Level</dt><dd><strong>general 4</strong></dd>",
        "<dt>Provider</dt><dd>Dalian Data Company</dd>",
        "<dt>Quality</dt><dd>91.5</dd>",
        f"<dt>Row</dt><dd>{row} (national_default {version})</dd>",
        "<dt>Approvals</dt><dd>sector authority → the exchange</dd>",
        "<dt>Sector</dt><dd>health</dd>",
        '<div class="step open">',
        '<div class="step waiting">',
        "waiting for 0",
        "Access was asked for",
        "The chain of approvals was set up",
        ONLY,
    ):
        assert said in text, said
    assert "Survival after &lt;b&gt;" in world.auditor.admin.get(f"{QUEUE}{of_sector.pk}/change/").content.decode()


def test_two_bodies_approve_each_on_the_page(world: World, of_sector: AccessRequest) -> None:
    assert ONLY in press(world.approver, of_sector, "approve")
    assert states(of_sector) == ("in_approval", ["open", "waiting"], 0)
    assert "Your approval is recorded." in press(world.authority, of_sector, "approve", reason="in order")
    assert states(of_sector) == ("in_approval", ["approved", "open"], 0)
    assert ONLY in press(world.authority, of_sector, "approve", 1)
    text = press(world.approver, of_sector, "approve", 1)
    assert states(of_sector) == ("approved", ["approved", "approved"], 1)
    assert f"/admin/authorization/grant/{of_sector.grant.pk}/change/" in text
    assert "A step was approved" in text
    assert "/steps/" not in text  # no button is left


def test_persons_are_named_to_the_exchange_and_to_colleagues_alone(world: World, of_sector: AccessRequest) -> None:
    press(world.authority, of_sector, "approve", reason="in order")
    press(world.approver, of_sector, "approve", 1)
    of_authority, of_exchange = (party.user.get_username() for party in (world.authority, world.approver))
    seen = page(world.auditor, of_sector)
    assert f"Approve: {of_authority}: in order" in seen
    assert f"Approve: {of_exchange}" in seen
    seen = page(world.authority, of_sector)
    assert f"Approve: {of_authority}" in seen
    assert of_exchange not in seen
    assert world.buyer.user.get_username() not in seen


def test_a_refusal_needs_a_ground_and_a_reason(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    for typed, said in (
        ({"reason": "Why so many rows?"}, "Name one of:"),
        ({"ground": "scope_too_wide"}, "State the reason"),
        ({"ground": "<script>", "reason": "Why so many rows?"}, "Name one of:"),  # not of the page's list
        ({"ground": "scope_too_wide\x00", "reason": "Why so many rows?"}, "Name one of:"),
    ):
        text = press(world.approver, request, "reject", 0, **typed)
        assert said in text
        assert typed.get("reason", "") in text  # nothing has to be written twice
        assert states(request) == ("in_approval", ["open"], 0)
    text = press(world.approver, request, "reject", ground="scope_too_wide", reason="Why so many rows?")
    assert "The request is rejected." in text
    assert "More is asked for than the purpose needs: columns, form, amount or term. Why so many rows?" in text
    assert states(request) == ("rejected", ["rejected"], 0)


def test_the_buyer_is_asked_and_nobody_decides_meanwhile(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    for party in (world.auditor, world.exchange, world.reviewer):
        assert ONLY in press(party, request, "ask", question="Which roads?")
        assert ONLY in press(party, request, "reject", ground="other", reason="No.")
    assert states(request) == ("in_approval", ["open"], 0)
    assert "Say what you need to know" in press(world.approver, request, "ask", question=" ")
    assert not InformationRound.objects.exists()
    assert "The buyer is asked." in press(world.approver, request, "ask", question="Which roads?")
    assert "Which roads?" in page(world.approver, request)
    assert "Which roads?" not in page(world.auditor, request)  # asked in confidence
    assert "decide when it is answered" in press(world.approver, request, "approve")
    services.give_information(actor=world.buyer.actor, request_id=request.pk, answer="All of them.")
    assert "All of them." in page(world.approver, request)
    assert InformationRound.objects.count() == 1
    press(world.approver, request, "approve")
    assert states(request) == ("approved", ["approved"], 1)


def test_a_party_s_own_people_are_refused(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    Membership.objects.create(
        organisation_id=world.provider.organisation_id, user=world.approver.user, roles=["auditor"]
    )
    text = press(world.approver, request, "approve")
    assert "Nobody decides for a party they belong to." in text
    assert states(request) == ("in_approval", ["open"], 0)


def test_who_gets_in(world: World, of_sector: AccessRequest) -> None:
    stranger = world.organisation("Finance Regulator", ("sector_authority", "finance"), kind="authority")
    address = f"{QUEUE}{of_sector.pk}/change/"
    button = f"{QUEUE}{of_sector.pk}/steps/{steps(of_sector)[0].pk}/approve/"
    for party in (world.buyer, world.provider, world.other_buyer):
        assert party.admin.get(QUEUE).status_code == 302
        assert party.admin.get(address).status_code == 302
        assert party.admin.post(button).status_code == 302
    assert stranger.admin.get(address).status_code == 404
    assert stranger.admin.post(button).status_code == 404
    assert f"/{of_sector.pk}/change/" not in stranger.admin.get(QUEUE).content.decode()
    assert stranger.admin.get(f"{QUEUE}figures/").status_code == 403
    for other in ("/admin/grading/grade/", "/admin/participants/organisation/", "/admin/rulebooks/rulebookversion/"):
        assert stranger.admin.get(other).status_code == 403, other
    assert world.authority.admin.get(address).status_code == 200
    suspend_organisation(actor=world.exchange.actor, organisation_id=world.authority.organisation_id, reason="inquiry")
    assert world.authority.admin.get(address).status_code == 302
    assert states(of_sector) == ("in_approval", ["open", "waiting"], 0)


def test_buttons_are_pressed_by_post_with_a_token_for_their_own_request_alone(world: World) -> None:
    request = ask(world, listing(world, UNIFIED))
    other = ask(world, listing(world, UNIFIED, filename="other.csv"))
    browser, step = world.approver.admin, steps(request)[0].pk
    assert browser.get(f"{QUEUE}{request.pk}/steps/{step}/approve/").status_code == 405
    assert browser.post(f"{QUEUE}{other.pk}/steps/{step}/approve/").status_code == 404
    assert browser.post(f"{QUEUE}{request.pk}/steps/{step}/delete/").status_code == 403
    assert browser.post(f"{QUEUE}{request.pk}/change/").status_code == 405
    assert browser.get(f"{QUEUE}{10**6}/change/").status_code == 404
    assert browser.get(f"{QUEUE}x/change/").status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.approver.user)
    assert strict.post(f"{QUEUE}{request.pk}/steps/{step}/approve/").status_code == 403
    assert states(request) == ("in_approval", ["open"], 0)


def test_the_page_in_chinese(world: World, of_sector: AccessRequest) -> None:
    answer: Any = world.auditor.admin.get(f"{QUEUE}{of_sector.pk}/change/", headers={"accept-language": "zh-hans"})
    assert of_sector.decision["reason_zh"] in answer.content.decode()


def test_the_page_of_a_step_names_nobody_of_another_body(world: World, of_sector: AccessRequest) -> None:
    first, _last = steps(of_sector)
    services.approve_step(actor=world.authority.actor, step_id=first.pk)
    answer = world.authority.admin.get(f"/admin/authorization/approvalstep/{first.pk}/change/")
    assert (answer.status_code, "field-decided_by" in answer.content.decode()) == (200, False)
    assert "field-decided_at" in answer.content.decode()
