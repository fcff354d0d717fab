"""Secrets of keys and invitations: 256 random bits behind a prefix that finds the row, kept as a SHA-256 digest.

A token reads `dx_<prefix>_<secret>` (API keys) or `di_<prefix>_<secret>` (invitations); it is shown once.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import Final

KEY: Final = "dx"
INVITATION: Final = "di"
_TOKEN: Final = re.compile(r"(d[xi])_([0-9a-f]{12})_([A-Za-z0-9_-]{20,100})")


@dataclass(frozen=True, slots=True)
class Made:
    """A new secret: what is stored, and the token that is shown once."""

    prefix: str
    digest: str
    token: str


def make(kind: str) -> Made:
    """A new secret of a kind."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    return Made(prefix, digest_of(secret), f"{kind}_{prefix}_{secret}")


def digest_of(secret: str) -> str:
    """The form in which a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def split(token: str, kind: str) -> tuple[str, str] | None:
    """Prefix and digest of a token of this kind; None for anything else."""
    match = _TOKEN.fullmatch(token)
    if match is None or match[1] != kind:
        return None
    return match[2], digest_of(match[3])


def same(stored: str, given: str) -> bool:
    """Whether two digests are equal, in constant time."""
    return hmac.compare_digest(stored, given)
