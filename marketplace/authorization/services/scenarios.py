"""Setting up named scenarios with their levels (依场景多层次分散授权)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import Conflict, FieldError, InvalidInput
from foundation.participants import states as participant_states
from foundation.participants.models import MemberRole, OrganisationRole, Role
from foundation.participants.policies import require_exchange
from marketplace.authorization.engine.table import MOST_VOTES
from marketplace.authorization.engine.vocabulary import NO_SCENARIO
from marketplace.authorization.models import Scenario, ScenarioLevel

APPROVING_ROLES: Final = (Role.SCENARIO_AUTHORITY, Role.SECTOR_AUTHORITY, Role.EXCHANGE)
"""Roles whose organisations may stand at a level: authorities and the exchange, never a buyer or provider as such."""

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,59}")
MOST_LEVELS: Final = 20


@dataclass(frozen=True, slots=True)
class Level:
    """A level to be set up: `quorum` people of the organisation approve. No `stage`: after the level before it."""

    title: str
    organisation_id: int
    stage: int | None = None
    quorum: int = 1


@transaction.atomic
def create_scenario(*, actor: Actor, code: str, name: str, levels: Sequence[Level], name_zh: str = "") -> Scenario:
    """Set up a scenario; `levels` in the order in which they decide. Those of one stage are asked together.

    An organisation stands at one level only: a chain of one body approving twice would be a chain of one.
    """
    require_exchange(actor, MemberRole.ADMINISTRATOR)
    if errors := [*_wrong_name(code, name), *_wrong_levels(levels)]:
        raise InvalidInput(errors)
    try:
        with transaction.atomic():
            scenario = Scenario.objects.create(code=code, name=name.strip(), name_zh=name_zh.strip())
    except IntegrityError as error:
        raise Conflict(_("There is a scenario '%(code)s' already."), code=code) from error
    ScenarioLevel.objects.bulk_create(
        ScenarioLevel(
            scenario=scenario,
            level=place,
            stage=stage,
            quorum=level.quorum,
            title=level.title.strip(),
            organisation_id=level.organisation_id,
        )
        for place, (level, stage) in enumerate(zip(levels, _stages(levels), strict=True), start=1)
    )
    audit.record(
        actor=actor,
        action="scenario.created",
        subject=("scenario", scenario.pk),
        data={
            "code": code,
            "levels": [level.organisation_id for level in levels],
            "stages": _stages(levels),
            "quorum": [level.quorum for level in levels],
        },
    )
    return scenario


def _stages(levels: Sequence[Level]) -> list[int]:
    stages: list[int] = []
    for level in levels:
        stages.append(level.stage or (stages[-1] if stages else 0) + 1)
    return stages


def _wrong_name(code: str, name: str) -> list[FieldError]:
    errors = []
    if not _CODE.fullmatch(code) or code == NO_SCENARIO:
        errors.append(
            FieldError("/code", _("Give a code of small letters, digits and _, e.g. 'urban_air'; not 'none'."))
        )
    if not name.strip():
        errors.append(FieldError("/name", _("Give the scenario a name.")))
    return errors


def _wrong_levels(levels: Sequence[Level]) -> list[FieldError]:
    if not 1 <= len(levels) <= MOST_LEVELS:
        return [FieldError("/levels", _("Name one to %(most)s levels."), {"most": MOST_LEVELS})]
    able = set(
        OrganisationRole.objects.filter(
            organisation_id__in=[level.organisation_id for level in levels],
            role__in=APPROVING_ROLES,
            confirmed_at__isnull=False,
            organisation__state=participant_states.VERIFIED,
        ).values_list("organisation_id", flat=True)
    )
    errors: list[FieldError] = []
    seen: set[int] = set()
    reached = 0
    for place, (level, stage) in enumerate(zip(levels, _stages(levels), strict=True)):
        if not reached <= stage <= reached + 1 or stage < 1:
            message = _("Stages begin with 1, and go on with the same or the next one.")
            errors.append(FieldError(f"/levels/{place}/stage", message))
        reached = stage
        if not 1 <= level.quorum <= MOST_VOTES:
            message = _("Ask for 1 to %(most)s people.")
            errors.append(FieldError(f"/levels/{place}/quorum", message, {"most": MOST_VOTES}))
        if not level.title.strip():
            errors.append(FieldError(f"/levels/{place}/title", _("Give the level a title.")))
        if level.organisation_id not in able:
            message = _("Not a verified organisation with one of the roles: %(roles)s.")
            params = {"roles": ", ".join(APPROVING_ROLES)}
            errors.append(FieldError(f"/levels/{place}/organisation", message, params))
        elif level.organisation_id in seen:
            errors.append(FieldError(f"/levels/{place}/organisation", _("Stands at another level already.")))
        seen.add(level.organisation_id)
    return errors
