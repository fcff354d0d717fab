"""When each approver of a chain is asked, and how many people of it have to approve."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.authorization.engine.decide import Approver
from marketplace.authorization.engine.table import Decision
from marketplace.authorization.engine.vocabulary import SCENARIO_LEVELS


@dataclass(frozen=True, slots=True)
class Place:
    """Approvers of one `stage` (from 1) are asked at once, those of the next when all of them have approved.

    Of a scenario's level the stage counts within the scenario.
    """

    stage: int = 1
    quorum: int = 1


def staged(decision: Decision, approvers: Sequence[Approver], levels: Sequence[Place]) -> tuple[Place, ...]:
    """A place for each of `approvers`, the decision's chain; `levels` are those of its scenario, lowest first.

    One approver comes after the other unless the row asks them together; a scenario's levels keep their own stages
    either way. Of two quorums the larger counts: a row never lowers what a scenario asks of a level, nor the reverse.
    """
    places: list[Place] = []
    before = after = 0
    for approver in approvers:
        if approver.level is None:
            before = 0 if decision.together else after
            place = Place(before + 1, decision.quorum.get(approver.kind, 1))
        else:
            if approver.level == 1:
                before = 0 if decision.together else after
            level = levels[approver.level - 1]
            place = Place(before + level.stage, max(level.quorum, decision.quorum.get(SCENARIO_LEVELS, 1)))
        after = max(after, place.stage)
        places.append(place)
    return tuple(places)
