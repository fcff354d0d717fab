"""Detector of identifiers with signs hidden by asterisks, whose forms tell what they were without any header."""

import re
from collections.abc import Callable
from typing import Final

from grading.engine.sensitivity import signs
from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.validators import PROVINCES

RESIDENT: Final = re.compile(r"[1-8]\d{1,13}\*{4,16}[\dXx]{0,8}")
MOBILE: Final = re.compile(r"1[3-9]\d[ -]?\*{4}[ -]?\d{4}|1[3-9]\d{1,2}\*{5,7}\d{1,3}")
#: UnionPay's issuers and the groups of four in which cards are printed.
CARD: Final = re.compile(r"62\d{2,6}\*{6,12}\d{3,4}|[3-6]\d{3} ?\*{4} ?\*{4} ?(?:\*{1,4} ?)?\d{3,4}")
MAIL: Final = re.compile(r"[A-Za-z0-9][\w.+-]{0,20}\*{2,12}[\w.+-]{0,20}@[A-Za-z0-9-]{1,30}(?:\.[a-z]{2,6}){1,2}")
#: Cities of Gansu (62), whose numbers begin like UnionPay's cards.
GANSU: Final = re.compile(r"62(?:0[1-9]|1[0-2]|2[1-9]|30|\*)")


def masked_identifier(look: Look) -> Claim | None:
    """The one of these forms that nearly all cells have, three different ones at least."""
    if look.spoken.about:
        return None
    for code, test in FORMS:
        if look.avoided(code):
            continue
        cells, distinct = look.matching(test, "A", traits=signs.MASKED, least=0.8 * look.open_cells)
        if cells and distinct >= 3:
            told = Evidence("masked_values", {"matched": cells})
            return look.claim(code, 0.75, cells, told, identifies=True)
    return None


def _is_resident(text: str) -> bool:
    """18 signs under a province's code; what is left of the year is one of the last or this century."""
    if len(text) != 18 or text[:2] not in PROVINCES or RESIDENT.fullmatch(text) is None:
        return False
    if text.startswith("62") and GANSU.match(text) is None:
        return False
    year = text[6:8].rstrip("*")
    return not year or "19".startswith(year) or "20".startswith(year)


FORMS: Final[tuple[tuple[str, Callable[[str], object]], ...]] = (
    ("mobile_phone", MOBILE.fullmatch),
    ("resident_id", _is_resident),
    ("bank_card", CARD.fullmatch),
    ("email", MAIL.fullmatch),
)
