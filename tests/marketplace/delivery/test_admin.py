"""The admin shows deliveries and transfers to the exchange's people and changes nothing."""

from marketplace.delivery import services
from marketplace.delivery.models import Delivery, Transfer
from tests.factories import World
from tests.marketplace.authorization.asking import granted
from tests.marketplace.delivery.fetching import linked, token_of


def test_pages_open_and_change_nothing(world: World) -> None:
    services.begin_download(token=token_of(linked(world, granted(world))))
    delivery, transfer = Delivery.objects.get(), Transfer.objects.get()
    browser = world.exchange.admin
    for address in (
        "delivery/",
        f"delivery/{delivery.pk}/change/",
        "transfer/",
        f"transfer/{transfer.pk}/change/",
    ):
        assert browser.get(f"/admin/delivery/{address}").status_code == 200
        assert world.buyer.admin.get(f"/admin/delivery/{address}").status_code == 302
    assert browser.post(f"/admin/delivery/delivery/{delivery.pk}/change/", {"state": "failed"}).status_code == 403
    assert browser.post(f"/admin/delivery/transfer/{transfer.pk}/delete/", {"post": "yes"}).status_code == 403
    delivery.refresh_from_db()
    assert delivery.state == "ready"
    assert Transfer.objects.count() == 1
