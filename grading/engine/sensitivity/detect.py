"""Sensitive columns of a table: every detector looks at every column, then the table is looked at as a whole.

First come the detectors of values that prove themselves (check digits, forms of their own): what they recognise is
left out of the shares of the others, so that personal values added to a column never lower its verdict. Then the table:
columns that identify persons make attributes beside them personal, and carry claims that were too weak alone.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from grading.engine.profile import Study
from grading.engine.sensitivity import (
    addresses,
    attributes,
    business,
    contact,
    devices,
    embedded,
    finance,
    identity,
    names,
)
from grading.engine.sensitivity.evidence import Claim, Evidence, Look, look_at
from grading.engine.sensitivity.taxonomy import Taxonomy

Detector = Callable[[Look], Claim | None]
#: Detectors of values that prove themselves, with the length of the shortest.
PROVING: Final[tuple[tuple[Detector, int], ...]] = (
    (contact.email, 6),
    (identity.resident_id, 12),
    (finance.bank_card, 13),
    (finance.iban, 15),
    (contact.mobile_number, 11),
)
#: Detectors that need no word of the header, with the kinds of values (see `kind_of`) that they recognise.
OF_VALUES: Final[tuple[tuple[Detector, str, int], ...]] = (
    (identity.national_id, "A", 8),
    (contact.telephone, "DAH", 7),
    (contact.phones_in_text, "AH", 14),
    (devices.vehicle_plate, "H", 7),
    (devices.vin, "A", 17),
    (devices.ip_address, "A", 3),
    (devices.mac_address, "A", 12),
    (devices.device_id, "D", 15),
    (names.person_name, "HA", 2),
    (addresses.address, "HA", 5),
    (addresses.geolocation, "A", 8),
    (addresses.location_track, "AH", 15),
    (attributes.gender, "HA", 1),
    (attributes.ethnicity, "H", 2),
    (attributes.religion, "HA", 2),
    (attributes.marital_status, "HA", 2),
    (attributes.political_status, "HA", 2),
    (attributes.family_relation, "HA", 1),
    (attributes.health, "HA", 2),
    (business.social_credit_code, "DA", 9),
    (business.secret, "AH", 12),
)
#: Detectors that look only where the header says something of their type.
OF_HEADERS: Final[dict[str, Detector]] = {
    "national_id": identity.national_id,
    "passport": identity.passport,
    "other_document": identity.other_document,
    "medical_record_number": identity.medical_record_number,
    "mobile_phone": contact.telephone,
    "online_account": contact.online_account,
    "url": contact.url,
    "postal_code": contact.postal_code,
    "vehicle_plate": devices.vehicle_plate,
    "vin": devices.vin,
    "device_id": devices.device_id,
    "financial_account": finance.financial_account,
    "personal_finance": finance.personal_finance,
    "person_name": names.person_name,
    "address": addresses.address,
    "geolocation": addresses.geolocation,
    "location_track": addresses.location_track,
    "division_code": addresses.division_code,
    "gender": attributes.gender,
    "ethnicity": attributes.ethnicity,
    "religion": attributes.religion,
    "marital_status": attributes.marital_status,
    "education": attributes.education,
    "occupation": attributes.occupation,
    "political_status": attributes.political_status,
    "origin": attributes.origin,
    "family_relation": attributes.family_relation,
    "health": attributes.health,
    "biometric": attributes.biometric,
    "age": attributes.age,
    "birth_date": attributes.birth_date,
    "social_credit_code": business.social_credit_code,
    "contract_number": business.contract_number,
    "trade_price": business.trade_price,
    "secret": business.secret,
}
RANK: Final = {"statistics": 0, "geography": 0, "business": 1, "personal": 2, "sensitive_personal": 3}
#: A column of this confidence makes its table one about identifiable persons.
IDENTIFIES: Final = 0.6
#: A column is held to be of a type from this confidence on.
HELD: Final = 0.5
#: What columns that identify persons add to a claim beside them.
RAISED: Final = 0.15
#: So many different attributes of persons side by side describe persons, named or not.
ATTRIBUTES: Final = 3
#: Types that say something of a person and, together, single one out.
QUASI: Final = frozenset(
    {
        "gender",
        "age",
        "ethnicity",
        "religion",
        "marital_status",
        "education",
        "occupation",
        "political_status",
        "origin",
    }
    | {"postal_code", "address", "health"}
)
#: Less than this part of the cells is no longer what a column is of, however sure the values.
SMALL_PART: Final = 0.1


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
    return judge(
        [
            look_at(column.name, study.samples[column.name], taxonomy, today)
            if column.inferred_type not in ("structure", "empty")
            else Look(column.name, (), (), taxonomy, today)
            for column in study.profile.columns
        ]
    )


def judge(looks: Sequence[Look]) -> tuple[ColumnVerdict, ...]:
    """The verdicts of columns that stand side by side in one table."""
    claims = [_claims(look) for look in looks]
    persons = _about_persons(claims)
    alone = len(looks) == 1
    return tuple(
        _verdict(look, _strongest(own, persons=persons or alone, context=persons), claims, persons=persons, alone=alone)
        for look, own in zip(looks, claims, strict=True)
    )


def names_a_person(text: str, today: date) -> bool:
    """Whether one value alone proves to be a person's: resident ID, payment card, e-mail address, mobile number."""
    return embedded.names_a_person(unicodedata.normalize("NFKC", text).strip(), today)


