"""How an answer is kept so that only the key that asked for it opens it.

The database holds neither the client's key nor the installation's secret; both are needed. When `SECRET_KEY` changes,
stored answers are forgotten: a repeated request is then carried out, as one after the day would be.
"""

import base64
import json
import os
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.crypto import salted_hmac

from foundation.idempotency.answers import Answer

_LOOKUP: Final = "foundation.idempotency.lookup"
_SEAL: Final = b"foundation.idempotency.seal"
_NONCE_BYTES: Final = 12


def digest_of(scope: str, key: str) -> str:
    """By what a stored answer is found: 64 hex digits."""
    return salted_hmac(_LOOKUP, f"{scope}\n{key}", algorithm="sha256").hexdigest()


def _cipher(scope: str, key: str) -> AESGCM:
    secret = f"{settings.SECRET_KEY}\n{scope}\n{key}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=_SEAL).derive(secret))


def seal(answer: Answer, *, scope: str, key: str, fingerprint: str) -> bytes:
    """The encrypted answer, bound to the request that it answered."""
    plain = {"status": answer.status, "headers": dict(answer.headers), "body": base64.b64encode(answer.body).decode()}
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(scope, key).encrypt(nonce, json.dumps(plain).encode(), fingerprint.encode())


def unseal(sealed: bytes, *, scope: str, key: str, fingerprint: str) -> Answer:
    """The answer as it was given. cryptography's InvalidTag for anything but what `seal` returned for these values."""
    nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    plain = json.loads(_cipher(scope, key).decrypt(nonce, text, fingerprint.encode()))
    return Answer(plain["status"], base64.b64decode(plain["body"]), plain["headers"], replayed=True)
