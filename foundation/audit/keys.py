"""The secrets of the audit log, from the settings; the database never holds them.

`AUDIT_KEYS` ({version: secret}) authenticates events and seals: new ones use the highest version; old versions stay
listed for as long as their events are verified. `AUDIT_SIGNING_KEYS` signs checkpoints under the name `AUDIT_ORIGIN`:
each of them signs, so that whoever was once given a public key can go on with it; strangers need nothing else.
"""

import hashlib
import hmac
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from foundation.audit.notes import BadNote, PublicKey, Signer, checked_name

EVENT: Final = b"exchange audit event"
POSITION: Final = b"exchange audit position"
SEAL: Final = b"exchange audit seal"
EXPORT: Final = b"exchange audit export"
CHECKPOINT: Final = b"exchange audit checkpoint"
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
            raise ImproperlyConfigured(
                f"a secret of AUDIT_KEYS or AUDIT_SIGNING_KEYS is shorter than {MINIMUM_SECRET} characters"
            )
        found = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
        _derived[secret, purpose] = found
    return found


def signers() -> list[Signer]:
    """What signs checkpoints, the newest key first. An Ed25519 seed (RFC 8032) is derived from each secret."""
    if not settings.AUDIT_SIGNING_KEYS:
        raise ImproperlyConfigured("AUDIT_SIGNING_KEYS is empty: set AUDIT_SIGNING_KEY in the environment")
    newest_first = sorted(settings.AUDIT_SIGNING_KEYS, reverse=True)
    return [_signer(settings.AUDIT_ORIGIN, settings.AUDIT_SIGNING_KEYS[version]) for version in newest_first]


@cache
def _signer(name: str, secret: str) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(_key(secret, CHECKPOINT)))


def public_keys() -> list[PublicKey]:
    """What checks checkpoints, the newest key first: for everybody."""
    return [signer.public for signer in signers()]


def problems() -> list[str]:
    """What is wrong with the configured secrets, as sentences; the system check shows them."""
    found = []
    for name, variable in (("AUDIT_KEYS", "AUDIT_KEY"), ("AUDIT_SIGNING_KEYS", "AUDIT_SIGNING_KEY")):
        secrets = getattr(settings, name)
        if not secrets:
            found.append(f"{name} is empty: set {variable} in the environment.")
        found += [
            f"{name}[{version}] is shorter than {MINIMUM_SECRET} characters."
            for version, secret in secrets.items()
            if len(secret) < MINIMUM_SECRET
        ]
    try:
        checked_name(settings.AUDIT_ORIGIN)
    except BadNote as error:
        found.append(f"AUDIT_ORIGIN '{settings.AUDIT_ORIGIN}' cannot be used: {error}.")
    return found
