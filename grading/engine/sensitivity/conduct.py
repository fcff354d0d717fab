"""Detectors of what persons did and said: offences, messages, what they looked for; and whom they love."""

import re
from typing import Final

from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.identity import DOMINANT

URL: Final = re.compile(r"(?:https?://)?(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}(?:[/?]\S*)?", re.IGNORECASE)
#: Words: two Chinese characters, or four letters in a row.
WORDED: Final = re.compile(r"[\u4e00-\u9fff]{2}|[^\W\d_]{4}")


def criminal_record(look: Look) -> Claim | None:
    """Offences, sentences and penalties under a header that says so."""
    return _told(
        look, "criminal_record", "offence_words", 0.4, "无", "否", "无犯罪记录", "无记录", "无前科", "有", "是"
    )


def sexual_orientation(look: Look) -> Claim | None:
    """Words for orientations, under a header that says so."""
    return _told(look, "sexual_orientation", "orientation_words", DOMINANT, "其他", "未知", "保密", "other", "unknown")


def _told(look: Look, code: str, lexicon: str, least: float, *neutral: str) -> Claim | None:
    if not look.header(code) or not look.open_cells:
        return None
    words = tuple(look.taxonomy.lexicons[lexicon])
    cells, _ = look.matching(lambda text: len(text) <= 200 and any(word in text.lower() for word in words), "HA")
    others, _ = look.matching(lambda text: text in neutral, "HA")
    found = cells + others
    if not cells or found < least * look.open_cells:
        return None
    return look.claim(code, 0.85, found, Evidence("lexicon", {"matched": found, "examined": look.open_cells}))


def communication(look: Look) -> Claim | None:
    """What persons wrote and said to each other: text that differs from cell to cell, under a header that says so."""
    if not look.header("communication"):
        return None
    cells, distinct = look.matching(WORDED.search, "HA")
    if not cells or cells < 0.6 * look.open_cells or distinct < 0.5 * look.open_distinct or look.longest < 5:
        return None
    return look.claim("communication", 0.75, cells, look.formed(cells))


def online_activity(look: Look) -> Claim | None:
    """Pages looked at, words searched for, software installed: text or addresses, under a header that says so."""
    if not look.header("online_activity"):
        return None
    cells, distinct = look.matching(lambda text: WORDED.search(text) or URL.fullmatch(text), "HA")
    if not cells or cells < 0.6 * look.open_cells or distinct < min(3, look.open_distinct):
        return None
    return look.claim("online_activity", 0.7, cells, look.formed(cells))
