"""The bytes of one request as they arrive: cut into segments, measured against a checksum, kept when they break off."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from foundation.uploads.errors import ChecksumMismatch

ALGORITHMS: Final = ("sha1", "sha256")
"""Of the tus checksum extension, which demands the first. It guards against broken lines, not against forgers."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one request must hash to."""

    algorithm: str
    digest: bytes


class Arriving:
    """An iterable of bytes, taken segment by segment. `failure` is what it broke off with; what came before stands.

    With a checksum a failure passes through at once: without all bytes nothing can be verified.
    """

    def __init__(self, chunks: Iterable[bytes], checksum: Checksum | None = None) -> None:
        self.checksum = checksum
        self.ended = False
        self.failure: Exception | None = None
        self._chunks = iter(chunks)
        self._left = b""
        self._hash = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None

    def next(self, most: int) -> Iterator[bytes]:
        """The next bytes, at most `most`."""
        while most:
            chunk = self._left or self._take()
            if not chunk:
                return
            self._left = chunk[most:]
            most -= min(len(chunk), most)
            yield chunk[: len(chunk) - len(self._left)]

    def all(self) -> Iterator[bytes]:
        """All that comes."""
        while chunk := self._take():
            yield chunk

    def verify(self) -> None:
        """ChecksumMismatch unless the bytes taken are those that were announced."""
        if self.checksum and self._hash and not hmac.compare_digest(self._hash.digest(), self.checksum.digest):
            raise ChecksumMismatch

    def _take(self) -> bytes:
        """The next chunk that is not empty; empty at the end."""
        if self.ended:
            return b""
        try:
            for chunk in self._chunks:
                if chunk:
                    if self._hash:
                        self._hash.update(chunk)
                    return chunk
        except Exception as failure:
            if self.checksum:
                raise
            self.failure = failure
        self.ended = True
        return b""
