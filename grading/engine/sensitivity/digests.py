"""Detector of identifiers that were hashed or enciphered: who has the key, or tries all numbers, has the person."""

import re
from typing import Final

from grading.engine.sensitivity.evidence import Claim, Evidence, Look

#: MD5 and SHA in hexadecimal, and longer runs of base64.
DIGEST: Final = re.compile(
    r"(?:(?:md5|sha1|sha256|sm3|sm4|aes|enc)[:_$({])?(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}|"
    r"(?=[^0-9]*\d)(?=.*[A-Z])[A-Za-z0-9+/_-]{22,172}={0,2})[)}]?",
    re.IGNORECASE,
)
#: Types whose values are numbers or names that can be found again by trying.
HASHED: Final = (
    "resident_id",
    "mobile_phone",
    "person_name",
    "bank_card",
    "passport",
    "email",
    "financial_account",
    "national_id",
    "address",
    "other_document",
    "personal_number",
)


def digest(look: Look) -> Claim | None:
    """Digests that differ, under a header that names an identifier of persons: 手机号MD5."""
    code = next((code for code in HASHED if look.named(code)), None)
    if code is None or look.longest < 22:
        return None
    cells, distinct = look.matching(DIGEST.fullmatch, "A", least=0.8 * look.open_cells)
    if not cells or distinct < 0.5 * look.open_distinct:
        return None
    return look.claim(code, 0.65, cells, Evidence("digests", {"matched": cells}))
