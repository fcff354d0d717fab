"""Reading the vault: ranges as verified pieces, or a private plaintext file for an engine that needs a path."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from foundation.vault import codec, keys, storage
from foundation.vault.models import Blob


def open_range(blob: Blob, *, offset: int = 0, length: int | None = None) -> Iterator[bytes]:
    """Plaintext bytes [offset, offset + length) in pieces of at most 1 MiB; to the end where `length` is None.

    Tampered at the call for a wrong row, key, header or length on disk, and while iterating for a damaged chunk:
    no piece is given before it is verified, the pieces before a damaged one are given. ValueError for negative values.
    """
    if offset < 0 or (length is not None and length < 0):
        raise ValueError("offset and length of a range cannot be negative")
    data_key = data_key_of(blob)
    with storage.open_blob(blob.uid) as file:
        codec.check(file, size=blob.size)
    return _pieces(blob, data_key, offset, length)


@contextmanager
def plaintext_file(*blobs: Blob, ranges: Sequence[tuple[int, int]] | None = None) -> Iterator[Path]:
    """The decrypted file under a path that only this process can open, e.g. `/proc/self/fd/7`.

    Several blobs make one file, one after the other. Of a single one `ranges` may choose the bytes [begin, end) that
    are there: the file is empty elsewhere, where it takes no room, and ends with the last of them.

    It lies in the state folder with mode 0600 and has no name there (unlinked before anything is written), so a kill
    leaves nothing; it is complete and verified before the block starts (else Tampered) and gone after it. A child
    process started by exec needs the descriptor passed on (`pass_fds`); a forked one has it.
    """
    with storage.private_file() as file:
        if ranges is None:
            for blob in blobs:
                file.writelines(open_range(blob))
        else:
            (blob,) = blobs
            for begin, end in ranges:
                file.seek(begin)
                file.writelines(open_range(blob, offset=begin, length=end - begin))
        file.flush()
        file.seek(0)
        yield Path(f"/proc/self/fd/{file.fileno()}")


def data_key_of(blob: Blob) -> bytes:
    """The blob's data key, unwrapped; Tampered where the row is not what was stored."""
    return keys.unwrap(
        bytes(blob.wrapped_key),
        version=blob.master_key_version,
        uid=blob.uid,
        size=blob.size,
        address=blob.address,
    )


def _pieces(blob: Blob, data_key: bytes, offset: int, length: int | None) -> Iterator[bytes]:
    with storage.open_blob(blob.uid) as file:
        yield from codec.decrypt(file, key=data_key, uid=blob.uid, size=blob.size, offset=offset, length=length)
