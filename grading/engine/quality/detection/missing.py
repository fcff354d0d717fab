"""Disguised missing values: stand-ins for a value that nobody knew (Pearson 2006; Qahtan et al., FAHES, 2018).

Two kinds: `placeholder` for the words that the profile knows, and `disguised_missing` for values that by their form or
their frequency stick out of a column. How sure one can be depends on the column: `N/A` among numbers breaks every sum,
`None` among words may be an answer.
"""

import re
import unicodedata
from collections.abc import Iterator
from statistics import median, quantiles
from typing import Final

from grading.engine.quality.detection.column import Charge, Column
from grading.engine.quality.detection.types import MOSTLY

#: What says in words that there is no value, compared in lower case without signs around it.
_WORDS: Final = """
    not available; not applicable; not known; not given; not provided; not specified; not recorded; not reported;
    not stated; no data; no value; no info; no information; no entry; not entered; no answer; no response; undefined;
    undetermined; to be determined; to be announced; to be confirmed; to be completed; to do; todo; tbc; n.d; n/d;
    n/v; not set; dummy; placeholder; empty; void; nothing; default; invalid; error; 不知道; 不清楚; 不明确; 待确认;
    待定义; 待填; 待核实; 待查; 未提供; 未登记; 未记录; 未填报; 未采集; 无信息; 无资料; 无记录; 暂缺; 暂无数据;
    暂未提供; 缺; 缺省; 空值; 空缺; 默认; 测试; 未说明; 未注明; 不祥; 略
"""
WORDS: Final = frozenset(word.strip() for word in _WORDS.split(";"))
REPEATED_SIGN: Final = re.compile(r"^(\W)\1{2,}$")
SIGNS: Final = re.compile(r"^[^\w\s]+$")
REPEATED: Final = re.compile(r"^([a-z])\1{2,}$")
ROMAN: Final = ("iii", "ccc", "mmm", "www", "aaa")
"""Letters that say something although they repeat: numerals, names of a kind."""
KEYS: Final = re.compile(r"^(asdf\w*|qwert\w*|abcd?|test\d*|lorem ipsum)$")
SAME_DIGIT: Final = re.compile(r"^[+-]?(\d)\1{2,}(\.0*)?$")
NINES: Final = re.compile(r"^-?9{2,}(\.0*|\.9+)?$|^-(1|8{2,})(\.0*)?$")
SCALE: Final = 0.1
"""Share of the cells from which several bare signs are what the column says: `-`, `+`, `++`."""
ANSWER_SIGNS: Final = frozenset({"Sm", "Sc", "So"})
"""Categories of signs that say something among words, such as + ± ↑ √ ★ $."""
NO_DAY: Final = re.compile(
    r"^(0000[-/.]?00[-/.]?00|00[-/.]00[-/.]0000|0001[-/.]?01[-/.]?01|01[-/.]01[-/.]0001|1899[-/.]12[-/.](30|31)"
    r"|(1753|1800|1900|1901|1970)[-/.]?0?1[-/.]?0?1|0?1[-/.]0?1[-/.](1753|1800|1900|1901|1970)"
    r"|(2099|2999|9999)[-/.]?12[-/.]?31|(31[-/.]12|12[-/.]31)[-/.](2099|2999|9999))(?![\d])"
)
DOUBTFUL: Final = 0.4
AN_ANSWER: Final = 0.1
"""How sure one can be that `None` or `N/A` among words is wrong, and not the answer: hardly any was, where known."""
MANY: Final = 0.6
"""A stand-in does not have more of the cells than this: beyond it, it is what the column says."""
LEAST_NUMBERS: Final = 20
LEAST_DIFFERENT: Final = 4
"""Cells with numbers, and different numbers, that a column must have."""
QUANTITIES: Final = ("integer", "decimal")
LONGEST: Final = 40
AROUND: Final = " \t.,;:!?-_()[]<>{}*\"'（）【】《》。，"
NEXT: Final = 2.0
GARBAGE: Final = 0.05
FENCE: Final = 3.0
"""Far numbers that are so few of the different ones do not hide each other: those within so many quartile distances
around the middle half are the column's."""
SPIKE: Final = 3
BESIDE: Final = 5
"""Cells in which a number must stand before its frequency says anything, and numbers at the end of the others that it
is compared with: these are as seldom as a far value would be."""


def find_missing(column: Column) -> Iterator[Charge]:
    """Known and unknown placeholders."""
    every = sum(column.counts)
    typed = max(column.numeric, column.timed)
    if not every:
        return
    text = typed < MOSTLY
    odd = {}
    bare = [place for place, value in enumerate(column.texts) if SIGNS.match(value)]
    share = sum(column.counts[place] for place in bare) / every
    scale = len(bare) > 1 and share > SCALE
    named = text and _are_names(column)
    for place, kind in enumerate(column.kinds):
        value, count = column.texts[place], column.counts[place]
        if kind == "placeholder":
            yield _charge(column, place, "placeholder", _word(value, share if scale else count / every, text))
        elif kind not in QUANTITIES and len(value) <= LONGEST and (sure := _odd(value, count / every, text)):
            odd[place] = DOUBTFUL if text and _chosen(value, scale=scale, named=named) else sure
    # Where most values look like stand-ins, they are what the column says.
    if sum(column.counts[place] for place in odd) <= MANY * every:
        for place, sure in odd.items():
            yield _charge(column, place, "disguised_missing", sure)
    yield from _numbers(column)


