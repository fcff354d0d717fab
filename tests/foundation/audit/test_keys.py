from typing import Any

from django.core.checks import run_checks

from foundation.audit import keys

LONG = "a secret of at least thirty-two characters"


def test_codes_differ_by_key_purpose_and_message(settings: Any) -> None:
    settings.AUDIT_KEYS = {1: LONG, 2: LONG + "!"}
    codes = {
        keys.mac(1, keys.EVENT, b"message"),
        keys.mac(2, keys.EVENT, b"message"),
        keys.mac(1, keys.SEAL, b"message"),
        keys.mac(1, keys.EVENT, b"messages"),
    }
    assert {len(code) for code in codes} == {32}
    assert len(codes) == 4


def test_a_code_fits_only_what_it_was_made_of(settings: Any) -> None:
    settings.AUDIT_KEYS = {1: LONG}
    code = keys.mac(1, keys.EVENT, b"message")
    assert keys.fits(1, keys.EVENT, b"message", code)
    assert not keys.fits(1, keys.SEAL, b"message", code)
    assert not keys.fits(1, keys.EVENT, b"message", code[:-1])
    assert not keys.fits(2, keys.EVENT, b"message", code)
    assert not keys.fits("1", keys.EVENT, b"message", code)


def test_unusable_secrets_are_reported_by_the_system_check(settings: Any) -> None:
    def found() -> list[str]:
        return [message.msg for message in run_checks(tags=["security"]) if message.id == "audit.E001"]

    assert found() == []
    settings.AUDIT_KEYS = {1: LONG, 2: "short"}
    assert found() == ["AUDIT_KEYS[2] is shorter than 32 characters."]
    settings.AUDIT_KEYS = {}
    assert found() == ["AUDIT_KEYS is empty: set AUDIT_KEY in the environment."]
