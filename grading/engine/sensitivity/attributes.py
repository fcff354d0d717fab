"""Detectors of what is said of persons: birth, sex, age, group, belief, health, body, standing."""

import re
from collections.abc import Iterable
from typing import Final

from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.identity import DOMINANT

#: The year first, last with four digits or with two (then there is nothing to check), or in eight digits.
BIRTH_DATE: Final = re.compile(
    r"^(?P<first>\d{4})[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?(?:[T ].*)?|月)?$|"
    r"^\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/., ]+(?:(?P<last>\d{4})|\d{2})$|"
    r"^[A-Za-z]{3,9} \d{1,2}, ?(?P<named>\d{4})$|"
    r"^(?P<compact>\d{4})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$|^(?P<year>(?:19|20)[\d*×]{2})[-年]?[*×]*.*[*×].*$"
)
AGE: Final = re.compile(
    r"(?P<years>\d{1,3})(?:\.\d)? ?(?:岁|周岁|years?|yrs?|y/?o|y)?(?: ?\d{1,2} ?(?:个月|月|m))?", re.IGNORECASE
)
ICD10: Final = re.compile(r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Zx]{1,6})?(?:\+.*)?")
ICD10_DOTTED: Final = re.compile(r"[A-TV-Z]\d[0-9A-Z]\.[0-9A-Zx]{1,6}")
BLOOD: Final = re.compile(
    r"(?:AB|A|B|O)(?:型|\+|-|[ ]?Rh[+-]|\(?RhD?[((]?[阴阳+-].*)?|(?:Rh[阴阳]性)?(?:AB|A|B|O)型?", re.IGNORECASE
)
BLOOD_PRESSURE: Final = re.compile(r"\d{2,3}/\d{2,3}(?: ?mmHg)?", re.IGNORECASE)
#: Measures of the body stand under headers that name them; others with the name of a test.
MEASURED: Final = re.compile(
    r"[<>]?-?\d{1,4}(?:\.\d+)?(?: ?(?:mmol/L|mg/dL|次/分|℃|bpm|%|g/L|U/L|[x×]10\^\d+/L|周|周\+\d|mmHg))?(?:[↑↓HL])?",
    re.IGNORECASE,
)
MEASURE_WORDS: Final = frozenset(
    {"血压", "血糖", "心率", "体温", "化验", "检验结果", "检查结果", "体检结果", "孕周", "怀孕", "妊娠"}
)
ENCODED: Final = re.compile(
    r"[A-Za-z0-9+/_=-]{16,}|(?:0x)?[0-9A-Fa-f]{12,}|\[?-?\d?\.\d+(?:[,;| ] ?-?\d?\.\d+){2,}[,. \]]*|"
    r"\S+\.(?:jpe?g|png|bmp|wav|mp3|dat|bin|fpt|wsq|iris|npy)|data:\S+",
    re.IGNORECASE,
)
GENES: Final = re.compile(
    r"[ACGTN]{12,}|rs\d{3,}.*|[ACGT]{1,2}[/|][ACGT]{1,2}|[A-Z0-9]{3,8}[ :*]?[cp]\.\S+", re.IGNORECASE
)
HEALTH_SHORT: Final = frozenset(
    {"有", "无", "否认", "良好", "健康", "一般", "正常", "异常", "阴性", "阳性", "无殊", "未见异常"}
)
#: So many different diseases show without a telling header that a column is about them.
FEWEST_DISEASES: Final = 3
#: A column of more different words than these is not one of few and known ones, whatever its name.
MOST_LISTED: Final = 60


def gender(look: Look) -> Claim | None:
    """A few words for the sexes; single letters and codes only under a header that says so."""
    if look.avoided("gender"):
        return None
    words, letters = look.taxonomy.lexicons["gender_words"], look.taxonomy.lexicons["gender_letters"]
    header = look.named("gender")
    if look.open_distinct > 24 or not look.open_cells or (not header and look.part("DN") > 0.5):
        return None
    least = 0.9 * look.open_cells
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
    if full and (header or distinct >= 3):
        return look.claim("ethnicity", 0.95, full, Evidence("value_set", {"distinct": distinct}))
    if not header:
        return None
    cells, distinct = look.matching(lambda text: text in groups or text.lower() in short or text.rstrip("族") in short)
    if not cells or cells < 0.6 * look.open_cells:
        return None
    return look.claim("ethnicity", 0.85, cells, Evidence("value_set", {"distinct": distinct}))


def religion(look: Look) -> Claim | None:
    """Names of religions, mostly; two at least where no header says so."""
    return _listed(look, "religion", "religions", alone=3)


