"""The index of published listings, written: in the transaction that makes a listing public or takes it away.

The index is derived: nothing in it is not in the catalogue, so its writes are no events and leave no trace in the audit
log. A listing is locked before its row in the index; who holds the lock of a listing is the only one to index it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from itertools import accumulate
from operator import itemgetter
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, JSONField, Q
from psycopg.types.json import Jsonb

from marketplace.catalog import selectors as catalog
from marketplace.catalog.bulk import one_of
from marketplace.catalog.models import Listing
from marketplace.matching import selectors
from marketplace.matching.engine.postings import pack
from marketplace.matching.facts import listing_facts
from marketplace.matching.indexed import columns_of
from marketplace.matching.models import IndexedListing, IndexPosting, IndexSegment, IndexTombstone

BATCH: Final = 8_192
"""Listings that a sweep indexes in one transaction."""
MERGED_TOGETHER: Final = 16
"""So many segments of about one size become one: a listing is packed anew three times until it is in a large one."""
LARGE: Final = MERGED_TOGETHER**3
"""Segments of so many live listings are left alone."""
MOST_MERGED: Final = 4 * LARGE

Texts = tuple[int, dict[str, str]]


def follow_version(version_id: int) -> None:
    """A version was published, suspended, reinstated, withdrawn or superseded: index its listing as it is now."""
    index_listings(selectors.listings_of_version(version_id))


@transaction.atomic
def index_listings(listing_ids: Iterable[int], *, anew: bool = False) -> int:
    """Bring the index up to date with these listings, published or not; how many were packed.

    Those whose words are what they were keep their place; with `anew` all are packed into one segment. At most
    `engine.postings.MOST_PLACES` of them.
    """
    wanted = sorted(set(listing_ids))
    list(Listing.objects.select_for_update(no_key=True).filter(pk__in=one_of(wanted)).order_by("pk").values_list("pk"))
    held = {
        listing_id: (bytes(digest), stand)
        for listing_id, digest, *stand in IndexedListing.objects.filter(pk__in=one_of(wanted)).values_list(
            "pk", "digest", "segment_id", "place"
        )
    }
    rows, texts, stands = [], [], {}
    versions = catalog.published_versions().select_related(None).select_related("listing")
    for known in catalog.facts(versions.filter(listing_id__in=one_of(wanted)).order_by("listing_id")):
        facts = listing_facts(known)
        fields = facts.text_fields()
        digest = _digest(fields)
        before, stand = held.get(facts.listing_id, (b"", []))
        if anew or digest != before:
            texts.append((facts.listing_id, fields))
        else:
            stands[facts.listing_id] = stand
        rows.append(
            columns_of(known, facts)
            | {"listing_id": facts.listing_id, "version_id": known.version.pk, "digest": digest}
        )
    if texts:
        segment = write_segment(texts)
        stands |= {listing_id: [segment.pk, place] for place, (listing_id, _fields) in enumerate(texts)}
    IndexedListing.objects.filter(pk__in=one_of(held)).delete()
    for row in rows:
        row["segment_id"], row["place"] = stands[row["listing_id"]]
    _store(rows)
    _bury([stand for listing_id, (_digest, stand) in held.items() if stands.get(listing_id) != stand])
    return len(texts)


def write_segment(texts: Sequence[Texts]) -> IndexSegment:
    """Pack texts by field, each with its listing's identifier, into a segment; nothing points at it yet."""
    packed = pack(texts)
    segment = IndexSegment.objects.create(size=len(texts), listings=packed.listings, lengths=packed.lengths)
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY matching_indexposting (term, stream, segment_id, counts) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["varchar", "varchar", "int8", "bytea"])
        for term, stream, counts in packed.postings:
            copy.write_row((term, stream, segment.pk, counts))
    return segment


