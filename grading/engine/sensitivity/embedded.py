"""Identifiers as they are written, whole or within longer text: forms that detectors and masking share."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from grading.engine.sensitivity.validators import card_issuer, iban_valid, luhn, resident_id_valid

RESIDENT_TOKEN: Final = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
EMAIL: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}")
#: Assigned prefixes of Chinese mobile numbers (MIIT, from memory): 14 and 16, 17, 19 are not full.
_PREFIX: Final = r"1(?:3\d|4[014-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])"
MOBILE: Final = re.compile(rf"(?:(?:\+|00)?86[- ]?)?{_PREFIX}(?:[- ]?\d{{4}}){{2}}")
MOBILE_TOKEN: Final = re.compile(
    rf"(?<![0-9A-Za-z.])(?:\+86[- ]?)?(?:{_PREFIX}\d{{8}}|{_PREFIX}([- ])\d{{4}}\1\d{{4}})(?![0-9A-Za-z])"
)
CARD_TOKEN: Final = re.compile(r"(?<![0-9A-Za-z.])(?:\d{15,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?)(?![0-9A-Za-z])")
IBAN_TOKEN: Final = re.compile(
    r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?(?![0-9A-Za-z])"
)
#: Telephone numbers of other countries with their code, and Chinese fixed lines with theirs, within text.
PHONE_TOKEN: Final = re.compile(
    r"(?<![0-9A-Za-z.+])(?:\+[1-9]\d{0,2}[-. ]?(?:\(\d{1,4}\)[-. ]?)?\d{2,4}(?:[-. ]?\d{2,4}){1,4}|"
    r"0\d{2,3}-[2-9]\d{6,7}|"
    r"\([2-9]\d{2}\) ?[2-9]\d{2}[-. ]\d{4}|[2-9]\d{2}[-.][2-9]\d{2}[-.]\d{4})(?![0-9A-Za-z])"
)
PLATE: Final = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·. -]?"
    "(?:[A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[挂学警港澳领])"
)
SSN_TOKEN: Final = re.compile(r"(?<![0-9A-Za-z-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![0-9A-Za-z-])")


def identifiers(text: str, *, today: date = date.max) -> Iterator[tuple[str, int, int]]:
    """(type, start, end) of every identifier that proves itself in a text in normal form, in the order of types.

    Eleven or more bare digits that are the whole text prove nothing by themselves but check digit and date.
    """
    if "@" in text:
        yield from (("email", *found.span()) for found in EMAIL.finditer(text))
    for found in RESIDENT_TOKEN.finditer(text):
        if resident_id_valid(found.group(), today):
            yield ("resident_id", *found.span())
    for found in IBAN_TOKEN.finditer(text):
        if iban_valid(found.group().replace(" ", "")):
            yield ("financial_account", *found.span())
    if len(text) > 7 and not text.isascii():
        yield from (("vehicle_plate", *found.span()) for found in PLATE.finditer(text))
    if re.search(r"[^\W\d_]", text) is None:
        return
    for found in CARD_TOKEN.finditer(text):
        bare = re.sub("[ -]", "", found.group())
        if card_issuer(bare) is not None and luhn(bare):
            yield ("bank_card", *found.span())
    yield from (("mobile_phone", *found.span()) for found in MOBILE_TOKEN.finditer(text))
    yield from (("mobile_phone", *found.span()) for found in PHONE_TOKEN.finditer(text))
    yield from (("national_id", *found.span()) for found in SSN_TOKEN.finditer(text))


def is_proven(text: str, today: date) -> bool:
    """Whether a whole value proves itself: e-mail address, resident ID, payment card or IBAN."""
    if "@" in text:
        return EMAIL.fullmatch(text) is not None
    length = len(text)
    if length == 18 and resident_id_valid(text, today):
        return True
    if 15 <= length <= 19 and text.isascii() and text.isdigit():
        return card_issuer(text) is not None and luhn(text)
    return 15 <= length <= 34 and text[:2].isalpha() and text[2:4].isdigit() and iban_valid(text.replace(" ", ""))


def names_a_person(text: str, today: date) -> bool:
    """Whether one value in normal form alone proves to be a person's; mobile numbers count."""
    return is_proven(text, today) or MOBILE.fullmatch(text) is not None
