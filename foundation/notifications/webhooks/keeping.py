"""How secrets of webhooks are stored: under AES-256-GCM, with a key that the database does not hold.

`settings.NOTIFICATION_KEYS` is {version: secret}. A stored secret is nonce (12), ciphertext (32), tag (16); the
endpoint's identifier and the key's version are authenticated too, so that a row cannot be given another row's secret.
"""

import os
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_PURPOSE: Final = b"exchange webhook secret"
_NONCE_BYTES: Final = 12
MINIMUM_SECRET: Final = 32


class Unreadable(Exception):
    """The stored secret is not what was stored for this endpoint, or its key is not configured any more."""


def newest_version() -> int:
    """The version of the key that seals new secrets."""
    return int(max(settings.NOTIFICATION_KEYS))


def seal(secret: bytes, *, endpoint: UUID, version: int) -> bytes:
    """The stored form of `secret`."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_key(version)).encrypt(nonce, secret, _bound(endpoint, version))


def unseal(stored: bytes, *, endpoint: UUID, version: int) -> bytes:
    """The secret; Unreadable for anything that was not sealed for this endpoint under this version."""
    if version not in settings.NOTIFICATION_KEYS:
        raise Unreadable
    try:
        return AESGCM(_key(version)).decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], _bound(endpoint, version))
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


def problems() -> list[str]:
    """What is wrong with the configured keys, as sentences; the system check shows them."""
    return [
        f"NOTIFICATION_KEYS[{version}] is shorter than {MINIMUM_SECRET} characters."
        for version, secret in settings.NOTIFICATION_KEYS.items()
        if len(secret) < MINIMUM_SECRET
    ]


def _key(version: int) -> bytes:
    secret = settings.NOTIFICATION_KEYS[version]
    if len(secret) < MINIMUM_SECRET:
        raise ImproperlyConfigured(f"a NOTIFICATION_KEYS secret is shorter than {MINIMUM_SECRET} characters")
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())


def _bound(endpoint: UUID, version: int) -> bytes:
    return endpoint.bytes + version.to_bytes(4, "big")
