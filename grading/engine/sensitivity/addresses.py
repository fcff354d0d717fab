"""Detectors of where somebody lives, is and was: addresses, coordinates, tracks, codes of divisions."""

import re
from typing import Final

from grading.engine.sensitivity import signs
from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.identity import DOMINANT
from grading.engine.sensitivity.validators import PROVINCES

#: A house, a building or a room, with its number: what a place has that somebody lives in.
CHINESE_HOUSE: Final = re.compile(
    r"(?:路|街|巷|弄|胡同|大道|小区|苑|花园|村|镇|乡|屯|组|队|里|园|庄|城|坊|道|公寓|家属院|新区|社区|县|区|市|府|庭|居|湾|郡).{0,24}?"
    r"[\d一二三四五六七八九十百]+[-#]?\d*(?:号|栋|幢|室|楼|单元|弄|组|#|座|层|门|户|队|社|支路)"
)
CHINESE_PLACE: Final = re.compile(r".{2,9}(?:省|自治区|市|州|盟).{1,12}(?:市|区|县|镇|乡|旗|街道|路|街|村).{2,}")
CHINESE_VILLAGE: Final = re.compile(r".*(?:省|市|县|区|州).*(?:镇|乡|街道).*(?:村|社区|组|屯|居委会)")
MASKED_ADDRESS: Final = re.compile(r"[\u4e00-\u9fff]{2,}(?:省|市|区|县|镇|路|街|道|村)[^*]{0,20}[*×●]{2,}.*")
WESTERN_ADDRESS: Final = re.compile(
    r"(?:\d{1,6}[A-Za-z]?(?:[-/]\d{1,5})?|one),? +(?=\S*[^\W\d_])(?P<rest>[^|;]{3,})", re.IGNORECASE
)
WESTERN_ADDRESS_REVERSED: Final = re.compile(
    r"(?P<rest>[^|;\d]{3,}?),? \d{1,5} ?[a-z]?(?:[-/ ]\d{1,4})?(?:,.*)?", re.IGNORECASE
)
STREET_ENDING: Final = re.compile(
    r"(?:straße|strasse|str\.|straat|weg|gasse|gade|gatan|vägen|laan|platz|plein|allee)\b", re.IGNORECASE
)
#: Under a telling header a word and a number are enough, a flat, or a post box.
HOUSE: Final = re.compile(
    r"[^\W\d_][^\d|;:=@]{2,40} \d{1,5} ?[A-Za-z]?|# ?\d{1,5}[A-Za-z]?|\d{1,6}[A-Za-z]? [^\W\d_][^|;=@]{2,80}|"
    r"(?:p\.? ?o\.? ?box|apt|unit|flat|suite|no)\.? ?#?\d+.*",
    re.IGNORECASE,
)
_DEGREE: Final = r"-?\d{1,3}\.\d{2,}"
PAIR: Final = re.compile(rf"[(\[]?({_DEGREE})°?[NS]?\s*[,; ]\s*({_DEGREE})°?[EW]?[)\]]?|POINT ?\(-?\d.*\)")
#: Two pairs of coordinates or more, or a line of them.
TRACK: Final = re.compile(
    rf"(?:LINESTRING|MULTIPOINT) ?\(|{_DEGREE}\s*[, ]\s*{_DEGREE}.{{0,30}}?(?:[;|>→\])-]+|\s)"
    rf".{{0,30}}?{_DEGREE}\s*[, ]\s*{_DEGREE}"
)
STOPS: Final = re.compile(r"[^→>—;|]{2,40}(?:\s*(?:→|-{0,2}>|=>|—{1,2}|至|;)\s*[^→>—;|]{2,40}){1,40}")
DEGREES: Final = re.compile(r"-?\d{1,3}\.\d{3,}")
COARSE_DEGREES: Final = re.compile(r"-?\d{1,3}\.\d{2,}°?")


