import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.audit import merkle

# The inputs and roots that Certificate Transparency implementations share as test vectors for RFC 6962.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\1" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@pytest.mark.parametrize(("count", "root"), ROOTS.items())
def test_root_is_that_of_the_shared_vectors(count: int, root: str) -> None:
    tree = merkle.Tree()
    for item in INPUTS[:count]:
        tree.add(hashlib.sha256(b"\0" + bytes.fromhex(item)).digest())
    assert tree.root().hex() == root
    assert tree.size == count


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70))
def test_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    tree = merkle.Tree()
    for leaf in leaves:
        tree.add(leaf)
    assert tree.root() == by_definition(leaves)


def test_a_leaf_depends_on_each_of_its_parts() -> None:
    hashes = {
        merkle.leaf(1, b"content", b"m" * 32),
        merkle.leaf(2, b"content", b"m" * 32),
        merkle.leaf(1, b"Content", b"m" * 32),
        merkle.leaf(1, b"content", b"n" * 32),
    }
    assert len(hashes) == 4
