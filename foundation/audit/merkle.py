"""Merkle trees after RFC 6962, section 2.1: SHA-256, leaves and inner nodes told apart by their first byte. Pure."""

import hashlib
from typing import Final

EMPTY: Final = bytes(32)
"""What the first seal is chained to."""


def leaf(position: int, content: bytes, mac: bytes) -> bytes:
    """The hash of one sealed event: its position, its canonical form and its 32-byte authentication code."""
    return hashlib.sha256(b"\0" + position.to_bytes(8, "big", signed=True) + content + mac).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """Adds leaves one by one and knows the root; memory grows with the logarithm of their number."""

    def __init__(self) -> None:
        self._perfect: list[tuple[int, bytes]] = []  # roots of perfect subtrees, left to right, sizes descending
        self.size = 0

    def add(self, leaf_hash: bytes) -> None:
        """Append one leaf."""
        size, hashed = 1, leaf_hash
        while self._perfect and self._perfect[-1][0] == size:
            hashed = node(self._perfect.pop()[1], hashed)
            size *= 2
        self._perfect.append((size, hashed))
        self.size += 1

    def root(self) -> bytes:
        """The Merkle tree hash; SHA-256 of nothing for an empty tree."""
        if not self._perfect:
            return hashlib.sha256(b"").digest()
        *rest, (_, hashed) = self._perfect
        for _, left in reversed(rest):
            hashed = node(left, hashed)
        return hashed
