"""Bytes packed as files are."""

import gzip
import sys
from collections.abc import Callable
from typing import Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_CHECKSUM: Final = {int(zstd.CompressionParameter.checksum_flag): 1}


def zstd_packed(content: bytes) -> bytes:
    """A zstd frame with a checksum, as the command line tool writes it."""
    return zstd.compress(content, options=_CHECKSUM)


PACK: Final[dict[str, Callable[[bytes], bytes]]] = {"gzip": gzip.compress, "zstd": zstd_packed}
