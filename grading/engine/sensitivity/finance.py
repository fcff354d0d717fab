"""Detectors of accounts and amounts: payment cards, bank accounts, income and credit of persons."""

import re
from typing import Final

from grading.engine.sensitivity import signs
from grading.engine.sensitivity.embedded import CARD_TOKEN
from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.identity import DOMINANT, LAST_DIGITS, RARE, TAIL, VERY_RARE
from grading.engine.sensitivity.validators import CHANCE, beyond_chance, card_issuer, ean_valid, iban_valid, luhn

CARD: Final = re.compile(r"\d{13,19}|\d{4}([ -]\d{4}){3}(?:[ -]\d{1,3})?|\d{4}[ -]\d{6}[ -]\d{5}")
MASKED_CARD: Final = re.compile(r"\d{4}[ -]?\d{0,4}[ *×●xX-]{4,15}\d{0,4}|[*×●]{4}[ *×●-]{4,15}\d{4}")
#: 工商银行 6222…, 建行(尾号1234): the bank before the number.
OF_BANK: Final = re.compile(
    r"[\u4e00-\u9fff]{2,12}(?:卡|银行)?[ :(-]{0,2}(?:尾号)?(?:\d{12,19}|\d{4,6}[ *]{4,14}\d{3,4}|"
    r"\*{2,12}\d{4}|\d{4})\)?"
)
ACCOUNT: Final = re.compile(
    r"\d{8,30}|\d{4}([ -]\d{3,6}){2,5}|[A-Z]{1,4}\d{7,20}|0x[0-9a-fA-F]{40}|"
    r"(?:bc1|[13])[a-zA-HJ-NP-Z0-9]{25,40}|T[a-zA-Z0-9]{33}"
)
#: Accounts that are telephone numbers or mail addresses: Alipay, wallets.
WALLET: Final = re.compile(r"1[3-9]\d[\d*]{8}|[\w.*+-]{1,40}@[\w.*-]{3,40}|2088\d{12}", re.ASCII)
SAYS_CARD: Final = re.compile(r"(?:卡号|银行卡|信用卡|储蓄卡|账号|账户|card)\D{0,8}\d", re.IGNORECASE)
AMOUNT: Final = re.compile(
    r"[¥￥$€£]? ?-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|"
    r"[¥￥$€£]? ?-?\d+(?:\.\d+)? ?(?:元|万元|万|亿|k|K|w|W|USD|CNY|RMB)?(?:/月|/年)?"
)
BEFORE_AMOUNT: Final = re.compile("^(?:(?:约|年薪|月薪|税前|税后|人民币|RMB) ?){1,2}")
#: How somebody pays back, and what is thought of it.
CREDIT: Final = re.compile(
    r"正常|关注|次级|可疑|损失|逾期.{0,12}|未逾期|已结清|结清|未结清|呆账|展期|代偿|无逾期|M[0-7]\+?|"
    r"[A-D]{1,3}[+-]?|AA?A?[+-]?|[优良中差好]|"
    r"优秀|良好|较好|一般|较差|极好|"
    r"面议|高风险|中风险|低风险|[一二三四五]级|\d{2,3}分|黑名单|"
    r"白名单|灰名单|失信.{0,8}|有房.{0,6}|无房.{0,6}|有车|无车|"
    r"[¥￥]?\d[\d,]{0,4}[*×]{1,8}(?:\.[\d*]{1,2})?|[一二三四五六七八九十百千万]{2,8}元?(?:[-到至][一二三四五六七八九十百千万]{2,8}元?)?|[高中低]等?(?:偏[上下])?收?入?|"
    r"自有.{0,6}|租住?|按揭.{0,6}|全款|.{0,8}\d+(?:\.\d+)?(?:平方?米|㎡|m2|平)"
)
GRADE_OF_INCOME: Final = re.compile(
    r"\d+(?:\.\d+)?[kKwW万千]?元?[-~至到]\d+(?:\.\d+)?[kKwW万千]?元?(?:/[月年])?(?:[··x*]\d{2}薪)?|"
    r"(?:月|年)?(?:收入|薪)?\d+(?:\.\d+)?[kKwW万千]?元?(?:/[月年])?(?:以[上下]|及以[上下])"
)


