"""Scenarios: set up by the exchange, with authorities at their levels."""

import pytest

from foundation.audit.models import Event
from foundation.errors import Conflict, Forbidden, InvalidInput
from marketplace.authorization import services
from marketplace.authorization.models import Scenario, ScenarioLevel
from tests.factories import World
from tests.marketplace.authorization.asking import scenario_parties, winter_roads


def test_levels_are_numbered_in_order(world: World) -> None:
    (city, _), (province, _) = scenario_parties(world)
    scenario = winter_roads(world, city.organisation_id, province.organisation_id)
    assert list(scenario.levels.order_by("level").values_list("level", "title", "organisation_id")) == [
        (1, "Level 1", city.organisation_id),
        (2, "Level 2", province.organisation_id),
    ]
    assert Event.objects.get(action="scenario.created").data == {
        "code": "winter_roads",
        "levels": [city.organisation_id, province.organisation_id],
        "stages": [1, 2],
        "quorum": [1, 1],
    }


def test_only_administrators_of_the_exchange(world: World) -> None:
    level = services.Level("Level", world.exchange.organisation_id)
    for party in (world.approver, world.buyer, world.provider, world.authority):
        with pytest.raises(Forbidden):
            services.create_scenario(actor=party.actor, code="roads", name="Roads", levels=[level])
    assert not Scenario.objects.exists()


def test_wrong_input_names_its_place(world: World) -> None:
    (city, _), _ = scenario_parties(world)
    pending = world.organisation("Not yet", "scenario_authority", kind="authority", verified=False)
    with pytest.raises(InvalidInput) as refused:
        services.create_scenario(
            actor=world.exchange.actor,
            code="Winter Roads",
            name=" ",
            levels=[
                services.Level("City", city.organisation_id),
                services.Level("", world.buyer.organisation_id),
                services.Level("Again", city.organisation_id),
                services.Level("Pending", pending.organisation_id),
            ],
        )
    assert [field.pointer for field in refused.value.fields] == [
        "/code",
        "/name",
        "/levels/1/title",
        "/levels/1/organisation",
        "/levels/2/organisation",
        "/levels/3/organisation",
    ]
    for code in ("none", "x", ""):
        with pytest.raises(InvalidInput, match="/code"):
            services.create_scenario(
                actor=world.exchange.actor, code=code, name="N", levels=[services.Level("City", city.organisation_id)]
            )
    with pytest.raises(InvalidInput, match="/levels"):
        services.create_scenario(actor=world.exchange.actor, code="roads", name="N", levels=[])
    assert not Scenario.objects.exists()
    assert not ScenarioLevel.objects.exists()


def test_a_code_is_given_once(world: World) -> None:
    (city, _), _ = scenario_parties(world)
    winter_roads(world, city.organisation_id)
    with pytest.raises(Conflict, match="'winter_roads' already"):
        winter_roads(world, city.organisation_id)
    assert Scenario.objects.count() == 1
