"""Detectors of numbers that authorities, hospitals, employers and schools give to persons."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from grading.engine.sensitivity import signs, validators
from grading.engine.sensitivity.embedded import RESIDENT_TOKEN, SSN_TOKEN
from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.validators import (
    CHANCE,
    PROVINCES,
    beyond_chance,
    resident_id_check,
    resident_id_date,
    resident_id_valid,
)

#: A type is dominant from this share of the cells on.
DOMINANT: Final = 0.5
#: A check-digit result must be rarer than this by chance …
RARE: Final = 0.01
#: … and, date or issuer range included, rarer than this.
VERY_RARE: Final = 0.001
#: Share of random 18-digit numbers with a date from 1880 to today in the right place and a right check digit.
RANDOM_RESIDENT_ID: Final = 5.0e-5
#: Words before a number that say what it is, within text.
SAYS_RESIDENT: Final = re.compile(r"(?:身份证|证件|身份号|ID card|identity)\D{0,8}$", re.IGNORECASE)
OLD_RESIDENT_ID: Final = re.compile(r"[1-8]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
MASKED_RESIDENT_ID: Final = re.compile(r"[1-8]\d{0,9}[*×xX●#]{4,17}[\dXx]{0,8}")
PASSPORT: Final = re.compile(
    r"E[A-HJ-NP-Z0-9]\d{7}|[GDSPHKMCWLT]\d{8,10}|[A-Z]{1,3} ?\d{6,9}(?:\(\d{1,2}\))?|"
    r"[A-Z]{1,2} ?\d{3,5} \d{3,5}|[A-Z]{3}\d{12}|"
    r"\d{8,10}(?:\([A-Z0-9]\))?|[A-Z]\d{2}[A-Z]{2}\d{4}|"
    r"(?=(?:.*\d){3})[A-Z0-9]{8,9}",
    re.IGNORECASE,
)
#: Under a header that only says that it is a document, those with a letter first.
LETTERED_PASSPORT: Final = re.compile(r"E[A-HJ-NP-Z0-9]\d{7}|[GDSPHKMCWLT]\d{8,10}|[A-Z]{2}\d{7}")
#: Those of any country, where the header says that it is a document of somebody.
ANY_PASSPORT: Final = re.compile(r"[A-Z]{1,3}\d{6,10}[A-Z]?")
DOCUMENT_HEADER: Final = re.compile("证件号|证件编?[号码]|zjhm?|cert|document", re.IGNORECASE)
MASKED_PASSPORT: Final = re.compile(r"(?=.*[A-Z\d])[A-Z]{0,2}\d{0,4}[*×●]{2,8}\d{0,4}")
RECORD_NUMBER: Final = re.compile(r"(?=.*\d)[A-Za-z0-9/_-]{4,24}")
DOCUMENT: Final = re.compile(
    r"(?!\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$)(?=.*\d)"
    r"(?:[A-Za-z0-9()〔〕\[\]_/. -]|[\u4e00-\u9fff](?=.{0,36}\d)){5,40}[号]?|\d{4}"
)
#: Documents with a form of their own: officers' and soldiers' cards, titles to real estate, certificates of birth.
WORDED_DOCUMENT: Final = re.compile(
    r"[军海空陆火政后装南北沈兰济广成参总武士文学警院部东西中]{1,2}字?第\d{6,10}号|"
    r"[\u4e00-\u9fff]\(\d{4}\)[\u4e00-\u9fff\d]{2,16}不动产权第\d{5,10}号|"
    r".{0,12}(?:房权证|房地证|房产证|土地?[他国集]用).{0,14}\d{4,12}号?"
)
CODICE_FISCALE: Final = re.compile(r"[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", re.IGNORECASE)
NINO: Final = re.compile(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", re.IGNORECASE)
SUBJECT_NUMBER: Final = re.compile(r"\d{2,20}|(?=.*\d)[A-Za-z0-9_*-]{4,40}")
FOREIGN: Final = re.compile(r"(?=.*\d.*\d.*\d.*\d.*\d)[A-Z0-9][A-Z0-9()./ -]{5,19}", re.IGNORECASE)


#: 身份证后六位, 卡号尾号, last four: what is left of a number to know it again by.
LAST_DIGITS: Final = re.compile("[后末尾][3-8三四五六七八]?[位号]|last ?(?:[468]|four|six)", re.IGNORECASE)
TAIL: Final = re.compile(r"[*×]{0,14}\d{3,7}[\dXx]")


def resident_id(look: Look) -> Claim | None:
    """GB 11643: check digit and birth date, whole or within text; serials with a date pass one time in eleven."""
    if look.longest < 15:
        return _unverified(look, 0) if LAST_DIGITS.search(look.name) and look.named("resident_id") else None
    holding_any = look.having(signs.RESIDENT_WITHIN)
    tokens = {
        token
        for text in holding_any
        for token in ((text,) if len(text) == 18 and _plain_form(text) else RESIDENT_TOKEN.findall(text))
    }
    dated = [token for token in tokens if resident_id_date(token, look.today)]
    passed = {token for token in dated if resident_id_check(token)}
    header = look.header("resident_id")
    if passed:
        whole = {text for text in holding_any if text in passed}
        cells = look.cells_of(whole)
        p_check = beyond_chance(len(passed), len(dated), CHANCE["resident_id"])
        p_all = beyond_chance(len(passed), len(tokens), RANDOM_RESIDENT_ID)
        checksum = Evidence("checksum", {"passed": len(passed), "tried": len(dated), "chance": "1/11"})
        if cells >= DOMINANT * look.cells and (header or p_check < RARE):
            return look.claim("resident_id", 0.97 if header else 0.93, cells, checksum, texts=whole)
        if p_all < VERY_RARE and (
            p_check < RARE or (header and len(passed) == len(dated)) or _announced(holding_any, passed)
        ):
            held = {text for text in holding_any if any(token in passed for token in RESIDENT_TOKEN.findall(text))}
            holding = look.cells_of(held)
            embedded = Evidence("embedded", {"matched": holding})
            return look.claim("resident_id", 0.85, holding, checksum, embedded, dominant=False, texts=whole)
    return _unverified(look, len(passed)) if look.named("resident_id") or look.weak_header("resident_id") else None


def _plain_form(text: str) -> bool:
    """Of 18 signs that hold seventeen digits in a row and one more sign: whether these are such a number."""
    return text.isascii() and text[17] in "0123456789Xx"


def _announced(texts: Iterable[str], passed: set[str]) -> bool:
    """Whether a word before one of the numbers says what it is."""
    for text in texts:
        if len(text) > 18:
            for found in RESIDENT_TOKEN.finditer(text):
                if found.group() in passed and SAYS_RESIDENT.search(text[: found.start()]):
                    return True
    return False


def _unverified(look: Look, passed: int) -> Claim | None:
    """Under a header that says so: numbers of the right form with a date of birth, wrongly typed or masked ones."""
    open_cells = look.cells

    def plausible(text: str) -> bool:
        if len(text) == 18:
            return text[:2] in PROVINCES and resident_id_date(text, look.today) is not None
        return len(text) == 15 and text[:2] in PROVINCES and OLD_RESIDENT_ID.fullmatch(text) is not None

    formed, _ = look.matching(lambda text: plausible(re.sub("[ '-]", "", text)), "DA")
    masked, _ = look.matching(
        lambda text: (
            10 <= len(text) <= 24 and MASKED_RESIDENT_ID.fullmatch(text) and not resident_id_date(text, look.today)
        ),
        "A",
    )
    if LAST_DIGITS.search(look.name):
        formed, _ = look.matching(TAIL.fullmatch, "DA")
        return look.claim("resident_id", 0.6, formed, look.formed(formed)) if formed >= 0.8 * open_cells else None
    if formed + masked < DOMINANT * open_cells or not formed + masked:
        return None
    if masked >= formed:
        return look.claim("resident_id", 0.75, masked, Evidence("masked_values", {"matched": masked}))
    return look.claim("resident_id", 0.6, formed, Evidence("unverified", {"matched": formed, "passed": passed}))


def national_id(look: Look) -> Claim | None:
    """Numbers of other countries: those with a check digit or an own form by themselves, the others by header."""
    if look.longest < 8 or look.avoided("national_id"):
        return None
    header = look.named("national_id")
    checked = (
        validators.hong_kong_id_valid,
        validators.taiwan_id_valid,
        validators.spanish_id_valid,
        CODICE_FISCALE.fullmatch,
        NINO.fullmatch,
        SSN_TOKEN.fullmatch,
        lambda text: "." in text and "-" in text and validators.brazilian_id_valid(text),
    )
    for test in checked:
        cells, distinct = look.matching(test, "A", traits=signs.NATIONAL, least=0.8 * look.open_cells)
        if cells and (header or distinct >= 4):
            return look.claim("national_id", 0.9 if header else 0.8, cells, look.formed(cells))
    if not header:
        return None
    cells, distinct = look.matching(lambda text: FOREIGN.fullmatch(text) or ("*" in text and len(text) >= 8), "DA")
    if not cells or cells < 0.65 * look.open_cells or distinct < 0.5 * look.open_distinct:
        return None
    return look.claim("national_id", 0.75, cells, look.formed(cells))


def passport(look: Look) -> Claim | None:
    """Passport numbers have no check digit of their own: only where header and form agree."""
    header = look.header("passport")
    if look.spoken.opaque:
        least = 0.9 * look.open_cells
        cells, distinct = look.matching(LETTERED_PASSPORT.fullmatch, "A", least=least)
        return look.claim("passport", 0.4, cells, look.formed(cells)) if cells and distinct >= 5 else None
    if not header and not look.weak_header("passport"):
        return None
    form = PASSPORT if header else ANY_PASSPORT if DOCUMENT_HEADER.search(look.name) else LETTERED_PASSPORT
    cells, _ = look.matching(form.fullmatch, "DA")
    masked, _ = look.matching(MASKED_PASSPORT.fullmatch, "A")
    if not cells + masked or cells + masked < (0.6 if header else 0.8) * look.open_cells:
        return None
    return look.claim("passport", 0.85, cells + masked, look.formed(cells + masked))


def other_document(look: Look) -> Claim | None:
    """Driving licences, officers' and other personal documents: by header, form and variety."""
    return _numbered(look, "other_document")


