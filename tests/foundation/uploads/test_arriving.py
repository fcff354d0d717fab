"""Segments of what arrives: cut anywhere, nothing is lost or repeated."""

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.uploads.arriving import Arriving, Checksum
from foundation.uploads.errors import ChecksumMismatch


@given(chunks=st.lists(st.binary(max_size=9), max_size=12), most=st.integers(1, 7))
def test_segments_are_the_bytes_in_order_each_at_most_so_long(chunks: list[bytes], most: int) -> None:
    arriving = Arriving(chunks)
    segments = []
    while not arriving.ended:
        segments.append(b"".join(arriving.next(most)))
    assert b"".join(segments) == b"".join(chunks)
    assert all(len(segment) == most for segment in segments[:-1])
    assert len(segments[-1]) < most


@given(chunks=st.lists(st.binary(min_size=1, max_size=9), max_size=8), most=st.integers(1, 7))
def test_what_came_before_a_failure_stands(chunks: list[bytes], most: int) -> None:
    def broken() -> Iterator[bytes]:
        yield from chunks
        raise ConnectionResetError

    arriving, found = Arriving(broken()), b""
    while not arriving.ended:
        found += b"".join(arriving.next(most))
    assert found == b"".join(chunks)
    assert isinstance(arriving.failure, ConnectionResetError)


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_checksum_is_of_all_bytes_or_none(algorithm: str) -> None:
    digest = hashlib.new(algorithm, b"abcdef").digest()
    whole = Arriving([b"abc", b"", b"def"], Checksum(algorithm, digest))
    assert b"".join(whole.all()) == b"abcdef"
    whole.verify()
    other = Arriving([b"abc", b"dEf"], Checksum(algorithm, digest))
    assert b"".join(other.all()) == b"abcdEf"
    with pytest.raises(ChecksumMismatch):
        other.verify()


def test_with_a_checksum_a_failure_passes_through() -> None:
    def broken() -> Iterator[bytes]:
        yield b"abc"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        list(Arriving(broken(), Checksum("sha1", bytes(20))).all())