def _claims(look: Look) -> list[Claim]:
    """Every detector's opinion of a column."""
    if not look.texts:
        return []
    longest = look.longest
    claims = [claim for detector, shortest in PROVING if longest >= shortest and (claim := detector(look)) is not None]
    proven = frozenset().union(*(claim.texts for claim in claims)) if claims else frozenset()
    weaker = replace(look, proven=proven) if proven else look
    if not weaker.open_cells:
        return claims
    small = weaker.open_cells < SMALL_PART * look.cells
    asked: set[Detector] = set()
    spoken = look.spoken
    for code in (*spoken.strong, *spoken.weak):
        if (detector := OF_HEADERS.get(code)) is not None:
            asked.add(detector)
    for detector, kinds, shortest in OF_VALUES:
        if detector not in asked and longest >= shortest and any(weaker.kinds[kind] for kind in kinds):
            asked.add(detector)
    for detector in sorted(asked, key=lambda one: one.__name__):
        claim = detector(weaker)
        if claim is not None:
            claims.append(replace(claim, dominant=False) if small else claim)
    return claims


def _about_persons(claims: Sequence[Iterable[Claim]]) -> bool:
    attributes_seen: set[str] = set()
    for own in claims:
        for claim in own:
            if claim.identifies and claim.confidence >= IDENTIFIES:
                return True
            if claim.type.code in QUASI and claim.dominant and claim.confidence >= HELD:
                attributes_seen.add(claim.type.code)
    return len(attributes_seen) >= ATTRIBUTES


def _strongest(claims: Iterable[Claim], *, persons: bool, context: bool) -> Claim | None:
    held = [
        claim
        for claim in claims
        if claim.confidence + (RAISED if context else 0.0) >= HELD and (context or not claim.type.needs_context)
    ]

    def weight(claim: Claim) -> tuple[int, bool, float]:
        nature = claim.type.nature_in_context if persons else claim.type.nature
        return RANK[nature], claim.dominant, claim.confidence

    return max(held, key=weight, default=None)


def _verdict(
    look: Look, claim: Claim | None, claims: Sequence[Sequence[Claim]], *, persons: bool, alone: bool
) -> ColumnVerdict:
    if claim is None:
        return ColumnVerdict(look.name, None, None, False, False, 0.0, (), 0.0, 0, look.cells, False, 1)
    kind = claim.type
    evidence = claim.evidence
    nature: str | None = kind.nature
    floor = kind.floor
    confidence = claim.confidence
    if kind.context:
        in_context = persons or alone
        told = "person_context" if persons else "alone" if alone else "no_person_context"
        evidence = (*evidence, Evidence(told))
        nature = kind.nature_in_context if in_context else kind.nature
        floor = kind.floor_in_context if in_context else 1
    personal = nature in ("personal", "sensitive_personal") and (persons or alone or not kind.context)
    if personal and persons and (beside := _beside(claim, claims)):
        evidence = (*evidence, Evidence("co_occurrence", {"types": ", ".join(beside)}))
        confidence = round(
            min(0.99, confidence + RAISED * (1 - confidence) if confidence >= HELD else confidence + RAISED), 2
        )
    minor = look.header("minor")
    if personal and minor and claim.dominant and kind.code != "minor" and not _of_an_adult(look.name):
        kind, nature = look.taxonomy.types["minor"], "sensitive_personal"
        floor = max(floor, kind.floor)
        evidence = (*evidence, Evidence("minors", {"word": minor}))
    return ColumnVerdict(
        column=look.name,
        sensitive_type=kind.code,
        nature=nature,
        personal=personal,
        sensitive_personal=personal and nature == "sensitive_personal",
        confidence=confidence,
        evidence=evidence,
        share=round(claim.matched / claim.examined, 4) if claim.examined else 0.0,
        matched=claim.matched,
        examined=claim.examined,
        dominant=claim.dominant,
        floor=floor,
    )


def _of_an_adult(name: str) -> bool:
    return (
        any(word in name for word in ("监护", "家长", "父亲", "母亲", "医生", "老师", "教师"))
        or "guardian" in name.lower()
    )


def _beside(claim: Claim, claims: Sequence[Sequence[Claim]]) -> list[str]:
    """Types that identify persons in other columns than the claim's own."""
    found = {
        other.type.code
        for own in claims
        if claim not in own
        for other in own
        if other.identifies and other.dominant and other.confidence >= IDENTIFIES
    }
    return sorted(found - {claim.type.code})[:4]
