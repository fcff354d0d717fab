"""The admin: pages for the exchange's people, buttons that do what the services allow, and nothing else."""

import pytest
from django.test import Client

from marketplace.authorization.models import Grant
from tests.factories import World
from tests.marketplace.authorization.asking import (
    UNIFIED,
    ask,
    granted,
    listing,
    scenario_parties,
    steps,
    winter_roads,
)

ROOM = "/admin/authorization"


def test_a_grant_is_suspended_resumed_and_revoked(world: World) -> None:
    grant = granted(world)
    browser = world.approver.admin
    for event, state in (("suspend", "suspended"), ("resume", "active"), ("revoke", "revoked")):
        browser.post(f"{ROOM}/grant/{grant.pk}/actions/{event}", {"reason": "inquiry"})
        assert Grant.objects.get(pk=grant.pk).state == state
    page = browser.get(f"{ROOM}/grant/{grant.pk}/change/").content.decode()
    assert "/actions/" not in page


def test_buttons_are_pressed_by_post_with_a_token_only(world: World) -> None:
    grant = granted(world)
    address = f"{ROOM}/grant/{grant.pk}/actions/revoke"
    browser = world.approver.admin
    assert browser.get(address).status_code == 405
    assert browser.post(f"{ROOM}/grant/{grant.pk}/actions/delete").status_code == 404
    assert browser.post(f"{ROOM}/grant/{10**6}/actions/revoke", {"reason": "x"}).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.approver.user)
    assert strict.post(address, {"reason": "x"}).status_code == 403
    assert Grant.objects.get(pk=grant.pk).state == "active"


def test_others_do_not_get_in(world: World) -> None:
    grant = granted(world)
    for party in (world.buyer, world.provider):
        assert party.admin.get(f"{ROOM}/grant/{grant.pk}/change/").status_code == 302
        assert party.admin.post(f"{ROOM}/grant/{grant.pk}/actions/revoke", {"reason": "x"}).status_code == 302
    assert Grant.objects.get(pk=grant.pk).state == "active"


@pytest.mark.parametrize("model", ["accessrequest", "approvalstep", "grant", "scenario"])
def test_lists_and_pages_open(world: World, model: str) -> None:
    (city, _), _ = scenario_parties(world)
    scenario = winter_roads(world, city.organisation_id)
    request = ask(world, listing(world, UNIFIED))
    grant = granted(world)
    pk = {"accessrequest": request.pk, "approvalstep": steps(request)[0].pk, "grant": grant.pk, "scenario": scenario.pk}
    browser = world.exchange.admin
    assert browser.get(f"{ROOM}/{model}/").status_code == 200
    page = browser.get(f"{ROOM}/{model}/{pk[model]}/change/")
    assert page.status_code == 200