def marital_status(look: Look) -> Claim | None:
    """Single, married …: 未婚, 已婚; codes only under a header."""
    return _listed(look, "marital_status", "marital_words", alone=3, codes=True)


def education(look: Look) -> Claim | None:
    """Levels of schooling."""
    return _listed(look, "education", "education_words")


def occupation(look: Look) -> Claim | None:
    """What somebody does, under a header that says so."""
    return _listed(look, "occupation", "occupation_words")


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


def health(look: Look) -> Claim | None:
    """ICD-10 codes with their dot, or names of diseases; bare codes and measures only under a telling header."""
    if look.avoided("health") or not look.open_cells or look.spoken.about:
        return None
    header = look.header("health")
    if header is None and look.part("HA") < DOMINANT:
        return None
    search = look.taxonomy.diseases.search

    def names_disease(text: str) -> bool:
        return len(text) <= 200 and search(text.lower()) is not None

    if header:
        cells, _ = look.matching(
            lambda text: (
                names_disease(text) or ICD10.fullmatch(text) or BLOOD.fullmatch(text) or BLOOD_PRESSURE.fullmatch(text)
            ),
            "HA",
        )
        if header in MEASURE_WORDS:
            cells += (
                look.matching(MEASURED.fullmatch, "DN")[0]
                + look.matching(lambda text: not BLOOD_PRESSURE.fullmatch(text) and MEASURED.fullmatch(text), "A")[0]
            )
        short = look.matching(HEALTH_SHORT.__contains__, "H")[0] if cells or not header.isascii() else 0
        if cells + short and cells + short >= 0.3 * look.open_cells:
            told = Evidence("lexicon", {"matched": cells + short, "examined": look.open_cells})
            return look.claim("health", 0.9, cells + short, told)
        return None
    dotted, coded = look.matching(ICD10_DOTTED.fullmatch, "A", least=0.8 * look.open_cells)
    if dotted and coded >= min(3, look.open_distinct):
        return look.claim("health", 0.75, dotted, look.formed(dotted))
    if look.open_distinct < FEWEST_DISEASES:
        return None
    named, distinct = look.matching(
        lambda text: len(text) <= 60 and names_disease(text), "HA", least=0.6 * look.open_cells
    )
    if named and distinct >= FEWEST_DISEASES:
        told = Evidence("lexicon", {"matched": named, "examined": look.open_cells})
        return look.claim("health", 0.7, named, told)
    return None


def biometric(look: Look) -> Claim | None:
    """Templates, features and pictures of bodies, by header and form."""
    header = look.header("biometric")
    if not header:
        return None
    cells, distinct = look.matching(lambda text: ENCODED.fullmatch(text) or GENES.fullmatch(text), "DAH")
    if not cells or cells < 0.6 * look.open_cells or distinct < 0.3 * look.open_distinct:
        return None
    return look.claim("biometric", 0.85, cells, look.formed(cells))


def age(look: Look) -> Claim | None:
    """Whole years from 0 to 120 under a header that says so."""
    if not look.header("age") or look.open_distinct > 400:
        return None

    def plausible(text: str) -> bool:
        found = AGE.fullmatch(text)
        return found is not None and int(found.group("years")) <= 120

    cells, distinct = look.matching(plausible)
    if not cells or cells < 0.9 * look.open_cells or distinct < min(2, look.cells):
        return None
    return look.claim("age", 0.85, cells, look.formed(cells))


def birth_date(look: Look) -> Claim | None:
    """Dates of the past under a header that says so: a date alone does not tell whose it is."""
    if not look.header("birth_date"):
        return None
    cells, _ = look.matching(lambda text: _is_lifetime(text, look.today.year))
    # a few impossible ones (9999-12-31, 0001-01-01) stand for unknown ones, and do not hide the others
    if not cells or cells < DOMINANT * look.open_cells:
        return None
    evidence = Evidence("plausible_dates", {"matched": cells, "examined": look.cells})
    return look.claim("birth_date", 0.93, cells, evidence)


def _is_lifetime(text: str, this_year: int) -> bool:
    found = BIRTH_DATE.search(text)
    if found is None:
        return False
    year = next((part for part in found.groups() if part is not None), None)
    return year is None or not year.isdigit() or 1900 <= int(year) <= this_year


def years_of(look: Look) -> Iterable[int]:
    """The ages of a column of ages."""
    for text in look.texts:
        found = AGE.fullmatch(text)
        if found:
            yield int(found.group("years"))
