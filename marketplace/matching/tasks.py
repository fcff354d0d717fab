"""Background work of matching. Each demand is matched in a transaction of its own, so that a killed job goes on."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, Final

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from foundation.actors import system
from foundation.jobs.registry import job
from foundation.jobs.services import Outcome, Run
from foundation.rulebooks import selectors as rulebooks
from foundation.rulebooks.in_force import in_force
from grading.rules.level_schemes import LEVEL_SCHEME
from marketplace.authorization.rulebook import DECISION_TABLE
from marketplace.matching import selectors, semantic, services
from marketplace.matching.rulebook import MATCHING_WEIGHTS

ACTOR = system("matching")
DECISIVE: Final = (MATCHING_WEIGHTS, DECISION_TABLE, LEVEL_SCHEME)
"""Kinds of rules on which it depends what is a match, and where it stands."""

MOST_FOLLOWED: Final = 500
"""Where more listings were embedded at once, every open demand is matched anew."""


@job("matching.match_demand")
def match_demand(run: Run, *, subject_id: int) -> dict[str, Any]:
    """Match one demand with everything that is published."""
    services.sweep_index()
    with run.commit():
        return services.rematch_demand(actor=ACTOR, demand_id=subject_id)


@job("matching.match_listing")
def match_listing(run: Run, *, subject_id: int) -> dict[str, Any]:
    """A listing version appeared, changed or went away: match every demand that it can touch."""
    listings = selectors.listings_of_version(subject_id)
    matched = _rematch(run, listings)
    _queue_embedding(listings)
    return matched


@job("matching.match_graded")
def match_graded(run: Run, *, subject_id: int) -> dict[str, Any]:
    """A grade or a quality score is new: the same for the published listings that the file belongs to."""
    return _reindexed(run, selectors.published_listings_of_grade(subject_id))


@job("matching.match_rescored")
def match_rescored(run: Run, *, subject_id: int) -> dict[str, Any]:
    """One file has another score: the same for the published listings that it belongs to."""
    return _reindexed(run, selectors.published_listings_of_assessment(subject_id))


@job("matching.match_reweighted")
def match_reweighted(run: Run, *, subject_id: int) -> dict[str, Any]:
    """Other rules are in force: where they decide on matches, match every open demand anew."""
    if rulebooks.kind_of(subject_id) not in DECISIVE:
        return {}
    return _match(run, services.open_demands)


@job("matching.match_licensed")
def match_licensed(run: Run, *, subject_id: int) -> dict[str, Any]:
    """A licence was issued, or ended: what led to it is converted, what it takes lapses, what it kept is proposed.

    In this order: the match that led to an exclusive licence could lapse by it otherwise.
    """
    with run.commit():
        services.convert_matches(actor=ACTOR, grant_id=subject_id)
    return _match(run, lambda: services.affected_by_grant(subject_id))


@job("matching.match_allocated")
def match_allocated(run: Run, *, subject_id: int) -> dict[str, Any]:
    """A round of the allocation gave exclusive rights: nobody else is proposed them any longer. Each demand once."""
    return _match(run, lambda: selectors.demands_losing_to(subject_id))


@job("matching.match_allotted")
def match_allotted(run: Run, *, subject_id: int) -> dict[str, Any]:
    """What was allotted was declined, or lapsed: others may have it."""
    return _match_freed(run, selectors.listings_of_allotment(pk=subject_id))


@job("matching.match_requested")
def match_requested(run: Run, *, subject_id: int) -> dict[str, Any]:
    """A request ended without a licence, or goes on by appeal: so does the allotment that it took up, if any."""
    return _match_freed(run, selectors.listings_of_allotment(request=subject_id))


@job("matching.match_accredited")
def match_accredited(run: Run, *, subject_id: int) -> dict[str, Any]:
    """An accreditation counts from now on, or no longer: match its holder's open demands anew."""
    return _match(run, lambda: selectors.demands_of_holder(subject_id))


@job("matching.match_verified")
def match_verified(run: Run, *, subject_id: int) -> dict[str, Any]:
    """An organisation is verified, or is so again: its accreditations count, so match its open demands anew."""
    return _match(run, lambda: selectors.open_demands_of(subject_id))


@job("matching.match_dismissed")
def match_dismissed(run: Run, *, subject_id: int) -> dict[str, Any]:
    """A place among what a demand is shown is free: whatever comes next takes it."""
    return _match(run, lambda: selectors.open_demands_of_match(subject_id))


@job("matching.match_all")
def match_all(run: Run, *, subject_id: int) -> dict[str, Any]:
    """Many files have another score: match every open demand anew."""
    services.sweep_index(everything=True)
    return _match(run, services.open_demands)


def _reindexed(run: Run, listing_ids: list[int]) -> dict[str, Any]:
    """Another category, other columns or another score: the index is told before anybody is matched by it."""
    with run.commit():
        services.index_listings(listing_ids)
    matched = _rematch(run, listing_ids)
    _queue_embedding(listing_ids)
    return matched


def _rematch(run: Run, listing_ids: list[int]) -> dict[str, Any]:
    return _match(run, lambda: services.affected_by(listing_ids))


