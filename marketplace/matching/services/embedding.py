"""Vectors of listings, written by jobs: in batches, each in a transaction of its own, so that a killed job goes on.

And of open demands, each written once, by its first matching under a model, so that a listing that changes is compared
with all of them without one being computed. Derived like the index: no events, no trace in the audit log.
"""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from django.db.models import Exists, OuterRef, QuerySet

from foundation.jobs.services import Run, enqueue
from foundation.rulebooks.in_force import in_force
from marketplace.catalog import selectors as catalog
from marketplace.catalog.models import Listing
from marketplace.matching import semantic
from marketplace.matching.engine.meaning import DIGITS, Model
from marketplace.matching.facts import listing_facts
from marketplace.matching.models import Demand, DemandEmbedding, IndexedListing, ListingEmbedding
from marketplace.matching.relevance import LOADED_TOGETHER, digest_of
from marketplace.matching.rulebook import MATCHING_WEIGHTS
from marketplace.matching.states import OPEN

TOGETHER: Final = 32
"""Listings between two reports of a job: some seconds of work."""
EMBED_LISTINGS: Final = "matching.embed_listings"


def queue_embedding(listing_ids: Collection[int] | None = None) -> bool:
    """Enqueue the embedding of what is published and not embedded, in the caller's transaction; whether one was.

    Never where the stage is off, or the weights in force give it no share. A job that waits already will do it. After
    a change of `listing_ids` only they are looked at: all of the index is read by its sweep.
    """
    label = semantic.label()
    if label is None or in_force(MATCHING_WEIGHTS).rules.meaning is None:
        return False
    waiting, unmatched = _waiting(label), _unmatched(label)
    if listing_ids is not None:
        waiting, unmatched = waiting.filter(pk__in=listing_ids), unmatched.filter(listing_id__in=listing_ids)
    if not (waiting.exists() or unmatched.exists()):
        return False
    enqueue(kind=EMBED_LISTINGS, arguments={}, dedup_key=EMBED_LISTINGS)
    return True


def embed_listings(run: Run, *, model: Model) -> int:
    """Embed every listing of the index whose present words this model has not seen; how many were."""
    waiting = list(_waiting(model.label).order_by("pk").values_list("pk", flat=True))
    done = 0
    for begin in range(0, len(waiting), TOGETHER):
        chosen = waiting[begin : begin + TOGETHER]
        # another job may have come by meanwhile
        rows = _embedded(list(_waiting(model.label).filter(pk__in=chosen).order_by("pk")), model)
        with run.commit():
            _store(rows)
        done += len(rows)
        run.progress((begin + len(chosen)) / len(waiting))
    return done


def newly_embedded(label: str) -> dict[int, int]:
    """Vectors by which no demand was matched yet (`mark_matched`): the identifier of each → its listing."""
    return dict(_unmatched(label).order_by("listing_id").values_list("pk", "listing_id"))


def mark_matched(embedding_ids: Collection[int]) -> None:
    """The demands that these vectors may concern were matched; what replaced one of them meanwhile stays as it is."""
    ListingEmbedding.objects.filter(pk__in=embedding_ids, matched=False).update(matched=True)


def keep_vector(demand: Demand) -> None:
    """Store the vector of what a demand says under the present model, where it is not yet; nothing where it is off."""
    kind = semantic.kind()
    if kind is None or in_force(MATCHING_WEIGHTS).rules.meaning is None:
        return
    digest = digest_of(demand.text)
    if DemandEmbedding.objects.filter(pk=demand.pk, label=kind.label, digest=digest).exists():
        return
    model = semantic.model()
    if model is not None:
        vector = semantic.packed(demand.text, model)
        DemandEmbedding(demand_id=demand.pk, label=kind.label, digest=digest, vector=vector).save()


def drop_vector(*, demand_id: int) -> None:
    """The demand is open no longer: no listing is compared with it."""
    DemandEmbedding.objects.filter(pk=demand_id).delete()


def demands_near(listing_ids: Collection[int]) -> set[int]:
    """The open demands to which one of these listings is near in meaning, whatever their words.

    So are those of which the present model has no vector yet: they are matched, and have one then. None where the
    stage is off, or none of the listings has a vector.
    """
    kind, meaning = semantic.kind(), in_force(MATCHING_WEIGHTS).rules.meaning
    if kind is None or meaning is None:
        return set()
    rows = ListingEmbedding.objects.filter(listing_id__in=listing_ids, label=kind.label).exclude(vector=b"")
    packed = b"".join(bytes(vector) for vector in rows.values_list("vector", flat=True))
    if not packed:
        return set()
    listings = semantic.unpacked(packed, kind.dimensions).T
    known = DemandEmbedding.objects.filter(label=kind.label)
    unknown = Demand.objects.filter(~Exists(known.filter(pk=OuterRef("pk"))), state=OPEN)
    near = set(unknown.values_list("pk", flat=True))
    told, after = known.filter(demand__state=OPEN).exclude(vector=b""), 0
    while chosen := list(told.filter(pk__gt=after).order_by("pk").values_list("pk", "vector")[:LOADED_TOGETHER]):
        vectors = semantic.unpacked(b"".join(bytes(vector) for _demand, vector in chosen), kind.dimensions)
        cosines = np.round((vectors @ listings).max(axis=1).astype(np.float64), DIGITS)
        near.update(chosen[place][0] for place in np.flatnonzero(cosines >= meaning.least))
        after = chosen[-1][0]
    return near


def _waiting(label: str) -> QuerySet[IndexedListing]:
    """Listings of the index without an embedding of their present words under this model."""
    current = ListingEmbedding.objects.filter(listing_id=OuterRef("pk"), label=label, digest=OuterRef("digest"))
    return IndexedListing.objects.filter(~Exists(current))  # an anti join, which NOT IN never is


def _unmatched(label: str) -> QuerySet[ListingEmbedding]:
    return ListingEmbedding.objects.filter(label=label, matched=False)


def _embedded(batch: Sequence[IndexedListing], model: Model) -> list[ListingEmbedding]:
    """Not yet stored. The digest is the one read before the words: where they change meanwhile, it fits no more."""
    digests = {row.pk: row.digest for row in batch}
    versions = catalog.published_versions().select_related(None).select_related("listing")
    rows = []
    for known in catalog.facts(versions.filter(listing_id__in=list(digests)).order_by("listing_id")):
        facts = listing_facts(known)
        vector = semantic.packed(
            ". ".join(filter(None, (facts.title, ", ".join(facts.tags), facts.description))), model
        )
        digest = digests[facts.listing_id]
        rows.append(ListingEmbedding(listing_id=facts.listing_id, label=model.label, digest=digest, vector=vector))
    return rows


def _store(rows: Sequence[ListingEmbedding]) -> None:
    wanted = [row.listing_id for row in rows]
    list(Listing.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk"))
    ListingEmbedding.objects.filter(listing_id__in=wanted).delete()
    ListingEmbedding.objects.bulk_create(rows)