def bank_card(look: Look) -> Claim | None:
    """Luhn and issuer range, for more values than chance explains; article numbers (EAN) have a check digit too."""
    if look.longest < 4:
        return None
    bare = {text: re.sub("[ -]", "", text) for text in look.having(signs.CARD) if CARD.fullmatch(text)}
    header = look.header("bank_card")
    issued = [text for text, number in bare.items() if card_issuer(number)]
    passed = {text for text in issued if luhn(bare[text])}
    cells = look.cells_of(passed) if passed else 0
    if passed and not all(ean_valid(bare[text]) for text in passed):
        chance = beyond_chance(len(passed), len(issued), CHANCE["bank_card"])
        told = Evidence("checksum", {"passed": len(passed), "tried": len(issued), "chance": "1/10"})
        if cells >= DOMINANT * look.cells and (chance < RARE or header):
            return look.claim("bank_card", 0.95 if header else 0.85, cells, told, texts=passed)
        # random numbers of such lengths have an issuer's prefix one time in six
        random = beyond_chance(len(passed), max(len(passed), len(bare)), CHANCE["bank_card"] / 6)
        if len(passed) >= 3 and chance < VERY_RARE and random < VERY_RARE:
            return look.claim("bank_card", 0.75, cells, told, dominant=False, texts=passed)
    if not header or look.spoken.strong.get("bank_card") in ("pan", "card"):
        return None
    banks, _ = look.matching(lambda text: len(text) <= 40 and OF_BANK.fullmatch(text), "H")
    if banks and banks >= DOMINANT * look.open_cells:
        return look.claim("bank_card", 0.75, banks, look.formed(banks))
    if LAST_DIGITS.search(look.name):
        tails, _ = look.matching(TAIL.fullmatch, "DA")
        return look.claim("bank_card", 0.6, tails, look.formed(tails)) if tails >= 0.8 * look.cells else None
    masked, _ = look.matching(lambda text: 10 <= len(text) <= 26 and MASKED_CARD.fullmatch(text), "A")
    if masked and masked >= DOMINANT * look.open_cells:
        return look.claim("bank_card", 0.8, masked, Evidence("masked_values", {"matched": masked}))
    formed = look.cells_of(set(issued))
    # numbers under the header that mostly fail the check digit are other numbers: chance would let one in ten pass
    if formed >= DOMINANT * look.cells and (beyond_chance(len(passed), len(issued), CHANCE["bank_card"]) < RARE):
        return look.claim("bank_card", 0.6, formed, Evidence("unverified", {"matched": formed, "passed": len(passed)}))
    return None


def cards_in_text(look: Look) -> Claim | None:
    """Payment cards within longer text, more than chance explains, or after a word that says what they are."""
    if look.avoided("bank_card"):
        return None
    held: dict[str, set[str]] = {}
    tried: set[str] = set()
    for text in look.having(signs.CARD_WITHIN):
        if len(text) > 19:
            found = {re.sub("[ -]", "", token.group()) for token in CARD_TOKEN.finditer(text)}
            tried |= found
            if passed := {number for number in found if card_issuer(number) and luhn(number)}:
                held[text] = passed
    passed_all = set().union(*held.values()) if held else set()
    if not passed_all or CARD.fullmatch(next(iter(held))):
        return None
    said = sum(SAYS_CARD.search(text) is not None for text in held)
    random = beyond_chance(len(passed_all), len(tried), CHANCE["bank_card"] / 6)
    if random >= VERY_RARE and (said < len(held) or random >= 5 * RARE):
        return None
    holding = look.cells_of(held)
    return look.claim("bank_card", 0.75, holding, Evidence("embedded", {"matched": holding}), dominant=False)


def iban(look: Look) -> Claim | None:
    """ISO 13616 numbers: country, length and remainder."""
    if look.longest < 15:
        return None
    tried = [text for text in look.having(signs.IBAN) if text[:2].isalpha() and text[2:4].isdigit()]
    passed = {text for text in tried if iban_valid(text.replace(" ", ""))}
    if not passed or beyond_chance(len(passed), len(tried), CHANCE["iban"]) >= 2 * RARE:
        return None
    cells = look.cells_of(passed)
    told = Evidence("checksum", {"passed": len(passed), "tried": len(tried), "chance": "1/97"})
    dominant = cells >= DOMINANT * look.cells
    return look.claim("financial_account", 0.95 if dominant else 0.8, cells, told, dominant=dominant, texts=passed)


def financial_account(look: Look) -> Claim | None:
    """Accounts under a header that says so: long numbers that differ."""
    if not look.header("financial_account"):
        return None
    cells, distinct = look.matching(
        lambda text: (
            8 <= len(text) <= 34 and (ACCOUNT.fullmatch(text) or MASKED_CARD.fullmatch(text) or WALLET.fullmatch(text))
        ),
        "DA",
    )
    if not cells or cells < 0.65 * look.open_cells or distinct < 0.5 * look.open_distinct:
        return None
    return look.claim("financial_account", 0.8, cells, look.formed(cells))


def personal_finance(look: Look) -> Claim | None:
    """Amounts under a header of income, property or credit."""
    if not look.header("personal_finance"):
        return None
    cells, distinct = look.matching(
        lambda text: (
            len(text) <= 24
            and (
                AMOUNT.fullmatch(BEFORE_AMOUNT.sub("", text))
                or GRADE_OF_INCOME.fullmatch(text)
                or CREDIT.fullmatch(text)
            )
        )
    )
    if not cells or cells < 0.7 * look.open_cells or distinct < min(3, look.open_distinct):
        return None
    return look.claim("personal_finance", 0.75, cells, look.formed(cells))
