"""Reading a sample: its columns become the demand's, its file goes, the demand is matched anew."""

import logging
from collections.abc import Sequence
from typing import Any, Final

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.events import services as events
from foundation.jobs.services import Outcome, Run, succeed
from foundation.vault.errors import Tampered
from grading.engine.outline import Column
from grading.engine.readers import UnreadableFile
from grading.outlining import read_outline
from marketplace.matching import states
from marketplace.matching.models import Demand, DemandSample
from marketplace.matching.services.drafts import MOST_COLUMNS
from marketplace.matching.services.sample_removal import forget_said
from marketplace.matching.services.samples import TAKES_SAMPLES, end_sample, give_up

log = logging.getLogger(__name__)

OVER: Final = {"state": "over"}
"""The job's result where the sample was removed, replaced or read meanwhile."""
DEMAND_OVER: Final = "demand_over"
NO_COLUMNS: Final = "no_header"
DAMAGED: Final = "sample_damaged"
UNTYPED: Final = "empty"
"""What the engine says of a column without values: a sample of it states no type."""


def read_sample(run: Run, *, actor: Actor, sample_id: int) -> Outcome:
    """Read the columns of a sample as attempt `run` of a job; the result says what became of it.

    Names and types are stored with the demand, at most MOST_COLUMNS, the first ones; the file is deleted. One that is
    no table, or asks for more than a file may, is given up with the reason and deleted as well: the demand is matched
    as before; so is one that is not what was stored any longer, of which the log of the server tells the exchange.
    All in one transaction with the end of the job. Emits `demand.sample_read`, else `demand.sample_failed`.
    """
    waiting = DemandSample.objects.filter(pk=sample_id, state=states.WAITING)
    sample = waiting.select_related("demand", "blob").first()
    if sample is None or sample.blob is None:
        return OVER
    columns: Sequence[Column] = ()
    problem: tuple[str, dict[str, Any]] | None = None
    if sample.demand.state in TAKES_SAMPLES:
        try:
            columns = read_outline(run, blob=sample.blob, filename=sample.filename)
            problem = None if columns else (NO_COLUMNS, {})
        except UnreadableFile as found:
            problem = found.code, found.params
        except Tampered:
            if not waiting.exists():
                return OVER  # not damaged: removed, or another took its place, before it was opened
            log.exception("sample %s is not what was stored", sample_id)
            problem = DAMAGED, {}
    with run.commit():
        demand = Demand.objects.select_for_update(of=("self",)).get(pk=sample.demand_id)
        held = waiting.select_for_update(of=("self",)).first()
        if held is None:
            return succeed(run, OVER)
        held.demand = demand
        if demand.state not in TAKES_SAMPLES:
            return _failed(run, actor, held, DEMAND_OVER, {})
        if problem is not None:
            return _failed(run, actor, held, *problem)
        return _read(run, actor, held, columns)


def _read(run: Run, actor: Actor, sample: DemandSample, columns: Sequence[Column]) -> Outcome:
    demand = sample.demand
    kept = columns[:MOST_COLUMNS]
    demand.sample_columns = [
        {"name": column.name, "type": "" if column.type == UNTYPED else column.type} for column in kept
    ]
    demand.save(update_fields=["sample_columns"])
    forget_said(demand)
    sample.columns = len(columns)
    end_sample(actor, sample, "read")
    audit.record(
        actor=actor,
        action="demand.sample_read",
        subject=("demand", demand.pk),
        data={"sample": sample.pk, "columns": len(columns), "kept": len(kept)},
    )
    events.emit(name="demand.sample_read", subject=("demand", demand.pk), organisation_id=demand.organisation_id)
    return succeed(run, {"state": sample.state, "columns": len(columns)})


def _failed(run: Run, actor: Actor, sample: DemandSample, code: str, params: dict[str, Any]) -> Outcome:
    give_up(actor=actor, sample=sample, event="fail", code=code, params=params)
    return succeed(run, {"state": sample.state, "problem": code})
