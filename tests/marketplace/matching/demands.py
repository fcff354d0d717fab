"""Demands for tests, by the real services; and matching at once, as its job would do it."""

from dataclasses import replace
from typing import Any

from foundation.actors import system
from marketplace.matching import services
from marketplace.matching.models import Demand, Match
from tests.factories import Party

SYSTEM = system("matching")
DRAFT = services.DemandDraft(text="flight delays of New York airports 航班", sector="transport")


def drafted(party: Party, **changes: Any) -> Demand:
    """A draft of this buyer's."""
    return services.create_demand(actor=party.actor, draft=replace(DRAFT, **changes))


def opened(party: Party, **changes: Any) -> Demand:
    """An open demand, not matched yet."""
    return services.create_demand(actor=party.actor, draft=replace(DRAFT, **changes), and_open=True)


def matched(demand: Demand) -> dict[str, int]:
    """Match it now."""
    return services.rematch_demand(actor=SYSTEM, demand_id=demand.pk)


def found(demand: Demand) -> list[Match]:
    """All its matches in the order of ranks, whatever their state."""
    return list(Match.objects.filter(demand=demand).order_by("rank", "pk"))


def picture(demand: Demand) -> list[tuple[Any, ...]]:
    """What matching computed, without row identifiers and times: equal pictures are equal results."""
    return list(
        Match.objects.filter(demand=demand, state__in=["proposed", "accepted", "converted"])
        .order_by("rank")
        .values_list("listing_id", "version_id", "eligible", "rank", "score", "features", "terms", "constraints_report")
    )
