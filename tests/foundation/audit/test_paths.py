import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.audit import merkle, paths

from .test_merkle import INPUTS, ROOTS, by_definition

LEAVES = [hashlib.sha256(b"\0" + bytes.fromhex(item)).digest() for item in INPUTS]


def complete(leaves: list[bytes]) -> paths.Subtree:
    """The definition over the leaves of the subtree."""
    return lambda level, index: by_definition(leaves[index << level : (index + 1) << level])


def hashes(*texts: str) -> list[bytes]:
    return [bytes.fromhex(text) for text in texts]


# Proofs that Certificate Transparency implementations share as test vectors, over the eight leaves of the roots.
INCLUSION = {
    (0, 8): hashes(
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (2, 3): hashes("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
}
CONSISTENCY = {
    (6, 8): hashes(
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): hashes(
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_is_that_of_the_shared_vectors(index: int, size: int) -> None:
    path = paths.inclusion_path(index, size, complete(LEAVES))
    assert path == INCLUSION[index, size]
    assert paths.leads_to(LEAVES[index], index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_is_that_of_the_shared_vectors(old: int, new: int) -> None:
    path = paths.consistency_path(old, new, complete(LEAVES))
    assert path == CONSISTENCY[old, new]
    assert paths.continues(old, by_definition(LEAVES[:old]), new, by_definition(LEAVES[:new]), path)


def test_every_pair_of_small_trees() -> None:
    leaves = [hashlib.sha256(bytes([n])).digest() for n in range(34)]
    roots = [by_definition(leaves[:size]) for size in range(len(leaves) + 1)]
    for new in range(1, len(leaves) + 1):
        subtree = complete(leaves[:new])
        for place in range(new):
            included = paths.inclusion_path(place, new, subtree)
            assert paths.leads_to(leaves[place], place, new, included, roots[new])
            assert paths.root_of(0, new, subtree) == roots[new]
            assert not paths.leads_to(leaves[place], place + 1, new, included, roots[new])
            assert not paths.leads_to(leaves[place], place, new, [*included, bytes(32)], roots[new])
            assert not included or not paths.leads_to(leaves[place], place, new, included[:-1], roots[new])
            old = place + 1
            continued = paths.consistency_path(old, new, subtree)
            assert paths.continues(old, roots[old], new, roots[new], continued)
            assert old == new or not paths.continues(old, roots[old - 1], new, roots[new], continued)
            assert old == new or not paths.continues(old, roots[old], new, roots[new - 1], continued)
            assert not paths.continues(old, roots[old], new, roots[new], [*continued, bytes(32)])
            assert not continued or not paths.continues(old, roots[old], new, roots[new], continued[:-1])


@given(st.integers(1, 300), st.integers(0, 299), st.data())
def test_no_other_leaf_or_root_is_proved(size: int, index: int, data: st.DataObject) -> None:
    index %= size
    leaves = [hashlib.sha256(n.to_bytes(2)).digest() for n in range(size)]
    root = by_definition(leaves)
    path = paths.inclusion_path(index, size, complete(leaves))
    assert paths.leads_to(leaves[index], index, size, path, root)
    other = data.draw(st.binary(min_size=32, max_size=32).filter(lambda value: value != leaves[index]))
    assert not paths.leads_to(other, index, size, path, root)
    assert not paths.leads_to(leaves[index], index, size, path, other)
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        assert not paths.leads_to(leaves[index], index, size, [*path[:place], other, *path[place + 1 :]], root)


def test_there_is_no_proof_for_what_is_not_there() -> None:
    for index, size in [(3, 3), (-1, 3), (0, 0)]:
        with pytest.raises(ValueError, match="has no leaf"):
            paths.inclusion_path(index, size, complete(LEAVES))
        assert not paths.leads_to(LEAVES[0], index, size, [], LEAVES[0])
    for old, new in [(0, 3), (4, 3)]:
        with pytest.raises(ValueError, match="is not the beginning"):
            paths.consistency_path(old, new, complete(LEAVES))
        assert not paths.continues(old, LEAVES[0], new, LEAVES[0], [])


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 1000])
def test_a_tree_grows_on_from_its_frontier(size: int) -> None:
    leaves = [hashlib.sha256(n.to_bytes(2)).digest() for n in range(size + 300)]
    whole, part = merkle.Tree(remember=True), merkle.Tree(remember=True)
    whole.extend(leaves)
    part.extend(leaves[:size])
    resumed = merkle.Tree.resumed(size, part.frontier)
    resumed.extend(leaves[size:])
    assert resumed.root() == whole.root() == by_definition(leaves)
    nodes = [*part.completed(), *resumed.completed()]
    assert nodes == list(whole.completed())
    assert [node.last for node in nodes] == list(range(256, size + 301, 256))
    for before, after in pairwise([merkle.Node(8, 0, b""), *nodes]):
        assert after.hash == by_definition(leaves[before.last : after.last])


def test_the_second_remembered_level_comes_after_65536_leaves() -> None:
    tree = merkle.Tree(remember=True)
    tree.extend(bytes(32) for _ in range(65_536))
    nodes = list(tree.completed())
    assert [(node.level, node.last) for node in nodes[-2:]] == [(8, 65_536), (16, 65_536)]
    assert nodes[-1].hash == tree.root()
    assert len(nodes) == 257


@pytest.mark.parametrize(("size", "frontier"), [(3, bytes(32)), (4, bytes(64)), (0, bytes(32)), (1, bytes(31))])
def test_a_frontier_belongs_to_its_size(size: int, frontier: bytes) -> None:
    with pytest.raises(ValueError, match="not that of a tree of this size"):
        merkle.Tree.resumed(size, frontier)
