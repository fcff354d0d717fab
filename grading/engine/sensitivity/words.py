"""Detectors of what words tell: names, addresses, gender, ethnic group, religion, health, age and birth date."""

import re
from collections.abc import Iterable

from grading.engine.sensitivity.evidence import Claim, Evidence, Look

CHINESE_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff]{1,8}")
NAME_TITLE = re.compile(r"^(mr|mrs|ms|miss|dr|prof)\.? ", re.IGNORECASE)
WESTERN_NAME = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?(?:,? +[^\W\d_]+(?:[-'’][^\W\d_]+)*\.?){0,4}")
#: Words that show that a name is that of an organisation or a place.
ORGANISATION_WORDS = frozenset(
    {"hospital", "company", "inc", "llc", "ltd", "corp", "corporation", "center", "centre", "university", "school"}
    | {"college", "medical", "clinic", "county", "city", "brewing", "brewery", "bank", "group", "association"}
    | {"department", "office", "services", "systems", "church", "airport", "station", "museum", "library", "hotel"}
    | {"restaurant", "park", "lake", "river", "island", "airlines", "airways", "road", "street"}
)
CHINESE_ADDRESS = re.compile(
    r"(省|自治区|市|区|县|镇|乡|村|街道|路|街|巷|弄|大道|小区|苑|花园).{0,24}?\d+(号|栋|幢|室|楼|单元|弄|组|#)"
)
CHINESE_PLACE = re.compile(r".{2,8}(省|自治区|市).{1,10}(市|区|县|镇|乡).{2,}")
WESTERN_ADDRESS = re.compile(r"(?:\d{1,6}[A-Za-z]?|one) +(?=\S*[^\W\d_])(?P<rest>[^|;]{3,})", re.IGNORECASE)
WESTERN_ADDRESS_REVERSED = re.compile(r"(?P<rest>[^|;\d]{3,}) \d{1,5}[a-z]?", re.IGNORECASE)
#: The year first, last with four digits or with two (then there is nothing to check), or in eight digits.
BIRTH_DATE = re.compile(
    r"^(?P<first>\d{4})[-/.年]\d{1,2}[-/.月]\d{1,2}|^\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/., ]+"
    r"(?:(?P<last>\d{4})|\d{2})$|^(?P<compact>\d{4})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$"
)
ICD10 = re.compile(r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?")
ICD10_DOTTED = re.compile(r"[A-TV-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}")


def person_name(look: Look) -> Claim | None:
    """Chinese names by surname and length, Western ones by form and known given and family names."""
    if look.profile.inferred_type != "text" or look.avoided("person_name") or not look.open_cells:
        return None
    return _chinese_name(look) or _western_name(look)


def _chinese_name(look: Look) -> Claim | None:
    lexicons = look.taxonomy.lexicons
    surnames = frozenset("".join(lexicons["surnames_zh"]))
    common = frozenset("".join(lexicons["common_surnames_zh"]))
    compound = lexicons["compound_surnames_zh"]
    cells, distinct = look.matching(
        lambda text: CHINESE_NAME.fullmatch(text) and ("·" in text or text[0] in surnames or text[:2] in compound)
    )
    if not cells:
        return None
    frequent, _ = look.matching(
        lambda text: CHINESE_NAME.fullmatch(text) and (text[0] in common or text[:2] in compound)
    )
    share, frequent_share = cells / look.open_cells, frequent / look.open_cells
    header = look.header("person_name")
    # Words that happen to begin with a surname repeat themselves, and seldom begin with a frequent one.
    alone = share >= 0.9 and frequent_share >= 0.6 and distinct >= 10
    if not (header and share >= 0.6) and not alone:
        return None
    confidence = (0.9 if header else 0.7) + 0.05 * (share >= 0.95)
    return look.claim(
        "person_name", confidence, cells, Evidence("lexicon", {"matched": cells, "examined": look.open_cells})
    )


def _western_name(look: Look) -> Claim | None:
    known = look.taxonomy.lexicons["given_names"] | look.taxonomy.lexicons["surnames"]
    cells, distinct = look.matching(lambda text: _bare_name(text) is not None)
    if not cells:
        return None
    recognised, _ = look.matching(lambda text: _bare_name(text) is not None and not known.isdisjoint(_words(text)))
    full, _ = look.matching(lambda text: _bare_name(text) is not None and 2 <= len(_words(text)) <= 4)
    organisations, _ = look.matching(lambda text: not ORGANISATION_WORDS.isdisjoint(_words(text)))
    total = look.open_cells
    if organisations > 0.1 * total:
        return None
    header = look.header("person_name")
    with_header = header and cells >= 0.7 * total and recognised >= 0.25 * total
    alone = full >= 0.9 * total and recognised >= 0.6 * total and distinct >= min(10, max(3, len(look.texts)))
    if not with_header and not alone:
        return None
    evidence = Evidence("lexicon", {"matched": recognised, "examined": total})
    return look.claim("person_name", (0.8 if header else 0.65) + 0.15 * recognised / total, cells, evidence)


def address(look: Look) -> Claim | None:
    """Chinese and Western street addresses: a number, and a word for a street, a building or a district."""
    if look.profile.inferred_type != "text" or look.avoided("address") or not look.open_cells:
        return None
    streets = look.taxonomy.lexicons["street_words"]
    cells, _ = look.matching(lambda text: _is_address(text, streets))
    header = look.header("address")
    if not cells or cells < (0.3 if header else 0.6) * look.open_cells:
        return None
    evidence = Evidence("format", {"matched": cells, "examined": look.open_cells})
    return look.claim("address", 0.9 if header else 0.8, cells, evidence)


def gender(look: Look) -> Claim | None:
    """A few words for the sexes; single letters and codes only under a header that says so."""
    words = look.taxonomy.lexicons["gender_words"]
    letters = look.taxonomy.lexicons["gender_letters"]
    header = look.header("gender")
    if not header and look.profile.inferred_type != "text":
        return None
    told, _ = look.matching(lambda text: text.lower() in words)
    coded, distinct = look.matching(lambda text: text.lower() in words or text.lower() in letters)
    if not look.open_cells or coded < 0.9 * look.open_cells or look.avoided("gender"):
        return None
    if not header and told < 0.9 * look.open_cells:
        return None
    evidence = Evidence("value_set", {"distinct": distinct})
    return look.claim("gender", 0.95 if header else 0.85, coded, evidence)


def ethnicity(look: Look) -> Claim | None:
    """The 56 groups of China by full name; short names and others only under a telling header."""
    groups, short = look.taxonomy.lexicons["ethnic_groups"], look.taxonomy.lexicons["ethnic_short"]
    header = look.header("ethnicity")
    full, distinct = look.matching(lambda text: text in groups)
    if full and full >= 0.8 * look.open_cells and (header or distinct >= 3):
        return look.claim("ethnicity", 0.95, full, Evidence("value_set", {"distinct": distinct}))
    if not header:
        return None
    cells, distinct = look.matching(lambda text: text in groups or text.lower() in short)
    if not cells or cells < 0.6 * look.open_cells:
        return None
    return look.claim("ethnicity", 0.85, cells, Evidence("value_set", {"distinct": distinct}))


def religion(look: Look) -> Claim | None:
    """Names of religions, mostly; two at least where no header says so."""
    words = look.taxonomy.lexicons["religions"]
    cells, distinct = look.matching(lambda text: text.lower() in words)
    header = look.header("religion")
    if not cells or cells < (0.5 if header else 0.9) * look.open_cells or (not header and distinct < 3):
        return None
    return look.claim("religion", 0.9 if header else 0.75, cells, Evidence("value_set", {"distinct": distinct}))


def health(look: Look) -> Claim | None:
    """ICD-10 codes with their dot, or names of diseases; bare codes only under a telling header."""
    if look.profile.inferred_type != "text" or look.avoided("health") or not look.open_cells:
        return None
    words = look.taxonomy.lexicons["health_words"]
    header = look.header("health")
    dotted, _ = look.matching(ICD10_DOTTED.fullmatch)
    named, distinct = look.matching(lambda text: _names_disease(text.lower(), words))
    if header:
        coded, _ = look.matching(lambda text: ICD10.fullmatch(text) or _names_disease(text.lower(), words))
        if coded and coded >= 0.3 * look.open_cells:
            evidence = Evidence("lexicon", {"matched": coded, "examined": look.open_cells})
            return look.claim("health", 0.9, coded, evidence)
        return None
    if dotted and dotted >= 0.8 * look.open_cells:
        return look.claim("health", 0.75, dotted, Evidence("format", {"matched": dotted, "examined": look.open_cells}))
    if named and named >= 0.5 * look.open_cells and distinct >= 3:
        return look.claim("health", 0.7, named, Evidence("lexicon", {"matched": named, "examined": look.open_cells}))
    return None


def age(look: Look) -> Claim | None:
    """Whole years from 0 to 120 under a header that says so."""
    numbers = look.profile.numbers
    if look.profile.inferred_type != "integer" or numbers is None or not look.header("age"):
        return None
    cells, _ = look.matching(lambda text: re.fullmatch(r"\d{1,3}", text) and int(text) <= 120)
    if cells < 0.95 * look.open_cells or numbers.maximum - numbers.minimum < 1:
        return None
    return look.claim("age", 0.85, cells, Evidence("format", {"matched": cells, "examined": look.open_cells}))


def birth_date(look: Look) -> Claim | None:
    """Dates of the past under a header that says so: a date alone does not tell whose it is."""
    if not look.header("birth_date") or look.avoided("birth_date"):
        return None
    cells, _ = look.matching(lambda text: _is_lifetime(text, look.today.year))
    # a few impossible ones (9999-12-31, 0001-01-01) stand for unknown ones, and do not hide the others
    if not cells or cells < 0.5 * look.open_cells:
        return None
    evidence = Evidence("plausible_dates", {"matched": cells, "examined": look.cells})
    return look.claim("birth_date", 0.93, cells, evidence)


def _is_lifetime(text: str, this_year: int) -> bool:
    found = BIRTH_DATE.search(text)
    if found is None:
        return False
    year = found.group("first") or found.group("last") or found.group("compact")
    return year is None or 1900 <= int(year) <= this_year


def _bare_name(text: str) -> str | None:
    """The name without its title if it has the form of one: one to five words of letters."""
    bare = NAME_TITLE.sub("", text)
    if len(bare) > 60 or not WESTERN_NAME.fullmatch(bare) or any("\u4e00" <= letter <= "\u9fff" for letter in bare):
        return None
    return bare


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,.]+", text.lower()) if word]


def _is_address(text: str, streets: Iterable[str]) -> bool:
    if CHINESE_ADDRESS.search(text) or CHINESE_PLACE.fullmatch(text):
        return True
    found = WESTERN_ADDRESS.fullmatch(text) or WESTERN_ADDRESS_REVERSED.fullmatch(text)
    return found is not None and not set(streets).isdisjoint(re.findall(r"[^\W\d_]+", found.group("rest").lower()))


def _names_disease(lowered: str, words: Iterable[str]) -> bool:
    return len(lowered) <= 120 and any(word in lowered for word in words)
