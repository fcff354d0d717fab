"""The index of published listings, read: `engine.search` over postings that PostgreSQL keeps and filters.

One statement reads everything that a search needs, so that it sees one state of the index however many publications and
merges are going on: the segments, the places that do not count, the places that meet the constraints, and the postings
of the words. What a segment says of its listings never changes; each process keeps it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q
from psycopg import ClientCursor, Cursor

from marketplace.matching.engine.postings import Array, Posting, unpack
from marketplace.matching.engine.search import Collection, Hit, Segment
from marketplace.matching.engine.search import search as search_postings
from marketplace.matching.engine.text import Terms, analyse
from marketplace.matching.engine.weights import TEXT_FIELDS, TextWeights
from marketplace.matching.models import IndexedListing, IndexSegment

_SEGMENT, _DEAD, _ADMITTED, _POSTING = range(4)
_READ: Final = """
SELECT 0, id, (1000000 * extract(epoch FROM created_at))::bigint::text, NULL, NULL::bytea FROM matching_indexsegment
UNION ALL
SELECT 1, segment_id, NULL, NULL, string_agg(int4send(place), ''::bytea) FROM matching_indextombstone
 GROUP BY segment_id
UNION ALL
SELECT 3, segment_id, term, stream, counts FROM matching_indexposting WHERE term = ANY(%s)
"""
_READ_ADMITTED: Final = """
UNION ALL
SELECT 2, segment_id, NULL, NULL, string_agg(int4send(place), ''::bytea) FROM ({admitted}) AS admitted
 GROUP BY segment_id
"""

SegmentKey = tuple[int, str]
"""A segment's number and instant: numbers come again where a database is restored."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One state of the index, as far as the words and the constraints concern it."""

    segments: tuple[SegmentKey, ...]
    dead: dict[int, bytes]
    admitted: dict[int, bytes] | None
    postings: dict[tuple[str, str], list[tuple[int, bytes]]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """What this process remembers of the state that it read last."""

    segments: dict[SegmentKey, Segment]
    dead: dict[int, bytes]
    collection: Collection | None


_kept = _Kept({}, {}, None)


def search(
    words: str,
    *,
    weights: TextWeights,
    where: Q | None = None,
    limit: int | None = None,
    slack: float = 1.0,
    explained: int | None = None,
) -> list[Hit]:
    """The published listings that share a term with `words`, best first, equal scores by identifier.

    Scores, bounds and explanations are those of `engine.score.Corpus` over everything that is published. `where` is a
    condition on `IndexedListing`: who does not meet it is not found, but counts for how rare a word is. `limit` keeps
    the best so many, and all whose score times `slack` reaches the last of them (see `engine.search.search`),
    `explained` says how many of the first come with the terms that made their score (default: all).
    """
    terms = analyse(words)
    while True:
        try:
            read = _read(terms, where)
        except EmptyResultSet:
            return []
        collection = _collection(read, weights)
        if collection is not None:
            break
    numbers = {segment: number for number, (segment, _at) in enumerate(read.segments)}
    postings: dict[tuple[str, str], Sequence[tuple[int, Posting]]] = {
        key: [(numbers[segment], unpack(packed)) for segment, packed in rows] for key, rows in read.postings.items()
    }
    allowed = None if read.admitted is None else _mask(collection, numbers, read.admitted)
    return search_postings(collection, terms, postings, allowed=allowed, limit=limit, slack=slack, explained=explained)


def _read(terms: Terms, where: Q | None) -> _Read:
    """The statement. EmptyResultSet where the condition can be met by nothing."""
    wanted = list(dict.fromkeys((*terms.surface, *terms.stems)))
    sql, params = _READ, [wanted]
    if where is not None:
        admitted, values = (
            IndexedListing.objects.filter(where).order_by().values("segment_id", "place").query.sql_with_params()
        )
        sql, params = sql + _READ_ADMITTED.format(admitted=admitted), [wanted, *values]
    read = _Read((), {}, None if where is None else {}, {})
    segments = []
    for kind, segment, name, stream, packed in _rows(sql, params):
        if kind == _SEGMENT:
            segments.append((segment, name))
        elif kind == _POSTING:
            read.postings.setdefault((name, stream), []).append((segment, packed))
        elif kind == _DEAD:
            read.dead[segment] = packed
        elif read.admitted is not None:
            read.admitted[segment] = packed
    return _Read(tuple(sorted(segments)), read.dead, read.admitted, read.postings)


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


def _places(packed: bytes) -> Array:
    return np.frombuffer(packed, ">i4").astype(np.int64)


def _mask(collection: Collection, numbers: dict[int, int], admitted: dict[int, bytes]) -> Array:
    mask = np.zeros(len(collection.listings), bool)
    for segment, packed in admitted.items():
        mask[_places(packed) + collection.offsets[numbers[segment]]] = True
    return mask
