"""Detectors of identifiers: values with a form, a check digit or a range of their own."""

import ipaddress
import re

from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.validators import (
    CHANCE,
    beyond_chance,
    card_issuer,
    credit_code_valid,
    luhn,
    resident_id_check,
    resident_id_date,
    resident_id_valid,
)

#: A type is dominant from this share of the cells on.
DOMINANT = 0.5
#: A check-digit result must be rarer than this by chance …
RARE = 0.01
#: … and, date or issuer range included, rarer than this.
VERY_RARE = 0.001
#: Share of random 18-digit numbers with a date from 1880 to today in the right place and a right check digit.
RANDOM_RESIDENT_ID = 5.0e-5
#: Share of random 11-digit numbers that look like a mobile number.
RANDOM_MOBILE = 0.07

RESIDENT_TOKEN = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}")
MOBILE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}")
MOBILE_TOKEN = re.compile(r"(?<![0-9A-Za-z.])(?:\+86[- ]?)?1[3-9]\d{9}(?![0-9A-Za-z])")
LANDLINE_CN = re.compile(r"\(?0\d{2,3}\)?[- ]\d{7,8}(-\d{1,5})?")
INTERNATIONAL = re.compile(r"(\+|00)[1-9]\d{0,2}[-. ()]*\d(?:[-. ()]*\d){6,12}")
NANP = re.compile(r"(?:\+?1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?: ?x\d{1,5})?")
BARE_PHONE = re.compile(r"[1-9]\d{9}|0\d{9,11}|\d{7,8}")
CARD = re.compile(r"\d{13,19}|\d{4}([ -]\d{4}){3}(?:[ -]\d{1,3})?|\d{4}[ -]\d{6}[ -]\d{5}")
PLATE = re.compile(
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·. -]?"
    "[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳领]"
)
PASSPORT = re.compile(r"E[A-HJ-NP-Z0-9]\d{7}|[GDSPHKM]\d{8}|[A-Z]{1,2}\d{6,8}|\d{9}")
MAC = re.compile(r"[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}")
RECORD_NUMBER = re.compile(r"(?=.*\d)[A-Za-z0-9-]{4,24}")
PAIR = re.compile(r"[(\[]?(-?\d{1,3}\.\d{3,})\s*[,; ]\s*(-?\d{1,3}\.\d{3,})[)\]]?|POINT ?\(-?\d.*\)")


def resident_id(look: Look) -> Claim | None:
    """GB 11643: check digit and birth date, whole or within text; serials with a date pass one time in eleven."""
    tokens = {token for text in look.texts if len(text) >= 18 for token in RESIDENT_TOKEN.findall(text)}
    dated = [token for token in tokens if resident_id_date(token, look.today)]
    passed = [token for token in dated if resident_id_check(token)]
    if not passed:
        return None
    whole = {text for text in look.texts if len(text) == 18 and resident_id_valid(text, look.today)}
    cells = sum(count for text, count in zip(look.texts, look.counts, strict=True) if text in whole)
    p_check = beyond_chance(len(passed), len(dated), CHANCE["resident_id"])
    p_all = beyond_chance(len(passed), len(tokens), RANDOM_RESIDENT_ID)
    checksum = Evidence("checksum", {"passed": len(passed), "tried": len(dated), "chance": "1/11"})
    header = look.header("resident_id")
    if cells >= DOMINANT * look.cells and (header or p_check < RARE):
        return look.claim("resident_id", 0.97 if header else 0.93, cells, checksum)
    if p_all < VERY_RARE and (p_check < RARE or (header and len(passed) == len(dated))):
        holding = sum(
            count
            for text, count in zip(look.texts, look.counts, strict=True)
            if any(token in text for token in RESIDENT_TOKEN.findall(text) if token in passed)
        )
        embedded = Evidence("embedded", {"matched": holding})
        return look.claim("resident_id", 0.85, holding, checksum, embedded, dominant=False)
    return None


