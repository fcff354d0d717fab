import io
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.vault import codec
from foundation.vault.errors import Tampered

KEY = bytes(range(32))
UID = uuid.UUID(int=1)
SMALL = 16
HEADER = 16


@pytest.fixture(scope="module", autouse=True)
def _small_chunks() -> Iterator[None]:
    """Chunks of 16 bytes, so that files of many chunks stay small; the format is the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec, "CHUNK", SMALL)
        yield


def encrypted(plain: bytes, *, key: bytes = KEY, uid: uuid.UUID = UID, piece: int = 7) -> bytes:
    sink = io.BytesIO()
    pieces = (plain[start : start + piece] for start in range(0, len(plain), piece))
    assert codec.encrypt(pieces, sink, key=key, uid=uid) == len(plain)
    return sink.getvalue()


def decrypted(stored: bytes, size: int, *, key: bytes = KEY, uid: uuid.UUID = UID, **part: Any) -> bytes:
    return b"".join(codec.decrypt(io.BytesIO(stored), key=key, uid=uid, size=size, **part))


def chunks(stored: bytes) -> list[bytes]:
    step = SMALL + codec.TAG_BYTES
    return [stored[start : start + step] for start in range(HEADER, len(stored), step)]


@given(plain=st.binary(max_size=100), piece=st.integers(1, 50))
def test_what_goes_in_comes_out(plain: bytes, piece: int) -> None:
    stored = encrypted(plain, piece=piece)
    assert len(stored) == codec.stored_size(len(plain))
    assert decrypted(stored, len(plain)) == plain


@given(plain=st.binary(max_size=100), offset=st.integers(0, 120), length=st.none() | st.integers(0, 120))
def test_a_range_is_the_slice(plain: bytes, offset: int, length: int | None) -> None:
    end = None if length is None else offset + length
    assert decrypted(encrypted(plain), len(plain), offset=offset, length=length) == plain[offset:end]


def test_a_range_reads_only_its_chunks() -> None:
    """Damage elsewhere does not matter to it."""
    plain = bytes(range(64))
    stored = bytearray(encrypted(plain))
    stored[-1] ^= 1
    assert decrypted(bytes(stored), 64, offset=10, length=30) == plain[10:40]


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 32, 33])
def test_sizes_around_the_border_of_a_chunk(size: int) -> None:
    plain = bytes(range(size))
    stored = encrypted(plain)
    assert len(chunks(stored)) == max(1, -(-size // SMALL))
    assert decrypted(stored, size) == plain


def test_the_format_is_what_the_docstring_says() -> None:
    stored = encrypted(b"x" * 20)
    assert stored[:HEADER] == b"XVLT" + bytes([0, 1, 0, 0]) + (SMALL).to_bytes(4, "big") + bytes(4)
    assert [len(chunk) for chunk in chunks(stored)] == [32, 20]
    assert b"xxxx" not in stored


@settings(max_examples=300)
@given(plain=st.binary(max_size=60), at=st.integers(0), bit=st.integers(0, 7))
def test_any_flipped_bit_is_noticed(plain: bytes, at: int, bit: int) -> None:
    stored = bytearray(encrypted(plain))
    stored[at % len(stored)] ^= 1 << bit
    with pytest.raises(Tampered):
        decrypted(bytes(stored), len(plain))


@given(plain=st.binary(max_size=60), keep=st.integers(0))
def test_any_truncation_is_noticed_at_once(plain: bytes, keep: int) -> None:
    stored = encrypted(plain)
    short = stored[: keep % len(stored)]
    with pytest.raises(Tampered):
        next(codec.decrypt(io.BytesIO(short), key=KEY, uid=UID, size=len(plain)))


@given(plain=st.binary(max_size=60), more=st.binary(min_size=1, max_size=40))
def test_any_extension_is_noticed_at_once(plain: bytes, more: bytes) -> None:
    with pytest.raises(Tampered):
        decrypted(encrypted(plain) + more, len(plain))


@pytest.mark.parametrize(("size", "told"), [(48, 32), (48, 16), (40, 32), (16, 0)])
def test_truncation_at_a_chunk_is_noticed_though_the_size_agrees(size: int, told: int) -> None:
    """Whoever also changes the recorded size is caught by the flag of the last chunk."""
    stored = encrypted(bytes(size))
    cut = stored[: codec.stored_size(told)]
    with pytest.raises(Tampered):
        decrypted(cut, told)


def test_an_extension_by_whole_chunks_is_noticed_though_the_size_agrees() -> None:
    first = encrypted(bytes(32))
    with pytest.raises(Tampered):
        decrypted(first + chunks(first)[1], 48)


def test_exchanged_chunks_are_noticed() -> None:
    stored = encrypted(bytes(range(60)))
    one, two, three, four = chunks(stored)
    pieces = codec.decrypt(io.BytesIO(stored[:HEADER] + one + three + two + four), key=KEY, uid=UID, size=60)
    assert next(pieces) == bytes(range(16))  # verified before the damage
    with pytest.raises(Tampered):
        next(pieces)


def test_a_repeated_chunk_is_noticed() -> None:
    stored = encrypted(bytes(48))
    one, _, three = chunks(stored)
    with pytest.raises(Tampered):
        decrypted(stored[:HEADER] + one + one + three, 48)


def test_another_files_content_is_noticed() -> None:
    plain = b"the same plaintext in two files"
    other = encrypted(plain, uid=uuid.UUID(int=2))
    with pytest.raises(Tampered):
        decrypted(other, len(plain))


def test_another_key_is_noticed() -> None:
    with pytest.raises(Tampered):
        decrypted(encrypted(b"abc", key=bytes(32)), 3)


@pytest.mark.parametrize("part", [{"offset": -1}, {"length": -1}])
def test_negative_ranges_are_refused(part: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        decrypted(encrypted(b"abc"), 3, **part)


def test_keys_are_random() -> None:
    assert len({codec.new_key() for _ in range(8)}) == 8
    assert len(codec.new_key()) == 32
