"""What the index says of all listings, as far as it concerns one: for the reverse direction, without its postings.

Of a term's postings the heads are read, a few bytes each; lengths of fields once a segment and process, for a segment
never changes. What was withdrawn and is not merged away yet counts in proportion: how rare a word is and how long a
field may be off by as much as a part of the index is dead, which `engine.reverse.DRIFT` allows for.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np
from django.db import connection

from marketplace.matching.engine.postings import BOTH_ROW, STEM_ROW, SURFACE_ROW
from marketplace.matching.engine.reverse import Catalogue
from marketplace.matching.engine.weights import TEXT_FIELDS
from marketplace.matching.models import IndexSegment

_SEGMENTS: Final = """
SELECT id, (1000000 * extract(epoch FROM created_at))::bigint, size,
       (SELECT count(*) FROM matching_indextombstone AS dead WHERE dead.segment_id = segment.id)
  FROM matching_indexsegment AS segment
"""
_HEADS: Final = (
    "SELECT term, stream, segment_id, substring(counts FROM 1 FOR 4) FROM matching_indexposting WHERE term = ANY(%s)"
)
_MOST_KEPT: Final = 10_000

SegmentKey = tuple[int, int]
_lengths: dict[SegmentKey, Any] = {}
"""Of each segment the sum of the lengths of each field, and how many fill it: two rows."""


def catalogue_for(terms: Collection[str]) -> Catalogue:
    """What all listings are to one with these terms."""
    with connection.cursor() as cursor:
        cursor.execute(_SEGMENTS)
        segments = cursor.fetchall()
        cursor.execute(_HEADS, [list(terms)])
        heads = cursor.fetchall()
    alive = {segment: 1 - dead / size for segment, _at, size, dead in segments}
    surface: dict[str, float] = {}
    stems: dict[str, float] = {}
    for term, stream, segment, head in heads:
        documents = int.from_bytes(head, "little") * alive.get(segment, 1.0)
        if stream in (SURFACE_ROW, BOTH_ROW):
            surface[term] = surface.get(term, 0.0) + documents
        if stream in (STEM_ROW, BOTH_ROW):
            stems[term] = stems.get(term, 0.0) + documents
    sums, filled = _summed([(segment, at) for segment, at, _size, _dead in segments])
    means = {name: float(sums[n] / filled[n]) for n, name in enumerate(TEXT_FIELDS) if filled[n]}
    return Catalogue(sum(size - dead for _segment, _at, size, dead in segments), means, surface, stems)


def _summed(keys: Sequence[SegmentKey]) -> Any:
    missing = [segment for segment, at in keys if (segment, at) not in _lengths]
    if len(_lengths) + len(missing) > _MOST_KEPT:
        _lengths.clear()
        missing = [segment for segment, _at in keys]
    instants = dict(keys)
    for row in IndexSegment.objects.filter(pk__in=missing).only("lengths", "size"):
        lengths = np.frombuffer(row.lengths, "<u4").reshape(row.size, len(TEXT_FIELDS))
        _lengths[row.pk, instants[row.pk]] = np.stack((lengths.sum(axis=0, dtype=np.int64), (lengths > 0).sum(axis=0)))
    found = [_lengths[key] for key in keys if key in _lengths]
    return sum(found) if found else np.zeros((2, len(TEXT_FIELDS)), np.int64)
