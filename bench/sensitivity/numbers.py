"""Invented numbers that have the form, the check digit and the prefixes of the real thing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from random import Random

from bench.sensitivity.wording import words

CREDIT_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PLATE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
MOBILE_PREFIXES = words("""130 131 132 133 134 135 136 137 138 139 150 151 152 153 155 156 157 158 159 166 173 175
176 177 178 180 181 182 183 184 185 186 187 188 189 191 195 198 199""")
# The issuer's prefix and the length of the whole number.
CARD_BINS = (
    ("622848", 19),
    ("621700", 19),
    ("622202", 19),
    ("621226", 19),
    ("621799", 19),
    ("622700", 19),
    ("622588", 16),
    ("621485", 16),
    ("622622", 16),
    ("622521", 16),
    ("622908", 18),
)
EIGHT_DIGIT_AREAS = frozenset(words("0311 0371 0431 0451 0516 0531 0532 0551 0571 0574 0731 0755 0791 0851 0871"))
PHONE_MAKERS = ("64:09:80", "A4:83:E7", "48:46:FB", "F4:8B:32", "3C:06:30", "94:87:E0")


def digits(rng: Random, length: int) -> str:
    """Any digits, the first one too."""
    return "".join(rng.choice("0123456789") for _ in range(length))


def hexadecimal(rng: Random, length: int) -> str:
    """Lower-case hexadecimal digits."""
    return "".join(rng.choice("0123456789abcdef") for _ in range(length))


def letters(rng: Random, length: int, alphabet: str) -> str:
    """So many characters of the alphabet."""
    return "".join(rng.choice(alphabet) for _ in range(length))


def id_check(body: str) -> str:
    """The check character of a citizen identity number's 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(each) * pow(2, 17 - place, 11) for place, each in enumerate(body))
    return "10X98765432"[total % 11]


def id_card(rng: Random, division: str, birth: date, *, male: bool) -> str:
    """A citizen identity number: an odd serial for men, an even one for women."""
    serial = rng.randrange(1, 499) * 2 + (1 if male else 0)
    body = f"{division}{birth:%Y%m%d}{serial:03d}"
    return body + id_check(body)


def luhn_digit(body: str) -> str:
    """The last digit that makes the number pass Luhn's formula (ISO/IEC 7812-1)."""
    doubled = sum(sum(divmod(int(each) * 2, 10)) for each in body[::-2])
    return str(-(doubled + sum(int(each) for each in body[-2::-2])) % 10)


def bank_card(rng: Random, issuer: tuple[str, int] | None = None) -> str:
    """A bank card number under a real issuer's prefix."""
    prefix, length = issuer or rng.choice(CARD_BINS)
    body = prefix + digits(rng, length - len(prefix) - 1)
    return body + luhn_digit(body)


def imei(rng: Random) -> str:
    """A handset's number: 14 digits and Luhn's."""
    body = "86" + digits(rng, 12)
    return body + luhn_digit(body)


def mac(rng: Random, joint: str = ":") -> str:
    """A handset's network address."""
    tail = hexadecimal(rng, 6).upper()
    return joint.join([*rng.choice(PHONE_MAKERS).split(":"), tail[:2], tail[2:4], tail[4:]])


def uuid4(rng: Random) -> str:
    """A random UUID."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def mobile(rng: Random) -> str:
    """A mobile number of 11 digits."""
    return rng.choice(MOBILE_PREFIXES) + digits(rng, 8)


def landline(rng: Random, area: str) -> str:
    """A subscriber's number behind the area code, of the area's length."""
    length = 8 if len(area) == 3 or area in EIGHT_DIGIT_AREAS else 7
    return f"{area}-{rng.choice('2345678')}{digits(rng, length - 1)}"


def credit_code(rng: Random, division: str) -> str:
    """A company's unified social credit code with both check characters (GB 32100, GB 11714)."""
    organisation = letters(rng, 8, "0123456789ABCDEFGHJKLMNPQRTUWXY")
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    total = sum(weight * alphabet.index(each) for weight, each in zip(weights, organisation, strict=True))
    check = "0123456789X0"[(11 - total % 11) % 11]
    if check == "X":  # the credit code keeps X as a character of its alphabet
        return credit_code(rng, division)
    body = "91" + division + organisation + check
    total = sum(CREDIT_CODE_ALPHABET.index(each) * pow(3, place, 31) for place, each in enumerate(body))
    return body + CREDIT_CODE_ALPHABET[-total % 31]


def passport(rng: Random) -> str:
    """An ordinary passport's number: E and eight digits, or E, a letter and seven digits."""
    if rng.random() < 0.6:
        return "E" + digits(rng, 8)
    return "E" + letters(rng, 1, "ABCDEFGHJK") + digits(rng, 7)


def plate(rng: Random, prefix: str, *, electric: bool = False, dot: str = "") -> str:
    """A vehicle's plate: five characters after the prefix, six for small electric cars."""
    if electric:
        return prefix + dot + rng.choice("DF") + letters(rng, 1, PLATE_ALPHABET) + digits(rng, 4)
    tail = [rng.choice("0123456789") for _ in range(5)]
    for _ in range(rng.choice((0, 1, 1, 2))):
        tail[rng.randrange(5)] = rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
    return prefix + dot + "".join(tail)


def ean13(rng: Random, prefix: str) -> str:
    """Thirteen digits with the check digit of EAN-13, which ISBN-13 shares."""
    body = prefix + digits(rng, 12 - len(prefix))
    total = sum(int(each) * (3 if place % 2 else 1) for place, each in enumerate(body))
    return body + str(-total % 10)


def ip_address(rng: Random) -> str:
    """An address of a Chinese access network's range."""
    first, second = rng.choice(((36, 112), (58, 33), (101, 226), (111, 18), (113, 87), (183, 192), (223, 104)))
    return f"{first}.{second}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def day(rng: Random, first: int, last: int, form: str = "%Y-%m-%d") -> str:
    """A day of the years, written as the form says."""
    return date(rng.randrange(first, last + 1), rng.randrange(1, 13), rng.randrange(1, 29)).strftime(form)


def wide(text: str) -> str:
    """The text with full-width digits."""
    return text.translate({ord("0") + each: chr(0xFF10 + each) for each in range(10)})


def masked(text: str, head: int, tail: int) -> str:
    """The text with stars but for its head and its tail."""
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def blanked(rng: Random, values: Sequence[str], count: int, marks: Sequence[str] = ("",)) -> list[str]:
    """The values, so many of them replaced by a mark of what is missing."""
    places = set(rng.sample(range(len(values)), count))
    return [rng.choice(marks) if place in places else each for place, each in enumerate(values)]
