"""What the index says of all listings, as far as it concerns one: for the reverse direction, without its postings.

Of a term's postings the heads are read, a few bytes each (all of them only under weights that leave a field out, for
what has a word there alone does not have it); lengths of fields once a segment and process, for a segment
never changes. What was withdrawn and is not merged away yet counts in proportion: how rare a word is and how long a
field may be off by as much as a part of the index is dead, which `engine.reverse.DRIFT` allows for.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from django.db import connection

from marketplace.matching.engine.postings import BOTH_ROW, STEM_ROW, SURFACE_ROW, unpack
from marketplace.matching.engine.reverse import Catalogue
from marketplace.matching.engine.weights import TEXT_FIELDS, TextWeights
from marketplace.matching.models import IndexSegment

_SEGMENTS: Final = """
SELECT id, (1000000 * extract(epoch FROM created_at))::bigint, size,
       (SELECT count(*) FROM matching_indextombstone AS dead WHERE dead.segment_id = segment.id)
  FROM matching_indexsegment AS segment
"""
_POSTINGS: Final = "SELECT term, stream, segment_id, {counts} FROM matching_indexposting WHERE term = ANY(%s)"
_HEAD: Final = "substring(counts FROM 1 FOR 4)"
_MOST_KEPT: Final = 10_000

SegmentKey = tuple[int, int]
_lengths: dict[SegmentKey, Any] = {}
"""Of each segment the sum of the lengths of each field, and how many fill it: two rows."""


def catalogue_for(terms: Collection[str], weights: TextWeights) -> Catalogue:
    """What all listings are to one with these terms."""
    weighed = [n for n, name in enumerate(TEXT_FIELDS) if weights.fields[name].weight > 0]
    heads_do = len(weighed) == len(TEXT_FIELDS)
    with connection.cursor() as cursor:
        cursor.execute(_SEGMENTS)
        segments = cursor.fetchall()
        cursor.execute(_POSTINGS.format(counts=_HEAD if heads_do else "counts"), [list(terms)])
        postings = cursor.fetchall()
    alive = {segment: 1 - dead / size for segment, _at, size, dead in segments}
    surface: dict[str, float] = {}
    stems: dict[str, float] = {}
    for term, stream, segment, packed in postings:
        having = int.from_bytes(packed, "little") if heads_do else _having(packed, weighed)
        documents = having * alive.get(segment, 1.0)
        if stream in (SURFACE_ROW, BOTH_ROW):
            surface[term] = surface.get(term, 0.0) + documents
        if stream in (STEM_ROW, BOTH_ROW):
            stems[term] = stems.get(term, 0.0) + documents
    sums, filled = _summed([(segment, at) for segment, at, _size, _dead in segments])
    means = {name: float(sums[n] / filled[n]) for n, name in enumerate(TEXT_FIELDS) if filled[n]}
    return Catalogue(sum(size - dead for _segment, _at, size, dead in segments), means, surface, stems)


def _having(packed: bytes, fields: Sequence[int]) -> int:
    """How many places of a posting hold the term in one of these fields."""
    posting = unpack(packed)
    return len(np.unique(np.concatenate([posting.fields[field][0] for field in fields])))


def _summed(keys: Sequence[SegmentKey]) -> Any:
    instants = dict(keys)
    known = {key: _lengths[key] for key in keys if key in _lengths}  # another thread may clear them meanwhile
    read = IndexSegment.objects.filter(pk__in=[segment for segment, at in keys if (segment, at) not in known])
    for row in read.only("lengths", "size"):
        lengths = np.frombuffer(row.lengths, "<u4").reshape(row.size, len(TEXT_FIELDS))
        known[row.pk, instants[row.pk]] = np.stack((lengths.sum(axis=0, dtype=np.int64), (lengths > 0).sum(axis=0)))
    if len(_lengths.keys() | known.keys()) > _MOST_KEPT:
        _lengths.clear()
    _lengths.update(known)
    return sum(known.values()) if known else np.zeros((2, len(TEXT_FIELDS)), np.int64)
