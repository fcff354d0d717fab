"""Detectors of persons' names: Chinese by surname and signs, Western by form and known names."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.taxonomy import word_list

CHINESE_NAME: Final = re.compile(r"[\u3400-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}[·•][\u4e00-\u9fff·•]{1,12}")
MASKED_NAME: Final = re.compile(
    r"[\u4e00-\u9fff]{3,4}[*×]{2,3}|[\u4e00-\u9fff][\u4e00-\u9fff]?[*×某〇○XxＸ]{1,3}[\u4e00-\u9fff]?|[\u4e00-\u9fff][*×○][\u4e00-\u9fff]{1,2}|[*×]{1,2}[\u4e00-\u9fff]{1,2}"
)
CHINESE_TITLE: Final = re.compile(
    r"(?<=[\u4e00-\u9fff])(?:先生|女士|小姐|老师|医生|教授|同志|同学|主任|师傅|经理|律师|阿姨|大爷|总|工)$"
)
#: 父亲:张强, 母亲 李敏 13800000000: whose father, before a name; 小明妈妈: whose mother.
KINSHIP: Final = re.compile(
    r"^(?:父亲|母亲|爸爸|妈妈|爷爷|奶奶|外公|外婆|姥姥|姥爷|父|母|配偶|丈夫|妻子|监护人|家长)[:/、( -]{0,3}"
    r"(?=[\u4e00-\u9fff]{2,4}(?:[)\d +,-]|$))"
)
BETWEEN_NAMES: Final = re.compile("[、,;/]\\s?|\\s")
PARENT_OF: Final = re.compile(r"[\u4e00-\u9fff]{1,4}的?(?:妈妈|爸爸|奶奶|爷爷|外婆|外公|家长|妈|爸)")
AFTER_NAME: Final = re.compile(
    r"[(/,、 :-]{1,2}(?:\+?[\d*-]{5,18}|[男女](?:[,、/ ]?\d{1,3}岁?)?|[父母]亲?|爸爸|妈妈|本人|先生|女士|"
    r"[A-Z]?\d{3,10}|[男女][,;、/ ].{1,40})\)?$"
)
#: 于昌,男,49岁: what only a person has, behind the name.
SEX_AFTER: Final = re.compile(r"^[\u4e00-\u9fff·]{2,8}[(,;、/ ]{1,2}[男女](?:[),;、/ ]|$)")
#: Names by which children are called at home.
PET_NAME: Final = re.compile(
    r"([\u4e00-\u9fff])\1|[小阿][\u4e00-\u9fff]{1,2}|[\u4e00-\u9fff]{1,2}[宝仔妞娃儿]|[\u4e00-\u9fff]{2,3}"
)
#: Headers of the parts of a name: whether it is the surname.
SPLIT_NAMES: Final = {"姓": True, "姓氏": True, "名": False, "名字": False, "中文姓": True, "中文名": False}
#: Headers that end in a word for somebody who does or undergoes something: 领用人, 获奖者, 普查员, 签约医生.
AGENT: Final = re.compile(
    "(?:人|者|员|师|工|长|主|手|家属|老师|医生|学生|对象|代表|经理|主任|主管|顾问|教练|护士|干部|嘉宾|评委|师傅|上级|同事|伴侣|子女)"
    "(?:姓名|名字|名单|名)?(?:[(].{0,8}[)])?$"
)
CALLED_AT_HOME: Final = re.compile("小名|乳名|宝宝昵称|宝贝")
#: Names without a known surname, and headers that leave no doubt.
HIDDEN_ENOUGH: Final = 4
UNLISTED: Final = re.compile("[\u4e00-\u9fff]{2,6}")
OUTRIGHT: Final = frozenset({"xm", "xingming", "名字", "真实姓名", "人名"})
MASKED_HANDLE: Final = re.compile(r"[A-Za-z0-9_]{1,3}\*{2,8}[A-Za-z0-9_]{0,3}")
SOMEBODY: Final = re.compile("[\u4e00-\u9fff]{1,2}某{1,2}")
#: What a text is as a name: of somebody left unnamed, of a thing by its ending, an everyday word, by its surname alone,
#: by the signs of a given name too.
HIDDEN: Final = "hidden"
THING: Final = "thing"
WORD: Final = "word"
NAME: Final = "name"
LIKELY: Final = "likely"
Signs = tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]
SYLLABLE: Final = (
    "(?:(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ong|ian|iao|ing|uai|uan|ai|ei|ao|ou|an|en|er|ia|ie|iu|in|"
    "ua|uo|ui|un|ue|ve|a|o|e|i|u|v|ü))"
)
#: A surname and one or two syllables, in either order: Zhang Wei, ZHANG XIAOMING, Xiao-ming Li.
PINYIN_NAME: Final = re.compile(
    rf"([a-z]+)[ ,]{{1,2}}({SYLLABLE}(?:[-' ]?{SYLLABLE})?)|({SYLLABLE}(?:[-' ]?{SYLLABLE})?) ([a-z]+)"
)
#: zhangwei, wangxiaoming02: as people are called in computers.
RUN_TOGETHER: Final = re.compile(r"([a-z]{4,18})\d{0,3}")
GIVEN_SYLLABLES: Final = re.compile(rf"{SYLLABLE}{SYLLABLE}?")
NAME_TITLE: Final = re.compile(
    r"^(mr|mrs|ms|miss|dr|prof|sir|mx)\.? |,? (jr|sr|md|phd|dds|ii|iii|iv)\.?$", re.IGNORECASE
)
#: The words among these.
TITLES: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "sir", "mx", "jr", "sr", "md", "phd", "dds", "ii", "iii", "iv"}
)
#: Signs that a Chinese title ends with.
TITLE_ENDS: Final = frozenset("生士姐师授志学任傅理姨爷总工")
WESTERN_NAME: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?(?:,? +[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?){0,4}")
#: Words that show that a name is that of an organisation, a place or a thing.
THING_WORDS: Final = frozenset(
    {"hospital", "company", "inc", "llc", "ltd", "corp", "corporation", "center", "centre", "university", "school"}
    | {"college", "medical", "clinic", "county", "city", "brewing", "brewery", "bank", "group", "association"}
    | {"department", "office", "services", "systems", "church", "airport", "station", "museum", "library", "hotel"}
    | {"restaurant", "park", "lake", "river", "island", "airlines", "airways", "road", "street", "foundation", "gmbh"}
    | {"international", "institute", "society", "club", "league", "united", "avenue", "team", "beach", "mountain"}
    | {"north", "south", "east", "west", "the", "of", "and", "for", "in", "at", "to", "with", "new", "saint", "fort"}
)
#: Endings that show that Chinese words name an organisation, a place or a thing.
THING_ENDING: Final = re.compile(
    "(?:[省市区县镇乡村州盟旗路街巷里湾港岛湖河江山海站桥店厂院校所局部处科室司行社馆园城楼苑庄堡寨屯会队团组委办署厅台网"
    "报刊药丸片剂散膏汤酒茶油盐糖米面粉粥饼肉鱼虾蟹菜果瓜豆薯菇花草木树棉麻布衣裤鞋帽机器车船表灯笔纸书画歌曲剧戏率量额值费款税金币"
    "币号码类型级别型款性态度法规律条款案证书票据炎症病癌瘤]|公司|集团|中心|银行|大学|学院|中学|小学|医院|部门|平台|系统|项目)$"
)


#: Read when the module is imported: confined processes open no files later.
GIVEN_NAMES: Final = word_list("given_names")
FAMILY_NAMES: Final = word_list("family_names")
EVERYDAY: Final = word_list("everyday_zh")


def person_name(look: Look) -> Claim | None:
    """Chinese names by surname and length, Western ones by form and known given and family names."""
    if not look.open_cells or look.part("HA") < 0.6 or look.longest < 1:
        return None
    avoided = look.avoided("person_name") or look.spoken.about
    if avoided and (look.spoken.about or not (_ends_in_name(look.name) or AGENT.search(look.name.strip()))):
        return None
    return _chinese_name(look) or _western_name(look) or _pinyin_name(look) or _hidden_name(look)


def _ends_in_name(name: str) -> bool:
    """项目负责人, 单位联系人姓名: the last word says that it is a person, whatever the first speaks of."""
    return re.search("(?:姓名|人|者|员|长|师|医生|法人|户主)(?:姓名|名字)?$", name.strip()) is not None


def _chinese_name(look: Look) -> Claim | None:
    if not look.kinds["H"]:
        return None
    header = look.header("person_name") or (look.spoken.strong.get("person_name") if _ends_in_name(look.name) else None)
    if header is None and not look.spoken.about and (agent := AGENT.search(look.name.strip())):
        header = agent.group()
    if header and CALLED_AT_HOME.search(look.name):
        cells, _ = look.matching(PET_NAME.fullmatch, "H")
        if cells >= 0.8 * look.open_cells:
            return look.claim("person_name", 0.75, cells, look.formed(cells))
    known_signs = _signs(look.taxonomy.lexicons)
    if (part := look.name.strip()) in SPLIT_NAMES:
        # the surname in a column of its own, and the given name in another
        surnames, _, compound, given = known_signs
        signs = (surnames | compound) if SPLIT_NAMES[part] else given
        cells, _ = look.matching(lambda text: text in signs or (len(text) == 2 and set(text) <= given), "H")
        if cells >= 0.8 * look.open_cells:
            return look.claim("person_name", 0.7, cells, look.formed(cells))
    # 姓名 says it outright: names of peoples without surnames, 才让多杰 beside others, count there
    outright = header is not None and ("姓名" in look.name or header in OUTRIGHT)
    cells = distinct = likely = frequent = things = masked = hidden = 0
    total = look.open_cells
    weak = look.weak_header("person_name") is not None
    # of a column of names 60 of 100 cells must be names at the least: once that is out of reach it is none
    possible, least = look.cells_by_kind["H"], 0.6 * total
    for text, count in look.kinds["H"]:
        told = header or weak or (len(text) > 4 and SEX_AFTER.search(text) is not None)
        bare = AFTER_NAME.sub("", KINSHIP.sub("", text)) if told else text
        kind, often = _read_name(bare, known_signs, headed=header is not None)
        if kind is None and outright and UNLISTED.fullmatch(bare) and not THING_ENDING.search(bare):
            kind = NAME
        if kind is None:
            possible -= count
            if possible < least:
                return None
        elif kind == HIDDEN:
            masked, hidden = masked + count, hidden + 1
        elif kind in (THING, WORD):
            things += count
        if kind in (NAME, LIKELY, THING):
            cells, distinct = cells + count, distinct + 1
            likely += count if kind == LIKELY else 0
            frequent += count if often else 0
    sure = masked >= 0.9 * total and hidden >= HIDDEN_ENOUGH
    if masked >= 0.6 * total and (header or sure or (look.weak_header("person_name") and masked >= 0.8 * total)):
        return look.claim("person_name", 0.85, masked, Evidence("masked_values", {"matched": masked}))
    cells += masked
    if not cells:
        return None
    share, likely_share = cells / total, (likely + masked) / total
    known = Evidence("lexicon", {"matched": cells, "examined": total})
    if header and share >= 0.6 and likely_share >= 0.35 and things <= 0.3 * total:
        return look.claim("person_name", 0.9 + 0.05 * (share >= 0.95), cells, known)
    if header and not look.kinds["A"] and share >= 0.8 and things <= 0.1 * total:
        return look.claim("person_name", 0.75, cells, known)
    # Words that happen to begin with a surname repeat themselves, and seldom go on with signs of given names.
    varied = distinct >= 10 and share >= 0.8 and likely_share >= 0.65 and distinct >= 0.6 * look.open_distinct
    least_often = 0.25 if varied else 0.5
    alone = (
        (varied or (share >= 0.85 and likely_share >= 0.7))
        and frequent >= least_often * total
        and things <= 0.05 * total
    )
    if alone and distinct >= 4:
        sure = distinct >= 10 or weak
        return look.claim("person_name", 0.75 if sure else 0.45, cells, known)
    return None


def _read_name(text: str, known: Signs, *, headed: bool) -> tuple[str | None, bool]:
    """What a text is as a Chinese name, and whether its surname is frequent."""
    surnames, common, compound, signs = known
    if headed and 4 < len(text) <= 60 and len(several := BETWEEN_NAMES.split(text.rstrip("等"))) > 1:
        kinds = {_read_name(one, known, headed=True)[0] for one in several if one}
        return (LIKELY, True) if kinds <= {LIKELY, NAME, HIDDEN} else (None, False)
    if headed and len(text) > 2 and PARENT_OF.fullmatch(text):
        return HIDDEN, False
    bare = CHINESE_TITLE.sub("", text) if text[-1] in TITLE_ENDS else text
    if bare is not text and (bare in surnames or bare in compound):
        return HIDDEN, False  # 张先生, 欧阳女士: who it is remains open
    if text.isalpha():
        if "某" in text and SOMEBODY.fullmatch(text):
            return HIDDEN, False
    elif len(text) <= 6 and MASKED_NAME.fullmatch(text):
        return HIDDEN, False
    if not 1 < len(bare) <= 20 or not CHINESE_NAME.fullmatch(bare):
        return None, False
    if "·" in bare or "•" in bare:
        return LIKELY, True
    first, rest = (bare[:2], bare[2:]) if bare[:2] in compound and len(bare) > 2 else (bare[:1], bare[1:])
    if (first not in surnames and first not in compound) or len(rest) > 3:
        return None, False
    if bare in EVERYDAY:
        return WORD, False
    often = first in common or first in compound
    if len(rest) <= 2 and all(sign in signs for sign in rest):
        return LIKELY, often
    return (THING if THING_ENDING.search(bare) and rest not in signs else NAME), often


@lru_cache(maxsize=4)
def _signs_of(surnames: frozenset[str], common: frozenset[str], given: frozenset[str]) -> tuple[frozenset[str], ...]:
    return tuple(frozenset("".join(words)) for words in (surnames, common, given))


def _signs(lexicons: Mapping[str, frozenset[str]]) -> Signs:
    surnames, common, given = _signs_of(
        lexicons["surnames_zh"], lexicons["common_surnames_zh"], lexicons["given_signs_zh"]
    )
    return surnames, common, lexicons["compound_surnames_zh"], given


def _western_name(look: Look) -> Claim | None:
    cells = recognised = full = both = things = distinct = 0
    total = look.open_cells
    header, weak = look.header("person_name"), look.weak_header("person_name")
    # the least part that must be names, or full ones where the header does not speak of names
    possible, least = look.cells_by_kind["A"], (0.7 if weak else 0.9) * total
    for text, count in look.kinds["A"]:
        words = words_of(text)
        if words is None or (not weak and not 2 <= len(words) <= 4):
            possible -= count
            if possible < least:
                return None
            if words is None:
                continue
        if not THING_WORDS.isdisjoint(words):
            things += count
            continue
        cells += count
        distinct += 1
        plain = [word for word in words if len(word) > 1]
        is_given = any(word in GIVEN_NAMES for word in plain)
        is_family = any(word in FAMILY_NAMES for word in plain)
        if is_given or is_family:
            recognised += count
        if 2 <= len(words) <= 4:
            full += count
            if (
                is_given
                and is_family
                and all(word in GIVEN_NAMES or word in FAMILY_NAMES for word in (plain[0], plain[-1]))
            ):
                both += count
    if not cells or things > 0.1 * total:
        return None
    known = Evidence("lexicon", {"matched": recognised, "examined": total})
    if header and cells >= 0.7 * total and recognised >= 0.4 * total:
        return look.claim("person_name", 0.8 + 0.15 * recognised / total, cells, known)
    if weak and cells >= 0.8 * total and recognised >= 0.6 * total and (both >= 0.3 * total or full < 0.2 * total):
        return look.claim("person_name", 0.7 + 0.15 * recognised / total, cells, known)
    if full >= 0.9 * total and both >= 0.6 * total and distinct >= 2:
        sure = distinct >= 5
        return look.claim("person_name", (0.65 if sure else 0.45) + 0.15 * recognised / total, cells, known)
    return None


def _pinyin_name(look: Look) -> Claim | None:
    """Chinese names in Latin letters, under a header that says so."""
    if not look.header("person_name") or not look.kinds["A"]:
        return None
    surnames = look.taxonomy.lexicons["surnames_pinyin"]

    def is_name(text: str) -> bool:
        surname = _pinyin_surname(text)
        if surname is not None:
            return surname in surnames
        whole = RUN_TOGETHER.fullmatch(text.lower()) if len(text) <= 20 else None
        return whole is not None and any(
            whole[1][:length] in surnames and GIVEN_SYLLABLES.fullmatch(whole[1][length:]) for length in (2, 3, 4, 5)
        )

    cells, _ = look.matching(is_name, "A")
    if not cells or cells < 0.6 * look.open_cells:
        return None
    return look.claim("person_name", 0.85, cells, look.formed(cells))


def _pinyin_surname(text: str) -> str | None:
    """The word of a Chinese name in Latin letters that may be its surname; None where it has not the form."""
    found = PINYIN_NAME.fullmatch(text.lower()) if len(text) <= 30 else None
    return None if found is None else found[1] or found[4]


def may_be_name(text: str, lexicons: Mapping[str, frozenset[str]]) -> bool:
    """Whether one value alone reads as a person's full name, without a header that says so: no proof, many things do.

    `lexicons` are the word lists of a taxonomy: Chinese surnames, signs of given names, surnames in Latin letters.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text or len(text) > 60:
        return False
    if not text.isascii() and _read_name(text, _signs(lexicons), headed=False)[0] in (NAME, LIKELY, HIDDEN):
        return True
    if _pinyin_surname(text) in lexicons["surnames_pinyin"]:
        return True
    words = words_of(text)
    if words is None or not 2 <= len(words) <= 4 or not THING_WORDS.isdisjoint(words):
        return False
    first, last = words[0], words[-1]
    return (first in GIVEN_NAMES and last in FAMILY_NAMES) or (first in FAMILY_NAMES and last in GIVEN_NAMES)


