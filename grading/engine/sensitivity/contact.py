"""Detectors of ways to reach a person: telephone, e-mail, accounts on the network, pages, postal codes."""

import re
from itertools import pairwise
from typing import Final

from grading.engine.sensitivity import signs
from grading.engine.sensitivity.embedded import EMAIL, MOBILE, MOBILE_TOKEN
from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.identity import DOMINANT, LAST_DIGITS, RARE, TAIL
from grading.engine.sensitivity.validators import beyond_chance

#: Share of random 11-digit numbers that look like a mobile number.
RANDOM_MOBILE: Final = 0.07
#: The same of those that begin with 1: 59 of 100 pairs of digits after it are assigned.
PREFIXES_OF_ONE: Final = 0.59
LANDLINE_CN: Final = re.compile(r"(?:\+86[- ]?)?\(?0\d{2,3}\)?[- ]?[2-9]\d{6,7}(?:[-转#]\d{1,5})?")
#: Numbers that anybody may call: 400 and 800 lines, short numbers of services.
SERVICE: Final = re.compile(r"[48]00[- ]?\d{3,4}[- ]?\d{3,4}|9\d{4,5}|1[02]\d{1,3}")
INTERNATIONAL: Final = re.compile(r"(\+|00)[1-9]\d{0,2}[-. ()]*\d(?:[-. ()]*\d){6,12}(?: ?(?:x|ext\.?) ?\d{1,5})?")
NANP: Final = re.compile(
    r"(?:\+?1[-. ])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-. ])[2-9]\d{2}[-. ]\d{4}(?: ?(?:x|ext\.?) ?\d{1,5})?"
)
#: Digits in groups, as numbers are written at home: 06-12345678, 020 7946 0958.
NATIONAL: Final = re.compile(r"\(?0\d{1,4}\)?[-. /]\d{2,4}(?:[-. ]?\d{2,4}){1,3}")
BARE_PHONE: Final = re.compile(r"\+?[1-9]\d{8,12}|0\d{8,12}|\d{7,8}")
MASKED_PHONE: Final = re.compile(
    r"1[3-9]\d[ -]?[*×●xX]{4,5}[ -]?\d{3,4}|1[*×●]{6,10}\d{0,4}|1[3-9]\d[*×●]{8}|"
    r"0\d{2,3}-?\d{0,4}[*×●]{3,8}\d{0,4}|[*×●]{4,7}\d{4}"
)
URL: Final = re.compile(
    r"(?:https?|ftp)://[^\s/]+(?:/\S*)?|(?:www\.)?(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,12}(?:/\S*)?", re.IGNORECASE
)
POSTAL: Final = re.compile(
    r"\d{4,6}(?:-\d{4})?|\d{4} ?[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|"
    r"\d{3}[- ]\d{2,4}|\d{5}-\d{3}|"
    r"[A-Z]{1,2}-\d{4,5}",
    re.IGNORECASE,
)
HANDLE: Final = re.compile(
    r"@?(?=.*[A-Za-z])[A-Za-z][\w.-]{3,31}|[1-9]\d{4,18}|@\w{2,30}|(?=.*[A-Za-z_*])[\w.*-]{5,32}|MS4wLjABAAAA\S{20,}|"
    r"[1-9]\d{0,3}\*{2,8}\d{0,4}",
    re.ASCII,
)
LETTERED_HANDLE: Final = re.compile(r"(?=.*[a-z])[A-Za-z][A-Za-z0-9_.-]{3,20}", re.ASCII)
ELEVEN: Final = re.compile(r"(?<!\d)\d{11}(?!\d)")
#: Accounts may be telephone numbers and mail addresses, whole or masked (Alipay, WeChat).
HANDLE_LIKE: Final = re.compile(r"1[3-9]\d[\d*]{8}|[\w.*+-]{1,40}@[\w.*-]{3,40}", re.ASCII)
CHINESE_HANDLE: Final = re.compile(r"@?[\u4e00-\u9fffA-Za-z0-9_·\-]{2,24}")
#: Accounts that need no header: of WeChat, and as its programmes see them.
KNOWN_ACCOUNT: Final = re.compile(r"wxid_[a-z0-9]{10,20}|o[A-Za-z0-9][A-Za-z0-9_-]{26}")
OPEN_ID: Final = re.compile(r"o[A-Za-z0-9_-]{27}")


