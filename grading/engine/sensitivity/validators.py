"""Numbers that prove themselves: check digits, dates and issuer ranges. Each takes the bare value."""

import math
import re
from datetime import date

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: Share of random numbers that pass each check: what a column must clearly exceed.
CHANCE = {"resident_id": 1 / 11, "bank_card": 1 / 10, "social_credit_code": 1 / 31}


def resident_id_date(value: str, today: date) -> date | None:
    """The birth date in an 18-character resident ID (GB 11643), or None if it is no real date in 1880 … today."""
    if not re.fullmatch(r"\d{17}[\dXx]", value):
        return None
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None
    return born if born.year >= 1880 and born <= today else None


def resident_id_check(value: str) -> bool:
    """The check character is right (ISO 7064 MOD 11-2). Expects 17 digits and a digit or X."""
    total = sum(weight * int(digit) for weight, digit in zip(RESIDENT_WEIGHTS, value, strict=False))
    return RESIDENT_CHECKS[total % 11] == value[17].upper()


def resident_id_valid(value: str, today: date) -> bool:
    """Shape, real birth date and check character. The division code is not looked up: it changes over time."""
    return resident_id_date(value, today) is not None and resident_id_check(value)


def luhn(value: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    total = 0
    for place, digit in enumerate(reversed(value)):
        number = int(digit) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def card_issuer(value: str) -> str | None:
    """The card network by issuer range and length; None for what no network issues."""
    length = len(value)
    if value.startswith("62") and 16 <= length <= 19:
        return "unionpay"
    if value.startswith("4") and length in (13, 16, 19):
        return "visa"
    if length == 16 and ("51" <= value[:2] <= "55" or "2221" <= value[:4] <= "2720"):
        return "mastercard"
    if length == 15 and value[:2] in ("34", "37"):
        return "amex"
    if length == 16 and "3528" <= value[:4] <= "3589":
        return "jcb"
    if length == 16 and (value.startswith(("6011", "65")) or "644" <= value[:3] <= "649"):
        return "discover"
    return None


def credit_code_valid(value: str) -> bool:
    """Unified social credit code (GB 32100-2015): 18 characters without I, O, S, V, Z, weights 3^i mod 31."""
    upper = value.upper()
    if len(upper) != 18 or any(character not in CREDIT_ALPHABET for character in upper):
        return False
    if not upper[2:8].isdigit():
        return False
    total = sum(CREDIT_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(upper[:17]))
    return CREDIT_ALPHABET[(31 - total % 31) % 31] == upper[17]


def beyond_chance(passed: int, tried: int, chance: float) -> float:
    """Probability that at least `passed` of `tried` random values pass a check with the given chance (binomial)."""
    if passed <= 0:
        return 1.0
    if passed > tried:
        raise ValueError("more passed than tried")
    log_term = (
        math.lgamma(tried + 1)
        - math.lgamma(passed + 1)
        - math.lgamma(tried - passed + 1)
        + passed * math.log(chance)
        + (tried - passed) * math.log1p(-chance)
    )
    term = total = math.exp(log_term) if log_term > -700 else 0.0
    for successes in range(passed + 1, tried + 1):
        term *= (tried - successes + 1) / successes * chance / (1 - chance)
        total += term
        if term <= total * 1e-12:
            break
    # A start too small for floats may hide a sum that is not: above the mean the sum is at least one half.
    if total == 0.0 and passed <= tried * chance:
        return 1.0
    return min(1.0, total)
