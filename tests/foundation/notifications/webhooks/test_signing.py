"""Signatures: the specification's own example, and everything that must not pass."""

import base64
import re
import time
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from foundation.notifications.webhooks import signing

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, TIMESTAMP = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY = b'{"test": 2432232314}'
EXPECTED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def received(signature: str = EXPECTED, **changes: str) -> dict[str, str]:
    found = {"webhook-id": MESSAGE, "webhook-timestamp": str(TIMESTAMP), "webhook-signature": signature}
    return {**found, **{name.replace("_", "-"): value for name, value in changes.items()}}


def test_the_published_example() -> None:
    """The test vector that implementations of Standard Webhooks share."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    assert signing.signature(key, message_id=MESSAGE, timestamp=TIMESTAMP, body=BODY) == EXPECTED
    assert signing.verified(SECRET, received=received(), body=BODY, now=TIMESTAMP)


def test_two_secrets_sign_while_both_are_valid() -> None:
    old, new = signing.new_secret(), signing.new_secret()
    headers = signing.headers([new, old], message_id=MESSAGE, timestamp=TIMESTAMP, body=BODY)
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        assert signing.verified(signing.shown(secret), received=headers, body=BODY, now=TIMESTAMP)
    other = signing.shown(signing.new_secret())
    assert not signing.verified(other, received=headers, body=BODY, now=TIMESTAMP)


def test_what_is_not_accepted() -> None:
    def passes(now: int = TIMESTAMP, body: bytes = BODY, secret: str = SECRET, **changes: str) -> bool:
        return signing.verified(secret, received=received(**changes), body=body, now=now)

    assert passes(now=TIMESTAMP + 300)
    assert not passes(now=TIMESTAMP + 301)
    assert not passes(now=TIMESTAMP - 301)
    assert not passes(body=BODY + b" ")
    assert not passes(webhook_id="msg_other")
    assert not passes(webhook_timestamp=str(TIMESTAMP + 1))
    assert not passes(webhook_timestamp="soon")
    assert not passes(signature="")
    assert not passes(signature=EXPECTED.replace("v1,", "v2,"))
    assert not passes(secret="whsec_?")
    assert not signing.verified(SECRET, received={}, body=BODY, now=TIMESTAMP)


def test_the_example_that_receivers_copy_verifies_what_we_send() -> None:
    page = (Path(__file__).parents[4] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    example: dict[str, Any] = {}
    exec(code, example)
    secret, now = signing.new_secret(), int(time.time())
    headers = signing.headers([signing.new_secret(), secret], message_id=MESSAGE, timestamp=now, body=BODY)
    verified = example["verified"]
    assert verified(signing.shown(secret), headers, BODY)
    assert not verified(signing.shown(secret), headers, BODY + b" ")
    assert not verified(signing.shown(signing.new_secret()), headers, BODY)
    old = signing.headers([secret], message_id=MESSAGE, timestamp=now - 400, body=BODY)
    assert not verified(signing.shown(secret), old, BODY)


@given(st.binary(max_size=200), st.integers(0, 1600))
def test_a_changed_bit_is_noticed(body: bytes, place: int) -> None:
    secret = b"0" * 32
    headers = signing.headers([secret], message_id="msg_1", timestamp=1, body=body)
    shown = signing.shown(secret)
    assert signing.verified(shown, received=headers, body=body, now=1)
    changed = bytearray(body or b"\0")
    if body:
        changed[place // 8 % len(body)] ^= 1 << place % 8
    assert not signing.verified(shown, received=headers, body=bytes(changed), now=1)
