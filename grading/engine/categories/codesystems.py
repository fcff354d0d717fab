"""Code systems of trades, recognised in the values of a column by form, check digit or a list of well-known codes.

A system is seen where nearly all of a column's distinct values follow it. Where form alone is common (a serial number
looks like many things) the check digit decides, and enough values must pass it.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

#: Distinct values of a column that are looked at, and characters of each.
VALUES_EXAMINED: Final = 60
LONGEST_EXAMINED: Final = 80


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


_AIRPORTS: Final = _codes(
    """
    PEK PKX PVG SHA CAN SZX CTU TFU CKG KMG XIY HGH NKG WUH CSX TAO XMN DLC SHE TSN CGO HAK SYX URC HRB FOC TNA NNG
    KWE LHW HET HFE KHN CGQ TYN INC WNZ NGB SJW LJG HKG MFM TPE NRT HND KIX ICN GMP SIN BKK KUL CGK MNL SGN HAN DEL
    BOM DXB DOH AUH IST LHR LGW CDG ORY AMS FRA MUC ZRH VIE MAD BCN FCO MXP CPH ARN OSL HEL DUB BRU LIS ATH WAW PRG
    BUD SVO DME JFK LGA EWR BOS PHL IAD DCA BWI ATL MIA MCO FLL TPA CLT RDU ORD MDW DTW MSP STL CLE CVG IND MCI MKE
    DEN SLC PHX LAS LAX SAN SFO OAK SJC SEA PDX DFW DAL IAH HOU AUS SAT MSY BNA MEM YYZ YVR YUL YYC MEX GRU EZE SCL
    BOG LIM SYD MEL BNE PER AKL JNB CPT NBO CAI CMN ADD
    """
)
_ICAO: Final = _codes(
    """
    ZBAA ZBAD ZSPD ZSSS ZGGG ZGSZ ZUUU ZUTF ZUCK ZPPP ZLXY ZSHC ZSNJ ZHHH VHHH RCTP RJTT RJAA RKSI WSSS VTBS WMKK
    OMDB EGLL EGKK LFPG EHAM EDDF EDDM LSZH LEMD LIRF KJFK KLGA KEWR KBOS KATL KORD KDFW KDEN KLAX KSFO KSEA KMIA
    YSSY YMML NZAA
    """
)
_AIRLINES: Final = (
    "CA|MU|CZ|HU|ZH|3U|MF|FM|SC|HO|9C|KN|GS|JD|TV|CX|KA|HX|CI|BR|AA|DL|UA|WN|B6|AS|NK|F9|HA|AC|BA|LH|AF|KL|EK|QR|EY|TK"
    "|SQ|NH|JL|KE|OZ|TG|MH|GA|QF|NZ|VS|IB|LX|OS|SK|AY|SU|FR|U2|EI|TP"
)
_TICKERS: Final = _codes(
    """
    AAPL MSFT GOOG GOOGL AMZN META TSLA NVDA NFLX INTC AMD IBM ORCL CRM ADBE CSCO QCOM AVGO JPM BAC WFC GS MS C V MA
    AXP BRK.B BRK-B JNJ PFE MRK UNH XOM CVX COP KO PEP MCD SBUX NKE WMT COST TGT HD LOW DIS T VZ BA CAT GE MMM UPS
    FDX F GM BABA JD PDD BIDU NIO SPY QQQ
    """
)
_CURRENCIES: Final = _codes(
    """
    USD EUR CNY CNH JPY GBP AUD CAD CHF HKD SGD KRW INR NZD SEK NOK DKK RUB BRL MXN ZAR THB MYR IDR PHP TWD TRY PLN
    VND AED SAR XAU XAG BTC ETH USDT
    """
)
_PORTS: Final = _codes(
    """
    CNSHA CNSGH CNNGB CNNBO CNSZX CNYTN CNTAO CNQDG CNTSN CNTXG CNXMN CNXMG CNCAN CNDLC HKHKG SGSIN KRPUS JPTYO
    JPYOK TWKHH MYPKG VNSGN THLCH IDJKT INNSA AEJEA AEDXB NLRTM DEHAM BEANR GBFXT GBSOU GBLON FRLEH ESBCN ESVLC
    ITGOA GRPIR USLAX USLGB USNYC USSAV USHOU USOAK USSEA CAVAN BRSSZ ZADUR AUSYD AUMEL EGPSD
    """
)
_COUNTRY: Final = "460|310|311|234|208|262|222|214|440|450|404|405|454|455|466|502|505|510|515|520|525|724|250"


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _loinc(text: str) -> bool:
    return _luhn(text.replace("-", ""))


def _gtin(text: str) -> bool:
    if text.startswith(("978", "979")):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text))) % 10 == 0


def _isbn(text: str) -> bool:
    plain = text.replace("-", "").replace(" ", "").upper()
    if len(plain) == 13:
        digits = [int(sign) for sign in plain]
        return sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
    values = [10 if sign == "X" else int(sign) for sign in plain]
    return sum(value * (10 - place) for place, value in enumerate(values)) % 11 == 0


def _cas(text: str) -> bool:
    digits = text.replace("-", "")
    return sum(int(digit) * place for place, digit in enumerate(reversed(digits))) % 10 == int(digits[-1])


def _isin(text: str) -> bool:
    return _luhn("".join(str(int(sign, 36)) for sign in text))


def _container(text: str) -> bool:
    """ISO 6346: letters count from 10 on, multiples of 11 left out; weights are powers of two."""
    letters = {letter: 10 + place + (9 + place) // 10 for place, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    plain = text.replace(" ", "").replace("-", "")
    values = [letters[sign] if sign in letters else int(sign) for sign in plain[:10]]
    return sum(value << place for place, value in enumerate(values)) % 11 % 10 == int(plain[10])


def _imo(text: str) -> bool:
    digits = text[-7:]
    return sum(int(digit) * (7 - place) for place, digit in enumerate(digits[:6])) % 10 == int(digits[6])


def _postal_item(text: str) -> bool:
    """UPU S10."""
    digits = [int(sign) for sign in text[2:11]]
    rest = sum(digit * weight for digit, weight in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=False)) % 11
    return {0: 5, 1: 0}.get(rest, 11 - rest) == digits[8]


def _orcid(text: str) -> bool:
    """ISO 7064 mod 11-2."""
    plain = text.rsplit("/", 1)[-1].replace("-", "")
    total = 0
    for sign in plain[:15]:
        total = (total + int(sign)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == plain[15].upper()


def _pair(text: str) -> bool:
    plain = text.replace("/", "").replace("_", "")
    return plain[:3] in _CURRENCIES and plain[3:] in _CURRENCIES and plain[:3] != plain[3:]


def _ndc(text: str) -> bool:
    return len(text.replace("-", "")) in (10, 11)


@dataclass(frozen=True, slots=True)
class System:
    """A code system. `title`s for readers; `least` distinct values must be there, `share` of them follow it."""

    title: str
    title_zh: str
    form: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    least: int = 2
    share: float = 0.8

    def follows(self, text: str) -> bool:
        """Whether a value has the form and passes the check."""
        return self.form.fullmatch(text) is not None and (self.check is None or self.check(text))


SYSTEMS: Final[Mapping[str, System]] = {
    "icd10": System("ICD-10 codes", "ICD-10 疾病编码", re.compile(r"[A-TV-Z]\d[\dAB]\.[\dA-Zx]{1,4}[+*]?"), share=0.5),
    "loinc": System("LOINC codes", "LOINC 编码", re.compile(r"\d{3,5}-\d"), _loinc, 3, 0.9),
    "atc": System("ATC codes of medicines", "ATC 药物编码", re.compile(r"[A-DGHJL-NPRSV]\d{2}[A-Z]{2}\d{2}")),
    "ndc": System("NDC codes of medicines", "NDC 药品编码", re.compile(r"\d{4,5}-\d{3,4}-\d{1,2}"), _ndc, 3),
    "cn_medicine": System("Chinese medicine approvals", "国药准字", re.compile(r"国药准字[A-Z]\d{8}")),
    "iata_airport": System("IATA airport codes", "IATA 机场代码", re.compile("[A-Z]{3}"), _AIRPORTS.__contains__),
    "icao_airport": System("ICAO airport codes", "ICAO 机场代码", re.compile("[A-Z]{4}"), _ICAO.__contains__, 2, 0.6),
    "flight_number": System("flight numbers", "航班号", re.compile(rf"(?:{_AIRLINES}) ?\d{{2,4}}[A-Z]?")),
    "aircraft_registration": System(
        "aircraft registrations",
        "航空器注册号",
        re.compile(r"B-\d{3}[\dA-Z]|N[1-9]\d{1,4}[A-Z]{0,2}|G-[A-Z]{4}|D-A[A-Z]{3}|F-[GH][A-Z]{3}|JA\d{3}[\dA-Z]"),
        least=3,
    ),
    "container_number": System("container numbers", "集装箱号", re.compile(r"[A-Z]{3}[UJZ][ -]?\d{6}-?\d"), _container),
    "imo_number": System("IMO ship numbers", "IMO 船舶编号", re.compile(r"IMO ?\d{7}"), _imo),
    "un_locode": System("UN/LOCODE ports", "UN/LOCODE 港口代码", re.compile("[A-Z]{5}"), _PORTS.__contains__, 2, 0.6),
    "postal_item": System("postal item numbers", "邮件号码", re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}"), _postal_item),
    "cn_parcel": System("parcel numbers", "快递单号", re.compile(r"(?:SF|YT|ZT|ST|JD|DPK|JT)[A-Z]?[\d*]{10,15}")),
    "metar": System("METAR reports", "METAR 报文", re.compile(r"(?:(?:METAR|SPECI) )?[A-Z]{4} \d{6}Z .*")),
    "isin": System("ISIN securities", "ISIN 证券代码", re.compile(r"[A-Z]{2}[A-Z\d]{9}\d"), _isin),
    "cn_security": System(
        "Chinese securities codes",
        "沪深港证券代码",
        re.compile(r"(?:\d{6}\.(?:SH|SZ|SS|BJ|XSHG|XSHE)|(?:SH|SZ|BJ|sh|sz|bj)\d{6}|\d{4,5}\.HK)"),
    ),
    "us_ticker": System(
        "stock tickers", "美股代码", re.compile(r"[A-Z]{1,5}(?:[.-]B)?"), _TICKERS.__contains__, 3, 0.6
    ),
    "currency_pair": System("currency pairs", "货币对", re.compile(r"[A-Z]{3,4}[/_]?[A-Z]{3,4}"), _pair),
    "hs_code": System("HS codes of goods", "HS 海关编码", re.compile(r"\d{4}\.\d{2}\.\d{2}(?:\.?\d{2})?")),
    "gtin": System("GTIN bar codes", "商品条码", re.compile(r"\d{12,14}"), _gtin, 3, 0.9),
    "cas_number": System("CAS numbers of substances", "CAS 化学品编号", re.compile(r"\d{2,7}-\d{2}-\d"), _cas),
    "isbn": System(
        "ISBN book numbers", "ISBN 书号", re.compile(r"97[89](?:-?\d){10}|\d(?:-?\d){8}-?[\dXx]"), _isbn, 3, 0.9
    ),
    "doi": System("DOI", "DOI", re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?10\.\d{4,9}/\S+")),
    "orcid": System("ORCID", "ORCID", re.compile(r"(?:https?://orcid\.org/)?(?:\d{4}-){3}\d{3}[\dXx]"), _orcid),
    "patent_number": System(
        "patent numbers", "专利号", re.compile(r"(?:CN|US|EP|WO|JP)\d{6,13}[A-Z]\d?|ZL\d{12}\.[\dX]")
    ),
    "imsi": System("IMSI subscriber numbers", "IMSI 号", re.compile(rf"(?:{_COUNTRY})[\d*]{{12}}")),
    "user_agent": System("browser identifications", "浏览器标识", re.compile(r"(?:Mozilla|Opera|Dalvik|okhttp)/\d.*")),
    "case_number": System("court case numbers", "法院案号", re.compile(r"[(〔]\d{4}[)〕]\S{1,24}号")),
    "nucleic_acid": System("nucleic acid sequences", "核酸序列", re.compile(r"[ACGTUN]{12,}")),
}
"""By code. Lists of codes hold the well-known ones only: enough to know the system, not to check a code."""


def systems_in(values: Sequence[str]) -> tuple[str, ...]:
    """The code systems that a column's distinct values follow, at most 60 of them, in the order of SYSTEMS."""
    plain = [unicodedata.normalize("NFKC", value[: LONGEST_EXAMINED + 1]).strip() for value in values[:VALUES_EXAMINED]]
    texts = [text for text in plain if 0 < len(text) <= LONGEST_EXAMINED]
    found = []
    for code, system in SYSTEMS.items():
        if len(texts) >= system.least and sum(map(system.follows, texts)) >= system.share * len(texts):
            found.append(code)
    return tuple(found)
