"""Postings that a process has read, kept for the next demand: the words of demands are often the same."""

import threading
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from marketplace.matching.engine.postings import Posting, Streams

LEAST: Final = 500
"""Bytes that a term takes besides its arrays, or with none: that a word stands nowhere is worth knowing."""


class Memory:
    """What is known of terms in segments that stay; of more than `room` bytes, what was asked for longest ago goes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._taken = 0
        self._terms: dict[str, Streams] = {}
        self._lock = threading.Lock()

    def recall(self, terms: Collection[str]) -> dict[str, Streams]:
        """What is known of these terms; of the others nothing is."""
        with self._lock:
            known = {term: self._terms.pop(term) for term in terms if term in self._terms}
            self._terms |= known  # the last that will go
        return known

    def keep(self, found: Mapping[str, Streams]) -> None:
        """Remember these."""
        with self._lock:
            for term, streams in found.items():
                self._taken += _size(streams.values()) - self._forget(term)
                self._terms[term] = streams
            while self._taken > self._room:
                self._taken -= self._forget(next(iter(self._terms)))

    def _forget(self, term: str) -> int:
        streams = self._terms.pop(term, None)
        return 0 if streams is None else _size(streams.values())


def _size(postings: Iterable[Posting]) -> int:
    return LEAST + sum(posting.size for posting in postings)
