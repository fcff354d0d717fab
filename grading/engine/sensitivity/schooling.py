"""Detectors of schooling: levels, schools, classes and marks; those of children are signs of minors."""

import re
from typing import Final

from grading.engine.sensitivity.attributes import unheaded
from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.identity import DOMINANT

_DIGIT: Final = "[一二三四五六七八九十百千\\d]"
#: Kindergarten, primary school and the first years of secondary school: who goes there is below fourteen, or about it.
CHILDREN: Final = re.compile(
    rf"(?:{_DIGIT}{{0,2}}[托小中大][{_DIGIT[1:-1]}A-Da-d]{{0,2}}班|托班|学前班|亲子班|[一二三四五六1-6]年级?级?.{{0,8}}|小[一二三四五六].{{0,6}}|"
    rf"[一二三四五六七1-7][((.\-]\d{{1,2}}[))]?班?|(?:初[一二]|[七八]年级).{{0,6}}|.*(?:小学|幼儿园|托儿所|幼稚园|附小|实小|中心小).*)"
)
CLASS: Final = re.compile(
    rf".*{_DIGIT}[))]?班|.*[班级届]|(?:初|高|大|研)[一二三四].{{0,6}}|[一二三四五六七八九]年级.{{0,6}}|\d{{2,4}}[级届].{{0,12}}|[((]?\d{{1,2}}[))]班|\d{{3,6}}"
)
SCHOOL: Final = re.compile(
    r".*(?:大学|学院|学校|中学|小学|幼儿园|高中|初中|一中|二中|三中|附中|附小|职高|技校|党校|系|专业|学部|校区|校|大)(?:\(.{1,12}\))?"
)
MAJOR: Final = re.compile(r"[\u4e00-\u9fff]{2,15}(?:\([\u4e00-\u9fff]{1,10}\))?")
MARK: Final = re.compile(
    r"\d{1,3}(?:\.\d{1,2})?分?|[A-F][+-]?|优秀?|良好?|中等?|及格|不及格|合格|不合格|缺考|缓考|免修|通过|未通过"
)
SCHOOLING_SUFFIX: Final = re.compile("(?:毕业|肄业|结业|在读|在校)?生?(?:学历)?(?:及以[上下])?$")


def education(look: Look) -> Claim | None:
    """Levels of schooling, in words or in the codes of GB/T 4658."""
    words = look.taxonomy.lexicons["education_words"]
    if not look.header("education") or not look.open_cells:
        return unheaded(look, "education", words) if look.spoken.opaque else None
    cells, distinct = look.matching(lambda text: text.lower() in words or SCHOOLING_SUFFIX.sub("", text) in words, "HA")
    if not cells:
        cells, distinct = look.matching(lambda text: re.fullmatch(r"[1-9]0|[1-9]|[1-9][1-9]", text), "D")
    if not cells or cells < DOMINANT * look.open_cells:
        return None
    return look.claim("education", 0.9, cells, Evidence("value_set", {"distinct": distinct}))


def schooling(look: Look) -> Claim | None:
    """Where somebody learns or learned, in which class, what, and with which marks."""
    if not look.header("schooling") or not look.open_cells or look.open_distinct < min(2, look.cells):
        return None
    if (of_children := minor(look)) is not None:
        return of_children
    cells, _ = look.matching(
        lambda text: (
            len(text) <= 40
            and (SCHOOL.fullmatch(text) or CLASS.fullmatch(text) or MARK.fullmatch(text) or MAJOR.fullmatch(text))
        )
    )
    if not cells or cells < 0.8 * look.open_cells:
        return None
    return look.claim("schooling", 0.75, cells, look.formed(cells))


def minor(look: Look) -> Claim | None:
    """Classes of kindergartens and primary schools, and such schools, under a header about pupils or schooling."""
    if not (look.header("minor") or look.header("schooling")) or not look.open_cells:
        return None
    cells, distinct = look.matching(lambda text: len(text) <= 40 and CHILDREN.fullmatch(text), "HA")
    if not cells or cells < 0.6 * look.open_cells:
        return None
    return look.claim("minor", 0.75, cells, Evidence("value_set", {"distinct": distinct}), identifies=False)
