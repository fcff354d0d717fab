"""How one value is masked. Every technique fails closed: a value that does not look as expected is redacted.

Each takes a value in normal form (NFKC, stripped, not empty) and returns what may leave.
"""

import base64
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

REDACTED: Final = "***"
_REDACTED_OTHERWISE: Final = "****"

Technique = Callable[[str], str]

SHORTEST_KEY: Final = 16
"""Bytes: what a pseudonym's key must have at least."""

LONGEST_TERM: Final = 60
"""Characters: what is longer is no term but text, in which anything may stand."""

_COMPOUND_SURNAME: Final = re.compile(
    "(?:欧阳|上官|司马|司徒|司空|诸葛|皇甫|尉迟|公孙|慕容|令狐|长孙|宇文|夏侯|"
    "轩辕|东方|南宫|西门|独孤|端木|申屠|钟离|闻人|澹台|公羊|淳于|太史)."
)
_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff"
_HAN_NAME: Final = re.compile(f"[{_HAN}·]{{2,15}}")
_LATIN_NAME: Final = re.compile(r"[^\W\d_]+(?:[ .,'’-]+[^\W\d_]+){0,6}\.?")
_EMAIL: Final = re.compile(r"([^@\s]+)@([^@\s]+\.[^@\s.]+)")
_YEAR_FIRST: Final = re.compile(r"((?:18|19|20)\d\d)(?:[-/.年]\d|\d{4}$)")
_YEAR_LAST: Final = re.compile(r"\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/., ]+((?:18|19|20)\d\d)$")
_PROVINCES: Final = (
    "河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|"
    "湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾"
)
_ADDRESS: Final = re.compile(
    "(?:中国)?(?:"
    "(?:北京|天津|上海|重庆)市?"
    f"|(?:(?:{_PROVINCES})省?|内蒙古(?:自治区)?|广西(?:壮族自治区)?|西藏(?:自治区)?|宁夏(?:回族自治区)?|新疆(?:维吾尔自治区)?)"
    f"(?:[{_HAN}]{{2,4}}?市(?!场)|[{_HAN}]{{2,10}}?(?:自治州|地区|盟))?"
    f"|[{_HAN}]{{2,4}}?市(?!场)"
    ")"
)
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")


def normalise(value: str) -> str:
    """The form in which a value is compared and masked: NFKC, without surrounding white space."""
    return unicodedata.normalize("NFKC", value).strip()


def guarded(technique: Technique) -> Technique:
    """Add a last check to a technique: what leaves never equals the value."""

    def apply(value: str) -> str:
        masked = technique(value)
        if masked.casefold() != value.casefold():
            return masked
        return REDACTED if value != REDACTED else _REDACTED_OTHERWISE

    return apply


def redact(_value: str) -> str:
    """Nothing of the value."""
    return REDACTED


def keep(value: str) -> str:
    """The value itself: for what the data is wanted for, and does not identify."""
    return value


def term(value: str) -> str:
    """A short term as it is (高血压, E11.9, female); what is long, or has a number or mail address, is redacted."""
    free_text = len(value) > LONGEST_TERM or "@" in value or re.search(r"\d[\d -]{5,}", value)
    return REDACTED if free_text or not value.isprintable() else value


def name(value: str) -> str:
    """张小明 → 张**, 欧阳修 → 欧阳*, Maria Garcia → M. G."""
    if _HAN_NAME.fullmatch(value):
        surname = value[:2] if _COMPOUND_SURNAME.match(value) else value[:1]
        return surname + "*" * (len(value) - len(surname))
    if _LATIN_NAME.fullmatch(value) and value.isprintable():
        words = [word for word in re.split(r"[ .,]+", value) if word]
        if any(len(word) > 1 for word in words):
            return " ".join(f"{word[0].upper()}." for word in words)
    return REDACTED


def phone(value: str) -> str:
    """+86 138-1234-5678 → 138****5678; numbers other than Chinese mobile ones are redacted."""
    if not re.fullmatch(r"[\d\s()+.-]+", value):
        return REDACTED
    digits = re.sub(r"[^0-9]", "", value)
    if len(digits) > 11:
        digits = re.sub("^(?:00)?86", "", digits)
    return f"{digits[:3]}****{digits[-4:]}" if re.fullmatch(r"1[3-9]\d{9}", digits) else REDACTED


def email(value: str) -> str:
    """zhang.san@example.org → z***@example.org."""
    found = _EMAIL.fullmatch(value)
    if found is None:
        return REDACTED
    local, domain = found.groups()
    return f"{local[0] if len(local) > 1 else ''}***@{domain}"


def year(value: str) -> str:
    """1980-05-17, 19800517, 1980年5月17日, 17/05/1980 → 1980."""
    found = _YEAR_FIRST.match(value) or _YEAR_LAST.match(value)
    return found.group(1) if found else REDACTED


def region(value: str) -> str:
    """浙江省杭州市西湖区… → 浙江省杭州市***: province and city; addresses in other forms are redacted."""
    found = _ADDRESS.match(value)
    return found.group() + REDACTED if found and found.end() < len(value) else REDACTED


def band(value: str) -> str:
    """An age in years → its ten years: 34 → 30-39; 90 and above are one band."""
    if not re.fullmatch(r"\d{1,3}(?:\.0+)?", value):
        return REDACTED
    age = int(value.split(".")[0])
    low = age // 10 * 10
    return "90+" if 90 <= age <= 150 else f"{low}-{low + 9}" if age < 90 else REDACTED


def coordinate(value: str) -> str:
    """A latitude or longitude in degrees → one decimal, some ten kilometres."""
    return f"{float(value):.1f}" if _NUMBER.fullmatch(value) and abs(float(value)) <= 180 else REDACTED


def network(value: str) -> str:
    """192.168.7.21 → 192.168.*.*; other forms are redacted."""
    parts = value.split(".")
    valid = len(parts) == 4 and all(part.isascii() and part.isdigit() and int(part) < 256 for part in parts)
    return f"{parts[0]}.{parts[1]}.*.*" if valid else REDACTED


def keep_ends(start: int, end: int, pattern: str) -> Technique:
    """The first `start` and last `end` characters of a value that `pattern` fits as a whole, stars between them."""
    expected = re.compile(pattern)

    def apply(value: str) -> str:
        compact = re.sub(r"[\s-]", "", value)
        hidden = len(compact) - start - end
        if hidden < max(1, start + end) or not expected.fullmatch(compact):
            return REDACTED
        return compact[:start] + "*" * hidden + compact[len(compact) - end :]

    return apply


def pseudonym(key: bytes, domain: str) -> Technique:
    """HMAC-SHA256 under `key`: equal values stay equal within it, and cannot be linked to another key's.

    80 bits are kept: two of a million values collide with a probability below 1e-12.
    """
    if len(key) < SHORTEST_KEY:
        raise ValueError(f"a pseudonym's key needs at least {SHORTEST_KEY} bytes")

    def apply(value: str) -> str:
        digest = hmac.digest(key, f"pseudonym\0{domain}\0{value}".encode(), hashlib.sha256)
        return "p" + base64.b32encode(digest[:10]).decode().lower()

    return apply


PLAIN: Final[Mapping[str, Technique]] = {
    technique.__name__: technique
    for technique in (redact, keep, term, name, phone, email, year, region, band, coordinate, network)
}
"""Techniques without parameters; `keep_ends` and `pseudonym` have some."""
