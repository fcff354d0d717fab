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
    r"[\dA-Z一二三四五六七八九十百]+[-#]?\d*(?:号|栋|幢|室|楼|单元|弄|组|#|座|层|门|户|队|社|支路)|"
    r"[\u4e00-\u9fff]{2}\d{1,3}[-–]\d{1,3}[-–]\d{3,4}$"
)
CHINESE_PLACE: Final = re.compile(r".{2,9}(?:省|自治区|市|州|盟).{1,12}(?:市|区|县|镇|乡|旗|街道|路|街|村).{2,}")
#: A village of a township of a county: the three words one after the other, the last at the end.
COUNTY: Final = re.compile("[省市县区州]")
TOWNSHIP: Final = re.compile("[镇乡]|街道")
VILLAGE: Final = re.compile("(?:村|社区|组|屯|居委会)$")
#: 杭州市西湖区人民法院: whose name begins like an address.
AUTHORITY: Final = re.compile(
    "(?:法院|检察院|公安局|局|委员会|委|厅|处|办|办公室|政府|公司|集团|厂|医院|学校|大学|学院|中学|小学|幼儿园|中心|银行|支行|分行|大队|支队|派出所|"
    "管理所|事务所|研究所|协会|学会|商会|基金会|合作社|图书馆|博物馆|车站|机场|收费站|服务区)$"
)
#: Building, entrance, room: where only columns beside them tell of which estate.
ROOM: Final = re.compile(r"[\dA-Z]{1,3}[-–#]\d{1,3}[-–#]\d{2,4}")
#: Where somebody lives no closer than a county, a village or an estate.
AREA: Final = re.compile(
    r"[\u4e00-\u9fff]{2,38}(?:[省市州盟区县旗镇乡村里庄苑园城庭府湾郡]|街道|社区|新村|公寓|宿舍|花苑|家园)"
)
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
#: Between the stops of a way, and between those of a list of places.
ONWARD: Final = re.compile(r"→|-{0,2}>|=>|—{1,2}|至|;|\|")
LISTED: Final = re.compile(r"[-~/,、]+|到")
#: Where somebody was: a place by how it ends, a road or a house within, a stop of a line.
PLACE: Final = re.compile(
    r".{0,60}(?:[省市区县镇乡村路街巷道桥站点口店院园场馆城厦楼广苑寓宾所处港湾山河湖寺庙门厅校厂司岛]|小区|中心|酒店|宾馆|民宿|医院|"
    r"大厦|广场|口岸|海关|机场|车站|码头|服务区|收费站|路口|出口|入口|附近|停车场|[东南西北上下]行)(?:[A-Z\d-]{0,6}[口号门栋楼层出站室座厅]{0,2})(?:[(].{1,20}[)])?|"
    r".{0,40}(?:路|街|大道|高速|国道|省道|[GS]\d{2,4}).{0,30}"
)
#: Cells of mobile networks (MCC-MNC-LAC-CI or less), geohashes, flights and trains.
CELL: Final = re.compile(
    r"(?:460[-_: ]?0\d[-_: ])?(?:0x)?[0-9A-Fa-f]{3,8}[-_:/, ](?:0x)?[0-9A-Fa-f]{2,9}|"
    r"460\d{10,14}|w[0-9b-hjkmnp-z]{5,11}|"
    r"(?:LAC|CI|TAC|ECI|CGI)\W?\w+.*",
    re.IGNORECASE,
)
#: Where somebody went, in whole sentences, and the headers of such.
TOLD: Final = re.compile("[到在往去从经抵返回至赴]|乘坐|外出|居家|住")
WHOLE_WAY: Final = re.compile("轨迹|行程|行踪|旅居|旅行|活动|接触")
CELL_WORDS: Final = frozenset(
    {"lac", "cellid", "cell id", "小区号", "小区代码", "基站编号", "基站号", "基站代码", "位置区", "基站"}
)
TRIP: Final = re.compile(r"(?:[GDCZTKYLS]\d{1,4}|[A-Z\d]{2}\d{3,4})(?:次)?(?:[ /,(].{2,40})?")
DEGREES: Final = re.compile(r"-?\d{1,3}\.\d{3,}")
COARSE_DEGREES: Final = re.compile(r"-?\d{1,3}\.\d{2,}°?")
#: Degrees, minutes and seconds, and degrees in millionths.
SEXAGESIMAL: Final = re.compile(
    r"[NSEW东西南北]?[纬经]?-?\d{1,3}[°度]\s?\d{1,2}(?:\.\d+)?['′分]?\s?(?:\d{1,2}(?:\.\d+)?[\"″秒]?)?\s?[NSEW]?"
)
MILLIONTHS: Final = re.compile(r"(?:7[3-9]|[89]\d|1[0-3]\d|[1-5]\d)\d{6,7}")


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
    masked, several = look.matching(MASKED_ADDRESS.fullmatch, "H", least=0.0 if header else 0.8 * look.open_cells)
    if not header and masked and several >= 3:
        return look.claim("address", 0.7, masked, Evidence("masked_values", {"matched": masked}))
    if not look.header("address"):
        return None
    if masked and masked + cells >= DOMINANT * look.open_cells:
        return look.claim("address", 0.8, masked + cells, Evidence("masked_values", {"matched": masked}))
    rooms, _ = look.matching(ROOM.fullmatch, "A")
    if rooms and rooms >= 0.8 * look.open_cells:
        return look.claim("address", 0.4, rooms, look.formed(rooms))
    places, _ = look.matching(lambda text: is_village(text) or CHINESE_PLACE.fullmatch(text) or _is_house(text), "HAD")
    if "private_words" in look.spoken.mentions:
        areas, several = look.matching(lambda text: len(text) <= 40 and AREA.fullmatch(text), "H")
        if areas >= 0.6 * look.open_cells and several >= 2:
            return look.claim("address", 0.65, areas, look.formed(areas))
    lettered = look.part("HA") >= 0.3 or look.matching(lambda text: text.startswith("#"))[0] > 0
    if places and places >= 0.6 * look.open_cells and lettered and look.part("DN") < 0.5:
        return look.claim("address", 0.75, places, look.formed(places))
    return None


