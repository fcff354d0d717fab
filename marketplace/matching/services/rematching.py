"""The one function that finds the matches of a demand, whichever came first: the demand, or the listing.

It takes nothing over from earlier runs but what the buyer decided, so its result depends on what is published and not
on the order in which it came; the lock on the demand makes later runs see everything that earlier ones saw, and more.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from foundation.actors import Actor
from foundation.audit import services as audit
from foundation.errors import NotFound
from foundation.rulebooks.in_force import InForce, in_force
from marketplace.authorization.models import Grant
from marketplace.catalog import selectors as catalog
from marketplace.matching import selectors, states
from marketplace.matching.engine.constraints import AUTHORIZATION
from marketplace.matching.engine.rank import MatchResult
from marketplace.matching.engine.relax import Relaxation
from marketplace.matching.engine.reverse import ANY, reach_of
from marketplace.matching.facts import demand_facts
from marketplace.matching.finding import Finder
from marketplace.matching.models import Demand, Match
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.services.digest import tell_at_once
from marketplace.matching.services.embedding import demands_near, keep_vector
from marketplace.matching.services.match_rows import insert_matches, update_matches
from marketplace.matching.services.standing import begin_matching, being_matched, keep_standing
from marketplace.matching.standing import shown_for

MOST_MATCHES: Final = 100
"""Eligible listings proposed at a time: nobody reads further, and one common word must not fill the table."""
MOST_NEAR_MISSES: Final = 5
MOST_TERMS: Final = 12

LIVE: Final = (states.PROPOSED, states.ACCEPTED, states.DISMISSED, states.CONVERTED)
TAKEN_UP: Final = (states.ACCEPTED, states.CONVERTED)
PENDING: Final = (states.PROPOSED, states.ACCEPTED)
"""Those that lapse when the listing is a match no longer."""
_FIELDS: Final = (
    "version_id", "eligible", "rank", "score", "features", "terms", "columns_found", "sample_found",
    "constraints_report", "stages", "weights_version",
)  # fmt: skip


def open_demands() -> list[int]:
    """All demands that are matched."""
    return list(Demand.objects.filter(state=states.OPEN).order_by("pk").values_list("pk", flat=True))


def affected_demands(listing_id: int) -> list[int]:
    """The demands to match anew after a change of this listing, which is committed.

    Those that show it, those that may show it as it is now (`standing.shown_for`), those that are being matched by
    somebody who may not have seen it, and those that nobody has tried to match yet. What is left out has the same
    pairs as before; its scores have moved with how rare words are, which `refreshing` follows. By words alone:
    `affected_by` asks for the meaning as well.
    """
    busy = being_matched()  # before anything else is read
    found = set(shown_for(listing_id))
    opened = Demand.objects.filter(state=states.OPEN)
    found.update(opened.filter(matched_at=None, failed_at=None).values_list("pk", flat=True))
    if busy:
        numbered = opened.annotate(number=F("pk") % 2**31)
        same = Q(pk__in=busy) | Q(pk__gte=2**31, number__in=busy)  # looked up, not counted out demand by demand
        found.update(numbered.filter(same).values_list("pk", flat=True))
    dismissed = set()
    shown = Match.objects.filter(listing_id=listing_id, state__in=LIVE)
    for demand_id, state, demand_state in shown.values_list("demand_id", "state", "demand__state"):
        if state == states.DISMISSED:
            dismissed.add(demand_id)
        elif demand_state == states.OPEN or state in PENDING:
            found.add(demand_id)
    return sorted(found - dismissed)


def affected_by(listing_ids: Collection[int]) -> list[int]:
    """The demands that a change of these listings affects; where meaning counts, those to which one is near as well."""
    found = {demand_id for listing_id in listing_ids for demand_id in affected_demands(listing_id)}
    return sorted(found | demands_near(listing_ids))


def demands_for_exclusive(listing_ids: Collection[int]) -> list[int]:
    """Of the demands that these listings can touch those that ask for an exclusive licence."""
    return selectors.wanting_exclusive(affected_by(listing_ids))


def affected_by_grant(grant_id: int) -> list[int]:
    """The demands on which a licence bears that began or ended: any that its listing can touch for an exclusive one.

    One that is not exclusive bears on those that ask for an exclusive licence.
    """
    grant = Grant.objects.filter(pk=grant_id).first()
    if grant is None:
        return []
    return affected_by([grant.listing_id]) if grant.exclusive else demands_for_exclusive([grant.listing_id])


@transaction.atomic
def rematch_demand(*, actor: Actor, demand_id: int) -> dict[str, int]:
    """Find the matches of one demand anew: propose, score and rank again, lapse what is a match no longer.

    What was dismissed stays so, untouched; what was accepted or converted keeps its state and is scored again. A demand
    that is not open gets no proposals: there only matches lapse whose listing is not published any more. Returns
    counts: `proposed`, `lapsed`, `matches` (eligible), `near_misses`.
    """
    demand = Demand.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=demand_id).first()
    if demand is None:
        raise NotFound
    begin_matching(demand_id)
    # the listings are read after the lock: a run that waited for another sees at least what the other saw
    live = {row.listing_id: row for row in demand.matches.select_for_update().filter(state__in=LIVE).order_by("pk")}
    if demand.state != states.OPEN:
        gone = _unpublished(live)
        _record(actor, demand, proposed=[], lapsed=gone, weights=None)
        return {"proposed": 0, "lapsed": len(gone), "matches": 0, "near_misses": 0}
    weights = in_force(MATCHING_WEIGHTS)
    keep_vector(demand)
    found = Finder(demand, weights.rules).find(
        best=MOST_MATCHES,
        near=MOST_NEAR_MISSES,
        without=[row.listing_id for row in live.values() if row.state == states.DISMISSED],
        always=[row.listing_id for row in live.values() if row.state in TAKEN_UP],
    )
    shown = _shown(found.results, live)
    proposed = _write(demand, shown, live, found.versions)
    kept = {result.listing_id for result in shown}
    lapsed = _lapse([row for row in live.values() if row.state in PENDING and row.listing_id not in kept])
    tell_at_once(actor=actor, demand=demand, rows=[*proposed, *live.values()])
    reach = ANY
    if found.by_words:
        reach = reach_of(found.results, best=MOST_MATCHES, near=MOST_NEAR_MISSES, far=found.far)
    words = demand_facts(demand).words()
    keep_standing(demand_id=demand_id, words=words, reach=reach, weights=weights.rules.text)
    demand.matched_at, demand.failed_at = timezone.now(), None
    demand.relaxations = [_plain_step(step) for step in found.relaxations]
    demand.save(update_fields=["matched_at", "failed_at", "relaxations"])
    _record(actor, demand, proposed=proposed, lapsed=lapsed, weights=weights)
    eligible = sum(result.eligible for result in shown)
    return {
        "proposed": len(proposed),
        "lapsed": len(lapsed),
        "matches": eligible,
        "near_misses": len(shown) - eligible,
    }


def _shown(ranked: Sequence[MatchResult], live: dict[int, Match]) -> list[MatchResult]:
    """The best of the ranking; what was taken up is kept however far down it stands."""
    room = {True: MOST_MATCHES, False: MOST_NEAR_MISSES}
    chosen = []
    for result in ranked:
        row = live.get(result.listing_id)
        taken_up = row is not None and row.state in TAKEN_UP
        if room[result.eligible] > 0 or taken_up:
            room[result.eligible] -= 1
            chosen.append(result)
    return chosen


def _write(
    demand: Demand, shown: Sequence[MatchResult], live: dict[int, Match], versions: Mapping[int, int]
) -> list[Match]:
    """Store the ranking: new rows for new pairs, which are returned, and the new figures of the others."""
    new, changed, moved, now = [], [], {"updated_at"}, timezone.now()
    for place, result in enumerate(shown, start=1):
        computed = _computed(result, place, versions[result.listing_id])
        row = live.get(result.listing_id)
        if row is None:
            state = states.MATCH.target("propose")
            new.append(Match(demand=demand, listing_id=result.listing_id, state=state, updated_at=now, **computed))
        elif others := {name: value for name, value in computed.items() if getattr(row, name) != value}:
            for name, value in others.items():
                setattr(row, name, value)
            row.updated_at = now
            changed.append(row)
            moved |= others.keys()
    update_matches(changed, sorted(moved))
    return insert_matches(new)


def _computed(result: MatchResult, place: int, version_id: int) -> dict[str, Any]:
    terms = [
        {"term": found.term, "stream": found.stream, "share": found.contribution / result.attainable}
        for found in result.terms[:MOST_TERMS]
    ]
    values = (
        version_id, result.eligible, place, result.score, dict(result.features), terms, list(result.columns),
        [{"name": name, "type": kind} for name, kind in result.sample], report_of(result), list(result.stages),
        result.weights_version,
    )  # fmt: skip
    return dict(zip(_FIELDS, values, strict=True))


def report_of(result: MatchResult) -> list[dict[str, Any]]:
    """Each constraint as JSON gives it back; of the decision table's answer its row and its words as well."""
    report = [
        {
            "code": found.code,
            "met": found.met,
            "wanted": _plain(found.wanted),
            "actual": _plain(found.actual),
            "shortfall": found.shortfall,
        }
        for found in result.constraints
    ]
    for entry in report:
        if entry["code"] == AUTHORIZATION and result.access is not None:
            answer = result.access
            entry |= {"rule": answer.rule, "reason_en": answer.reason_en, "reason_zh": answer.reason_zh}
    return report


