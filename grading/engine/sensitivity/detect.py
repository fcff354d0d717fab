"""Sensitive columns of a table: every detector looks at every column, then the table is looked at as a whole."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from grading.engine.profile import Study
from grading.engine.sensitivity import numbers, words
from grading.engine.sensitivity.evidence import Claim, Evidence, Look, look_at
from grading.engine.sensitivity.taxonomy import Taxonomy
from grading.engine.sensitivity.validators import card_issuer, luhn, resident_id_valid

Detector = Callable[[Look], Claim | None]
#: Each detector with the length of the shortest value it could recognise: shorter columns are not shown to it.
OF_NUMBERS: tuple[tuple[Detector, int], ...] = (
    (numbers.resident_id, 18),
    (numbers.bank_card, 13),
    (numbers.social_credit_code, 18),
    (numbers.mobile_phone, 7),
    (numbers.passport, 7),
    (numbers.medical_record_number, 4),
    (numbers.geolocation, 3),
    (words.birth_date, 8),
    (words.gender, 1),
    (words.age, 1),
)
#: Detectors that look for letters or signs: of no use where nearly all values are numbers, dates or times.
OF_TEXT: tuple[tuple[Detector, int], ...] = (
    (numbers.email, 6),
    (numbers.vehicle_plate, 7),
    (numbers.ip_address, 2),
    (numbers.mac_address, 12),
    (words.person_name, 1),
    (words.address, 4),
    (words.ethnicity, 1),
    (words.religion, 2),
    (words.health, 1),
)
CHECKED_TYPES = frozenset({"integer", "decimal", "date", "datetime", "time"})
RANK = {"geography": 0, "business": 1, "personal": 2, "sensitive_personal": 3}
#: A column of this confidence makes its table one about identifiable persons.
IDENTIFIES = 0.6


@dataclass(frozen=True, slots=True)
class ColumnVerdict:
    """What a column holds. `sensitive_type` is a code of the taxonomy, or None.

    `dominant`: the column is of the type; otherwise it only contains such values. `share` = matched / examined
    cells of the sample. `floor` is the lowest general level (1 to 4) of data that holds the column.
    """

    column: str
    sensitive_type: str | None
    nature: str | None
    personal: bool
    sensitive_personal: bool
    confidence: float
    evidence: tuple[Evidence, ...]
    share: float
    matched: int
    examined: int
    dominant: bool
    floor: int


def detect(study: Study, *, taxonomy: Taxonomy, today: date) -> tuple[ColumnVerdict, ...]:
    """One verdict a column, in the table's order. Nulls and placeholders play no part in it."""
    looks = [look_at(column, study.samples[column.name], taxonomy, today) for column in study.profile.columns]
    claims = [_strongest(look) for look in looks]
    persons = any(claim is not None and claim.identifies and claim.confidence >= IDENTIFIES for claim in claims)
    return tuple(_verdict(look, claim, persons=persons) for look, claim in zip(looks, claims, strict=True))


def _strongest(look: Look) -> Claim | None:
    if not look.cells or look.profile.inferred_type in ("boolean", "empty"):
        return None
    longest = max(map(len, look.texts))
    proven = frozenset(text for text in look.texts if len(text) >= 6 and _is_proven(text, look.today))
    weaker = replace(look, proven=proven)
    # A few addresses among numbers are exceptions of the column's type, and must not be overlooked.
    detectors = OF_NUMBERS if look.profile.inferred_type in CHECKED_TYPES and not proven else OF_NUMBERS + OF_TEXT
    claims = [
        claim for detector, shortest in detectors if longest >= shortest and (claim := detector(weaker)) is not None
    ]
    if not claims:
        return None
    return max(claims, key=lambda claim: (RANK[claim.type.nature], claim.dominant, claim.confidence))


def names_a_person(text: str, today: date) -> bool:
    """Whether one value alone proves to be a person's: resident ID, payment card, e-mail address, mobile number."""
    bare = unicodedata.normalize("NFKC", text).strip()
    return _is_proven(bare, today) or numbers.MOBILE.fullmatch(bare) is not None


def _is_proven(text: str, today: date) -> bool:
    if "@" in text:
        return numbers.EMAIL.fullmatch(text) is not None
    if len(text) == 18 and resident_id_valid(text, today):
        return True
    return 15 <= len(text) <= 19 and text.isdigit() and card_issuer(text) is not None and luhn(text)


def _verdict(look: Look, claim: Claim | None, *, persons: bool) -> ColumnVerdict:
    if claim is None:
        return ColumnVerdict(look.name, None, None, False, False, 0.0, (), 0.0, 0, look.cells, False, 1)
    kind = claim.type
    evidence = claim.evidence
    nature: str | None = kind.nature
    floor = kind.floor
    if kind.context:
        evidence = (*evidence, Evidence("person_context" if persons else "no_person_context"))
        nature = kind.nature_in_context if persons else kind.nature
        floor = kind.floor_in_context if persons else 1
    personal = nature in ("personal", "sensitive_personal") and (persons or not kind.context)
    return ColumnVerdict(
        column=look.name,
        sensitive_type=kind.code,
        nature=nature,
        personal=personal,
        sensitive_personal=personal and nature == "sensitive_personal",
        confidence=claim.confidence,
        evidence=evidence,
        share=round(claim.matched / claim.examined, 4) if claim.examined else 0.0,
        matched=claim.matched,
        examined=claim.examined,
        dominant=claim.dominant,
        floor=floor,
    )
