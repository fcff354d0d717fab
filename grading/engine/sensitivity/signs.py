"""What a value could be, told from its signs: most detectors need not look at it then.

The shape of a value has `0` for each digit, `A` and `a` for letters, `H` for each Chinese character, and other signs
as they are. Values of one column mostly share a few shapes, so that their traits are found once for each shape. A trait
is necessary for what it stands for, never sufficient: the detector's own rule decides. No value is remembered here.
"""

import re
from collections.abc import Iterable
from typing import Final

#: Kinds of values, one a value: digits only, another number, with Chinese characters, anything else.
DIGITS: Final = 1
NUMBER: Final = 2
HAN: Final = 4
OTHER: Final = 8
#: What a value could be as a whole, or (the `_WITHIN`) hold.
MAIL_WITHIN: Final = 1 << 4
RESIDENT_WITHIN: Final = 1 << 5
CARD: Final = 1 << 6
IBAN: Final = 1 << 7
MOBILE: Final = 1 << 8
PHONE: Final = 1 << 9
PHONE_WITHIN: Final = 1 << 10
NATIONAL: Final = 1 << 11
PLATE: Final = 1 << 12
VIN: Final = 1 << 13
IP: Final = 1 << 14
MAC: Final = 1 << 15
IMEI: Final = 1 << 16
FULL_NAME: Final = 1 << 17
STREET: Final = 1 << 18
PAIR: Final = 1 << 19
TRACK: Final = 1 << 20
CREDIT_CODE: Final = 1 << 21
SECRET_WITHIN: Final = 1 << 22
DISEASE_CODE: Final = 1 << 23
DOCUMENT: Final = 1 << 24
PLATE_WITHIN: Final = 1 << 25
MASKED: Final = 1 << 26
CARD_WITHIN: Final = 1 << 27
EVERY: Final = (1 << 28) - (1 << 4)
#: The shape does not tell the kind. Above all traits.
UNTOLD: Final = 1 << 30

KIND: Final = {"D": DIGITS, "N": NUMBER, "H": HAN, "A": OTHER}
KIND_OF: Final = {trait: kind for kind, trait in KIND.items()}
ANY_KIND: Final = DIGITS | NUMBER | HAN | OTHER


class _Kinds(dict[str, int]):
    """The traits of some kinds, as `HA`."""

    def __missing__(self, kinds: str) -> int:
        self[kinds] = traits = sum({KIND[kind] for kind in kinds})
        return traits


KINDS: Final = _Kinds()
#: Longer shapes are not remembered, nor more of them.
LONGEST_SHAPE: Final = 64
MOST_SHAPES: Final = 1 << 16

# Bytes of UTF-8: what continues a character is left out, so that a shape has as many signs as its text. Scripts that
# have digits of their own are not told apart (RARE): everything is possible there.
_RARE: Final = 0x80
_SIGNS: Final = bytes(
    ord("0") if 0x30 <= byte <= 0x39
    else ord("A") if 0x41 <= byte <= 0x5A
    else ord("a") if 0x61 <= byte <= 0x7A
    else byte if byte < 0x80
    else ord("e") if 0xC2 <= byte <= 0xD4  # Latin, Greek, Cyrillic, Armenian
    else ord("p") if byte in (0xE2, 0xE3)  # mostly punctuation
    else ord("H") if 0xE4 <= byte <= 0xE9
    else _RARE
    for byte in range(256)
)  # fmt: skip
_CONTINUING: Final = bytes(range(0x80, 0xC0))