#: Words before a number that say what it is, within text.
SAYS_PHONE: Final = re.compile(r"(?:手机|电话|联系|致电|拨打|mobile|phone|call|tel)\D{0,10}1[3-9]\d", re.IGNORECASE)
#: Mailboxes of an office, which nobody owns: info@, service@, hr@.
OFFICE_MAILBOX: Final = re.compile(
    r"(?:info|contact|contacts|service|services|support|help|helpdesk|sales?|market(?:ing)?|hr|jobs?|careers?|recruit(?:ment)?|"
    r"admin|administrator|office|webmaster|postmaster|hostmaster|noreply|no-reply|donotreply|press|media|finance|billing|accounts?|"
    r"legal|privacy|abuse|security|enquir(?:y|ies)|inquir(?:y|ies)|feedback|customer\.?service|kefu|zhaopin|caiwu|bangongshi|"
    r"xinfang|jubao|yewu|dangban|xxgk|tousu|news|newsletter|mail|hello|team|business|export|purchas(?:e|ing)|public)[._-]?\w{0,3}@.+",
    re.IGNORECASE,
)
#: What people call themselves where they choose.
CHOSEN: Final = re.compile(
    "昵称|网名|微信名|名片|抖音名|微博名|主播|发帖|楼主|评论[人者]|网友|游戏名|角色名|创作者|博主|粉丝名|ID名|备注名|nick",
    re.IGNORECASE,
)


def email(look: Look) -> Claim | None:
    """The form of an address decides; a column about e-mail that holds none is not one. Masked ones need the header."""
    candidates = look.having(signs.MAIL_WITHIN)
    if not candidates:
        return None
    whole = {text for text in candidates if EMAIL.fullmatch(text)}
    cells = look.cells_of(whole) if whole else 0
    if whole and all(map(OFFICE_MAILBOX.fullmatch, whole)):
        return None
    if cells and cells >= DOMINANT * look.cells:
        return look.claim(
            "email", 0.97, cells, Evidence("format", {"matched": cells, "examined": look.cells}), texts=whole
        )
    masked = {text for text in candidates if re.fullmatch(r"[\w.+-]{0,20}\*+[\w.+*-]{0,20}@[\w.*-]+", text)}
    if masked and look.header("email") and (hidden := look.cells_of(masked)) + cells >= DOMINANT * look.cells:
        return look.claim("email", 0.8, hidden + cells, Evidence("masked_values", {"matched": hidden}), texts=whole)
    held = {text for text in candidates if EMAIL.search(text)}
    if held:
        holding = look.cells_of(held)
        told = Evidence("embedded", {"matched": holding})
        return look.claim("email", 0.75, holding, told, dominant=False, texts=whole)
    return None


