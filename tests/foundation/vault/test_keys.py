import base64
import uuid
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from foundation.vault import keys
from foundation.vault.errors import Tampered

UID = uuid.UUID(int=5)
ROW: dict[str, Any] = {"version": 1, "uid": UID, "size": 10, "address": "ab" * 32}


@pytest.fixture(autouse=True)
def _keys(settings: Any) -> None:
    settings.VAULT_MASTER_KEYS = {1: base64.b64encode(bytes(32)).decode(), 2: "any text that is long enough"}
    settings.VAULT_MASTER_KEY_VERSION = 2


@pytest.mark.parametrize("version", [1, 2])
def test_a_data_key_survives_wrapping(version: int) -> None:
    row = ROW | {"version": version}
    wrapped = keys.wrap(b"k" * 32, **row)
    assert len(wrapped) == 60
    assert b"k" * 8 not in wrapped
    assert keys.unwrap(wrapped, **row) == b"k" * 32
    assert keys.wrap(b"k" * 32, **row) != wrapped


def test_base64_of_32_bytes_is_the_key_itself() -> None:
    wrapped = keys.wrap(b"k" * 32, **ROW)
    bound = UID.bytes + (1).to_bytes(4, "big") + (10).to_bytes(8, "big") + b"ab" * 32
    assert AESGCM(bytes(32)).decrypt(wrapped[:12], wrapped[12:], bound) == b"k" * 32


@pytest.mark.parametrize(
    "changed", [{"version": 2}, {"uid": uuid.UUID(int=6)}, {"size": 11}, {"address": "cd" * 32}]
)  # fmt: skip
def test_a_wrapped_key_is_bound_to_its_row(changed: dict[str, Any]) -> None:
    wrapped = keys.wrap(b"k" * 32, **ROW)
    with pytest.raises(Tampered):
        keys.unwrap(wrapped, **(ROW | changed))


@pytest.mark.parametrize("wrapped", [b"", b"short", bytes(60)])
def test_a_damaged_wrapped_key_is_noticed(wrapped: bytes) -> None:
    with pytest.raises(Tampered):
        keys.unwrap(wrapped, **ROW)


def test_a_missing_master_key_is_an_error_of_configuration() -> None:
    with pytest.raises(ImproperlyConfigured, match="no version 3"):
        keys.unwrap(bytes(60), **(ROW | {"version": 3}))


def test_the_address_depends_on_content_and_key(settings: Any) -> None:
    address = keys.address(bytes(32))
    assert len(address) == 64
    assert keys.address(bytes(32)) == address
    assert keys.address(bytes(31) + b"\1") != address
    settings.VAULT_ADDRESS_KEY = "another secret for addresses"
    assert keys.address(bytes(32)) != address


def test_unusable_secrets_are_reported_by_the_system_check(settings: Any) -> None:
    assert not [message for message in run_checks(tags=["security"]) if message.id == "vault.E001"]
    settings.VAULT_MASTER_KEYS = {1: "short"}
    settings.VAULT_ADDRESS_KEY = ""
    found = [message.msg for message in run_checks(tags=["security"]) if message.id == "vault.E001"]
    assert [message.split(":")[0].split(",")[0] for message in found] == [
        "VAULT_MASTER_KEY_VERSION is 2",
        "VAULT_MASTER_KEYS[1]",
        "VAULT_ADDRESS_KEY",
    ]