def is_address(text: str, streets: frozenset[str]) -> bool:
    """Whether a text has the form of a street address, Chinese or Western."""
    if len(text) > 200:
        return False
    if not text.isascii():
        if CHINESE_HOUSE.search(text):
            return True
        if CHINESE_PLACE.fullmatch(text):
            return AUTHORITY.search(text) is None
    if " " not in text:
        return False
    found = WESTERN_ADDRESS.fullmatch(text) or WESTERN_ADDRESS_REVERSED.fullmatch(text)
    if found is None:
        return False
    rest = found.group("rest").lower()
    return not streets.isdisjoint(re.findall(r"[^\W\d_]+", rest)) or STREET_ENDING.search(rest) is not None


def is_village(text: str) -> bool:
    """Whether county, township and village stand in a text in this order: step by step, for hostile text is long."""
    found = COUNTY.search(text)
    found = found and TOWNSHIP.search(text, found.end())
    return found is not None and VILLAGE.search(text, found.end()) is not None and "\n" not in text


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
    written, _ = look.matching(SEXAGESIMAL.fullmatch, "AH")
    if not cells and not written:
        written, _ = look.matching(MILLIONTHS.fullmatch, "D")
    cells, fine = cells + written, fine + written
    if not cells or cells < 0.8 * look.open_cells or fine < DOMINANT * look.open_cells:
        return None
    return look.claim("geolocation", 0.8, cells, look.formed(cells))


def location_track(look: Look) -> Claim | None:
    """Sequences of coordinates; of named stops only where the header says so."""
    header = look.header("location_track")
    if look.avoided("location_track") or (look.longest < 8 and not header):
        return None
    cells, _ = look.matching(lambda text: len(text) >= 15 and TRACK.search(text), "AH", traits=signs.TRACK)
    if cells and cells >= (DOMINANT if header else 0.8) * look.open_cells:
        return look.claim("location_track", 0.9 if header else 0.65, cells, look.formed(cells))
    if not header:
        return None
    cell = header in CELL_WORDS
    cities = look.taxonomy.lexicons["cities_zh"]
    told = WHOLE_WAY.search(look.name)
    stops, distinct = look.matching(
        lambda text: (
            text in cities
            or _is_way(text)
            or (len(text) <= 100 and (PLACE.fullmatch(text) or CELL.fullmatch(text) or TRIP.fullmatch(text)))
            or _is_pair(text, fine=False)
            or (cell and text.isdigit() and 3 <= len(text) <= 10)
            or (told and len(text) >= 6 and TOLD.search(text))
        ),
        "DAH",
    )
    if not stops or stops < 0.6 * look.open_cells or distinct < min(2, look.open_distinct):
        return None
    return look.claim("location_track", 0.75, stops, look.formed(stops))


def _is_way(text: str) -> bool:
    """Several places in a row: 西湖站→武林站, 杭州-南京-北京. Split, not matched: hostile text costs no more."""
    stops = ONWARD.split(text)
    if 2 <= len(stops) <= 41:
        return all(2 <= len(stop.strip()) <= 40 for stop in stops)
    stops = LISTED.split(text[:700])
    return 2 <= len(stops) <= 41 and all(2 <= len(stop) <= 15 and not stop.isascii() for stop in map(str.strip, stops))


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