def mobile_number(look: Look) -> Claim | None:
    """Chinese mobile numbers that a column cannot hold by chance: of different prefixes, not in sequence."""
    if look.longest < 11 or look.avoided("mobile_phone"):
        return None
    whole = {text for text in look.having(signs.MOBILE) if 11 <= len(text) <= 18 and MOBILE.fullmatch(text)}
    header = look.header("mobile_phone")
    if not whole:
        return None
    numbers = sorted(int(re.sub(r"\D", "", text)[-11:]) for text in whole)
    spread = len({number // 10**8 for number in numbers})
    steps = sum(0 < later - earlier <= 50 for earlier, later in pairwise(numbers))
    serial = len(numbers) >= 4 and steps >= 0.3 * len(numbers)
    unlike = [text for text in look.texts if len(text) == 11 and text.isdigit() and text not in whole]
    others = len(unlike)
    cells = look.cells_of(whole)
    told = [Evidence("format", {"matched": cells, "examined": look.cells})]
    if spread > 1:
        told.append(Evidence("spread", {"prefixes": spread}))
    if header:
        if cells >= DOMINANT * look.cells:
            return look.claim("mobile_phone", 0.95, cells, *told, identifies=True, texts=whole)
    elif serial or spread < min(3, len(whole)) or len(whole) < 3:
        return None
    if beyond_chance(len(whole), len(whole) + others, RANDOM_MOBILE) >= (RARE if header else 0.001):
        return None
    ones = 0 if header else sum(text[0] == "1" for text in unlike)
    # serials that begin with 1 have the prefix of a mobile number more often than not
    if ones and beyond_chance(len(whole), len(whole) + ones, PREFIXES_OF_ONE) >= 5 * RARE:
        return None
    dominant = cells >= 0.8 * look.cells
    if not dominant and len(whole) < 5 and not header:
        return None
    confidence = (0.85 if len(whole) >= 5 else 0.75) if dominant else 0.7
    return look.claim("mobile_phone", confidence, cells, *told, dominant=dominant, identifies=True, texts=whole)


def telephone(look: Look) -> Claim | None:
    """Other numbering plans; bare digits need a telling header, so that serials do not pass."""
    if look.avoided("mobile_phone") or look.longest < 4:
        return None
    header = look.header("mobile_phone")
    if header and LAST_DIGITS.search(look.name):
        tails, _ = look.matching(TAIL.fullmatch, "DA")
        if tails >= 0.8 * look.open_cells:
            return look.claim("mobile_phone", 0.6, tails, look.formed(tails), identifies=True)
    if look.part("H") > DOMINANT and not header:
        return None

    def written(text: str) -> bool:
        length = len(text)
        if not 7 <= length <= 30 or (text.isdigit() and length not in (10, 12)) or SERVICE.fullmatch(text):
            return False
        return bool(
            NANP.fullmatch(text)
            or (LANDLINE_CN.fullmatch(text) and (not text.isdigit() or header))
            or INTERNATIONAL.fullmatch(text)
            or (MOBILE.fullmatch(text) and not text.isdigit())
        )

    cells, distinct = look.matching(written, "DAH", traits=signs.PHONE, least=0.8 * look.open_cells)
    if cells and (header or not look.spoken.about):
        return look.claim("mobile_phone", 0.92 if header else 0.7, cells, look.formed(cells))
    if look.weak_header("mobile_phone") is None or not look.open_cells:
        return None
    bare = header is not None or look.weak_header("mobile_phone") != "号码"
    cells, distinct = look.matching(
        lambda text: 7 <= len(text) <= 30 and not SERVICE.fullmatch(text)
        and (written(text) or (bare and BARE_PHONE.fullmatch(text)) or NATIONAL.fullmatch(text)
             or MOBILE.fullmatch(text) or MASKED_PHONE.fullmatch(text)),
        "DAHN",
        least=(0.5 if header else 0.8) * look.open_cells,
    )  # fmt: skip
    varied = distinct >= min(2, look.open_distinct)
    if cells and varied:
        masked, _ = look.matching(MASKED_PHONE.fullmatch, "A")
        told = Evidence("masked_values", {"matched": masked}) if masked else look.formed(cells)
        return look.claim("mobile_phone", 0.8 if header else 0.7, cells, told, identifies=bool(masked) or None)
    return None


def phones_in_text(look: Look) -> Claim | None:
    """Mobile numbers within longer text, more than eleven-digit numbers give by chance."""
    if look.longest <= 11:
        return None
    held = {
        text
        for text in look.having(signs.PHONE_WITHIN)
        if len(text) > 13 and MOBILE_TOKEN.search(text) and not text.isdigit()
    }
    if not held:
        return None
    tokens = {found.group() for text in held for found in MOBILE_TOKEN.finditer(text)}
    others = {token for text in look.texts if len(text) > 13 for token in ELEVEN.findall(text)}
    said = any(map(SAYS_PHONE.search, held))
    if not said:
        if len(tokens) < 2 or beyond_chance(len(tokens), max(len(tokens), len(others)), RANDOM_MOBILE) >= RARE:
            return None
        if len({re.sub(r"\D", "", token)[-11:][:3] for token in tokens}) < 2:
            return None
    holding = look.cells_of(held)
    told = Evidence("embedded", {"matched": holding})
    return look.claim("mobile_phone", 0.7, holding, told, dominant=False, identifies=True)


def online_account(look: Look) -> Claim | None:
    """Names and numbers on the network, by header and form; a column of a few repeated codes is none."""
    if not look.header("online_account"):
        if look.weak_header("online_account") and (claim := _bare_account(look)) is not None:
            return claim
        cells, _ = look.matching(KNOWN_ACCOUNT.fullmatch, "A", least=0.8 * look.open_cells)
        return look.claim("online_account", 0.75, cells, look.formed(cells)) if cells else None
    cells, distinct = look.matching(
        lambda text: HANDLE.fullmatch(text) or OPEN_ID.fullmatch(text) or HANDLE_LIKE.fullmatch(text), "DA"
    )
    if look.part("H"):
        named, several = look.matching(CHINESE_HANDLE.fullmatch, "H")
        # names in Chinese are chosen too, beside others that are not
        if cells or "@" in look.texts[0] or (several >= 4 and several >= 0.5 * named):
            cells, distinct = cells + named, distinct + several
    if CHOSEN.search(look.name):
        cells, distinct = look.matching(lambda text: 2 <= len(text) <= 24)
    if not cells or cells < 0.65 * look.open_cells or distinct < 0.5 * look.open_distinct or look.open_distinct < 2:
        return None
    return look.claim("online_account", 0.8, cells, look.formed(cells))


def _bare_account(look: Look) -> Claim | None:
    """账号, which may be one at a bank: letters and digits that hardly any cell shares with another."""
    cells, distinct = look.matching(LETTERED_HANDLE.fullmatch, "A", least=0.8 * look.open_cells)
    if not cells or distinct < 4 or distinct < 0.8 * cells:
        return None
    return look.claim("online_account", 0.6, cells, look.formed(cells))


def url(look: Look) -> Claim | None:
    """Addresses of pages under a header that says whose they are."""
    if not look.header("url"):
        return None
    cells, _ = look.matching(URL.fullmatch, "AH")
    if not cells or cells < 0.8 * look.open_cells:
        return None
    return look.claim("url", 0.75, cells, look.formed(cells))


def postal_code(look: Look) -> Claim | None:
    """Postal codes under a header that says so."""
    if not look.header("postal_code"):
        return None
    cells, _ = look.matching(POSTAL.fullmatch, "DNA")
    if not cells or cells < 0.8 * look.open_cells:
        return None
    return look.claim("postal_code", 0.8, cells, look.formed(cells))
