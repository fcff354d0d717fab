"""What follows for requests and grants when the data's grade is decided anew: they are asked again by today's level.

What today's answer bears goes on, and covers the level from now on. What it does not bear is asked for again by the
buyer, who reads the new conditions first: requests lapse and grants are suspended, with the row that says so. Nobody is
bound to duties that they have not read, and no approval counts for a level that the approver was not asked about.
A level that falls changes nothing here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.events import services as events
from foundation.jobs.services import Run
from foundation.participants.policies import require_system
from marketplace.authorization import states
from marketplace.authorization.models import AccessRequest, Grant
from marketplace.authorization.rises import rise_of_grant, rise_of_request
from marketplace.authorization.services.grants import cover_level, suspend_outgrown
from marketplace.authorization.services.routing import void_steps
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import ListingVersion

BATCH: Final = 50
"""Requests or grants a transaction."""


def follow_grade(run: Run, *, actor: Actor, grade_id: int) -> Mapping[str, int]:
    """Ask again of every open request and active grant for the file's versions whose level has risen.

    Versions in every state: a superseded one is still owed to holders. Returns how many requests and grants went on
    (`followed`), lapsed and were suspended. As attempt `run` of a job; twice is once.

    Requests come before grants: an approval that was given meanwhile has left a grant by then, and whoever asks later
    is answered by today's level.
    """
    require_system(actor)
    done: Counter[str] = Counter()
    for version_id in catalog.versions_with_graded_file(grade_id):
        for batch in _batches(run, _open_requests(run, version_id)):
            with run.commit():
                rows, level = _held_requests(batch), _level(version_id)
                done.update(_follow_request(actor, row, level) for row in rows)
        active = Grant.objects.filter(version_id=version_id, state=states.ACTIVE).order_by("pk")
        for batch in _batches(run, list(active.values_list("pk", flat=True))):
            with run.commit():
                held, level = _held_grants(batch), _level(version_id)
                done.update(_follow_grant(actor, row, level) for row in held)
    return {name: done[name] for name in ("followed", "lapsed", "suspended")}


def _open_requests(run: Run, version_id: int) -> list[int]:
    """The open requests for a version, once whoever asks by the former level has asked (they hold the version)."""
    with run.commit():
        if not ListingVersion.objects.select_for_update(no_key=True).filter(pk=version_id).exists():
            return []
        rows = AccessRequest.objects.filter(version_id=version_id, state__in=states.PENDING)
        return list(rows.order_by("pk").values_list("pk", flat=True))


def _level(version_id: int) -> str | None:
    """Today's, to be read once the rows are held: whoever decided by another level has committed by then."""
    return catalog.level_of(ListingVersion.objects.get(pk=version_id))


def _held_requests(batch: Sequence[int]) -> list[AccessRequest]:
    rows = AccessRequest.objects.filter(pk__in=batch, state__in=states.PENDING).order_by("pk")
    return list(rows.select_related("version", "organisation").select_for_update(no_key=True, of=("self",)))


def _held_grants(batch: Sequence[int]) -> list[Grant]:
    rows = Grant.objects.filter(pk__in=batch, state=states.ACTIVE).order_by("pk")
    known = rows.select_related("request__version", "request__organisation")
    return list(known.select_for_update(no_key=True, of=("self",)))


def _batches(run: Run, identifiers: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(identifiers), BATCH):
        yield identifiers[first : first + BATCH]
        run.progress((first + BATCH) / len(identifiers))  # which renews the lease, too


def _follow_request(actor: Actor, request: AccessRequest, level: str | None) -> str:
    rise = rise_of_request(request, level)
    if rise is None:
        return "unchanged"
    subject = ("access_request", request.pk)
    if not rise.short:
        request.decision = rise.ruling.as_record()
        request.save(update_fields=["decision"])
        audit.record(actor=actor, action="access_request.followed", subject=subject, data=rise.as_record())
        return "followed"
    request.state = states.ACCESS_REQUEST.target("lapse", request.state)
    request.outcome_cause, request.closed_at = rise.as_cause(), timezone.now()
    request.save(update_fields=["state", "outcome_cause", "closed_at"])
    void_steps(request)
    audit.record(actor=actor, action="access_request.lapsed", subject=subject, data=rise.as_record())
    events.emit(name="access_request.lapsed", subject=subject)
    return "lapsed"


def _follow_grant(actor: Actor, grant: Grant, level: str | None) -> str:
    rise = rise_of_grant(grant, level)
    if rise is None:
        return "unchanged"
    if rise.short:
        suspend_outgrown(actor=actor, grant=grant, rise=rise)
        return "suspended"
    cover_level(actor=actor, grant=grant, rise=rise)
    return "followed"
