"""Explaining with the licences that stand: what a request would be told today, nothing being made."""

from typing import Any

import pytest

from foundation.errors import InvalidInput
from marketplace.authorization import services
from marketplace.authorization.explaining import explain_access
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.rulebook import DECISION_TABLE
from tests import releasing
from tests.factories import Party, World
from tests.marketplace.authorization.asking import UNIFIED, ask, listing, regrade, steps
from tests.marketplace.authorization.test_rulebook import OPENED, changed

pytestmark = pytest.mark.django_db
URL = "/api/v1/authorization/explain"


def explained(party: Party, listing_id: int, **wish: Any) -> Any:
    answer = party.client.post(URL, {"listing": listing_id, **wish}, format="json")
    assert answer.status_code == 200, answer.json()
    return answer.json()


def granted(world: World, listing_id: int, **wish: Any) -> Grant:
    """A grant of a listing by the exchange's approval."""
    found = {"purpose": "research", "form": "original", "term_days": 30, **wish}
    request = services.request_access(actor=world.buyer.actor, listing_id=listing_id, **found)
    services.approve_step(actor=world.approver.actor, step_id=steps(request)[0].pk)
    return Grant.objects.get(request=request)


def test_an_exclusive_licence_in_the_way_is_told_with_its_end(world: World) -> None:
    version = listing(world, UNIFIED, exclusive_offered=True)
    assert explained(world.other_buyer, version.listing_id)["in_the_way"] is None
    grant = granted(world, version.listing_id, exclusive=True)
    told = explained(world.other_buyer, version.listing_id, purpose="research", form="original", term_days=10)
    assert told["decision"]["rule_id"] == "unified_general"
    assert told["in_the_way"]["until"] == grant.ends_at.isoformat()
    assert told["in_the_way"]["message"].startswith("An exclusive licence of this listing stands until ")
    assert "'Dalian Research Institute' has" in explained(world.buyer, version.listing_id)["in_the_way"]["message"]
    assert AccessRequest.objects.count() == 1
    regrade(world, version, "core")
    assert explained(world.other_buyer, version.listing_id)["in_the_way"] is None  # it is refused anyway


def test_any_licence_is_in_the_way_of_an_exclusive_one(world: World) -> None:
    version = listing(world, UNIFIED, exclusive_offered=True)
    granted(world, version.listing_id)
    assert explained(world.other_buyer, version.listing_id)["in_the_way"] is None
    told = explained(world.other_buyer, version.listing_id, exclusive=True)["in_the_way"]
    assert told["message"].startswith("Other licences of this listing stand until ")


@pytest.mark.parametrize("opened", [True, False])
def test_what_no_request_could_have_exclusively_is_said_as_the_request_would_be_told(
    world: World, opened: bool
) -> None:
    version = listing(world, UNIFIED, exclusive_offered=opened)
    if opened:
        text = changed((OPENED, 'origin = ["public", "enterprise"]'))
        releasing.release(world, releasing.proposed(world, DECISION_TABLE, text))
    with pytest.raises(InvalidInput) as told:
        explain_access(world.buyer.actor, listing_id=version.listing_id, exclusive=True)
    with pytest.raises(InvalidInput) as asked:
        ask(world, version, exclusive=True)
    assert told.value.fields == asked.value.fields
    assert told.value.fields[0].pointer == "/exclusive"


def test_a_purpose_that_the_terms_do_not_allow_has_to_be_another(world: World) -> None:
    version = listing(world, UNIFIED)
    told = explained(world.buyer, version.listing_id, purpose="other")
    (way,) = told["least_change"]["ways"]
    assert way["changes"] == [{"name": "purpose", "now": "other", "to": ["research", "internal_use"], "by": "buyer"}]
    with pytest.raises(InvalidInput, match="terms allow"):
        ask(world, version, purpose="other")
    for purpose in ({"purpose": "research"}, {}):
        assert explained(world.buyer, version.listing_id, **purpose)["least_change"]["ways"][0]["changes"] == []
