"""Inclusion and consistency proofs of RFC 6962, sections 2.1.1 and 2.1.2, checked after RFC 9162. Pure.

Positions here are indexes of leaves and count from 0, as in the standard. The functions that make a proof ask
`subtree(level, index)` for the root of the complete subtree of leaves [index * 2^level, (index + 1) * 2^level).
"""

from collections.abc import Callable, Iterable

from foundation.audit.merkle import node

Subtree = Callable[[int, int], bytes]


def root_of(first: int, end: int, subtree: Subtree) -> bytes:
    """The Merkle tree hash of the leaves [first, end); `first` is where a subtree of that span begins."""
    size = end - first
    if size & (size - 1) == 0:
        return subtree(level := size.bit_length() - 1, first >> level)
    split = _split(size)
    return node(root_of(first, first + split, subtree), root_of(first + split, end, subtree))


def inclusion_path(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of `size` leaves, leaf upwards. ValueError if none."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    first, end, path = 0, size, []
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(root_of(middle, end, subtree))
            end = middle
        else:
            path.append(root_of(first, middle, subtree))
            first = middle
    return path[::-1]


def consistency_path(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """The hashes that show that the tree of `old` leaves is the beginning of that of `new`. ValueError if 0 or more."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} leaves is not the beginning of one of {new}")
    first, end, path, whole = 0, new, [], True  # whole: what remains is still a subtree that the old root names
    while old != end:
        middle = first + _split(end - first)
        if old <= middle:
            path.append(root_of(middle, end, subtree))
            end = middle
        else:
            path.append(root_of(first, middle, subtree))
            first, whole = middle, False
    if not whole:
        path.append(root_of(first, end, subtree))
    return path[::-1]


def leads_to(leaf_hash: bytes, index: int, size: int, path: Iterable[bytes], root: bytes) -> bool:
    """Whether the path shows the leaf to be at `index` of the tree of this size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, hashed = index, size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = node(sibling, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = node(hashed, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root


def continues(old: int, old_root: bytes, new: int, new_root: bytes, path: Iterable[bytes]) -> bool:
    """Whether the path shows that the old tree is the beginning of the new one (RFC 9162, section 2.1.4.2)."""
    hashes = list(path)
    if not 0 < old <= new:
        return False
    if old == new:
        return not hashes and old_root == new_root
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    if not hashes:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    then = now = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            then, now = node(sibling, then), node(sibling, now)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            now = node(now, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and then == old_root and now == new_root


def _split(size: int) -> int:
    """The largest power of two below `size`, which is above 1."""
    return 1 << (size - 1).bit_length() - 1
