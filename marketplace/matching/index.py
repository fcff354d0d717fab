"""The index of published listings, read: `engine.search` over postings that PostgreSQL keeps and filters.

One statement reads everything that a search needs, so that it sees one state of the index however many publications and
merges are going on: the segments, the places that do not count, the places that meet the constraints, and the postings
of the words. What a segment says never changes; each process keeps the listings of all, and of the large ones the
postings of words that were asked for, which are not read again.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from psycopg import ClientCursor, Cursor

from marketplace.matching.engine.memory import Memory
from marketplace.matching.engine.postings import Array, Streams, settled, unpack
from marketplace.matching.engine.search import Collection, Hits, Segment
from marketplace.matching.engine.search import search as search_postings
from marketplace.matching.engine.text import analyse
from marketplace.matching.engine.weights import TEXT_FIELDS, TextWeights
from marketplace.matching.models import IndexedListing, IndexSegment

_SEGMENT, _DEAD, _ADMITTED, _POSTING = range(4)
_READ: Final = """
SELECT 0, id, (1000000 * extract(epoch FROM created_at))::bigint::text, size::text, NULL::bytea
  FROM matching_indexsegment
UNION ALL
SELECT 1, segment_id, NULL, NULL, string_agg(int4send(place), ''::bytea) FROM matching_indextombstone
 GROUP BY segment_id
UNION ALL
SELECT 3, segment_id, term, stream, counts FROM matching_indexposting
 WHERE term = ANY(%s) AND NOT (term = ANY(%s) AND segment_id = ANY(%s))
"""
_READ_ADMITTED: Final = """
UNION ALL
SELECT 2, segment_id, NULL, NULL, string_agg(int4send(place), ''::bytea) FROM ({admitted}) AS admitted
 GROUP BY segment_id
"""

LARGE: Final = 2_048
"""Segments of so many listings stay, or nearly so: what they say of a word is worth keeping."""
LEAST_KEPT: Final = 64 * 2**20
KEPT_OF_EACH: Final = 192
"""Bytes that a process keeps of them: so many, or so many for each of their listings where that is more."""

SegmentKey = tuple[int, str]
"""A segment's number and instant: numbers come again where a database is restored."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One state of the index, as far as the words and the constraints concern it.

    The `large` segments come first; they have room for `size` listings. `postings` are packed: word → row stream →
    segment's number → what stands there.
    """

    segments: tuple[SegmentKey, ...]
    large: tuple[SegmentKey, ...]
    dead: dict[int, bytes]
    admitted: dict[int, bytes] | None
    postings: dict[str, dict[str, dict[int, bytes]]]
    size: int = 0


@dataclass(frozen=True, slots=True)
class _Kept:
    """What this process remembers of the state that it read last."""

    segments: dict[SegmentKey, Segment]
    dead: dict[int, bytes]
    collection: Collection | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What it knows of words in these segments, and in no other."""

    segments: tuple[SegmentKey, ...]
    words: Memory


_kept = _Kept({}, {}, None)
_known = _Known((), Memory(LEAST_KEPT))


def search(
    words: str,
    *,
    weights: TextWeights,
    where: Q | None = None,
    limit: int | None = None,
    slack: float = 1.0,
    explained: int | None = None,
) -> Hits:
    """The published listings that share a term with `words`, best first, equal scores by identifier.

    Scores, bounds and explanations are those of `engine.score.Corpus` over everything that is published. `where` is a
    condition on `IndexedListing`: who does not meet it is not found, but counts for how rare a word is. `limit` keeps
    the best so many, and all whose score times `slack` reaches the last of them (see `engine.search.search`),
    `explained` says how many of the first come with the terms that made their score (default: all).
    """
    global _known
    terms = analyse(words)
    wanted = list(dict.fromkeys((*terms.surface, *terms.stems)))
    while True:
        known = _known
        told = known.words.recall(wanted)
        try:
            read = _read(wanted, where, told, known.segments)
        except EmptyResultSet:
            return search_postings(Collection([], [], weights), terms, {})
        if read.large != known.segments:
            _known = known = _Known(read.large, Memory(max(LEAST_KEPT, KEPT_OF_EACH * read.size)))
            if told:
                continue  # what was told is of other segments
        collection = _collection(read, weights)
        if collection is not None:
            break
    begins = {segment: begin for (segment, _at), begin in zip(read.segments, collection.offsets.tolist(), strict=False)}
    postings = _postings(read, begins, wanted, told, known.words)
    allowed = None if read.admitted is None else _mask(collection, begins, read.admitted)
    return search_postings(collection, terms, postings, allowed=allowed, limit=limit, slack=slack, explained=explained)


