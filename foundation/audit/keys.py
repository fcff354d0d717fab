"""The secrets of the audit log, from `settings.AUDIT_KEYS` ({version: secret}); the database never holds them.

New events and seals use the highest version; old versions stay listed for as long as their events are verified.
"""

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

EVENT: Final = b"exchange audit event"
POSITION: Final = b"exchange audit position"
SEAL: Final = b"exchange audit seal"
EXPORT: Final = b"exchange audit export"
MINIMUM_SECRET: Final = 32

_derived: dict[tuple[str, bytes], bytes] = {}


def current_version() -> int:
    """The version that new authentication codes use."""
    if not settings.AUDIT_KEYS:
        raise ImproperlyConfigured("AUDIT_KEYS is empty: set AUDIT_KEY in the environment")
    return max(settings.AUDIT_KEYS)


def known(version: object) -> bool:
    """Whether the secret of this version is configured."""
    return isinstance(version, int) and version in settings.AUDIT_KEYS


def mac(version: int, purpose: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104) of `message` under a key derived by HKDF (RFC 5869) for `purpose` alone: 32 bytes.

    KeyError where the version is not configured.
    """
    return hmac.digest(_key(settings.AUDIT_KEYS[version], purpose), message, hashlib.sha256)


def fits(version: object, purpose: bytes, message: bytes, code: bytes) -> bool:
    """Whether `code` is the MAC of `message`; False for a version that is not configured."""
    if not isinstance(version, int) or not known(version):
        return False
    return hmac.compare_digest(mac(version, purpose, message), code)


def _key(secret: str, purpose: bytes) -> bytes:
    found = _derived.get((secret, purpose))
    if found is None:
        if len(secret) < MINIMUM_SECRET:
            raise ImproperlyConfigured(f"an AUDIT_KEYS secret is shorter than {MINIMUM_SECRET} characters")
        found = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
        _derived[secret, purpose] = found
    return found


def problems() -> list[str]:
    """What is wrong with the configured secrets, as sentences; the system check shows them."""
    if not settings.AUDIT_KEYS:
        return ["AUDIT_KEYS is empty: set AUDIT_KEY in the environment."]
    return [
        f"AUDIT_KEYS[{version}] is shorter than {MINIMUM_SECRET} characters."
        for version, secret in settings.AUDIT_KEYS.items()
        if len(secret) < MINIMUM_SECRET
    ]
