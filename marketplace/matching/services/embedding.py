"""Vectors of listings, written by jobs: in batches, each in a transaction of its own, so that a killed job goes on.

Derived from the catalogue like the index: no events, no trace in the audit log.
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
from marketplace.matching.engine.meaning import Model
from marketplace.matching.facts import listing_facts
from marketplace.matching.models import Demand, IndexedListing, ListingEmbedding
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


def demands_near(listing_ids: Sequence[int], *, model: Model, least: float) -> list[int]:
    """The open demands to which one of these listings is near in meaning, whatever their words."""
    rows = ListingEmbedding.objects.filter(listing_id__in=listing_ids, label=model.label).exclude(vector=b"")
    packed = b"".join(bytes(vector) for vector in rows.values_list("vector", flat=True))
    vectors = np.frombuffer(packed, "<f2").reshape(-1, model.dimensions).astype(np.float32)
    if not len(vectors):
        return []
    near = []
    for demand in Demand.objects.filter(state=OPEN).order_by("pk").iterator(chunk_size=1_000):
        vector = semantic.vector_of(demand.text)
        if vector is not None and float((vectors @ vector).max()) >= least:
            near.append(demand.pk)
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
        spoken = model.spoken(". ".join(filter(None, (facts.title, ", ".join(facts.tags), facts.description))))
        vector = model.embed([spoken])[0].astype("<f2").tobytes() if spoken else b""
        digest = digests[facts.listing_id]
        rows.append(ListingEmbedding(listing_id=facts.listing_id, label=model.label, digest=digest, vector=vector))
    return rows


def _store(rows: Sequence[ListingEmbedding]) -> None:
    wanted = [row.listing_id for row in rows]
    list(Listing.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk").values_list("pk"))
    ListingEmbedding.objects.filter(listing_id__in=wanted).delete()
    ListingEmbedding.objects.bulk_create(rows)