def _read(wanted: Sequence[str], where: Q | None, told: Mapping[str, Streams], kept: Sequence[SegmentKey]) -> _Read:
    """The statement; what is `told` of the segments that were `kept` is not read again.

    EmptyResultSet where the condition can be met by nothing.
    """
    sql, params = _READ, [list(wanted), list(told), [segment for segment, _at in kept]]
    if where is not None:
        admitted, values = (
            IndexedListing.objects.filter(where).order_by().values("segment_id", "place").query.sql_with_params()
        )
        sql, params = sql + _READ_ADMITTED.format(admitted=admitted), [*params, *values]
    read = _Read((), (), {}, None if where is None else {}, {})
    large: list[SegmentKey] = []
    small: list[SegmentKey] = []
    size = 0
    for kind, segment, name, said, packed in _rows(sql, params):
        if kind == _SEGMENT:
            if int(said) >= LARGE:
                size += int(said)
                large.append((segment, name))
            else:
                small.append((segment, name))
        elif kind == _POSTING:
            read.postings.setdefault(name, {}).setdefault(said, {})[segment] = packed
        elif kind == _DEAD:
            read.dead[segment] = packed
        elif read.admitted is not None:
            read.admitted[segment] = packed
    large.sort()
    return replace(read, segments=(*large, *sorted(small)), large=tuple(large), size=size)


def _rows(sql: str, params: Sequence[Any]) -> list[Any]:
    """In binary form: postings would come as hexadecimal digits otherwise, twice as long.

    The parameters are written into the statement, as everywhere where Django speaks to PostgreSQL: it leaves them
    without a type, which only a literal may be.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        statement = ClientCursor(connection.connection).mogrify(sql, params)
        with Cursor(connection.connection) as cursor:
            return cursor.execute(statement.encode(), binary=True).fetchall()


def _collection(read: _Read, weights: TextWeights) -> Collection | None:
    """The listings of this state; None where a segment was merged away before it could be read: ask again."""
    global _kept
    kept = _kept  # replaced as a whole, whichever thread is last
    same = tuple(kept.segments) == read.segments and kept.dead == read.dead
    if same and kept.collection is not None and kept.collection.weights == weights:
        return kept.collection
    missing = [segment for segment, at in read.segments if (segment, at) not in kept.segments]
    loaded = {row.pk: row for row in IndexSegment.objects.filter(pk__in=missing)} if missing else {}
    if len(loaded) < len(missing):
        return None
    segments = {key: _segment(loaded[key[0]]) if key[0] in loaded else kept.segments[key] for key in read.segments}
    dead = [_places(read.dead.get(segment, b"")) for segment, _at in read.segments]
    collection = Collection(list(segments.values()), dead, weights)
    _kept = _Kept(segments, read.dead, collection)
    return collection


def _segment(row: IndexSegment) -> Segment:
    return Segment(
        np.frombuffer(row.listings, "<i8"), np.frombuffer(row.lengths, "<u4").reshape(row.size, len(TEXT_FIELDS))
    )


def _postings(
    read: _Read, begins: Mapping[int, int], wanted: Sequence[str], told: Mapping[str, Streams], memory: Memory
) -> dict[str, list[Streams]]:
    """What stands of each word in large segments, which is kept, and in small ones, by places of the collection."""
    large = {segment for segment, _at in read.large}
    learnt = {word: _streams(read, word, begins, large) for word in wanted if word not in told}
    memory.keep(learnt)
    small = begins.keys() - large
    return {
        word: [streams for streams in (kept, _streams(read, word, begins, small)) if streams]
        for word, kept in (*told.items(), *learnt.items())
    }


def _streams(read: _Read, word: str, begins: Mapping[int, int], chosen: Set[int]) -> Streams:
    rows = {
        stream: [(begins[segment], unpack(counts)) for segment, counts in packed.items() if segment in chosen]
        for stream, packed in read.postings.get(word, {}).items()
    }
    return settled({stream: parts for stream, parts in rows.items() if parts})


def _places(packed: bytes) -> Array:
    return np.frombuffer(packed, ">i4").astype(np.int64)


def _mask(collection: Collection, begins: Mapping[int, int], admitted: Mapping[int, bytes]) -> Array:
    mask = np.zeros(len(collection.listings), bool)
    for segment, packed in admitted.items():
        mask[_places(packed) + begins[segment]] = True
    return mask
