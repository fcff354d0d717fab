"""What a column's name says: its words, split as people run them together, looked up in the taxonomy's vocabulary.

Latin names are split at punctuation, digits, camelCase and acronyms (`IDCardNo`), and words written as one
(`dateofbirth`, `emailid`) at known words. Chinese names are searched for known words; initials of pinyin (`sfzh`,
`lxdh`) are words like others.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from grading.engine.pieces import fewest_pieces

#: A name longer than this says nothing more after it.
LONGEST_NAME: Final = 120
#: Known words longer than this are not looked for within others.
LONGEST_PIECE: Final = 14
#: Latin words of a name beyond these are not looked up.
MOST_WORDS: Final = 24
#: Words that are often glued to others: where to split, beside the taxonomy's own words.
GLUE: Final = frozenset(
    {"user", "cust", "customer", "client", "patient", "emp", "employee", "person", "member", "student", "contact"}
    | {
        "owner",
        "home",
        "work",
        "office",
        "of",
        "no",
        "num",
        "number",
        "code",
        "cd",
        "id",
        "nbr",
        "text",
        "txt",
        "field",
    }
    | {"first", "last", "full", "middle", "name", "date", "type", "status", "flag", "is", "has", "verified", "count"}
    | {"ip", "qq", "wx", "dt"}
    | {"city", "company", "product", "file", "host", "brand", "item", "line", "primary", "main", "alt", "new", "old"}
    | {"lineage"}  # no age of a line
)
#: Words after which a column speaks about a thing, not of it: the head of `email_verified`, `phone_type`.
ABOUT: Final = frozenset(
    {"type", "status", "flag", "verified", "valid", "validated", "confirmed", "count", "counts", "cnt", "total", "rate"}
    | {
        "ratio",
        "percent",
        "percentage",
        "pct",
        "share",
        "avg",
        "average",
        "mean",
        "source",
        "provider",
        "version",
        "format",
    }
    | {"length", "template", "enabled", "disabled", "subscribed", "optin", "optout", "opens", "clicks", "required"}
    | {"provided", "present", "missing", "exists", "available", "quality", "confidence", "accuracy", "changed"}
)
ABOUT_FIRST: Final = frozenset({"is", "has", "had", "can", "should", "allow", "allows", "count", "num", "n", "was"})
ABOUT_ZH: Final = re.compile(
    r"(类型|类别|种类|分类|状态|标志|标识位|数量|个数|次数|总数|人数|率|占比|比例|比重|是否\w*|长度|来源|渠道|格式|版本|备注数|有效期|有效性|验证结果|校验结果)$|^(是否|有无)"
)


_HAN: Final = re.compile("[\u3400-\u9fff]+")
#: Initials of pinyin behind those for whose they are: khxm (客户姓名), jtlxdh (家庭联系电话).
INITIALS: Final = re.compile(
    "[b-df-hj-np-tv-z]{1,5}?(xm|xb|sfzh|sfzhm|zjhm|sjh|sjhm|lxdh|dhhm|csrq|csny|yhkh|yhzh|hyzk|zzmm|whcd|cphm|hphm|jtzz|txdz)"
)
#: Codes of columns that standards lay down: AAC003.
_CODE: Final = re.compile(r"(?<![a-z0-9])[a-z]{2,6}\d{1,4}(?![a-z0-9])")


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:LONGEST_NAME])


@lru_cache(maxsize=16_384)
def header_words(name: str) -> tuple[str, ...]:
    """A column name as lower-case words: split at punctuation, spaces, digits, camelCase and after acronyms."""
    spaced = re.sub(r"([a-z])([A-Z])|(?<=[A-Z])([A-Z][a-z])", r"\1 \2\3", name)
    return tuple(word for word in re.split(r"[\W_\d]+", spaced.lower()) if word)


#: Names that were given by nobody: col_7, 字段3, Unnamed: 2, F12.
OPAQUE: Final = re.compile(
    r"\s*(?:(?:col|column|field|fld|attr|attribute|var|item|value|val|unnamed|ext|extra|custom|reserved?)"
    r"(?:[ _:.-]*\d{0,4}|[ _:.-][a-z]{1,2})|[a-z]{1,2}[ _.-]?\d{0,4}|"
    r"(?:列|字段|栏|栏位|项|属性|数据|扩展|扩展字段|备用|备用字段|预留|预留字段|自定义|未命名|其他|信息)"
    r"[ _:.-]*[\dA-Za-z一二三四五六七八九十]{0,3}|"
    r"号码|编号|代码|证号|日期|备注|说明|内容|情况|描述|名称|值|number|no|code|date|text|note|notes|remark|remarks|description|comment|"
    r"\d{1,4})\s*",
    re.IGNORECASE,
)
NAMELESS: Final = frozenset({"col", "column", "field", "item"})
#: 用户ID, 司机编号, member_no: numbers that stand for persons without saying who they are.
SUBJECT: Final = re.compile(
    r"(?:用户|会员|乘客|旅客|司机|驾驶员|骑手|患者|病人|学生|学员|考生|员工|职工|教师|医生|居民|村民|人员|"
    r"个人|借款人|投保人|被保险人|参保人|持卡人|业主|租户|订户|读者|受试者|受访者)(?:唯一)?"
    r"(?:编号|编码|代码|标识|序号|识别码|号码|号|ID|id)$|"
    r"[\u4e00-\u9fff](?:者|(?<!器)人|人员|[队成学社会]员|老人|儿童|对象|农户)(?:唯一)?(?:编号|编码|代码|标识|识别码|ID|id)$|"
    r"^(?:user|member|passenger|driver|rider|patient|student|employee|staff|customer|cust|"
    r"client|person|resident|subscriber|participant|respondent|subject|citizen|borrower|yh|hy|sj|ry|xs)"
    r"[ _-]?(?:id|no|number|code|key|uid|bh|hash)$|^uid$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a name says of the types: the word that speaks for a type, and the one that speaks against it.

    `mentions`: the word lists (of organisations, adults …) of which a word stands in it. `subject`: it is called a
    number that stands for a person, as 用户ID. `opaque`: it says nothing, as col_7.
    """

    strong: Mapping[str, str] = field(default_factory=dict)
    weak: Mapping[str, str] = field(default_factory=dict)
    against: Mapping[str, str] = field(default_factory=dict)
    about: str | None = None
    mentions: frozenset[str] = frozenset()
    subject: bool = False
    opaque: bool = False