def bank_card(look: Look) -> Claim | None:
    """Luhn and issuer range, for more values than chance explains."""
    bare = {text: re.sub("[ -]", "", text) for text in look.texts if CARD.fullmatch(text)}
    issued = [text for text, number in bare.items() if card_issuer(number)]
    passed = {text for text in issued if luhn(bare[text])}
    if not passed:
        return None
    chance = beyond_chance(len(passed), len(issued), CHANCE["bank_card"])
    cells = sum(count for text, count in zip(look.texts, look.counts, strict=True) if text in passed)
    header = look.header("bank_card")
    if cells < DOMINANT * look.cells or (chance >= RARE and not header):
        return None
    evidence = Evidence("checksum", {"passed": len(passed), "tried": len(issued), "chance": "1/10"})
    return look.claim("bank_card", 0.95 if header else 0.85, cells, evidence)


def social_credit_code(look: Look) -> Claim | None:
    """GB 32100: check character over 18 characters."""
    tried = [text for text in look.texts if re.fullmatch("[0-9A-Za-z]{18}", text)]
    passed = {text for text in tried if credit_code_valid(text)}
    if not passed:
        return None
    cells = sum(count for text, count in zip(look.texts, look.counts, strict=True) if text in passed)
    chance = beyond_chance(len(passed), len(tried), CHANCE["social_credit_code"])
    header = look.header("social_credit_code")
    if cells < DOMINANT * look.cells or (chance >= RARE and not header):
        return None
    evidence = Evidence("checksum", {"passed": len(passed), "tried": len(tried), "chance": "1/31"})
    return look.claim("social_credit_code", 0.95 if header else 0.9, cells, evidence)


def email(look: Look) -> Claim | None:
    """The form of an address decides; a column about e-mail that holds none is not one."""
    whole = {text for text in look.texts if "@" in text and EMAIL.fullmatch(text)}
    cells = sum(count for text, count in zip(look.texts, look.counts, strict=True) if text in whole)
    if cells and cells >= DOMINANT * look.cells:
        return look.claim("email", 0.97, cells, Evidence("format", {"matched": cells, "examined": look.cells}))
    holding = sum(
        count for text, count in zip(look.texts, look.counts, strict=True) if "@" in text and EMAIL.search(text)
    )
    if holding:
        return look.claim("email", 0.75, holding, Evidence("embedded", {"matched": holding}), dominant=False)
    return None


def mobile_phone(look: Look) -> Claim | None:
    """Numbering plans; bare digits need a spread of prefixes or a telling header, so that serials do not pass."""
    if look.avoided("mobile_phone"):
        return None
    header = look.header("mobile_phone")
    if look.profile.inferred_type == "decimal" and not header:
        return None
    mobiles, distinct = look.matching(MOBILE.fullmatch)
    spread = _prefixes(look)
    if mobiles and mobiles >= 0.8 * look.open_cells and (header or (distinct >= 5 and spread >= min(5, distinct))):
        evidence = [Evidence("format", {"matched": mobiles, "examined": look.open_cells})]
        if spread > 1:
            evidence.append(Evidence("spread", {"prefixes": spread}))
        return look.claim("mobile_phone", 0.95 if header else 0.85, mobiles, *evidence, identifies=True)
    # Eleven bare digits are not a way of writing: without a telling header they had their chance above.
    written, _ = look.matching(
        lambda text: (
            any(form.fullmatch(text) for form in (NANP, INTERNATIONAL, LANDLINE_CN))
            or (MOBILE.fullmatch(text) is not None and (header is not None or not text.isdigit()))
        )
    )
    if written and written >= 0.8 * look.open_cells:
        evidence = [Evidence("format", {"matched": written, "examined": look.open_cells})]
        return look.claim("mobile_phone", 0.92 if header else 0.7, written, *evidence)
    if header:
        bare, different = look.matching(
            lambda text: BARE_PHONE.fullmatch(text) or NANP.fullmatch(text) or MOBILE.fullmatch(text)
        )
        if bare and bare >= 0.8 * look.open_cells and different >= min(3, len(look.texts)):
            return look.claim(
                "mobile_phone", 0.75, bare, Evidence("format", {"matched": bare, "examined": look.open_cells})
            )
    return _phones_in_text(look, spread)


def vehicle_plate(look: Look) -> Claim | None:
    """Chinese plates: province character, letter, five or six more."""
    cells, _ = look.matching(PLATE.fullmatch)
    if not cells or cells < DOMINANT * look.open_cells:
        return None
    return look.claim("vehicle_plate", 0.93, cells, Evidence("format", {"matched": cells, "examined": look.open_cells}))


