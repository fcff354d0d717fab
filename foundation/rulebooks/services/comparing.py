"""Finding out what a proposed version would change, before anybody releases it."""

from typing import Final

from django.db.models.functions import Now

from foundation.actors import system
from foundation.jobs.services import Outcome, Run, succeed
from foundation.rulebooks import registry, states
from foundation.rulebooks.models import RulebookVersion
from foundation.rulebooks.services._rows import record

WHAT_IF: Final = "rulebooks.what_if"
ACTOR: Final = system("rulebooks")
OUTDATED: Final = {"outdated": True}
"""The job's result where the version was returned or withdrawn meanwhile."""


def compute_what_if(run: Run, *, version_id: int) -> Outcome:
    """Decide stored cases again under a proposed version, as attempt `run` of a job; the comparison stays with it."""
    row = RulebookVersion.objects.select_related("rulebook").filter(pk=version_id, state=states.PROPOSED).first()
    if row is None:
        return OUTDATED
    kind = registry.kind(row.rulebook.kind)
    if kind.what_if is None:
        return OUTDATED
    _content, rules = registry.checked(kind, row.content)
    own, others = registry.what_if(kind, rules, run.progress)
    found = {**own.as_record(), "also": {name: other.as_record() for name, other in others.items()}}
    with run.commit():
        mine = RulebookVersion.objects.select_for_update(of=("self",)).select_related("rulebook")
        now = mine.filter(pk=row.pk, state=states.PROPOSED, sha256=row.sha256).first()
        if now is None:
            return OUTDATED
        RulebookVersion.objects.filter(pk=now.pk).update(what_if=found, what_if_at=Now())
        counts = own.counts() | ({"also": {name: other.counts() for name, other in others.items()}} if others else {})
        record(ACTOR, "rulebook.compared", now, **counts)
        return succeed(run, counts)
