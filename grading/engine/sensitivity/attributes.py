"""Detectors of what is said of persons: birth, sex, age, group, belief, standing."""

import re
from typing import Final

from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.identity import DOMINANT

#: The year first, last with four digits or with two (then there is nothing to check), or in eight digits.
BIRTH_DATE: Final = re.compile(
    r"^(?P<first>\d{4})[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?(?:[T ].*)?|月)?$|"
    r"^\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/., ]+(?:(?P<last>\d{4})|\d{2})$|"
    r"^[A-Za-z]{3,9} \d{1,2}, ?(?P<named>\d{4})$|"
    r"^(?P<compact>\d{4})-?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?(?:\d{6})?$|^(?:\d{1,2}[-/月]\d{1,2}日?)$|"
    r"^(?P<year>(?:19|20)[\d*×]{2})[-年]?[*×]*.*[*×].*$|^[*×]{2,4}[-/年.]?[\d*×]{1,2}[-/月.]?[\d*×]{1,2}日?$"
)
AGE: Final = re.compile(
    r"(?P<years>\d{1,3})(?:\.\d)? ?(?:岁半?|周岁|years?|yrs?|y/?o|y)?(?: ?\d{1,2} ?(?:个月|月|m))?|"
    r"\d{1,3} ?(?:个月|月龄|月|天|日)|[一二三四五六七八九十]{1,3}(?:周?岁半?|个月)",
    re.IGNORECASE,
)
#: Posts and trades by how they end.
OFFICE: Final = re.compile(
    "[\u4e00-\u9fff/()-]{0,24}(?:员|师|经纪人|学生|长|工|手|经理|主任|总监|主管|助理|干事|书记|委员|秘书|顾问|教授|讲师|专家|代表|人员|干部|"
    "军人|商|农|务工|务农|经商|个体|老板|店主|[正副]?[部厅局处科股县乡镇][级长](?:干部)?|法官|检察官|民警|医生|护士|岗|司机|会计|出纳)(?:[一二三四五六七八九]级)?"
)
#: A column of more different words than these is not one of few and known ones, whatever its name.
MOST_LISTED: Final = 60
YES_OR_NO: Final = frozenset(
    {"是", "否", "已", "未", "有", "无", "0", "1"} | {"Y", "N", "y", "n", "true", "false", "yes", "no"}
)
#: Years alone, days of the lunar calendar, days since 1900 as spreadsheets count: where a header asks for them.
BARE_YEAR: Final = re.compile(r"(?P<year>(?:19|20)\d{2})年?")
#: Two digits of a year: 850312, 85年3月; a year of the Republic; a year in Chinese signs.
OTHER_BIRTH: Final = re.compile(
    r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|\d{2}年\d{1,2}月(?:\d{1,2}日)?|(?:民国)\d{1,3}年.{0,8}|"
    r"[〇○零一二三四五六七八九]{2,4}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十廿]{1,3}日)?"
)
LUNAR: Final = re.compile("(?:农历|阴历)?[正一二三四五六七八九十冬腊]{1,2}月[初十廿卅二三][一二三四五六七八九十]?日?")
DAYS: Final = re.compile(r"[1-4]\d{4}(?:\.0)?")
#: GB/T 3304: 01 to 56, with 97 for others and 98 for foreigners who became citizens.
GROUP_CODE: Final = re.compile("0[1-9]|[1-4][0-9]|5[0-8]|9[78]")


def gender(look: Look) -> Claim | None:
    """A few words for the sexes; single letters and codes only under a header that says so."""
    if look.avoided("gender"):
        return None
    words, letters = look.taxonomy.lexicons["gender_words"], look.taxonomy.lexicons["gender_letters"]
    header = look.named("gender")
    if look.open_distinct > 24 or not look.open_cells or (not header and look.part("DN") > 0.5):
        return None
    least = (0.7 if header else 0.9) * look.open_cells
    if not header:
        told, sexes = look.matching(lambda text: text.lower() in words, least=least)
        if told < least or sexes < 2:
            return None
    coded, distinct = look.matching(lambda text: text.lower() in words or text.lower() in letters, least=least)
    if coded < least:
        return None
    return look.claim("gender", 0.95 if header else 0.85, coded, Evidence("value_set", {"distinct": distinct}))