def sweep_index(*, everything: bool = False) -> int:
    """Index what is published and not indexed (after an upgrade, or a restored backup), and drop what is not.

    How many listings were looked at; with `everything` all are, for what constraints ask of them may have changed.
    What publications do meanwhile stands: each listing is locked and read again.
    """
    published, indexed = catalog.published_versions(), IndexedListing.objects.all()
    missing = published if everything else published.exclude(pk__in=indexed.values("version_id"))
    # rows of before constraints were in the index have no provider
    stale = indexed.filter(~Q(version_id__in=published.values("pk")) | Q(provider=None))
    wanted = sorted({row for rows in (missing, stale) for row in rows.values_list("listing_id", flat=True)})
    for begin in range(0, len(wanted), BATCH):
        index_listings(wanted[begin : begin + BATCH])
    return len(wanted)


def merge_segments() -> int:
    """Make one segment of many small ones of about the same size; how many were merged.

    One that is mostly dead is packed anew, and one that holds what neither counts nor is known to be dead. A step at a
    time, in a transaction of its own; publications of the same listings wait for it, searches do not.
    """
    merged = 0
    live = dict(IndexedListing.objects.values_list("segment_id").annotate(Count("pk")).order_by())
    dead = dict(IndexTombstone.objects.values_list("segment_id").annotate(Count("pk")).order_by())
    sizes = dict(IndexSegment.objects.values_list("pk", "size"))
    tiers: dict[int, list[int]] = {}
    for segment, size in sorted(sizes.items()):
        count = live.get(segment, 0)
        if 2 * count < size or count + dead.get(segment, 0) != size:
            merged += _merge([segment])
        else:
            tiers.setdefault(int(math.log(count, MERGED_TOGETHER)), []).append(segment)
    for _tier, segments in sorted(tiers.items()):
        if len(segments) >= MERGED_TOGETHER and live[segments[0]] < LARGE:
            room = accumulate(live[segment] for segment in segments)
            merged += _merge(
                [segment for segment, sum_so_far in zip(segments, room, strict=True) if sum_so_far <= MOST_MERGED]
            )
    return merged


@transaction.atomic
def _merge(segments: Sequence[int]) -> int:
    listings = list(IndexedListing.objects.filter(segment_id__in=segments).values_list("pk", flat=True))
    index_listings(listings, anew=True)
    _remove_empty(segments)
    return len(segments)


def _digest(fields: dict[str, str]) -> bytes:
    """Tells whether the words of a listing are the same as before."""
    digest = blake2b(digest_size=16)
    for name, text in sorted(fields.items()):
        digest.update(f"{name}\x00{text}\x00".encode())
    return digest.digest()


def _store(rows: Iterable[Mapping[str, Any]]) -> None:
    """COPY: a tenth of what an INSERT of so many columns costs. psycopg writes all values but JSON as they are."""
    fields = [field for field in IndexedListing._meta.concrete_fields if field.name != "indexed_at"]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    as_json = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]
    read = itemgetter(*(field.attname for field in fields))
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {IndexedListing._meta.db_table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            values = list(read(row))
            for place in as_json:
                values[place] = Jsonb(values[place])
            copy.write_row(values)


def _bury(stands: Sequence[Sequence[int]]) -> None:
    """These places of segments do not count any longer; a segment without any other goes."""
    IndexTombstone.objects.bulk_create(
        (IndexTombstone(segment_id=segment, place=place) for segment, place in stands), batch_size=1_000
    )
    _remove_empty({segment for segment, _place in stands})


def _remove_empty(segments: Iterable[int]) -> None:
    chosen: list[Any] = list(segments)
    left = set(IndexedListing.objects.filter(segment_id__in=chosen).values_list("segment_id", flat=True))
    if empty := [segment for segment in chosen if segment not in left]:
        IndexPosting.objects.filter(segment_id__in=empty).delete()
        IndexTombstone.objects.filter(segment_id__in=empty).delete()
        IndexSegment.objects.filter(pk__in=empty).delete()