def _charge(column: Column, place: int, kind: str, confidence: float) -> Charge:
    params: dict[str, str | int | float] = {"value": column.texts[place][:120], "count": column.counts[place]}
    if kind == "disguised_missing":
        params["cells"] = sum(column.counts)
    return Charge(place, kind, confidence, params)


def _word(value: str, share: float, text: bool) -> float:
    """A placeholder that the profile knows."""
    if not text and share <= MANY:
        return 0.9
    if not value or (SIGNS.match(value) and share <= 0.1):
        return 0.6
    return AN_ANSWER


def _odd(value: str, share: float, text: bool) -> float:
    """A value of the wrong form that says nothing; 0 where it may say something."""
    if share > MANY:
        return 0.0
    lowered = value.lower()
    if not value[0].isalnum() and SIGNS.match(value):
        return 0.85 if not text or share <= 0.2 or REPEATED_SIGN.match(value) else 0.4
    if value[0].isdigit() and NO_DAY.match(value):
        return 0.85
    if lowered in WORDS or lowered.strip(AROUND) in WORDS:
        return 0.85 if not text else 0.45
    if lowered[0] == lowered[-1] and REPEATED.match(lowered):
        return 0.8 if not text else 0.45 if lowered in ROMAN else 0.6
    if KEYS.match(lowered):
        return 0.8 if not text else 0.5 if lowered[0] in "aql" and lowered[:2] != "ab" else 0.45
    return 0.0


def _chosen(value: str, *, scale: bool, named: bool) -> bool:
    """Among words: signs of a scale, or one of several values of the same kind, such as a rating BBB."""
    if SIGNS.match(value):
        return scale or unicodedata.category(value[0]) in ANSWER_SIGNS
    return named and REPEATED.match(value.lower()) is not None


def _are_names(column: Column) -> bool:
    """Whether repeated letters are names of a scale (A, AA, BB, BBB), or of codes as long (ABC, TTT)."""
    texts = {column.texts[place].lower() for place in column.present}
    repeated = {text for text in texts if REPEATED.match(text)}
    if len(repeated) > 1 or any(text[:size] in texts for text in repeated for size in range(1, len(text))):
        return True
    lengths = {len(text) for text in repeated}
    alike = sum(
        column.counts[place]
        for place in column.present
        if len(column.texts[place]) in lengths and column.texts[place].isalpha()
    )
    return alike > 0.5 * column.cells


def _numbers(column: Column) -> Iterator[Charge]:
    """Numbers such as -999 or 9999 that stand alone beyond the others, more often than a far value would."""
    odd = {place for place in column.present if column.numbers[place] is not None and _is_odd(column.texts[place])}
    if not odd:
        return
    held = [(number, place) for place in column.present if (number := column.numbers[place]) is not None]
    total = sum(column.counts[place] for _, place in held)
    if total < LEAST_NUMBERS or total < MOSTLY * column.cells or len(held) < LEAST_DIFFERENT:
        return
    others = sorted((number, column.counts[place]) for number, place in held if place not in odd)
    if len(others) < LEAST_DIFFERENT:
        return
    rest = _spread([number for number, _ in others])
    low, high, _ = rest
    near = [count for number, count in others if low <= number <= high]
    for place in sorted(odd):
        number, count = column.numbers[place], column.counts[place]
        if number is None or count > MANY * total or not _alone(number, *rest):
            continue
        nines = bool(NINES.match(column.texts[place]))
        spike = count >= SPIKE and count > 2 * median(near[:BESIDE] if number < low else near[-BESIDE:])
        # One below the least number may be the next one: the cellar below the ground floor.
        beside = low - number <= NEXT
        sure = 0.9 if nines and spike else 0.6 if spike or (nines and number < 0 and not beside) else DOUBTFUL
        yield _charge(column, place, "disguised_missing", sure)


def _spread(numbers: list[float]) -> tuple[float, float, list[float]]:
    """(least, greatest, quartiles), without far numbers where they are few."""
    quartiles = quantiles(numbers, n=4)
    reach = FENCE * (quartiles[2] - quartiles[0])
    near = [number for number in numbers if quartiles[0] - reach <= number <= quartiles[2] + reach]
    if len(near) < (1 - GARBAGE) * len(numbers):
        near = numbers
    return min(near), max(near), quartiles


def _is_odd(text: str) -> bool:
    return (NINES.match(text) or SAME_DIGIT.match(text)) is not None


def _alone(number: float, low: float, high: float, quartiles: list[float]) -> bool:
    """Beyond all the others, by more than they spread in their middle half."""
    spread = max(quartiles[2] - quartiles[0], 1e-9)
    if number < 0 <= low:  # nothing else is negative
        return True
    if number > high:
        return number - high > spread and number > 1.5 * high
    return number < low and low - number > spread
