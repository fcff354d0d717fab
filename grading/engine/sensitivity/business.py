"""Detectors of what belongs to organisations: their codes, contracts and prices, and keys to their systems."""

import math
import re
from collections import Counter
from typing import Final

from grading.engine.sensitivity import signs
from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.identity import DOMINANT, RARE
from grading.engine.sensitivity.validators import CHANCE, beyond_chance, credit_code_valid, organisation_code_valid

CONTRACT: Final = re.compile(r"(?=.*\d.*\d.*\d)[A-Za-z0-9\u4e00-\u9fff〔〕\[\]()()【】/._#-]{6,40}")
PRICE: Final = re.compile(
    r"[¥￥$€£]? ?\d{1,3}(?:,\d{3})+(?:\.\d+)?|"
    r"[¥￥$€£]? ?\d+(?:\.\d+)? ?%?(?:折|元|万元|万|亿元)?(?:/[\u4e00-\u9fffA-Za-z]{1,4})?"
)
#: Keys that have a form of their own: vendors' prefixes, JSON Web Tokens, PEM, password hashes. Every alternative
#: begins with a sign, not with a choice: only then does the search pass over the others at once.
KNOWN_SECRET: Final = re.compile(
    r"AKIA[A-Z0-9]{16}|ASIA[A-Z0-9]{16}|LTAI[A-Za-z0-9]{12,24}|AKID[A-Za-z0-9]{13,40}|gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20,}|"
    r"sk-[A-Za-z0-9_-]{20,}|rk_(?:live|test)_[A-Za-z0-9]{10,}|"
    r"sk_(?:live|test)_[A-Za-z0-9]{10,}|xox[baprs]-[\w-]{10,}|AIza[\w-]{35}|SG\.[\w-]{10,}\.[\w-]{10,}|"
    r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*|-----BEGIN [A-Z ]*PRIVATE KEY-----|\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{20,}|"
    r"\$(?:argon2id?|6|5|1)\$\S{10,}|pbkdf2_sha\d+\$\S{10,}|Bearer [\w.=+/-]{16,}|Basic [\w.=+/-]{16,}"
)
#: What systems are opened with, which is nobody's own.
OF_SYSTEM: Final = re.compile(
    "root|admin|database|server|db|wifi|wlan|路由|数据库|服务器|系统|管理员|设备|接口|应用|中间件", re.IGNORECASE
)
#: Codes sent by message, and those of cards.
PIN: Final = re.compile(r"\d{4,8}")
GESTURE: Final = re.compile(r"\d(?:[-,>]\d){3,8}")
#: Passwords of letters alone, which are many where columns of states have few.
LETTERS: Final = re.compile("[A-Za-z]{6,15}")
CONNECTION: Final = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{1,64}:[^\s@]{3,}@[^\s]+")


def social_credit_code(look: Look) -> Claim | None:
    """GB 32100: check character over 18 characters; under the header also codes after GB 11714."""
    if look.longest < 9:
        return None
    header = look.header("social_credit_code")
    passed = {text for text in look.having(signs.CREDIT_CODE) if credit_code_valid(text)}
    if header and not passed:
        # written in groups
        passed = {text for text in look.texts if 18 < len(text) <= 24 and credit_code_valid(re.sub("[ -]", "", text))}
    cells = look.cells_of(passed) if passed else 0
    if cells and cells >= DOMINANT * look.cells:
        tried = sum(len(text) == 18 and text.isascii() and text.isalnum() for text in look.texts)
        if header or beyond_chance(len(passed), tried, CHANCE["social_credit_code"]) < RARE:
            tried = max(tried, len(passed))
            told = Evidence("checksum", {"passed": len(passed), "tried": tried, "chance": "1/31"})
            return look.claim("social_credit_code", 0.95 if header else 0.9, cells, told)
    if not header:
        return None
    coded = {text for text in look.texts if organisation_code_valid(text[6:] if len(text) == 15 else text)}
    old, _ = look.matching(lambda text: text in coded, "DA")
    if old and old >= DOMINANT * look.open_cells:
        told = Evidence("checksum", {"passed": len(coded), "tried": len(look.texts), "chance": "1/11"})
        return look.claim("social_credit_code", 0.85, old, told)
    return None


def contract_number(look: Look) -> Claim | None:
    """Numbers of contracts by header, form and variety."""
    if not look.header("contract_number"):
        return None
    cells, distinct = look.matching(CONTRACT.fullmatch)
    if not cells or cells < 0.8 * look.open_cells or distinct < 0.5 * look.open_distinct:
        return None
    return look.claim("contract_number", 0.75, cells, look.formed(cells))


def trade_price(look: Look) -> Claim | None:
    """Prices and terms that parties agree on, by header: what is on a price tag is none."""
    if not look.header("trade_price"):
        return None
    cells, distinct = look.matching(PRICE.fullmatch)
    if not cells or cells < 0.8 * look.open_cells or distinct < min(3, look.open_distinct):
        return None
    return look.claim("trade_price", 0.75, cells, look.formed(cells))


def secret(look: Look) -> Claim | None:
    """Keys of known forms wherever they stand; others by header and randomness."""
    if look.longest < 4:
        return None
    known, distinct = look.matching(holds_secret, "AH", traits=signs.SECRET_WITHIN)
    if known:
        dominant = known >= DOMINANT * look.open_cells
        told = look.formed(known) if dominant else Evidence("embedded", {"matched": known})
        return look.claim("secret", 0.9 if dominant else 0.75, known, told, dominant=dominant)
    header = look.header("secret")
    if not header:
        return None
    worded = "密码" in header or "password" in header or header.startswith("credential")
    cells, distinct = look.matching(lambda text: _like_key(text) or (worded and _like_password(text)))
    if not cells or cells < 0.7 * look.open_cells or distinct < 0.5 * look.open_distinct:
        return None
    return look.claim("secret", 0.8, cells, look.formed(cells))


def password(look: Look) -> Claim | None:
    """What only somebody knows: signs that differ, under a header that says so."""
    if not look.header("password") or look.longest < 4:
        return None
    cells, distinct = look.matching(lambda text: _like_password(text) or PIN.fullmatch(text) or GESTURE.fullmatch(text))
    weak, several = look.matching(LETTERS.fullmatch, "A")
    if several >= 0.6 * weak:
        cells, distinct = cells + weak, distinct + several
    if not cells or cells < 0.6 * look.open_cells or distinct < 0.5 * look.open_distinct:
        return None
    return look.claim("secret" if OF_SYSTEM.search(look.name) else "password", 0.8, cells, look.formed(cells))


def holds_secret(text: str) -> bool:
    """Whether a key of known form stands in a text."""
    if len(text) < 12:
        return False
    return KNOWN_SECRET.search(text) is not None or ("://" in text and CONNECTION.search(text) is not None)


def _like_password(text: str) -> bool:
    """Not short, without spaces, not letters alone."""
    if not 6 <= len(text) <= 128 or " " in text:
        return False
    return any(sign.isdigit() or not sign.isalnum() for sign in text) or len(text) >= 16


def _like_key(text: str) -> bool:
    """Long and random: at least three bits a sign, letters and digits mixed."""
    if not 16 <= len(text) <= 4_096 or " " in text or text.isdigit():
        return False
    counts = Counter(text[:256])
    total = sum(counts.values())
    bits = -sum(count / total * math.log2(count / total) for count in counts.values())
    return bits >= 3.0 and any(sign.isdigit() for sign in text) and any(sign.isalpha() for sign in text)
