"""Postings as arrays of numbers: how they are packed for a store, and how they are unpacked.

Listings that are indexed together are a segment. Each has a place in it, from 0 on. For every term and stream a segment
has one packed posting, little-endian throughout:

    documents  uint32          how many places hold the term in any field
    entries    uint32 * F      how many of the entries belong to each field, in the order of TEXT_FIELDS
    places     uint16 * n      field after field, rising within a field
    counts     uint8 * n       how often, at most MOST_COUNTED

Facts only: weights, lengths and inverse frequencies are applied when somebody asks (`engine.search`).
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from marketplace.matching.engine.text import MOST_COUNTED, stem, surface
from marketplace.matching.engine.weights import TEXT_FIELDS

MOST_PLACES: Final = 65_536
SURFACE_ROW, STEM_ROW, BOTH_ROW = "s", "t", "b"
"""The stream of a packed posting; b where both streams have the same places and counts, as all of Chinese has."""

_FIELDS: Final = len(TEXT_FIELDS)
_HEAD: Final = struct.Struct(f"<{1 + _FIELDS}I")

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Posting:
    """One unpacked posting: `fields` has the places (int32, rising) and the counts of each field (`TEXT_FIELDS`)."""

    documents: int
    fields: tuple[tuple[Array, Array], ...]

    @property
    def size(self) -> int:
        """Bytes of its arrays."""
        return sum(places.nbytes + counts.nbytes for places, counts in self.fields)


Streams = Mapping[str, Posting]
"""What stands of a term: row stream → posting. Either `b` alone, or `s` and `t` as far as they are."""


@dataclass(frozen=True, slots=True)
class PackedSegment:
    """A segment ready to be stored. `postings` are (term, stream, packed), in no particular order."""

    listings: bytes
    lengths: bytes
    postings: tuple[tuple[str, str, bytes], ...]


def pack(documents: Sequence[tuple[int, Mapping[str, str]]]) -> PackedSegment:
    """Analyse and pack documents, each an identifier and its text by field; the first stands at place 0.

    ValueError for more than MOST_PLACES, or none.
    """
    if not 0 < len(documents) <= MOST_PLACES:
        raise ValueError(f"a segment holds 1 to {MOST_PLACES} listings, not {len(documents)}")
    numbers = _Numbers()
    words: list[int] = []
    lengths = np.zeros((len(documents), _FIELDS), np.uint32)
    for place, (_identifier, fields) in enumerate(documents):
        for field, name in enumerate(TEXT_FIELDS):
            if text := fields.get(name):
                found = surface(text)
                words += [numbers[word] for word in found]
                lengths[place, field] = len(found)
    surfaces = np.array(words, np.int64)
    places = np.repeat(np.arange(lengths.size), lengths.ravel())  # (place, field) of each word as one number
    terms = list(numbers)
    stems = np.array([numbers[stem(term)] for term in terms], np.int64) if terms else np.zeros(0, np.int64)
    terms = list(numbers)  # with the stems that nobody writes
    first = dict(_packed(surfaces, places, len(documents)))
    second = dict(_packed(stems[surfaces], places, len(documents)))
    return PackedSegment(
        listings=np.array([identifier for identifier, _fields in documents], "<i8").tobytes(),
        lengths=lengths.astype("<u4").tobytes(),
        postings=tuple(_rows(terms, first, second)),
    )


class _Numbers(dict[str, int]):
    """Gives each new word the next number."""

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self)
        return number


def _rows(terms: Sequence[str], first: Mapping[int, bytes], second: Mapping[int, bytes]) -> Iterator[Any]:
    for number, packed in first.items():
        if second.get(number) == packed:
            yield terms[number], BOTH_ROW, packed
        else:
            yield terms[number], SURFACE_ROW, packed
    for number, packed in second.items():
        if first.get(number) != packed:
            yield terms[number], STEM_ROW, packed


def _packed(terms: Array, places: Array, size: int) -> Iterator[tuple[int, bytes]]:
    """The packed posting of each term number; `places` are place * F + field of each word."""
    place, field = places // _FIELDS, places % _FIELDS
    keys, counts = _distinct((terms * _FIELDS + field) * size + place)
    slots, entry_places = keys // size, keys % size
    of_term = slots // _FIELDS
    begins = _begins(of_term)
    numbers, ends = of_term[begins], np.append(begins, len(keys))[1:]
    row = np.repeat(np.arange(len(numbers)), ends - begins)
    entries = np.bincount(row * _FIELDS + slots % _FIELDS, minlength=len(numbers) * _FIELDS).reshape(-1, _FIELDS)
    pairs, _counts = _distinct(row * size + entry_places)
    documents = np.bincount(pairs // size, minlength=len(numbers))
    heads = np.column_stack((documents, entries)).astype("<u4").tobytes()
    packed_places = entry_places.astype("<u2").tobytes()
    packed_counts = np.minimum(counts, MOST_COUNTED).astype(np.uint8).tobytes()
    for head_begin, number, begin, end in zip(
        range(0, len(heads), _HEAD.size), numbers.tolist(), begins.tolist(), ends.tolist(), strict=True
    ):
        head = heads[head_begin : head_begin + _HEAD.size]
        yield number, head + packed_places[2 * begin : 2 * end] + packed_counts[begin:end]


def _begins(rising: Array) -> Array:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.diff(rising, prepend=-1))


def _distinct(keys: Array) -> tuple[Array, Array]:
    """The distinct keys, none negative, in rising order, and how often each stands among `keys`."""
    ordered = np.sort(keys)
    begins = _begins(ordered)
    return ordered[begins], np.diff(begins, append=len(ordered))


def unpack(packed: bytes) -> Posting:
    """A packed posting as arrays."""
    documents, *entries = _HEAD.unpack_from(packed)
    total = sum(entries)
    places = np.frombuffer(packed, "<u2", total, _HEAD.size).astype(np.int32)
    counts = np.frombuffer(packed, np.uint8, total, _HEAD.size + 2 * total)
    fields, begin = [], 0
    for entry in entries:
        fields.append((places[begin : begin + entry], counts[begin : begin + entry]))
        begin += entry
    return Posting(documents, tuple(fields))


def settled(rows: Mapping[str, Sequence[tuple[int, Posting]]]) -> Streams:
    """One posting for each stream that a term has in several segments: row stream → postings, joined.

    Each comes with the place at which its segment begins. Where both streams are the same in some of the segments only,
    they are told apart in all of them.
    """
    streams = rows
    if not rows.keys() <= {BOTH_ROW}:
        both = rows.get(BOTH_ROW, ())
        streams = {stream: (*both, *rows.get(stream, ())) for stream in (SURFACE_ROW, STEM_ROW)}
    return {stream: _joined(sorted(parts, key=itemgetter(0))) for stream, parts in streams.items() if parts}


def _joined(parts: Sequence[tuple[int, Posting]]) -> Posting:
    """Parts that follow each other as one."""
    begin, first = parts[0]
    if len(parts) == 1 and begin == 0:
        return first
    fields = tuple(
        (
            np.concatenate([posting.fields[field][0] + np.int32(begin) for begin, posting in parts]),
            np.concatenate([posting.fields[field][1] for _begin, posting in parts]),
        )
        for field in range(_FIELDS)
    )
    return Posting(sum(posting.documents for _begin, posting in parts), fields)
