"""Detectors of numbers of vehicles, networks and devices."""

import ipaddress
import re
from typing import Final

from grading.engine.sensitivity import signs
from grading.engine.sensitivity.embedded import PLATE
from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.identity import DOMINANT, RARE
from grading.engine.sensitivity.validators import CHANCE, beyond_chance, luhn, vin_valid

MAC: Final = re.compile(
    r"[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"
)
PLATE_TOKEN: Final = re.compile(rf"(?<![A-Za-z0-9])(?:{PLATE.pattern})(?![A-Za-z0-9])")
MASKED_PLATE: Final = re.compile(
    r"[\u4e00-\u9fff][A-Z][·. -]?[A-Z0-9]{0,4}[*×●]{1,5}[A-Z0-9]{0,4}|[\u4e00-\u9fff][*×●]{2,6}[A-Z0-9]{1,4}"
)
#: RFC 1918: addresses of an organisation's own network, where there are more machines than persons.
PRIVATE_IP: Final = re.compile(r"10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.")
OF_USERS: Final = re.compile(
    "client|user|login|remote|客户|用户|登录|登陆|访问|来源|终端|上网|员工|办公", re.IGNORECASE
)
MASKED_IP: Final = re.compile(r"(?:\d{1,3}\.){2}(?:[\d*]{1,3}\.)[\d*]{1,3}")
#: Plates of the police, of embassies, of electric bicycles; lower-case letters.
LOCAL_PLATE: Final = re.compile(
    r"(?=.*\d)[\u4e00-\u9fffA-Z]{1,4}[·. -]?[A-Za-z]?[·. -]?[A-Za-z0-9]{3,7}[\u4e00-\u9fff]?"
)
OTHER_PLATE: Final = re.compile(r"(?=.*\d)(?=.*[A-Z])[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4}){1,2}")
DEVICE: Final = re.compile(
    r"\d{14,20}|[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|[0-9A-Fa-f]{14,64}|(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_-]{10,64}"
    r"|[0-9A-Fa-f]{4,10}\*{3,12}[0-9A-Fa-f]{2,8}"
)
#: Headers of machines as well as of telephones, and the forms that only the latter have.
ANY_DEVICE: Final = frozenset(
    {
        "设备号",
        "设备标识",
        "设备id",
        "设备序列号",
        "设备码",
        "设备唯一标识",
        "设备识别码",
        "设备识别号",
        "终端号",
        "终端标识",
        "终端编号",
        "机器码",
    }
    | {"硬件序列号", "device id", "deviceid", "device no", "device serial", "terminal id", "hardware id", "udid"}
)
TELEPHONE_ID: Final = re.compile(
    r"(?:86|35|99|01)\d{12,13}|460\d{12}|[0-9A-Fa-f]{16}|[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|"
    r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|[0-9A-Fa-f]{4,10}\*{3,12}[0-9A-Fa-f]{2,8}"
)
#: ITU-T E.118: telecommunication, China, operator.
SIM_CARD: Final = re.compile(
    r"898600\d{13}[\dA-F]?|8986(?:01|03|04|06|07|09|11|15)\d{13}[\dA-F]?|898600[A-F0-9]{13,14}", re.IGNORECASE
)


def vehicle_plate(look: Look) -> Claim | None:
    """Chinese plates: province character, letter, five or six more. Others by header and form."""
    cells, _ = look.matching(PLATE.fullmatch, "H", traits=signs.PLATE)
    header = look.header("vehicle_plate")
    masked = look.matching(MASKED_PLATE.fullmatch, "H")[0] if header else 0
    if header and not cells:
        cells = look.matching(lambda text: 4 <= len(text) <= 14 and LOCAL_PLATE.fullmatch(text.replace(" ", "")), "H")[
            0
        ]
    if cells + masked and cells + masked >= DOMINANT * look.open_cells:
        told = look.formed(cells) if cells >= masked else Evidence("masked_values", {"matched": masked})
        return look.claim("vehicle_plate", 0.93, cells + masked, told)
    if not header:
        return None
    cells, distinct = look.matching(lambda text: 5 <= len(text) <= 10 and OTHER_PLATE.fullmatch(text), "A")
    if not cells or cells < 0.8 * look.open_cells or distinct < 0.5 * look.open_distinct:
        return None
    return look.claim("vehicle_plate", 0.75, cells, look.formed(cells))