def passport(look: Look) -> Claim | None:
    """Passport numbers have no check digit of their own: only where header and form agree."""
    if not look.header("passport"):
        return None
    cells, _ = look.matching(PASSPORT.fullmatch)
    if not cells or cells < 0.8 * look.open_cells:
        return None
    return look.claim("passport", 0.85, cells, Evidence("format", {"matched": cells, "examined": look.open_cells}))


def ip_address(look: Look) -> Claim | None:
    """IPv4 and IPv6; four-part version numbers are small and say so in the header."""
    if look.avoided("ip_address"):
        return None
    cells, _ = look.matching(_is_ip)
    large, _ = look.matching(lambda text: _is_ip(text) and (":" in text or max(map(int, text.split("."))) > 31))
    if not cells or cells < DOMINANT * look.open_cells or (not large and not look.header("ip_address")):
        return None
    return look.claim("ip_address", 0.9, cells, Evidence("format", {"matched": cells, "examined": look.open_cells}))


def mac_address(look: Look) -> Claim | None:
    """EUI-48 in its three spellings."""
    cells, _ = look.matching(MAC.fullmatch)
    if not cells or cells < DOMINANT * look.open_cells:
        return None
    return look.claim("mac_address", 0.93, cells, Evidence("format", {"matched": cells, "examined": look.open_cells}))


def medical_record_number(look: Look) -> Claim | None:
    """Numbers of patients: the header says so and the values name many different records."""
    if not look.header("medical_record_number"):
        return None
    cells, distinct = look.matching(RECORD_NUMBER.fullmatch)
    if not cells or cells < 0.8 * look.open_cells or distinct < 0.2 * cells:
        return None
    return look.claim(
        "medical_record_number", 0.85, cells, Evidence("format", {"matched": cells, "examined": look.open_cells})
    )


def geolocation(look: Look) -> Claim | None:
    """Coordinate pairs, or single degrees with decimals under a header that says so."""
    pairs = look.matching(_is_pair)[0] if look.profile.inferred_type == "text" else 0
    if pairs and pairs >= 0.8 * look.open_cells:
        return look.claim(
            "geolocation", 0.85, pairs, Evidence("format", {"matched": pairs, "examined": look.open_cells})
        )
    if not look.header("geolocation") or look.profile.inferred_type != "decimal":
        return None
    numbers = look.profile.numbers
    if numbers is None or numbers.minimum < -180 or numbers.maximum > 180:
        return None
    cells, _ = look.matching(lambda text: re.fullmatch(r"-?\d{1,3}\.\d{3,}", text))
    if not cells or cells < DOMINANT * look.open_cells:
        return None
    return look.claim("geolocation", 0.8, cells, Evidence("format", {"matched": cells, "examined": look.open_cells}))


def _phones_in_text(look: Look, spread: int) -> Claim | None:
    tokens = {token for text in look.texts if len(text) > 11 for token in MOBILE_TOKEN.findall(text)}
    others = {token for text in look.texts if len(text) > 11 for token in re.findall(r"(?<!\d)\d{11}(?!\d)", text)}
    if len(tokens) < 2 or beyond_chance(len(tokens), max(len(tokens), len(others)), RANDOM_MOBILE) >= RARE:
        return None
    if len({token[-11:][:3] for token in tokens}) < 2:
        return None
    holding = sum(count for text, count in zip(look.texts, look.counts, strict=True) if MOBILE_TOKEN.search(text))
    evidence = Evidence("embedded", {"matched": holding})
    return look.claim("mobile_phone", 0.7, holding, evidence, dominant=False, identifies=True)


def _prefixes(look: Look) -> int:
    """How many three-digit prefixes the mobile numbers have: serials share theirs."""
    return len({re.sub("[ -]", "", text)[-11:][:3] for text in look.texts if MOBILE.fullmatch(text)})


def _is_ip(text: str) -> bool:
    if not (text.count(".") == 3 or text.count(":") >= 2) or "/" in text:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_pair(text: str) -> bool:
    found = PAIR.fullmatch(text)
    if not found:
        return False
    if found.group(1) is None:
        return True
    one, other = abs(float(found.group(1))), abs(float(found.group(2)))
    return one <= 180 and other <= 180 and min(one, other) <= 90
