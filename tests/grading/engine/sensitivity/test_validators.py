"""Check digits against known numbers, against python-stdnum, and against chance."""

import random
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn as stdnum_luhn
from stdnum.cn import ric, uscc

from grading.engine.sensitivity import validators

TODAY = date(2026, 3, 1)
SEVENTEEN = st.text("0123456789", min_size=17, max_size=17)


@given(SEVENTEEN, st.sampled_from("0123456789X"))
def test_resident_check_agrees_with_stdnum(body: str, check: str) -> None:
    assert validators.resident_id_check(body + check) == (ric.calc_check_digit(body + check) == check)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("11010519491231002X", True),  # the example of GB 11643
        ("11010519491231002x", True),
        ("440524188001010014", True),
        ("110105194912310021", False),
        ("11010519490231002X", False),  # 31 February
        ("11010520991231002X", False),  # the future
        ("110105491231002", False),
        ("", False),
    ],
)
def test_resident_id(number: str, valid: bool) -> None:
    assert validators.resident_id_valid(number, TODAY) is valid


def test_made_resident_ids_are_valid(resident_id: Callable[[random.Random], str]) -> None:
    source = random.Random(1)
    assert all(validators.resident_id_valid(resident_id(source), TODAY) for _ in range(500))


@given(st.text("0123456789", min_size=13, max_size=19))
def test_luhn_agrees_with_stdnum(number: str) -> None:
    assert validators.luhn(number) == stdnum_luhn.is_valid(number)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=18, max_size=18))
def test_credit_code_agrees_with_stdnum(code: str) -> None:
    assert validators.credit_code_valid(code) == uscc.is_valid(code)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(0, 999_999))
def test_completed_credit_codes_are_valid(unit: str, division: int) -> None:
    body = f"91{division:06d}{unit}"
    code = body + uscc.calc_check_digit(body)
    assert validators.credit_code_valid(code)
    assert validators.credit_code_valid(code.lower())


@pytest.mark.parametrize(
    ("number", "issuer"),
    [
        ("6222021234567890123", "unionpay"),
        ("4111111111111111", "visa"),
        ("5500000000000004", "mastercard"),
        ("378282246310005", "amex"),
        ("1234567890123456", None),
        ("62", None),
    ],
)
def test_card_issuer(number: str, issuer: str | None) -> None:
    assert validators.card_issuer(number) == issuer


def test_beyond_chance_golden() -> None:
    assert validators.beyond_chance(0, 10, 0.1) == 1.0
    assert validators.beyond_chance(1, 1, 1 / 11) == pytest.approx(1 / 11)
    assert validators.beyond_chance(2, 2, 0.1) == pytest.approx(0.01)
    assert validators.beyond_chance(1, 10, 0.1) == pytest.approx(1 - 0.9**10)
    assert validators.beyond_chance(4_000, 4_000, 0.1) == 0.0
    assert validators.beyond_chance(500, 4_000, 0.9) == 1.0
    with pytest.raises(ValueError, match="more passed"):
        validators.beyond_chance(3, 2, 0.5)


@given(st.integers(1, 300), st.integers(0, 300), st.floats(0.01, 0.99))
def test_beyond_chance_falls_with_more_passes(tried: int, passed: int, chance: float) -> None:
    passed = min(passed, tried - 1)
    more, fewer = (validators.beyond_chance(number, tried, chance) for number in (passed + 1, passed))
    assert 0 <= more <= fewer + 1e-9 <= 1 + 1e-9


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (validators.iban_valid, "DE89370400440532013000", "DE89370400440532013001"),
        (validators.iban_valid, "GB82WEST12345698765432", "GB82WEST1234569876543"),
        (validators.vin_valid, "1M8GDM9AXKP042788", "1M8GDM9A1KP042788"),
        (validators.hong_kong_id_valid, "A123456(3)", "A123456(4)"),
        (validators.taiwan_id_valid, "A123456789", "A123456788"),
        (validators.spanish_id_valid, "12345678Z", "12345678A"),
        (validators.brazilian_id_valid, "529.982.247-25", "529.982.247-26"),
        (validators.ean_valid, "4006381333931", "4006381333932"),
        (validators.organisation_code_valid, "D2143569-X", "D2143569-1"),
    ],
)
def test_numbers_of_other_registers(check: Callable[[str], bool], right: str, wrong: str) -> None:
    assert check(right)
    assert not check(wrong)
    assert not check("")
