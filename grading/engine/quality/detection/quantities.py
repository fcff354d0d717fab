"""Quantities as people write them: `12.0 oz.`, `￥1,200`, `3.5万`, `5 %` as number, unit and way of writing.

Symbols of units follow the SI brochure and UCUM; names in English and Chinese are those in common use.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: (unit, other ways of writing it). Compared in lower case, without full stops; English plurals are understood.
_UNITS: Final = """
    % percent pct pc ％ per-cent 百分; ‰ permille 千分; ° deg degree 度; °c celsius ℃ degc 摄氏度;
    °f fahrenheit ℉ degf 华氏度; mg milligram 毫克; g gram gramme gm gr 克; kg kilogram kilo kgs 公斤 千克;
    t ton tonne 吨; jin catty 斤; liang 两; lb pound lbs #lb 磅; oz ounce 盎司; ml millilitre milliliter 毫升;
    cl centilitre centiliter; l litre liter ltr 升; gal gallon 加仑; pt pint; qt quart; floz;
    mm millimetre millimeter 毫米; cm centimetre centimeter 厘米 公分; m metre meter mtr 米 公尺;
    km kilometre kilometer 公里 千米; in inch inche ″ " 英寸; ft foot feet ′ ' 英尺; yd yard 码; mi mile 英里;
    m2 m² sqm ㎡ 平方米 平米 平方; km2 km² 平方公里; ft2 ft² sqft; ha hectare 公顷; mu 亩; acre ac 英亩;
    m3 m³ cbm 立方米 方; s sec second 秒; min minute 分钟; h hr hour 小时 钟头; d day 天 日; wk week 周 星期;
    mo month 月 个月; y yr year 年 岁; hz hertz 赫兹; w watt 瓦; kw kilowatt 千瓦; kwh 千瓦时 度电; v volt 伏;
    a amp ampere 安; kb kib; mb mib; gb gib; tb tib; pa 帕; kpa 千帕; bar; kcal 千卡 大卡; kj 千焦;
    km/h kmh kph 公里/小时; mph; usd $ us$ dollar 美元 美金; cny ¥ ￥ rmb 元 人民币 块 yuan 圆; eur € euro 欧元;
    gbp £ 英镑; jpy yen 日元 円; k thousand thsd 千; million mn mio mil 百万; billion bn bil 十亿; 万 w万 wan; 亿 yi;
    万元; 亿元; 千元; pc pcs piece 个 件 只 条 张 台 枚 支 辆; pack 包 袋; box 箱 盒; person people 人 名 位;
    time 次; x; dozen 打
"""
UNITS: Final = {name: names.split()[0] for names in _UNITS.split(";") for name in names.split()}
CURRENCIES: Final = frozenset({"usd", "cny", "eur", "gbp", "jpy"})
"""Units that stand before the number."""
QUANTITY: Final = re.compile(
    r"^(?P<before>[^\W\d_]{1,3}\$?|[$¥￥€£])?\s*(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+)"
    r"(?P<gap>\s*)(?P<after>[^\d\s,;:()/\-+][^\s,;:()]*)?(?P<rest>.*)$"
)
LONGEST: Final = 48
_LADDERS: Final = """
    mg g kg t; ml cl l; mm cm m km; in ft yd mi; s min h d wk mo y; w kw; kb mb gb tb; pa kpa; oz lb; 斤 jin liang;
    cny 万 亿 万元 亿元 千元; usd k million billion 万 亿; m2 km2 ha; k million billion 万 亿; piece pc pack box dozen
"""
LADDERS: Final = tuple(frozenset(UNITS.get(name, name) for name in names.split()) for names in _LADDERS.split(";"))


def on_one_ladder(unit: str, other: str) -> bool:
    """Whether one takes the one or the other by how large the quantity is: days and years, g and kg, 万元 and 亿元."""
    return any(unit in ladder and other in ladder for ladder in LADDERS)


@dataclass(frozen=True, slots=True)
class Quantity:
    """`unit` is a key of UNITS or what stands there, '' for none; `writing` is how number and unit are written.

    One and many are written alike: `1 day`, `2 days`. `lettered`: the unit is a single letter right behind the number,
    which may be a unit (`5g`) or part of a code (`85123A`).
    """

    number: str
    unit: str
    known: bool
    writing: str
    lettered: bool


@lru_cache(maxsize=4096)
def unit_of(text: str) -> tuple[str, bool]:
    """(unit, whether it is a known one)."""
    plain = unicodedata.normalize("NFKC", text).lower().replace(".", "").strip()
    for name in (text.lower(), plain, plain.removesuffix("s"), plain.removesuffix("es")):
        if name in UNITS and (len(name) > 1 or len(plain) <= 1):
            return UNITS[name], True
    return plain.removesuffix("s") if len(plain) > 3 else plain, False


def quantity_of(text: str) -> Quantity | None:
    """The parts of a text that is a number with or without a unit, before it or after it; None of anything else."""
    if len(text) > LONGEST:
        return None
    found = QUANTITY.match(unicodedata.normalize("NFKC", text) if not text.isascii() else text)
    if found is None:
        return None
    before, number, after = found["before"] or "", found["number"], found["after"] or ""
    rest = found["rest"].strip()
    if (rest and not after) or (before and after and unit_of(after)[0] not in ("万", "亿", "k", "million", "billion")):
        return None
    unit, known = unit_of(before or after) if before or after else ("", True)
    if before and unit not in CURRENCIES:
        return None
    lettered = len(after) == 1 and after.isascii() and after.isalpha() and not found["gap"]
    return Quantity(number, unit, known, f"{before}0{_one(after)}", lettered)


def _one(name: str) -> str:
    """The name without the sign of many, where it is the same unit without."""
    single = name[:-1] if len(name) > 2 and name[-1] in "sS" else name
    return single if unit_of(single) == unit_of(name) else name