def ethnicity(look: Look) -> Claim | None:
    """The 56 groups of China by full name; short names and others only under a telling header."""
    groups, short = look.taxonomy.lexicons["ethnic_groups"], look.taxonomy.lexicons["ethnic_short"]
    header = look.header("ethnicity")
    full, distinct = look.matching(groups.__contains__, "H", least=0.8 * look.open_cells)
    if full == distinct >= 12:
        return None  # each of so many once: a list of them
    if full and (header or distinct >= 3):
        return look.claim("ethnicity", 0.95, full, Evidence("value_set", {"distinct": distinct}))
    if not header:
        return None
    cells, distinct = look.matching(lambda text: text in groups or text.lower() in short or text.rstrip("族") in short)
    if not cells and look.part("D") == 1.0 and look.open_distinct >= 2:
        # codes of GB/T 3304, with their zero: a column of counts would have other numbers too
        cells, distinct = look.matching(GROUP_CODE.fullmatch, "D")
        cells = cells if cells == look.open_cells and any(text == "01" for text, _ in look.of("D")) else 0
    if not cells or cells < 0.6 * look.open_cells:
        return None
    return look.claim("ethnicity", 0.85, cells, Evidence("value_set", {"distinct": distinct}))


def religion(look: Look) -> Claim | None:
    """Names of religions, mostly; two at least where no header says so."""
    return _listed(look, "religion", "religions", alone=3)


def marital_status(look: Look) -> Claim | None:
    """Single, married …: 未婚, 已婚; codes, and yes or no, only under a header."""
    if (look.header("marital_status") in ("婚否", "married")) and 0 < look.open_distinct <= 3:
        cells, _ = look.matching(YES_OR_NO.__contains__)
        if cells == look.open_cells:
            return look.claim("marital_status", 0.75, cells, look.formed(cells))
    return _listed(look, "marital_status", "marital_words", alone=3, codes=True)


def occupation(look: Look) -> Claim | None:
    """What somebody does and for whom, under a header that says so."""
    words = look.taxonomy.lexicons["occupation_words"]
    if not look.header("occupation") or not look.open_cells:
        return unheaded(look, "occupation", words) if look.spoken.opaque else None
    endings = tuple(look.taxonomy.lexicons["organisation_endings"])
    cells, distinct = look.matching(
        lambda text: (
            text.lower() in words or OFFICE.fullmatch(text) or (len(text) >= 3 and text.rstrip(")").endswith(endings))
        ),
        "HA",
    )
    if not cells or cells < DOMINANT * look.open_cells:
        return None
    return look.claim("occupation", 0.9, cells, Evidence("value_set", {"distinct": distinct}))


def unheaded(look: Look, code: str, words: frozenset[str]) -> Claim | None:
    """Words for an attribute under a name that says nothing: whose they are, columns beside them must tell."""
    cells, distinct = look.matching(lambda text: text.lower() in words, "HA", least=0.8 * look.open_cells)
    if not cells or distinct < 3:
        return None
    return look.claim(code, 0.4, cells, Evidence("value_set", {"distinct": distinct}))


def political_status(look: Look) -> Claim | None:
    """Membership of a party: 党员, 团员, 群众 …."""
    return _listed(look, "political_status", "political_words", alone=3)


def family_relation(look: Look) -> Claim | None:
    """Whose son, wife or father somebody is."""
    return _listed(look, "family_relation", "relation_words", alone=4)


def origin(look: Look) -> Claim | None:
    """Nationality or place of origin: words under a header that says so."""
    if not look.header("origin") or look.open_distinct > 400:
        return None
    cells, _ = look.matching(lambda text: 2 <= len(text) <= 40 and not any(sign.isdigit() for sign in text), "HA")
    if not cells or cells < 0.8 * look.open_cells:
        return None
    return look.claim("origin", 0.7, cells, look.formed(cells))


