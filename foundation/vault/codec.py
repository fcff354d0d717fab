"""The file format of the vault: chunks under AES-256-GCM, readable from any offset. Pure: no Django, no settings.

    header   magic "XVLT" · format version (u16) · reserved (u16) · plaintext chunk size (u32) · reserved (u32)
    chunk i  AES-256-GCM of the next `chunk size` bytes, 16-byte tag appended; only the last chunk may be shorter

All integers are big-endian. A data key encrypts one file only, so the nonce can be the chunk's index (96 bits; each
value is used once under its key, NIST SP 800-38D 8.2.1). Header, file id, index and whether the chunk is the last are
the additional data of every chunk: a changed, exchanged, reordered, missing or appended chunk fails, and so does
another file's. The last chunk is there even when it is empty, so that an empty file cannot be forged either.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from foundation.vault.errors import Tampered

CHUNK: Final = 1024 * 1024
"""Plaintext bytes in a chunk."""
KEY_BYTES: Final = 32
TAG_BYTES: Final = 16
_MAGIC: Final = b"XVLT"
_VERSION: Final = 1
_HEADER: Final = struct.Struct(">4sHHII")


def new_key() -> bytes:
    """A random data key for one file."""
    return AESGCM.generate_key(bit_length=8 * KEY_BYTES)


def stored_size(size: int) -> int:
    """Bytes on disk of a file of `size` plaintext bytes."""
    return _HEADER.size + size + TAG_BYTES * _chunks(size)


def encrypt(chunks: Iterable[bytes], sink: BinaryIO, *, key: bytes, uid: UUID) -> int:
    """Write the encrypted form of `chunks` (pieces of any length) to `sink`; the number of plaintext bytes.

    Memory: one chunk and one piece, whatever the length of the file. `key` must not have been used before.
    """
    cipher, header, size = AESGCM(key), _header(), 0
    sink.write(header)
    index, pending = 0, bytearray()
    for piece in chunks:
        size += len(piece)
        view = memoryview(piece)
        while view:
            if len(pending) == CHUNK:  # more follows, so this chunk is not the last
                sink.write(cipher.encrypt(_nonce(index), bytes(pending), _bound(header, uid, index, last=False)))
                index += 1
                pending.clear()
            taken = CHUNK - len(pending)
            pending += view[:taken]
            view = view[taken:]
    sink.write(cipher.encrypt(_nonce(index), bytes(pending), _bound(header, uid, index, last=True)))
    return size


def decrypt(
    source: BinaryIO, *, key: bytes, uid: UUID, size: int, offset: int = 0, length: int | None = None
) -> Iterator[bytes]:
    """Plaintext bytes [offset, offset + length) of `source`, a piece a chunk, each verified before it is given.

    `size` is the plaintext's length from a trusted place; `length` None means to the end, and a range that goes past
    the end stops there. Tampered as soon as anything is not what was written: the length of the file at once, a chunk
    when its turn comes.
    """
    if offset < 0 or (length is not None and length < 0):
        raise ValueError("offset and length of a range cannot be negative")
    header = check(source, size=size)
    end = size if length is None else min(size, offset + length)
    cipher, last = AESGCM(key), _chunks(size) - 1
    if size and offset >= end:
        return
    first = offset // CHUNK
    source.seek(_HEADER.size + first * (CHUNK + TAG_BYTES))
    for index in range(first, max(end - 1, 0) // CHUNK + 1):
        stored = source.read(CHUNK + TAG_BYTES)
        try:
            plain = cipher.decrypt(_nonce(index), stored, _bound(header, uid, index, last=index == last))
        except (InvalidTag, ValueError) as error:
            raise Tampered() from error
        start = index * CHUNK
        if piece := plain[max(offset - start, 0) : end - start]:
            yield piece


def check(source: BinaryIO, *, size: int) -> bytes:
    """The header, if it is one and the length on disk is that of `size` plaintext bytes; else Tampered."""
    if source.seek(0, os.SEEK_END) != stored_size(size):
        raise Tampered()
    source.seek(0)
    header = source.read(_HEADER.size)
    if header != _header():
        raise Tampered()
    return header


def _chunks(size: int) -> int:
    return max(1, -(-size // CHUNK))


def _header() -> bytes:
    return _HEADER.pack(_MAGIC, _VERSION, 0, CHUNK, 0)


def _nonce(index: int) -> bytes:
    return index.to_bytes(12, "big")


def _bound(header: bytes, uid: UUID, index: int, *, last: bool) -> bytes:
    return header + uid.bytes + struct.pack(">Q?", index, last)
