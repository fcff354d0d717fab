"""The life of a demand: by whom, in which states, with which fields."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from foundation.actors import ANONYMOUS
from foundation.audit.selectors import timeline
from foundation.errors import Forbidden, IllegalTransition, InvalidInput, NotFound
from foundation.events.models import Event
from foundation.jobs.models import Job
from marketplace.matching import selectors, services
from marketplace.matching.models import Demand
from marketplace.matching.states import DEMAND
from tests.factories import World
from tests.marketplace.matching.demands import DRAFT, SYSTEM, drafted, opened

STEPS: dict[str, Callable[..., Demand]] = {
    "open": services.open_demand,
    "fulfil": services.fulfil_demand,
    "close": services.close_demand,
}


def in_state(world: World, state: str) -> Demand:
    row = drafted(world.buyer)
    if state in ("open", "fulfilled", "expired"):
        services.open_demand(actor=world.buyer.actor, demand_id=row.pk)
    if state in ("fulfilled", "closed", "expired"):
        Demand.objects.filter(pk=row.pk).update(state=state)
    return row


def stored(row: Demand) -> Any:
    return Demand.objects.values().get(pk=row.pk)


def actions(row: Demand) -> list[str]:
    return [event.action for event in timeline(("demand", row.pk))]


def test_a_draft_is_the_buyers_and_tells_nobody(world: World) -> None:
    row = drafted(world.buyer, columns=["dep_delay"], supply_modes=["open"], budget=Decimal("10.50"))
    found = stored(row)
    assert (found["organisation_id"], found["created_by_id"], found["state"]) == (
        world.buyer.organisation_id,
        world.buyer.user.pk,
        "draft",
    )
    assert (found["columns"], found["supply_modes"], found["budget"]) == (["dep_delay"], ["open"], Decimal("10.50"))
    assert found["matched_at"] is None
    assert actions(row) == ["demand.created"]
    assert not Event.objects.filter(subject_type="demand").exists()
    assert not Job.objects.filter(subject_type="demand").exists()


@pytest.mark.parametrize("at_once", [True, False])
def test_an_open_demand_is_matched_by_a_job_that_its_buyer_may_follow(world: World, at_once: bool) -> None:
    if at_once:
        row = opened(world.buyer)
    else:
        row = services.open_demand(actor=world.buyer.actor, demand_id=drafted(world.buyer).pk)
    assert stored(row)["state"] == row.state == "open"
    assert actions(row) == ["demand.created", "demand.opened"]
    of_demand = Event.objects.filter(subject_type="demand")
    assert of_demand.values_list("name", "subject_id").get() == ("demand.opened", row.pk)
    of_demand_jobs = Job.objects.filter(subject_type="demand")
    assert of_demand_jobs.values_list("kind", "arguments", "organisation_id").get() == (
        "matching.match_demand",
        {"subject_id": row.pk},
        world.buyer.organisation_id,
    )


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"text": ""}, ["/text"]),
        ({"text": " … ?! "}, ["/text"]),
        ({"text": "a" * 5001}, ["/text"]),
        ({"text": "a\x00b"}, ["/text"]),
        ({"sector": "weather"}, ["/sector"]),
        ({"regions": ["210200", "2102"]}, ["/regions/1"]),
        ({"regions": ["٢١٠٢٠٠"]}, ["/regions/0"]),
        ({"regions": ["210200"] * 51}, ["/regions"]),
        ({"formats": ["csv", "pdf"]}, ["/formats/1"]),
        ({"column_types": {"a/b": "text"}}, ["/column_types/a~1b"]),
        ({"columns": ["a"], "column_types": {"a": "structure"}}, ["/column_types/a"]),
        ({"covers_from": date(2013, 1, 2), "covers_until": date(2013, 1, 1)}, ["/covers_until"]),
        ({"maximum_age_days": -1}, ["/maximum_age_days"]),
        ({"maximum_age_days": 36_501}, ["/maximum_age_days"]),
        ({"purpose": "fun"}, ["/purpose"]),
        ({"scenario": "s" * 61}, ["/scenario"]),
        ({"supply_modes": ["open", "gift"]}, ["/supply_modes/1"]),
        ({"columns": ["a", " ", "c" * 101, "d\x00"]}, ["/columns/1", "/columns/2", "/columns/3"]),
        ({"columns": ["a"] * 201}, ["/columns"]),
        ({"budget": Decimal("-0.01")}, ["/budget"]),
        ({"budget": Decimal("0.001")}, ["/budget"]),
        ({"budget": Decimal("1e30")}, ["/budget"]),
        ({"budget": Decimal("NaN")}, ["/budget"]),
        ({"currency": "yuan"}, ["/currency"]),
        ({"minimum_quality": 100.1}, ["/minimum_quality"]),
        ({"minimum_quality": float("nan")}, ["/minimum_quality"]),
        ({"expires_on": date(2020, 1, 1)}, ["/expires_on"]),
        ({"text": "", "sector": "x", "budget": Decimal(-1)}, ["/text", "/sector", "/budget"]),
    ],
)
def test_every_wrong_field_is_named_and_nothing_is_written(
    world: World, changes: dict[str, Any], pointers: list[str]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        drafted(world.buyer, **changes)
    assert [field.pointer for field in refused.value.fields] == pointers
    assert not Demand.objects.exists()


def test_bounds_are_accepted(world: World) -> None:
    row = drafted(
        world.buyer,
        text="字" * 5000,
        columns=["c" * 100] * 200,
        budget=Decimal("999999999999.99"),
        minimum_quality=100.0,
        scenario="s" * 60,
        expires_on=timezone.localdate(),
    )
    assert stored(row)["budget"] == Decimal("999999999999.99")


def test_only_operators_of_verified_buyers_state_demands(world: World) -> None:
    unverified = world.organisation("New Buyer", "buyer", verified=False)
    refused = {
        world.provider.actor: "participants.role_needed",
        unverified.actor: "participants.verified_only",
        world.exchange.actor: "participants.role_needed",
        ANONYMOUS: "participants.verified_only",
        world.colleague(world.buyer, "auditor", "approver", "reviewer").actor: "matching.operator_needed",
    }
    for actor, rule in refused.items():
        with pytest.raises(Forbidden) as error:
            services.create_demand(actor=actor, draft=DRAFT)
        assert error.value.rule == rule
    assert not Demand.objects.exists()
    operator = world.colleague(world.buyer, "operator")
    assert services.create_demand(actor=operator.actor, draft=DRAFT).organisation_id == world.buyer.organisation_id


@pytest.mark.parametrize("step", STEPS)
def test_only_the_buyer_steers_its_demand(world: World, step: str) -> None:
    row = in_state(world, "draft" if step == "open" else "open")
    of_demands = Event.objects.filter(subject_type="demand")
    before, recorded, told = stored(row), actions(row), of_demands.count()
    for actor, error in (
        (ANONYMOUS, NotFound),
        (world.other_buyer.actor, NotFound),
        (world.provider.actor, NotFound),
        (world.exchange.actor, Forbidden),
        (world.colleague(world.buyer, "auditor").actor, Forbidden),
    ):
        with pytest.raises(error):
            STEPS[step](actor=actor, demand_id=row.pk)
        assert (stored(row), actions(row), of_demands.count()) == (before, recorded, told)
    STEPS[step](actor=world.colleague(world.buyer, "operator").actor, demand_id=row.pk)
    assert stored(row)["state"] == DEMAND.target(step, before["state"])


@pytest.mark.parametrize("state", DEMAND.states)
@pytest.mark.parametrize("step", STEPS)
def test_each_cell_of_the_table(world: World, step: str, state: str) -> None:
    row = in_state(world, state)
    before, recorded = stored(row), actions(row)
    if DEMAND.allows(step, state):
        assert STEPS[step](actor=world.buyer.actor, demand_id=row.pk).state == DEMAND.target(step, state)
        said = {"open": "demand.opened", "fulfil": "demand.fulfilled", "close": "demand.closed"}[step]
        assert actions(row) == [*recorded, said]
        assert stored(row) == before | {"state": DEMAND.target(step, state)}
    else:
        with pytest.raises(IllegalTransition):
            STEPS[step](actor=world.buyer.actor, demand_id=row.pk)
        assert (stored(row), actions(row)) == (before, recorded)


@pytest.mark.parametrize("target", DEMAND.states)
@pytest.mark.parametrize("source", DEMAND.states)
def test_the_database_agrees(world: World, source: str, target: str) -> None:
    row = in_state(world, source)
    rows = Demand.objects.filter(pk=row.pk)
    if source == target or (source, target) in DEMAND.pairs:
        assert rows.update(state=target) == 1
    else:
        with pytest.raises(IntegrityError, match="illegal transition"), transaction.atomic():
            rows.update(state=target)
        assert stored(row)["state"] == source


def test_a_draft_whose_day_is_over_is_not_opened(world: World) -> None:
    row = drafted(world.buyer)
    Demand.objects.filter(pk=row.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(InvalidInput) as refused:
        services.open_demand(actor=world.buyer.actor, demand_id=row.pk)
    assert refused.value.fields[0].pointer == "/expires_on"
    assert stored(row)["state"] == "draft"


def test_open_demands_expire_after_their_last_day(world: World) -> None:
    today = timezone.localdate()
    over, last, endless = (opened(world.buyer, expires_on=day) for day in (today, today + timedelta(days=1), None))
    draft = drafted(world.buyer, expires_on=today)
    assert services.expire_demands(actor=SYSTEM, today=today) == 0
    assert services.expire_demands(actor=SYSTEM, today=today + timedelta(days=1)) == 1
    assert [stored(row)["state"] for row in (over, last, endless, draft)] == ["expired", "open", "open", "draft"]
    assert actions(over)[-1] == "demand.expired"
    assert timeline(("demand", over.pk)).last().actor_kind == "system"  # type: ignore[union-attr]
    assert services.expire_demands(actor=SYSTEM, today=today + timedelta(days=1)) == 0


def test_who_sees_demands(world: World) -> None:
    mine, theirs = drafted(world.buyer), opened(world.other_buyer)
    assert list(selectors.visible_demands(world.buyer.actor)) == [mine]
    assert list(selectors.visible_demands(world.colleague(world.buyer, "auditor").actor)) == [mine]
    assert list(selectors.visible_demands(world.auditor.actor)) == [theirs, mine]
    for actor in (ANONYMOUS, world.provider.actor):
        assert not selectors.visible_demands(actor).exists()
        with pytest.raises(NotFound):
            selectors.demand(actor, theirs.pk)
    with pytest.raises(NotFound):
        selectors.demand(world.buyer.actor, theirs.pk)
