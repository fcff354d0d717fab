"""Numbers that prove themselves: check digits, dates and issuer ranges. Each takes the bare value."""

import math
import re
from datetime import date
from operator import mul
from typing import Final

RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_SIGNS: Final = frozenset(CREDIT_ALPHABET)
_CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_RESIDENT: Final = re.compile(r"\d{17}[\dXx]")
#: Twice a digit, its digits added.
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
#: Share of random numbers that pass each check: what a column must clearly exceed.
CHANCE = {"resident_id": 1 / 11, "bank_card": 1 / 10, "social_credit_code": 1 / 31, "iban": 1 / 97, "imei": 1 / 10}
#: First two digits of division codes (GB/T 2260): provinces, also those of Taiwan, Hong Kong and Macau, and residents
#: of these (83).
PROVINCES = frozenset(
    str(first * 10 + second)
    for first, seconds in enumerate(("", "12345", "123", "1234567", "123456", "01234", "12345", "1", "123"))
    for second in map(int, seconds)
)
#: Length of an IBAN by country (SWIFT IBAN registry, the most frequent).
IBAN_LENGTHS = {
    entry[:2]: int(entry[2:])
    for entry in re.findall(
        r"\w+",
        "AD24 AE23 AT20 BE16 BG22 BR29 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GR27 HR21 HU28 IE22 IL23 "
        "IS26 IT27 KW30 LB28 LI21 LT20 LU20 LV21 MC27 MT31 NL18 NO15 PK24 PL28 PT25 QA29 RO24 RS22 SA24 SE24 SI19 "
        "SK24 SM27 TN24 TR26 UA29",
    )
}


def resident_id_date(value: str, today: date) -> date | None:
    """The birth date in an 18-character resident ID (GB 11643), or None if it is no real date in 1880 … today."""
    if not _RESIDENT.fullmatch(value):
        return None
    year, month, day = int(value[6:10]), int(value[10:12]), int(value[12:14])
    # most numbers that are none end here: an exception costs more than all the rest
    if not (1880 <= year <= today.year and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    try:
        born = date(year, month, day)
    except ValueError:
        return None
    return born if born <= today else None


def resident_id_check(value: str) -> bool:
    """The check character is right (ISO 7064 MOD 11-2). Expects 17 digits and a digit or X."""
    total = sum(map(mul, RESIDENT_WEIGHTS, map(int, value)))
    return RESIDENT_CHECKS[total % 11] == value[17].upper()


def resident_id_valid(value: str, today: date) -> bool:
    """Shape, real birth date and check character. The division code is not looked up: it changes over time."""
    return resident_id_date(value, today) is not None and resident_id_check(value)


def luhn(value: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    single, double = value[::-2], value[-2::-2]
    return (sum(map(int, single)) + sum(map(_DOUBLED.__getitem__, map(int, double)))) % 10 == 0


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
    if len(upper) != 18 or not upper[2:8].isdigit() or not _CREDIT_SIGNS.issuperset(upper):
        return False
    total = sum(map(mul, _CREDIT_WEIGHTS, map(CREDIT_ALPHABET.index, upper)))
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


def iban_valid(value: str) -> bool:
    """ISO 13616: known country, its length, and the remainder of 1 modulo 97. Expects no spaces."""
    upper = value.upper()
    if IBAN_LENGTHS.get(upper[:2]) != len(upper) or not upper.isalnum() or not upper.isascii():
        return False
    return int("".join(str(int(sign, 36)) for sign in upper[4:] + upper[:4])) % 97 == 1


def ean_valid(value: str) -> bool:
    """GS1 check digit of 8, 12, 13 or 14 digits: what goods carry, and so speaks against a card's number."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(value)))
    return len(value) in (8, 12, 13, 14) and total % 10 == 0


def vin_valid(value: str) -> bool:
    """ISO 3779 with the check digit of North America and GB 16735, in the ninth place."""
    upper = value.upper()
    if not re.fullmatch(r"[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}", upper):
        return False
    values = dict(zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", "012345678912345678123457923456789", strict=True))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(int(values[sign]) * weight for sign, weight in zip(upper, weights, strict=True))
    return "0123456789X"[total % 11] == upper[8]


def hong_kong_id_valid(value: str) -> bool:
    """A123456(7): one or two letters, six digits, check character modulo 11."""
    found = re.fullmatch(r"([A-Z]{1,2})(\d{6})\(?([0-9A])\)?", value.upper())
    if found is None:
        return False
    letters, digits, check = found.groups()
    signs = [36 if sign == " " else int(sign, 36) for sign in letters.rjust(2)] + [int(digit) for digit in digits]
    total = sum(sign * weight for sign, weight in zip(signs, range(9, 1, -1), strict=True))
    return (total + int(check, 16)) % 11 == 0


def taiwan_id_valid(value: str) -> bool:
    """A letter, 1 or 2, eight digits, the last a check digit."""
    upper = value.upper()
    if not re.fullmatch(r"[A-Z][12]\d{8}", upper):
        return False
    number = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(upper[0]) + 10
    total = number // 10 + number % 10 * 9
    total += sum(int(digit) * weight for digit, weight in zip(upper[1:9], range(8, 0, -1), strict=True))
    return (total + int(upper[9])) % 10 == 0


def spanish_id_valid(value: str) -> bool:
    """DNI and NIE: eight digits (or X, Y, Z and seven) and a letter modulo 23."""
    upper = value.upper().replace("-", "")
    if not re.fullmatch(r"[XYZ\d]\d{7}[A-Z]", upper):
        return False
    number = int(upper[:8].translate(str.maketrans("XYZ", "012")))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == upper[8]


def brazilian_id_valid(value: str) -> bool:
    """CPF: eleven digits, the last two check digits."""
    digits = [int(sign) for sign in value if sign.isdecimal()]
    if len(digits) != 11 or len(set(digits)) == 1:
        return False
    for length in (9, 10):
        total = sum(digit * weight for digit, weight in zip(digits, range(length + 1, 1, -1), strict=False))
        if (total * 10 % 11) % 10 != digits[length]:
            return False
    return True


def organisation_code_valid(value: str) -> bool:
    """GB 11714: eight digits or letters, a hyphen or none, check character modulo 11."""
    found = re.fullmatch(r"([0-9A-Z]{8})-?([0-9X])", value.upper())
    if found is None:
        return False
    total = sum(int(sign, 36) * weight for sign, weight in zip(found[1], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return "0123456789X0"[11 - total % 11] == found[2]
