"""The sample of a demand: attached by its buyer, replaced by its buyer, given up where nobody reads it.

A sample may hold personal data, and only its columns are wanted. It is in the vault until it is read, and no longer;
nobody but the buyer and the exchange learns of it.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.batches import each_held
from foundation.errors import Conflict
from foundation.events import services as events
from foundation.jobs import services as jobs
from foundation.vault import services as vault
from foundation.vault.services import Incoming
from grading import services as grading
from marketplace.catalog import services as catalog
from marketplace.matching import policies, selectors, states
from marketplace.matching.models import Demand, DemandSample
from marketplace.matching.services.demands import locked_demand

READ_SAMPLE: Final = "matching.read_sample"
TAKES_SAMPLES: Final = (states.DRAFT, states.OPEN)
NOT_READ_IN_TIME: Final = "not_read_in_time"


def attach_sample(
    *, actor: Actor, demand_id: int, filename: str, chunks: Iterable[bytes], sha256: str | None = None
) -> DemandSample:
    """Attach a file to a demand of the actor's, in place of a former one; a job reads its columns.

    Call it outside of a transaction: none is open while bytes come in. What can be refused is refused before the first
    byte is read, and again when all have arrived. `sha256` (hex) is compared with what arrived. Conflict unless the
    demand is a draft or open; InvalidInput; TooLarge above settings.UPLOAD_LIMIT_BYTES. On any error nothing stays, and
    a former sample stands.
    """
    require_taken(actor, selectors.demand(actor, demand_id), filename)
    grading.checked_digest(sha256)
    with vault.receive(chunks=chunks) as incoming, transaction.atomic():
        return keep_sample(actor=actor, demand_id=demand_id, filename=filename, incoming=incoming, sha256=sha256)


def keep_sample(
    *, actor: Actor, demand_id: int, filename: str, incoming: Incoming, sha256: str | None = None
) -> DemandSample:
    """What `attach_sample` does once all bytes are there, in the caller's transaction.

    What a former sample said counts until this one is read.
    """
    demand = locked_demand(actor, demand_id)
    name = require_taken(actor, demand, filename)
    grading.require_digest(incoming, sha256)
    former = discard_sample(actor, demand)
    sample = DemandSample.objects.create(
        demand=demand,
        state=states.SAMPLE.target("attach"),
        filename=name,
        byte_size=incoming.size,
        blob=vault.keep(actor=actor, incoming=incoming),
    )
    _record(actor, "demand.sample_attached", sample, size=sample.byte_size, replaced=former)
    jobs.enqueue(
        kind=READ_SAMPLE,
        arguments={"subject_id": sample.pk},
        subject=("demand_sample", sample.pk),
        organisation_id=demand.organisation_id,
    )
    return sample


def lapse_samples(*, actor: Actor) -> int:
    """Give up the samples that nobody has read for settings.DEMAND_SAMPLE_DAYS, and delete their files; how many."""
    days = settings.DEMAND_SAMPLE_DAYS
    waiting = DemandSample.objects.filter(state=states.WAITING).select_related("demand")
    due = waiting.filter(attached_at__lte=timezone.now() - timedelta(days=days))
    return each_held(
        due,
        lambda sample: give_up(actor=actor, sample=sample, event="lapse", code=NOT_READ_IN_TIME, params={"days": days}),
    )


def give_up(*, actor: Actor, sample: DemandSample, event: str, code: str, params: dict[str, Any]) -> None:
    """End a locked sample without having read it, in the caller's transaction: the demand is matched as before."""
    sample.problem_code, sample.problem_params = code, params
    end_sample(actor, sample, event)
    _record(actor, "demand.sample_failed", sample, problem=code)
    demand = sample.demand
    events.emit(name="demand.sample_failed", subject=("demand", demand.pk), organisation_id=demand.organisation_id)


def end_sample(actor: Actor, sample: DemandSample, event: str) -> None:
    """Move a locked sample on, and delete its file: it was wanted for its columns alone."""
    blob = sample.blob
    sample.state, sample.blob = states.SAMPLE.target(event, sample.state), None
    sample.finished_at = timezone.now()
    sample.save()
    if blob is not None:
        vault.delete(actor=actor, blob=blob)


def require_taken(actor: Actor, demand: Demand, filename: str) -> str:
    """The file's name as it is stored, if the demand takes a sample of this name from this actor now; else why not."""
    policies.require_own_demand(actor, demand.organisation_id)
    if demand.state not in TAKES_SAMPLES:
        raise Conflict(_("The demand is over: it takes no sample."))
    return catalog.accepted_filename(filename)


def discard_sample(actor: Actor, demand: Demand) -> int | None:
    """Remove the demand's sample with its file, if it has one; its number. The demand is locked."""
    sample = DemandSample.objects.select_for_update(of=("self",)).filter(demand=demand).first()
    if sample is None:
        return None
    number, blob = sample.pk, sample.blob
    sample.delete()
    if blob is not None:
        vault.delete(actor=actor, blob=blob)
    return number


def _record(actor: Actor, action: str, sample: DemandSample, **data: Any) -> None:
    audit.record(actor=actor, action=action, subject=("demand", sample.demand_id), data={"sample": sample.pk, **data})