def plates_in_text(look: Look) -> Claim | None:
    """Chinese plates within longer text: two at least."""
    if look.avoided("vehicle_plate"):
        return None
    held = {text for text in look.having(signs.PLATE_WITHIN) if len(text) > 9 and PLATE_TOKEN.search(text)}
    if len(held) < 2 or any(text in look.proven for text in held):
        return None
    holding = look.cells_of(held)
    return look.claim("vehicle_plate", 0.7, holding, Evidence("embedded", {"matched": holding}), dominant=False)


def vin(look: Look) -> Claim | None:
    """Seventeen signs without I, O, Q; the check digit where the country uses one, else the header."""
    cells, distinct = look.matching(lambda text: len(text) == 17 and vin_valid(text), "A", traits=signs.VIN)
    header = look.header("vin")
    if header:
        formed, distinct = look.matching(lambda text: re.fullmatch("[A-HJ-NPR-Z0-9*]{8,17}", text.upper()), "DA")
        cells = max(cells, formed)
    if (
        not cells
        or cells < (0.65 if header else 0.8) * look.open_cells
        or (not header and beyond_chance(distinct, distinct, 1 / 11) >= 0.001)
    ):
        return None
    return look.claim("vin", 0.9 if header else 0.8, cells, look.formed(cells))


def ip_address(look: Look) -> Claim | None:
    """IPv4 and IPv6; four-part version numbers are small and say so in the header."""
    if look.longest < 3 or (look.avoided("ip_address") and OF_USERS.search(look.name) is None):
        return None
    cells, _ = look.matching(is_ip, "A", traits=signs.IP)
    header = look.header("ip_address")
    if header:
        cells = max(cells, look.matching(MASKED_IP.fullmatch, "A")[0])
    if not cells or cells < DOMINANT * look.open_cells:
        return None
    if not header:
        large, _ = look.matching(
            lambda text: is_ip(text) and (":" in text or int(text.partition(".")[0]) > 31), "A", traits=signs.IP
        )
        inner, _ = look.matching(PRIVATE_IP.match, "A")
        if large + inner < 0.3 * cells:  # versions have small numbers first
            return None
    inner, _ = look.matching(PRIVATE_IP.match, "A")
    own = inner >= 0.9 * cells and OF_USERS.search(look.name) is None
    return look.claim("ip_address", 0.45 if own else 0.9, cells, look.formed(cells))


def mac_address(look: Look) -> Claim | None:
    """EUI-48 in its three spellings."""
    cells, _ = look.matching(lambda text: 12 <= len(text) <= 17 and MAC.fullmatch(text), "A", traits=signs.MAC)
    if not cells or cells < DOMINANT * look.open_cells:
        return None
    return look.claim("mac_address", 0.93, cells, look.formed(cells))


def device_id(look: Look) -> Claim | None:
    """IMEI by check digit and header; other identifiers of devices by header and form."""
    header = look.header("device_id")
    tried = [text for text, _ in look.of("D") if len(text) == 15]
    if tried:
        passed = {text for text in tried if luhn(text) and text[:2] in ("01", "35", "86", "99", "49", "45")}
        cells = look.cells_of(passed)
        sure = beyond_chance(len(passed), len(tried), CHANCE["imei"] / 10) < RARE and len(passed) >= 5
        if cells >= DOMINANT * look.open_cells and (header or sure):
            told = Evidence("checksum", {"passed": len(passed), "tried": len(tried), "chance": "1/10"})
            return look.claim("device_id", 0.93 if header else 0.75, cells, told)
    cards, several = look.matching(lambda text: len(text) in (19, 20) and SIM_CARD.fullmatch(text), "DA")
    if cards and cards >= 0.8 * look.open_cells and several >= 3:
        return look.claim("device_id", 0.9 if header else 0.8, cards, look.formed(cards))
    if not header:
        return None
    cells, distinct = look.matching(
        lambda text: DEVICE.fullmatch(text) or MAC.fullmatch(text) or DEVICE.fullmatch(re.sub("[ /-]", "", text)), "DA"
    )
    if not cells or cells < 0.8 * look.open_cells or distinct < 0.3 * look.open_distinct:
        return None
    # 设备号 may be that of a machine: without the form of a telephone's number, only columns beside it can tell
    machine = header in ANY_DEVICE and look.matching(TELEPHONE_ID.fullmatch, "DA")[0] < DOMINANT * look.open_cells
    return look.claim("device_id", 0.4 if machine else 0.85, cells, look.formed(cells))


def is_ip(text: str) -> bool:
    """Whether a text is an IPv4 or IPv6 address."""
    if not (text.count(".") == 3 or text.count(":") >= 2) or len(text) > 45 or "/" in text:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
