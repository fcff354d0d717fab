"""The page of a grant: what was agreed, the meter, and what happened; for whom it concerns."""

from html import unescape

from marketplace.authorization import services
from marketplace.authorization.decisions import HandOver
from marketplace.authorization.models import Grant
from tests.factories import Party, World
from tests.marketplace.authorization.asking import BY_SECTOR, accepted, ask, granted, listing, regrade, steps

GRANTS = "/admin/authorization/grant/"


def page(party: Party, grant: Grant) -> str:
    answer = party.admin.get(f"{GRANTS}{grant.pk}/change/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def by_sector(world: World) -> Grant:
    authority = world.authority
    request = ask(world, listing(world, BY_SECTOR), form="masked", download_limit=4)
    for step, party in zip(steps(request), (authority, world.approver), strict=True):
        services.approve_step(actor=party.actor, step_id=step.pk)
    return Grant.objects.get(request=request)


def test_what_was_agreed_and_what_was_sent(world: World) -> None:
    grant = by_sector(world)
    accepted(grant)
    wanted = HandOver("masked", world.buyer.organisation_id, world.buyer.user.pk, rows=3)
    services.reserve_download(grant_id=grant.pk, wanted=wanted)
    text = page(world.auditor, grant)
    for said in (
        "<dt>Holder</dt><dd>Dalian Research Institute</dd>",
        f'<a href="/admin/authorization/accessrequest/{grant.request_id}/change/">',
        "<dt>Forms</dt><dd>masked</dd>",
        "<dt>Level covered</dt><dd>general 4</dd>",
        "<br>The whole table, within the licensee.</dd>",
        '<meter min="0" max="4" value="1" aria-label="Downloads">1 / 4</meter>',
        "<dt>Rows</dt><dd>3 / no limit</dd>",
        "The grant was issued",
        "A step was approved",
        '"@type": "Agreement"',
        "/actions/suspend",
    ):
        assert said in text, said


def test_a_level_that_rose_is_marked(world: World) -> None:
    grant = granted(world)
    regrade(world, grant.version, "general_2")
    assert "(today: general 2)" in page(world.auditor, grant)


def test_who_approved_it_may_revoke_it_there(world: World) -> None:
    grant, other = by_sector(world), granted(world, filename="open.csv")
    assert world.authority.admin.get(f"{GRANTS}{other.pk}/change/").status_code == 302  # to the list: there is none
    assert f"{GRANTS}{other.pk}/" not in world.authority.admin.get(GRANTS).content.decode()
    assert f"{GRANTS}{grant.pk}/actions/revoke" in page(world.authority, grant)
    address = f"{GRANTS}{grant.pk}/actions/"
    answer = world.authority.admin.post(f"{address}suspend", {"reason": "inquiry"}, follow=True)
    assert "Only approvers and administrators of the exchange may do this." in unescape(answer.content.decode())
    assert Grant.objects.get(pk=grant.pk).state == "active"
    world.authority.admin.post(f"{address}revoke", {"reason": "misuse"})
    assert Grant.objects.get(pk=grant.pk).state == "revoked"
    text = page(world.authority, grant)
    assert "<strong>revoked</strong>: misuse" in text
    assert "/actions/" not in text
