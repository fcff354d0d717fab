"""From the decision's approvals to the organisations that have to give them."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from django.utils.translation import gettext_noop as _

from foundation.errors import Conflict, NotFound
from foundation.participants import selectors as participants
from foundation.participants import states as participant_states
from foundation.participants.models import Organisation, Role
from marketplace.authorization.decisions import Ruling
from marketplace.authorization.engine.decide import Approver, approval_chain, authorities
from marketplace.authorization.engine.stages import Place, staged
from marketplace.authorization.engine.vocabulary import EXCHANGE, SCENARIO_LEVELS, SECTOR_AUTHORITY
from marketplace.authorization.models import Scenario, ScenarioLevel


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One approval to come, by `quorum` people. `title` is the scenario level's own, else empty.

    Steps of one `stage` are open together, the first stage first.
    """

    approver: str
    organisation: Organisation
    title: str = ""
    stage: int = 1
    quorum: int = 1


def plan(ruling: Ruling, *, parties: frozenset[int]) -> tuple[PlannedStep, ...]:
    """The chain in order. Conflict, naming what is missing, where a step has nobody who could take it.

    `parties` are the organisations of buyer and provider: a chain through one of them could never be finished.
    """
    levels = _levels(ruling)
    sectors = authorities(ruling.rulebook.rules, ruling.facts)
    approvers = approval_chain(ruling.decision, ruling.facts, scenario_levels=len(levels), sectors=sectors)
    # one organisation that is the authority of several sectors approves once
    asked: dict[PlannedStep, Approver] = {}
    for approver in approvers:
        asked.setdefault(_step(approver, levels), approver)
    shapes = [Place(level.stage or level.level, level.quorum) for level in levels]
    places = staged(ruling.decision, list(asked.values()), shapes)
    steps = tuple(
        replace(step, stage=place.stage, quorum=place.quorum) for step, place in zip(asked, places, strict=True)
    )
    for step in steps:
        require_able(step.organisation, parties)
    return steps


def require_able(organisation: Organisation, parties: Collection[int]) -> None:
    """Conflict where an organisation that has to approve cannot: as a party, or not verified."""
    if organisation.pk in parties:
        raise Conflict(
            _("'%(organisation)s' would have to approve and is a party itself: the exchange has to name another."),
            organisation=organisation.name,
        )
    if organisation.state != participant_states.VERIFIED:
        raise Conflict(
            _("'%(organisation)s' would have to approve and is not verified at present."),
            organisation=organisation.name,
        )


def _levels(ruling: Ruling) -> list[ScenarioLevel]:
    if SCENARIO_LEVELS not in ruling.decision.approvals:
        return []
    scenario = Scenario.objects.filter(code=ruling.facts.scenario or "").first()
    levels = list(scenario.levels.select_related("organisation").order_by("level")) if scenario is not None else []
    if not levels:
        raise Conflict(
            _("The listing names the scenario '%(scenario)s', which has no levels: the exchange has to set it up."),
            scenario=ruling.facts.scenario or "",
        )
    return levels


def _step(approver: Approver, levels: list[ScenarioLevel]) -> PlannedStep:
    if approver.kind == EXCHANGE:
        return PlannedStep(approver.kind, participants.exchange())
    if approver.kind == SECTOR_AUTHORITY:
        sector = approver.sector or ""
        authority = participants.organisations_with_role(Role.SECTOR_AUTHORITY, sector=sector).first()
        if authority is None:
            raise Conflict(
                _("The sector '%(sector)s' has no confirmed authority to approve: the exchange has to verify one."),
                sector=sector,
            )
        return PlannedStep(approver.kind, authority)
    if approver.level is None:
        raise NotFound
    level = levels[approver.level - 1]
    return PlannedStep(approver.kind, level.organisation, level.title)