def _plain_step(step: Relaxation) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(step).items()}


def _plain(value: Any) -> Any:
    """As JSON gives it back, so that stored and computed reports can be compared."""
    return list(value) if isinstance(value, tuple) else value


def _unpublished(live: dict[int, Match]) -> list[Match]:
    pending = [row for row in live.values() if row.state in PENDING]
    current = catalog.published_versions().filter(listing_id__in=[row.listing_id for row in pending])
    published = set(current.values_list("listing_id", flat=True))
    return _lapse([row for row in pending if row.listing_id not in published])


def _lapse(rows: list[Match]) -> list[Match]:
    now = timezone.now()
    for row in rows:
        row.state, row.updated_at = states.MATCH.target("lapse", row.state), now
    update_matches(rows, ("state", "updated_at"))
    return rows


def _record(
    actor: Actor, demand: Demand, *, proposed: Sequence[Match], lapsed: Sequence[Match], weights: InForce | None
) -> None:
    if proposed or lapsed:
        data = {
            "proposed": [row.pk for row in proposed],
            "lapsed": [row.pk for row in lapsed],
            "weights": None if weights is None else {"label": weights.content.label, **weights.as_record()},
        }
        audit.record(actor=actor, action="demand.matched", subject=("demand", demand.pk), data=data)