_EXPONENT: Final = re.compile(rb"[+-]?(?:0{1,3}(?:,0{3})+|0+)?(?:\.0*)?[Aa][+-]?0{1,3} ?%?")
_NUMBER: Final = re.compile(rb"[+-]?(?:0{1,3}(?:,0{3})+|0+)?(?:\.0*)? ?%?")
_RESIDENT: Final = re.compile(rb"(?<![0Aa])0{17}[0Aa](?![0Aa])")
_CARD: Final = re.compile(rb"0{13,19}|0{4}(?:[ -]0{4}){3}(?:[ -]0{1,3})?|0{4}[ -]0{6}[ -]0{5}")
_CARD_WITHIN: Final = re.compile(rb"(?<![0Aa.])(?:0{15,19}|0{4}(?:[ -]0{4}){3})(?![0Aa])")
_IBAN: Final = re.compile(rb"[AaHep]{2}[0ep]{2}")
_MOBILE: Final = re.compile(rb"(?:(?:\+|00)?00[- ]?)?000(?:[- ]?0{4}){2}")
_PHONE: Final = re.compile(
    rb"(?:\+?0[-. ])?(?:\(000\) ?|000[-. ])000[-. ]0000(?: ?(?:a|aaa\.?) ?0{1,5})?|"
    rb"(?:\+00[- ]?)?\(?000{1,2}\)?[- ]?0{7,8}(?:[-H#]0{1,5})?|"
    rb"(?:\+|00)0{1,3}[-. ()]*0(?:[-. ()]*0){6,12}(?: ?(?:a|aaa\.?) ?0{1,5})?"
)
_PHONE_WITHIN: Final = re.compile(rb"(?<![0Aa.])(?:\+00[- ]?)?(?:0{11}|000[- ]0{4}[- ]0{4})(?![0Aa])")
_NATIONAL: Final = re.compile(
    rb"[Aae]{1,2}0{6}\(?[0Aa]\)?|[Aae]0{9}|[Aae]{6}00[Aae]00[Aae]000[Aae]|"
    rb"[Aae]{2} ?00 ?00 ?00 ?[Aae]|000-00-0000"
)
_SPANISH: Final = re.compile(rb"[Aae0]0{7}[Aae]")
_PLATE: Final = re.compile(rb"HA[e. -]?(?:[A0]{5,6}|[A0]{4}H)")
_PLATE_WITHIN: Final = re.compile(rb"HA[e. -]?[A0]{4}[A0H]")
_VIN: Final = re.compile(rb"[0Aae]{17}")
_IP: Final = re.compile(rb"0{1,3}(?:\.0{1,3}){3}|(?=.*::|(?:[^:]*:){6})[0Aa:.]+(?:%.*)?", re.DOTALL)
_MAC: Final = re.compile(rb"[0Aa]{2}(?:[:-][0Aa]{2}){5}|(?:[0Aa]{4}\.){2}[0Aa]{4}")
_FULL_NAME: Final = re.compile(rb"[Aae]+[p'., -]+[Aae][Aaep'., -]*")
_STREET: Final = re.compile(rb"(?=.*[Aae])(?=.* )(?:[Aae]{3},? |.*0)", re.DOTALL)
_PAIR: Final = re.compile(rb"[(\[]?-?0{1,3}\.00|AAAAA ?\(")
_DISEASE_CODE: Final = re.compile(rb"A0[0A]\.[0Aa]{1,6}")
_DOCUMENT: Final = re.compile(rb"[Aa]0{17}[0Aa]|0{17}[0Aa]00|.*H.*0{4}.*H", re.DOTALL)
_LINE: Final = re.compile(rb"A{10} ?\(")
_CREDIT_CODE: Final = re.compile(rb"[0Aa]{2}0{6}[0Aa]{10}")
_SECRET: Final = re.compile(rb"\S{12}|-----AAAAA")
_KEY_BEGINS: Final = re.compile(rb"[Aa$]")
_HAN_SIGN: Final = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_ANY_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})? ?%?")


class _Shapes(dict[bytes, int]):
    """The traits of shapes, found when they are first asked for."""

    def __missing__(self, shape: bytes) -> int:
        traits = _traits(shape)
        if len(shape) <= LONGEST_SHAPE:
            if len(self) >= MOST_SHAPES:
                self.clear()
            self[shape] = traits
        return traits


_shapes: Final = _Shapes()


def kind_of(text: str) -> str:
    """`D` digits only, `N` another number, `H` with Chinese characters, `A` anything else."""
    if text.isascii():
        if text.isdigit():
            return "D"
        return "N" if text[0] in "+-.0123456789" and _ANY_NUMBER.fullmatch(text) else "A"
    return "H" if _HAN_SIGN.search(text) else "A"