def _match_freed(run: Run, listing_ids: list[int]) -> dict[str, Any]:
    """Most requests take up no allotment: then there is nothing to look for."""
    return _match(run, lambda: services.demands_for_exclusive(listing_ids)) if listing_ids else {"demands": 0}


def _match(run: Run, find: Callable[[], Collection[int]]) -> dict[str, Any]:
    matched, failed = _matched(run, find)
    _raise_first(failed)
    return {"demands": matched}


def _matched(run: Run, find: Callable[[], Collection[int]]) -> tuple[int, list[Exception]]:
    """What is published is in the index first: by one that lacks it, what buyers have taken up would lapse."""
    services.sweep_index()
    demands = sorted(find())
    _done, failed = services.match_each(run, actor=ACTOR, demands=demands, match=services.rematch_demand)
    never = services.never_matched(failed)  # nobody waits for a change of theirs; refreshing tells of them
    return len(demands) - len(failed), [error for pk, error in failed.items() if pk not in never]


def _raise_first(errors: Iterable[Exception]) -> None:
    for error in errors:
        raise error


@job(services.REFRESH, max_attempts=1)
def refresh(run: Run) -> dict[str, Any]:
    """Match anew what was matched long ago, or never: one demand at a time, those that others hold later.

    One attempt: what could not be matched is left alone for a while, and another would say that all is well.
    """
    demands = services.due_demands()
    done, failed = services.match_each(run, actor=ACTOR, demands=demands, match=services.refresh_demand)
    _raise_first(failed.values())
    return {"demands": done}


@shared_task(name="marketplace.matching.refresh")
def queue_refresh() -> bool:
    """Enqueue the refreshing of what is due (beat); whether anything is."""
    return services.queue_refresh()


@job(services.READ_SAMPLE)
def read_sample(run: Run, *, subject_id: int) -> Outcome:
    """Read the columns of a demand's sample."""
    return services.read_sample(run, actor=ACTOR, sample_id=subject_id)


@job("matching.attach_sample")
def attach_sample(run: Run, *, subject_id: int) -> Outcome:
    """Attach a sample that came in pieces to its demand."""
    return services.attach_sample_upload(run, actor=ACTOR, upload_id=subject_id)


@shared_task(name="marketplace.matching.lapse_samples")
def lapse_samples() -> int:
    """Give up samples that nobody has read, and delete their files (beat); how many."""
    return services.lapse_samples(actor=ACTOR)


@job("matching.embed_listings")
def embed_listings(run: Run) -> dict[str, Any]:
    """Embed the words of listings that are new or changed, and match the demands that their vectors may concern."""
    model, weights = semantic.model(), in_force(MATCHING_WEIGHTS).rules.meaning
    if model is None or weights is None:
        return {}
    embedded = services.embed_listings(run, model=model)
    vectors = services.newly_embedded(model.label)
    if not vectors:
        return {"embedded": embedded}
    listings = list(vectors.values())

    def touched() -> set[int]:
        """One listing after the other, since each takes a while; nearness of all at once."""
        found: set[int] = set()
        for listing in listings:
            found.update(services.affected_demands(listing))
            run.progress(0.0)
        return found | services.demands_near(listings)

    matched, failed = _matched(run, services.open_demands if len(listings) > MOST_FOLLOWED else touched)
    with run.commit():
        services.mark_matched(vectors)  # though some failed: or all would be matched with every sweep
    _raise_first(failed)
    return {"embedded": embedded, "demands": matched}


def _queue_embedding(listing_ids: list[int] | None = None) -> None:
    with transaction.atomic():
        services.queue_embedding(listing_ids)


@shared_task(name="marketplace.matching.expire")
def expire() -> int:
    """Expire demands whose last day is over (beat); how many were."""
    return services.expire_demands(actor=ACTOR, today=timezone.localdate())


@shared_task(name="marketplace.matching.digest")
def digest() -> int:
    """Tell buyers of new matches (beat); how many organisations were told."""
    return services.tell_of_matches(actor=ACTOR)


@job("matching.allocate")
def allocate(run: Run, *, due_at: str) -> dict[str, int]:
    """Allot exclusive rights: the round of an instant of the cadence."""
    return services.allocate_rights(run, actor=ACTOR, due_at=datetime.fromisoformat(due_at))


@shared_task(name="marketplace.matching.allocate")
def queue_allocation() -> bool:
    """Enqueue the round that is due (beat); whether one was."""
    return services.queue_allocation(actor=ACTOR)


@shared_task(name="marketplace.matching.merge_segments")
def merge_segments() -> int:
    """Make large segments of the index of many small ones (beat); how many were merged."""
    return services.merge_segments()


@shared_task(name="marketplace.matching.sweep_index")
def sweep_index() -> int:
    """Index what is published and not indexed, and drop what is not (beat); how many listings."""
    swept = services.sweep_index()
    _queue_embedding()
    return swept


@shared_task(name="marketplace.matching.find_dormant")
def find_dormant() -> dict[str, int]:
    """Find listings that nobody uses, and end the dormancy of those that are used again (beat)."""
    return services.find_dormant(actor=ACTOR)
