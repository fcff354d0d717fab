"""Signatures of webhooks after the Standard Webhooks specification 1.0. No Django here.

    webhook-id         the message's identifier; the same at every attempt
    webhook-timestamp  seconds since the epoch, of the attempt
    webhook-signature  `v1,` and the base64 of HMAC-SHA256(secret, "id.timestamp.body"); several, separated by spaces,
                       while two secrets are valid

A secret is shown as `whsec_` and the base64 of its 32 bytes.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
TOLERANCE_SECONDS: Final = 300
"""How far a receiver lets the timestamp be from its clock."""


def new_secret() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(SECRET_BYTES)


def shown(secret: bytes) -> str:
    """The form in which the owner gets it."""
    return PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, `v1,…`."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def headers(valid: Iterable[bytes], *, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers, with a signature under each valid secret, the newest first."""
    signed = [signature(secret, message_id=message_id, timestamp=timestamp, body=body) for secret in valid]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }


def verified(secret: str, *, received: Mapping[str, str], body: bytes, now: int) -> bool:
    """What a receiver does: whether one of the signatures is that of `body` under `secret`, and the message is fresh.

    `received` are the request's headers in lower case. Compared in constant time.
    """
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        message_id, timestamp = received["webhook-id"], int(received["webhook-timestamp"])
    except (KeyError, ValueError, binascii.Error):
        return False
    if abs(now - timestamp) > TOLERANCE_SECONDS:
        return False
    wanted = signature(key, message_id=message_id, timestamp=timestamp, body=body)
    offered = received.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted.encode(), one.encode()) for one in offered)