def personal_number(look: Look) -> Claim | None:
    """Numbers of staff, students, members, households: by header, form and variety, as those of documents."""
    return _numbered(look, "personal_number")


def _numbered(look: Look, code: str) -> Claim | None:
    if not look.weak_header(code):
        return None
    valid, _ = look.matching(lambda text: resident_id_valid(text, look.today), "DA")
    cells, distinct = look.matching(lambda text: DOCUMENT.fullmatch(text) or ("*" in text and len(text) >= 7))
    if not cells or cells < 0.65 * look.open_cells or distinct < 0.5 * look.open_distinct:
        return None
    # 卡号 may be that of anything: columns beside it must tell
    return look.claim(code, 0.75 if look.header(code) else 0.4, max(cells, valid), look.formed(cells))


def subject_number(look: Look) -> Claim | None:
    """Numbers of users, members, patients: who they are, columns beside them must tell."""
    if not look.spoken.subject:
        return None
    cells, distinct = look.matching(SUBJECT_NUMBER.fullmatch, "DA")
    if not cells or cells < 0.8 * look.open_cells or distinct < min(3, look.open_distinct):
        return None
    return look.claim("personal_number", 0.4, cells, look.formed(cells), identifies=False)


def known_document(look: Look) -> Claim | None:
    """Documents that need no header: worded ones, and numbers made of a resident's (school roll, disability)."""
    if look.spoken.about:
        return None

    cells, distinct = look.matching(
        lambda text: is_known_document(text, look.today), "DAH", traits=signs.DOCUMENT, least=DOMINANT * look.open_cells
    )
    if not cells or distinct < min(3, look.open_distinct):
        return None
    return look.claim("other_document", 0.85, cells, look.formed(cells))


def is_known_document(text: str, today: date) -> bool:
    """Whether a text is a worded document, a number of the school roll or one of the disabled."""
    length = len(text)
    if length == 19 and text[0] in "GLJ":
        return resident_id_valid(text[1:], today)
    if length == 20 and text[18] in "1234567" and text[19] in "1234":
        return resident_id_valid(text[:18], today)
    return 9 <= length <= 44 and text[-1] == "号" and WORDED_DOCUMENT.fullmatch(text) is not None


def medical_record_number(look: Look) -> Claim | None:
    """Numbers of patients: the header says so and the values name many different records."""
    if not look.header("medical_record_number"):
        return None
    cells, distinct = look.matching(RECORD_NUMBER.fullmatch, "DA")
    if not cells or cells < 0.65 * look.open_cells or distinct < 0.2 * cells:
        return None
    return look.claim("medical_record_number", 0.85, cells, look.formed(cells))