def address(look: Look) -> Claim | None:
    """Chinese and Western street addresses: a number, and a word for a street, a building or a district."""
    if look.avoided("address") or look.longest < 3 or (look.part("HA") < 0.3 and not look.header("address")):
        return None
    if look.spoken.about:
        return None
    streets = look.taxonomy.lexicons["street_words"]
    header = look.header("address") or look.weak_header("address")
    least = (0.3 if header else 0.6) * look.open_cells
    cells, distinct = look.matching(
        lambda text: is_address(text, streets),
        "HA",
        traits=signs.STREET,
        least=0.0 if look.header("address") else least,
    )
    if cells and cells >= least and (header or distinct >= min(3, look.open_distinct)):
        return look.claim("address", 0.9 if header else 0.75, cells, look.formed(cells))
    if not look.header("address"):
        return None
    masked, _ = look.matching(MASKED_ADDRESS.fullmatch, "H")
    if masked and masked + cells >= DOMINANT * look.open_cells:
        return look.claim("address", 0.8, masked + cells, Evidence("masked_values", {"matched": masked}))
    places, _ = look.matching(
        lambda text: CHINESE_VILLAGE.fullmatch(text) or CHINESE_PLACE.fullmatch(text) or _is_house(text), "HAD"
    )
    lettered = look.part("HA") >= 0.3 or look.matching(lambda text: text.startswith("#"))[0] > 0
    if places and places >= 0.6 * look.open_cells and lettered and look.part("DN") < 0.5:
        return look.claim("address", 0.75, places, look.formed(places))
    return None


def is_address(text: str, streets: frozenset[str]) -> bool:
    """Whether a text has the form of a street address, Chinese or Western."""
    if len(text) > 200:
        return False
    if not text.isascii() and (CHINESE_HOUSE.search(text) or CHINESE_PLACE.fullmatch(text)):
        return True
    if " " not in text:
        return False
    found = WESTERN_ADDRESS.fullmatch(text) or WESTERN_ADDRESS_REVERSED.fullmatch(text)
    if found is None:
        return False
    rest = found.group("rest").lower()
    return not streets.isdisjoint(re.findall(r"[^\W\d_]+", rest)) or STREET_ENDING.search(rest) is not None


def _is_house(text: str) -> bool:
    return len(text) <= 100 and HOUSE.fullmatch(text) is not None


def geolocation(look: Look) -> Claim | None:
    """Coordinate pairs, or single degrees with decimals under a header that says so."""
    if look.longest < 5:
        return None
    header = look.header("geolocation")
    pairs, _ = look.matching(
        lambda text: _is_pair(text, fine=header is None), "A", traits=signs.PAIR, least=0.8 * look.open_cells
    )
    if pairs:
        return look.claim("geolocation", 0.9 if header else 0.85, pairs, look.formed(pairs))
    if not header:
        return None
    cells, _ = look.matching(lambda text: COARSE_DEGREES.fullmatch(text) and abs(float(text.rstrip("°"))) <= 180, "NA")
    fine, _ = look.matching(DEGREES.fullmatch, "NA")
    if not cells or cells < 0.8 * look.open_cells or fine < DOMINANT * look.open_cells:
        return None
    return look.claim("geolocation", 0.8, cells, look.formed(cells))


def location_track(look: Look) -> Claim | None:
    """Sequences of coordinates; of named stops only where the header says so."""
    if look.longest < 8 or look.avoided("location_track"):
        return None
    header = look.header("location_track")
    cells, _ = look.matching(lambda text: len(text) >= 15 and TRACK.search(text), "AH", traits=signs.TRACK)
    if cells and cells >= (DOMINANT if header else 0.8) * look.open_cells:
        return look.claim("location_track", 0.9 if header else 0.65, cells, look.formed(cells))
    if not header:
        return None
    stops, distinct = look.matching(lambda text: STOPS.fullmatch(text) or _is_pair(text, fine=False), "AH")
    if not stops or stops < 0.6 * look.open_cells or distinct < 0.5 * look.open_distinct:
        return None
    return look.claim("location_track", 0.75, stops, look.formed(stops))


def division_code(look: Look) -> Claim | None:
    """Six, nine or twelve digits that begin with a province's, under a header that says so."""
    if not look.header("division_code"):
        return None
    cells, _ = look.matching(lambda text: len(text) in (6, 9, 12) and text[:2] in PROVINCES, "D")
    if not cells or cells < 0.8 * look.open_cells:
        return None
    return look.claim("division_code", 0.9, cells, look.formed(cells))


def _is_pair(text: str, *, fine: bool) -> bool:
    if len(text) > 80:
        return False
    found = PAIR.fullmatch(text)
    if not found:
        return False
    if found.group(1) is None:
        return True
    if fine and any(len(part.partition(".")[2]) < 3 for part in found.groups()):
        return False
    one, other = abs(float(found.group(1))), abs(float(found.group(2)))
    return one <= 180 and other <= 180 and min(one, other) <= 90