def _listed(look: Look, code: str, lexicon: str, *, alone: int | None = None, codes: bool = False) -> Claim | None:
    words = look.taxonomy.lexicons[lexicon]
    header = look.named(code) if codes else look.header(code)
    if not look.open_cells or (
        not header and (alone is None or look.open_distinct > MOST_LISTED or look.avoided(code))
    ):
        return None
    cells, distinct = look.matching(lambda text: text.lower() in words, "HA")
    if codes and header and not look.spoken.about and not cells:
        cells, distinct = look.matching(
            lambda text: len(text) == 1 or text in ("10", "20", "21", "22", "23", "30", "40", "90"), "D"
        )
    if not cells or cells < (0.5 if header else 0.9) * look.open_cells or (not header and distinct < (alone or 1)):
        return None
    return look.claim(code, 0.9 if header else 0.7, cells, Evidence("value_set", {"distinct": distinct}))


def age(look: Look) -> Claim | None:
    """Whole years from 0 to 120 under a header that says so."""
    if not look.header("age") or look.open_distinct > 400:
        return None

    def plausible(text: str) -> bool:
        found = AGE.fullmatch(text)
        return found is not None and int(found.group("years") or 0) <= 120

    cells, distinct = look.matching(plausible)
    if not cells or cells < 0.7 * look.open_cells or distinct < min(2, look.cells):
        return None
    return look.claim("age", 0.85, cells, look.formed(cells))


def birth_date(look: Look) -> Claim | None:
    """Dates of the past under a header that says so: a date alone does not tell whose it is."""
    if not look.header("birth_date"):
        return _like_births(look) if look.spoken.opaque else None
    cells, _ = look.matching(lambda text: _is_lifetime(text, look.today.year))
    if not cells and "生日" in look.name:
        cells, _ = look.matching(re.compile(r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])").fullmatch, "D")
    if not cells:
        cells, _ = look.matching(OTHER_BIRTH.fullmatch, "DH")
    if not cells:
        others = BARE_YEAR if "年" in look.name or "year" in look.name.lower() else DAYS
        cells, _ = look.matching(lambda text: others.fullmatch(text) or LUNAR.fullmatch(text), "DNH")
    # a few impossible ones (9999-12-31, 0001-01-01) stand for unknown ones, and do not hide the others
    if not cells or cells < DOMINANT * look.open_cells:
        return None
    evidence = Evidence("plausible_dates", {"matched": cells, "examined": look.cells})
    return look.claim("birth_date", 0.93, cells, evidence)


def _like_births(look: Look) -> Claim | None:
    """Dates of decades, the latest and the earliest a generation apart, as births are and few other dates."""
    least = 0.9 * look.open_cells
    cells, distinct = look.matching(lambda text: len(text) >= 8 and _is_lifetime(text, look.today.year), least=least)
    years = sorted(birth_years_of(look))
    if not cells or distinct < 5 or len(years) < 5:
        return None
    middle, width = years[len(years) // 2], years[-len(years) // 10 - 1] - years[len(years) // 10]
    if width < 15 or middle > look.today.year - 15:
        return None
    return look.claim("birth_date", 0.4, cells, Evidence("plausible_dates", {"matched": cells, "examined": look.cells}))


def _is_lifetime(text: str, this_year: int) -> bool:
    year = _year(text)
    return year is not None and (not year.isdigit() or 1900 <= int(year) <= this_year)


def _year(text: str) -> str | None:
    """The year of a date of birth as it is written, "" where it has none or two digits, None for other texts."""
    found = BIRTH_DATE.search(text)
    return None if found is None else next((part for part in found.groups() if part is not None), "")


def ages_of(look: Look) -> list[int]:
    """The ages of a column of ages, in whole years."""
    found = (AGE.fullmatch(text) for text in look.texts)
    return [int(one.group("years") or 0) for one in found if one is not None]


def birth_years_of(look: Look) -> list[int]:
    """The years of birth of a column of birth dates."""
    years = (_year(text) or (BARE_YEAR.fullmatch(text) and text[:4]) for text in look.texts)
    return [int(year) for year in years if year and year.isdigit()]
