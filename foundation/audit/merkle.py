"""Merkle trees after RFC 6962, section 2.1: SHA-256, leaves and inner nodes told apart by their first byte. Pure.

Two kinds of tree are grown of the same leaves: one for each seal, over its own positions, and one over the whole log,
which goes on from seal to seal and which checkpoints sign. Of the second, the roots of complete subtrees of 256,
65,536, … leaves are remembered (`Tree.nodes`), so that a proof reads a few hundred hashes of a log of any length.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

EMPTY: Final = bytes(32)
"""What the first seal is chained to; in the tree of the log also the leaf of a position that is missing."""
NODE_STEP: Final = 8
"""Every eighth level of the log's tree is remembered: 1/255 of the leaves, as in the tiles of other logs."""
HASH: Final = 32
"""Bytes of a hash."""


class Node(NamedTuple):
    """The root of a complete subtree of 2^level leaves whose last one is at position `last` (counted from 1)."""

    level: int
    last: int
    hash: bytes


def leaf(position: int, content: bytes, mac: bytes) -> bytes:
    """The hash of one sealed event: its position, its canonical form and its 32-byte authentication code."""
    return hashlib.sha256(b"\0" + position.to_bytes(8, "big", signed=True) + content + mac).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """Adds leaves one by one and knows the root; memory grows with the logarithm of their number."""

    def __init__(self, *, remember: bool = False) -> None:
        self._perfect: list[tuple[int, bytes]] = []  # (level, root) of perfect subtrees, left to right
        self._remember = remember
        self.size = 0
        self.nodes: list[Node] = []
        """The nodes worth remembering that were completed, in that order; whoever stores them empties the list."""

    @classmethod
    def resumed(cls, size: int, frontier: bytes) -> "Tree":
        """The tree of `size` leaves that had this `frontier`; ValueError where the two do not belong together."""
        tree = cls(remember=True)
        levels = [level for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]
        if len(frontier) != HASH * len(levels):
            raise ValueError("the frontier is not that of a tree of this size")
        hashes = (frontier[at : at + HASH] for at in range(0, len(frontier), HASH))
        tree._perfect = list(zip(levels, hashes, strict=True))
        tree.size = size
        return tree

    @property
    def frontier(self) -> bytes:
        """The roots of the perfect subtrees, left to right: with the size, all that is needed to go on."""
        return b"".join(hashed for _, hashed in self._perfect)

    def add(self, leaf_hash: bytes) -> None:
        """Append one leaf."""
        level, hashed = 0, leaf_hash
        self.size += 1
        while self._perfect and self._perfect[-1][0] == level:
            hashed = node(self._perfect.pop()[1], hashed)
            level += 1
            if self._remember and level % NODE_STEP == 0:
                self.nodes.append(Node(level, self.size, hashed))
        self._perfect.append((level, hashed))

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaves in their order."""
        for leaf_hash in leaves:
            self.add(leaf_hash)

    def completed(self) -> Iterator[Node]:
        """The nodes to remember since the last call."""
        nodes, self.nodes = self.nodes, []
        return iter(nodes)

    def root(self) -> bytes:
        """The Merkle tree hash; SHA-256 of nothing for an empty tree."""
        if not self._perfect:
            return hashlib.sha256(b"").digest()
        *rest, (_, hashed) = self._perfect
        for _, left in reversed(rest):
            hashed = node(left, hashed)
        return hashed
