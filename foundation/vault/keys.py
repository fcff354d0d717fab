"""Master keys and what is done with them: wrapping data keys, and the keyed address of a file.

`settings.VAULT_MASTER_KEYS` is {version: secret}; a secret is base64 of exactly 32 bytes, used as it is, or any other
text of at least 16 characters, from which a key is derived by HKDF-SHA256 (RFC 5869).
"""

import base64
import binascii
import hashlib
import hmac
import os
import struct
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from foundation.vault.errors import Tampered

_MASTER: Final = b"exchange vault master key"
_ADDRESS: Final = b"exchange vault address"
_NONCE_BYTES: Final = 12
MINIMUM_SECRET: Final = 16


def newest_version() -> int:
    """The version of the master key that wraps new data keys."""
    return int(settings.VAULT_MASTER_KEY_VERSION)


def wrap(data_key: bytes, *, version: int, uid: UUID, size: int, address: str) -> bytes:
    """The data key under AES-256-GCM with the master key `version`: nonce (12), ciphertext (32), tag (16).

    What the row says of the file is authenticated too: a row whose id, size or address was changed does not unwrap.
    The nonce is random: a master key wraps far fewer than 2^32 data keys (NIST SP 800-38D 8.3).
    """
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_master(version)).encrypt(nonce, data_key, _bound(version, uid, size, address))


def unwrap(wrapped: bytes, *, version: int, uid: UUID, size: int, address: str) -> bytes:
    """The data key; Tampered where it, or what it is bound to, is not what was wrapped."""
    nonce, ciphertext = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
    try:
        return AESGCM(_master(version)).decrypt(nonce, ciphertext, _bound(version, uid, size, address))
    except (InvalidTag, ValueError) as error:
        raise Tampered() from error


def address(sha256: bytes) -> str:
    """The keyed address of a plaintext with this SHA-256: HMAC-SHA256 in hex."""
    return hmac.digest(_derive(settings.VAULT_ADDRESS_KEY, _ADDRESS), sha256, hashlib.sha256).hex()


def derived(version: int, purpose: bytes) -> bytes:
    """A key of 32 bytes for `purpose` alone, from the master key `version` by HKDF-SHA256 (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(_master(version))


def problems() -> list[str]:
    """What is wrong with the configured keys, as sentences; the system check shows them."""
    found: list[str] = []
    keys: Mapping[int, str] = settings.VAULT_MASTER_KEYS
    if newest_version() not in keys:
        found.append(f"VAULT_MASTER_KEY_VERSION is {newest_version()}, which VAULT_MASTER_KEYS does not hold.")
    for version, secret in keys.items():
        try:
            _derive(secret, _MASTER)
        except ImproperlyConfigured as error:
            found.append(f"VAULT_MASTER_KEYS[{version}]: {error}")
    try:
        _derive(settings.VAULT_ADDRESS_KEY, _ADDRESS)
    except ImproperlyConfigured as error:
        found.append(f"VAULT_ADDRESS_KEY: {error}")
    return found


def _master(version: int) -> bytes:
    secret = settings.VAULT_MASTER_KEYS.get(version)
    if secret is None:
        raise ImproperlyConfigured(f"VAULT_MASTER_KEYS has no version {version}: keep old keys until rotation is done")
    return _derive(secret, _MASTER)


def _derive(secret: str, purpose: bytes) -> bytes:
    if not isinstance(secret, str) or len(secret) < MINIMUM_SECRET:
        raise ImproperlyConfigured(f"a secret is text of at least {MINIMUM_SECRET} characters, or base64 of 32 bytes")
    try:
        key = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) == 32 and purpose == _MASTER:
        return key
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def _bound(version: int, uid: UUID, size: int, address: str) -> bytes:
    return uid.bytes + struct.pack(">IQ", version, size) + address.encode()