def grouped(values: Iterable[tuple[str, int]]) -> dict[int, list[tuple[str, int]]]:
    """The values, which are not empty, with their counts, by their traits."""
    groups: dict[int, list[tuple[str, int]]] = {}
    shapes = _shapes
    for value in values:
        traits = shapes[value[0].encode("utf-8", "surrogatepass").translate(_SIGNS, _CONTINUING)]
        if traits >= UNTOLD:
            traits = traits - UNTOLD | KIND[kind_of(value[0])]
        if traits in groups:
            groups[traits].append(value)
        else:
            groups[traits] = [value]
    return groups


def traits_of(text: str) -> int:
    """The traits of one value that is not empty, its kind among them."""
    (traits,) = grouped([(text, 1)])
    return traits


def _traits(shape: bytes) -> int:
    if _RARE in shape:
        return UNTOLD | EVERY
    length = len(shape)
    if not shape.strip(b"0"):
        return DIGITS | _of_digits(shape, length)
    if b"H" in shape:
        traits = HAN
    elif b"p" in shape or _EXPONENT.fullmatch(shape):
        traits = UNTOLD
    else:
        traits = NUMBER if shape[0] in b"+-.0" and _NUMBER.fullmatch(shape) else OTHER
    if b"@" in shape:
        traits |= MAIL_WITHIN
    if _IBAN.match(shape) and length >= 15:
        traits |= IBAN
    if length <= 80 and _PAIR.match(shape):
        traits |= PAIR
    if length >= 12 and _SECRET.search(shape) and _KEY_BEGINS.search(shape):
        traits |= SECRET_WITHIN
    if length <= 60 and _FULL_NAME.fullmatch(shape):
        traits |= FULL_NAME
    if length <= 200 and (traits & HAN or _STREET.match(shape)):
        traits |= STREET
    if length >= 12 and _MAC.fullmatch(shape):
        traits |= MAC
    if length <= 45 and (b"." in shape or b":" in shape) and _IP.fullmatch(shape):
        traits |= IP
    if length >= 15 and (shape.count(b".00") >= 4 or _LINE.search(shape)):
        traits |= TRACK
    if length <= 10 and _DISEASE_CODE.fullmatch(shape):
        traits |= DISEASE_CODE
    if 9 <= length <= 44 and _DOCUMENT.fullmatch(shape):
        traits |= DOCUMENT
    if length == 17 and _VIN.fullmatch(shape):
        traits |= VIN
    if length == 18 and _CREDIT_CODE.fullmatch(shape):
        traits |= CREDIT_CODE
    if traits & HAN and length <= 9 and _PLATE.fullmatch(shape):
        traits |= PLATE
    if traits & HAN and length > 9 and _PLATE_WITHIN.search(shape):
        traits |= PLATE_WITHIN
    if 9 <= length <= 64 and b"**" in shape:
        traits |= MASKED
    return traits | _of_numbers(shape, length) if b"0" in shape else traits


def _of_digits(shape: bytes, length: int) -> int:
    """Traits of values of digits alone."""
    traits = 0
    if 13 <= length <= 19:
        traits |= CARD
    if length in (11, 13, 15):
        traits |= MOBILE
    if length in (10, 12):
        traits |= PHONE
    if length == 15:
        traits |= IMEI
    if length == 20:
        traits |= DOCUMENT
    if length == 18:
        traits |= RESIDENT_WITHIN | CREDIT_CODE
    return traits


def _of_numbers(shape: bytes, length: int) -> int:
    """Traits of values that hold digits among other signs."""
    traits = 0
    if length >= 18 and _RESIDENT.search(shape):
        traits |= RESIDENT_WITHIN
    if length <= 23 and _CARD.fullmatch(shape):
        traits |= CARD
    if length > 19 and _CARD_WITHIN.search(shape):
        traits |= CARD_WITHIN
    if 11 <= length <= 18 and _MOBILE.fullmatch(shape):
        traits |= MOBILE
    if 7 <= length <= 30 and _PHONE.fullmatch(shape):
        traits |= PHONE
    if length > 13 and _PHONE_WITHIN.search(shape):
        traits |= PHONE_WITHIN
    brazilian = b"." in shape and b"-" in shape and shape.count(b"0") == 11
    if brazilian or _NATIONAL.fullmatch(shape) or _SPANISH.fullmatch(shape.replace(b"-", b"")):
        traits |= NATIONAL
    return traits
