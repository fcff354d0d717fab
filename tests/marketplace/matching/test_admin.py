"""Demands and matches in the admin: to read, for the exchange."""

from decimal import Decimal

from tests.factories import World, published_listing
from tests.marketplace.matching.demands import found, matched, opened
from tests.marketplace.matching.sampling import attached, work


def test_the_exchange_reads_demands_and_matches_with_their_reasons(world: World) -> None:
    published_listing(world)
    demand = opened(world.buyer)
    matched(demand)
    (row,) = found(demand)
    admin = world.auditor.admin
    for address in ("demand/", f"demand/{demand.pk}/change/", "match/"):
        assert admin.get(f"/admin/matching/{address}").status_code == 200, address
    page = admin.get(f"/admin/matching/match/{row.pk}/change/", headers={"Accept-Language": "en"}).content.decode()
    assert "It is of the sector asked for: transport." in page
    for address in (f"demand/{demand.pk}/delete/", f"match/{row.pk}/delete/"):
        assert admin.post(f"/admin/matching/{address}", {"post": "yes"}).status_code == 403
    assert admin.post(f"/admin/matching/match/{row.pk}/change/", {"state": "accepted"}).status_code == 403
    row.refresh_from_db()
    assert row.state == "proposed"


def test_a_demand_that_nothing_meets_shows_its_nearest_misses(world: World) -> None:
    published_listing(world)
    demand = opened(world.buyer, budget=Decimal(1000))
    matched(demand)
    address = f"/admin/matching/demand/{demand.pk}/change/"
    page = world.auditor.admin.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "1 listing if the budget were 20 % higher: 1200.00 CNY." in page


def test_a_sample_is_shown_without_its_file(world: World) -> None:
    demand = opened(world.buyer)
    work(attached(world.buyer, demand))
    address = f"/admin/matching/demand/{demand.pk}/change/"
    page = world.auditor.admin.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "Dep-Delay, origin, fl_date, note" in page
    work(attached(world.buyer, demand, bytes(4096)))
    page = world.auditor.admin.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert "Files of the kind binary are not read." in page
    assert "/vault/" not in page


def test_nobody_else_gets_in(world: World) -> None:
    demand = opened(world.buyer)
    assert world.buyer.admin.get(f"/admin/matching/demand/{demand.pk}/change/").status_code == 302
