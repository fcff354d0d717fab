"""Other weights: once they are in force, every open demand is matched anew."""

import pytest

from foundation.rulebooks.in_force import shipped
from marketplace.matching.models import Match
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from tests import releasing
from tests.factories import World, published_listing
from tests.marketplace.matching.demands import matched, opened

pytestmark = pytest.mark.django_db


def test_a_release_ranks_anew(world: World) -> None:
    for title, tags in (("Flight delays", []), ("Weather", ["flights"])):
        published_listing(world, title=title, description="Hourly records.", tags=tags, title_zh="")
    demand = opened(world.buyer, text="flight")
    matched(demand)
    before = list(Match.objects.order_by("rank").values_list("version__title", "weights_version"))
    assert before == [("Flight delays", "1.3.0"), ("Weather", "1.3.0")]
    text = shipped(MATCHING_WEIGHTS).content.text.replace('version = "1.3.0"', 'version = "1.4.0"')
    text = text.replace("title = { weight = 2.0", "title = { weight = 0.1").replace(
        "tags = { weight = 1.0", "tags = { weight = 9.0"
    )
    releasing.release(world, releasing.proposed(world, MATCHING_WEIGHTS, text))
    assert releasing.run_waiting("matching.match_reweighted").result == {"demands": 1}
    after = list(Match.objects.order_by("rank").values_list("version__title", "weights_version"))
    assert after == [("Weather", "1.4.0"), ("Flight delays", "1.4.0")]


def test_other_rules_match_nothing_anew(world: World) -> None:
    opened(world.buyer)
    text = shipped("quality_profile").content.text.replace('version = "1.1"', 'version = "1.2"')
    releasing.release(world, releasing.proposed(world, "quality_profile", text))
    assert releasing.run_waiting("matching.match_reweighted").result == {}
    releasing.run_waiting("grading.rescore")
    assert releasing.run_waiting("matching.match_all").result == {"demands": 1}