def _hidden_name(look: Look) -> Claim | None:
    """What shops show of their buyers: t***2, under a header that says so."""
    if not look.header("person_name") or not look.kinds["A"]:
        return None
    cells, distinct = look.matching(MASKED_HANDLE.fullmatch, "A", least=0.8 * look.open_cells)
    if not cells or distinct < 2:
        return None
    return look.claim("person_name", 0.75, cells, Evidence("masked_values", {"matched": cells}))


def words_of(text: str) -> Sequence[str] | None:
    """The words of a Western name without its title, lower case without accents; None where it has not the form."""
    if len(text) > 60:
        return None
    if text.isascii():
        words = text.lower().split(" ")
        if len(words) <= 5 and all(map(str.isalpha, words)) and TITLES.isdisjoint((words[0], words[-1])):
            return words
    return words_of_any(text)


def words_of_any(text: str) -> Sequence[str] | None:
    """The same by the full rule, of which that for bare letters with a space between words is a shortcut."""
    bare = NAME_TITLE.sub("", text)
    if not WESTERN_NAME.fullmatch(bare):
        return None
    lowered = bare.lower()
    if not lowered.isascii():
        folded = unicodedata.normalize("NFKD", lowered.translate(_STROKES))
        lowered = "".join(sign for sign in folded if not unicodedata.combining(sign))
        if not lowered.isascii():
            return None
    return tuple(word for word in re.split(r"[\s,.'’-]+", lowered) if word)


_STROKES: Final = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe"})