class Vocabulary:
    """Words of headers by the types they speak for (strongly or weakly) or against."""

    def __init__(
        self,
        entries: Iterable[tuple[str, Iterable[str], Iterable[str], Iterable[str]]],
        *,
        either_side: frozenset[str] = frozenset(),
        lists: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:
        """`entries`: type, words for it, words that speak for it weakly, words against it.

        The head of a name comes last: words against a type count where they follow the word for it (手机型号), and for
        the types of `either_side` also before it (平均年龄).
        """
        self._either_side = either_side
        self._lists = lists
        self._plain_lists = {key: [word for word in listed if word.isascii()] for key, listed in lists.items()}
        self._latin: dict[tuple[str, ...], list[tuple[str, int]]] = {}
        self._chinese: dict[str, list[tuple[str, int]]] = {}
        for code, strong, weak, against in entries:
            for rank, words in enumerate((strong, weak, against)):
                for word in words:
                    if word.isascii():
                        self._latin.setdefault(tuple(word.split()), []).append((code, rank))
                    else:
                        self._chinese.setdefault(word, []).append((code, rank))
        self._chinese = dict(sorted(self._chinese.items(), key=lambda item: -len(item[0])))
        known = {word for words in self._latin for word in words}
        # initials of pinyin (jd, wd, mz) are words, but other words are not made of them
        self._pieces = frozenset(word for word in known if len(word) > 2) | GLUE | ABOUT
        self._longest = max((len(words) for words in self._latin), default=1)
        self._heard: dict[str, Spoken] = {}

    def heard(self, name: str) -> Spoken:
        """What a column's name says."""
        found = self._heard.get(name)
        if found is None:
            if len(self._heard) >= 16_384:
                self._heard.clear()
            found = self._heard[name] = self._hear(_fold(name))
        return found

    def words(self, name: str) -> tuple[str, ...]:
        """The Latin words of a name, those written as one taken apart."""
        split: list[str] = []
        for word in header_words(_HAN.sub(" ", name))[:MOST_WORDS]:
            split.extend(self._apart(word))
        return tuple(split)

    def _hear(self, name: str) -> Spoken:
        told: tuple[dict[str, str], dict[str, str], dict[str, str]] = ({}, {}, {})
        last: tuple[dict[str, int], dict[str, int], dict[str, int]] = ({}, {}, {})

        def hear(word: str, end: int, meant: Iterable[tuple[str, int]]) -> None:
            for code, rank in meant:
                told[rank].setdefault(code, word)
                last[rank][code] = max(end, last[rank].get(code, 0))

        words = self.words(name)
        head = ""
        for length in range(min(self._longest, len(words)), 0, -1):
            for start in range(len(words) - length + 1):
                part = words[start : start + length]
                if part in self._latin:
                    if length > 1 and start + length == len(words) and any(rank == 0 for _, rank in self._latin[part]):
                        head = head or " ".join(part)
                    hear(" ".join(part), start + length, self._latin[part])
        for place, word in enumerate(words, 1):
            if len(word) >= 3 and (word,) not in self._latin and (found := INITIALS.fullmatch(word)) is not None:
                hear(found[1], place, self._latin.get((found[1],), ()))
        for code in _CODE.findall(name.lower()):
            hear(code, len(words), self._latin.get((code,), ()))
        if not name.isascii():
            lowered = re.sub(r"\s+", "", name.lower())
            for word, meant in self._chinese.items():
                if word in lowered:
                    if lowered.endswith(word) and any(rank == 0 for _, rank in meant):
                        head = max(head, word, key=len)
                    hear(word, len(words) + lowered.rindex(word) + len(word), meant)
        for code in [*told[2]]:
            # what stands before the word for a type, or within it, only says whose it is
            if code not in told[0]:
                continue
            word, other = told[0][code], told[2][code]
            within = word != other and other in word
            around = word != other and word in other and not word.isascii()  # 商户编号 is no 户编号
            if within or (not around and code not in self._either_side and last[2][code] <= last[0][code]):
                del told[2][code]
        opaque = OPAQUE.fullmatch(name) is not None
        if opaque:  # column1, field_2: no word against anything
            for code in [code for code, word in told[2].items() if word in NAMELESS]:
                del told[2][code]
        about = _about(name, words)
        # heart rate, 心率: the word that would make it a name about a thing belongs to that for a type
        if about and len(about) < len(head) and head.endswith(about):
            about = None
        lowered = name.lower()
        lists: Mapping[str, Iterable[str]] = self._plain_lists if lowered.isascii() else self._lists
        mentions = frozenset(key for key, listed in lists.items() if any(word in lowered for word in listed))
        return Spoken(*told, about, mentions, SUBJECT.search(name.strip()) is not None, opaque)

    def _apart(self, word: str) -> tuple[str, ...]:
        """Known words that a word is made of, the fewest; itself where there are none."""
        if len(word) < 5 or len(word) > 40 or word in self._pieces or not word.isascii():
            return (word,)
        found = fewest_pieces(word, self._pieces, longest=LONGEST_PIECE)
        return found if found is not None and max(map(len, found)) >= 3 else (word,)


def _about(name: str, words: tuple[str, ...]) -> str | None:
    if words and words[-1] in ABOUT:
        return words[-1]
    if len(words) > 1 and words[0] in ABOUT_FIRST:
        return words[0]
    found = ABOUT_ZH.search(re.sub(r"[\s_()()]+", "", name)) if not name.isascii() else None
    return found.group() if found else None
