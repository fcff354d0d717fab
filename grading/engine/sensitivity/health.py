"""Detectors of health: diagnoses, drugs and operations by word, codes by form, measures of the body by header."""

import re
from typing import Final

from grading.engine.sensitivity.evidence import Claim, Evidence, Look
from grading.engine.sensitivity.identity import DOMINANT

ICD10: Final = re.compile(r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Zx]{1,6})?(?:\+.*)?")
ICD10_DOTTED: Final = re.compile(r"[A-TV-Z]\d[0-9A-Z]\.[0-9A-Zx]{1,6}")
BLOOD: Final = re.compile(
    r"(?:AB|A|B|O)(?:型|\+|-|[ ]?Rh[+-]|\(?RhD?[((]?[阴阳+-].*)?|(?:Rh[阴阳]性)?(?:AB|A|B|O)型?", re.IGNORECASE
)
BLOOD_PRESSURE: Final = re.compile(r"\d{2,3}/\d{2,3}(?: ?mmHg)?", re.IGNORECASE)
_NUMBER: Final = r"[<>≤≥]?-?\d{1,4}(?:\.\d+)?(?:\+\d)?"
#: Measures of the body stand under headers that name them; others with the name of a test.
MEASURED: Final = re.compile(
    rf"{_NUMBER}(?: ?[-~] ?{_NUMBER})? ?(?:[a-zμ]?mol/L|[mnpμu]?g/d?[mM]?L|次/分|次|℃|bpm|%|I?U/m?L|"
    r"[x×*]10\^?\d+/L|cm|mm|kg|"
    r"公斤|斤|厘米|米|m|mL|周|天|mmHg|kPa|fL|pg|D|度|kg/m[2²])?(?:\+\d)?(?:[↑↓HL])?(?:\(.{1,4}\))?",
    re.IGNORECASE,
)
#: What tests say that are not measured in numbers.
RESULT: Final = re.compile(
    r"[弱强]?[阴阳]性?(?:\([+±-]{1,4}\))?|\(?[+±-]{1,4}\)?|1:\d{1,5}|[一二三四五六七八九十1-9]级|[已未]接种.{0,8}|第?[一二三四]针|未检出|检出|未见.{0,12}|未做"
)
#: How the names of ailments, drugs and treatments end: asked for only under a telling header.
CLINICAL: Final = re.compile(
    "(?:炎|症|病|癌|瘤|征|伤|折|痛|痒|血|肿|障碍|缺损|不全|中毒|过敏|衰竭|梗阻|增高|降低|紊乱|失常|脱出|突出|术|术后|治疗|化疗|放疗|"
    r"透析|片|胶囊|颗粒|冲剂|注射[液剂]|口服液|溶液|滴剂|滴眼液|糖浆|丸|软膏|乳膏|喷雾剂|贴|栓|疫苗|[气血阴阳]虚|[虚郁热瘀湿和禀]质|孕\d产\d.{0,6}|证|感冒|不适|失调|迟缓|护理|血瘀|湿热|残疾|缺陷|"
    "血常规|尿常规|生化|肝功能?|肾功能?|血脂|胸片|[BX][超线光].{0,6}|彩超|超声|核磁|心电图?|[胃肠]镜|CT.{0,6}|MRI.{0,6}|计数|测定|"
    "剖宫产|顺产|分娩|流产|(?:残疾|肢体|视力|听力|言语|智力|精神|多重).{0,4}[一二三四1-4]级|[一二三四]级残疾)(?:[((].{1,12}[))])?$"
)
#: Names of columns in which physicians and patients use words of their own.
CLINICAL_HEADER: Final = re.compile("诊断|病史|主诉|症状|过敏|用药|服药|病情|体征|医嘱|处方|既往|疾患")
HEALTH_SHORT: Final = frozenset(
    {
        "有",
        "无",
        "否认",
        "良好",
        "健康",
        "一般",
        "正常",
        "异常",
        "阴性",
        "阳性",
        "无殊",
        "未见异常",
        "较差",
        "差",
        "一般或较弱",
        "合格",
        "肢体",
        "视力",
        "听力",
        "言语",
        "智力",
        "精神",
        "多重",
    }
)
#: Results of goods, vehicles and waters as well: there it takes more than 合格 or 正常.
OF_ANYTHING: Final = frozenset({"检测结果", "检查结果", "检验结果", "检查结论", "检验项目", "检查项目", "检测项目"})
#: So many different diseases show without a telling header that a column is about them.
FEWEST_DISEASES: Final = 3


def health(look: Look) -> Claim | None:
    """ICD-10 codes with their dot, or names of diseases; bare codes and measures only under a telling header."""
    if look.avoided("health") or not look.open_cells or look.spoken.about:
        return None
    header = look.header("health")
    if header is None:
        return _by_words(look) if look.part("HA") >= DOMINANT else None
    names_disease = look.taxonomy.diseases.within
    cells, _ = look.matching(
        lambda text: (
            (len(text) <= 200 and names_disease(text.lower()))
            or ICD10.fullmatch(text)
            or BLOOD.fullmatch(text)
            or BLOOD_PRESSURE.fullmatch(text)
            or RESULT.fullmatch(text)
            or (len(text) <= 60 and CLINICAL.search(text))
        ),
        "HA",
    )
    if header in look.taxonomy.lexicons["body_measures"]:
        cells += look.matching(MEASURED.fullmatch, "DN")[0]
        cells += look.matching(
            lambda text: (
                MEASURED.fullmatch(text)
                and not (BLOOD_PRESSURE.fullmatch(text) or RESULT.fullmatch(text) or BLOOD.fullmatch(text))
            ),
            "HA",
        )[0]
    brief = cells or (not header.isascii() and header not in OF_ANYTHING)
    short = look.matching(HEALTH_SHORT.__contains__, "H")[0] if brief else 0
    found = min(cells + short, look.open_cells)
    least = 0.15 if CLINICAL_HEADER.search(look.name) and look.part("H") >= DOMINANT else 0.3
    if not found or found < least * look.open_cells:
        return None
    return look.claim("health", 0.9, found, Evidence("lexicon", {"matched": found, "examined": look.open_cells}))


def _by_words(look: Look) -> Claim | None:
    dotted, coded = look.matching(ICD10_DOTTED.fullmatch, "A", least=0.8 * look.open_cells)
    if dotted and coded >= min(3, look.open_distinct):
        return look.claim("health", 0.75, dotted, look.formed(dotted))
    if look.open_distinct < FEWEST_DISEASES:
        return None
    names_disease = look.taxonomy.diseases.within
    named, distinct = look.matching(
        lambda text: len(text) <= 60 and names_disease(text.lower()), "HA", least=0.6 * look.open_cells
    )
    if named and distinct >= FEWEST_DISEASES:
        told = Evidence("lexicon", {"matched": named, "examined": look.open_cells})
        return look.claim("health", 0.7, named, told)
    return None
