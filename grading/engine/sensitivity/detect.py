"""Sensitive columns of a table: every detector looks at every column, then the table is looked at as a whole.

First come the detectors of values that prove themselves (check digits, forms of their own): what they recognise is
left out of the shares of the others, so that personal values added to a column never lower its verdict. Then the table:
columns that identify persons make attributes beside them personal, and carry claims that were too weak alone.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, reduce
from operator import attrgetter, or_
from typing import Final

from grading.engine.profile import Study
from grading.engine.sensitivity import (
    addresses,
    attributes,
    biometrics,
    business,
    conduct,
    contact,
    devices,
    digests,
    embedded,
    finance,
    health,
    identity,
    masked,
    names,
    schooling,
    signs,
)
from grading.engine.sensitivity.context import (
    HELD,
    Column,
    Neighbours,
    Scene,
    column_of,
    of_organisation,
    scene_of,
)
from grading.engine.sensitivity.evidence import Claim, Evidence, Look, look_at
from grading.engine.sensitivity.taxonomy import Taxonomy

Detector = Callable[[Look], Claim | None]
#: Detectors of values that prove themselves, with the traits without one of which (see signs.py) there is nothing to
#: find, and the type whose header makes them look for weaker signs.
PROVING: Final[tuple[tuple[Detector, int, str | None], ...]] = (
    (contact.email, signs.MAIL_WITHIN, None),
    (identity.resident_id, signs.RESIDENT_WITHIN, "resident_id"),
    (finance.bank_card, signs.CARD, "bank_card"),
    (finance.iban, signs.IBAN, None),
    (contact.mobile_number, signs.MOBILE, None),
)
#: The traits of all these, and the types.
OF_PROVING: Final = reduce(or_, [traits for _, traits, _ in PROVING])
PROVEN_CODES: Final = frozenset(code for _, _, code in PROVING if code is not None)
#: Detectors that need no word of the header: with the kinds of open values that they recognise, the traits without
#: one of which no value of the column is recognised unless the header speaks of the type, and the length of the
#: shortest value that is.
OF_VALUES: Final[tuple[tuple[Detector, str, int, int], ...]] = (
    (identity.national_id, "A", signs.NATIONAL, 8),
    (contact.telephone, "DAH", signs.PHONE, 7),
    (contact.phones_in_text, "AH", signs.PHONE_WITHIN, 14),
    (devices.vehicle_plate, "H", signs.PLATE, 7),
    (devices.plates_in_text, "H", signs.PLATE_WITHIN, 10),
    (devices.vin, "A", signs.VIN, 17),
    (devices.ip_address, "A", signs.IP, 3),
    (devices.mac_address, "A", signs.MAC, 12),
    (devices.device_id, "D", signs.IMEI, 15),
    (identity.known_document, "DAH", signs.DOCUMENT, 12),
    (names.person_name, "HA", signs.HAN | signs.FULL_NAME, 2),
    (addresses.address, "HA", signs.STREET, 5),
    (addresses.geolocation, "A", signs.PAIR, 8),
    (addresses.location_track, "AH", signs.TRACK, 15),
    (health.health, "A", signs.DISEASE_CODE, 5),
    (business.social_credit_code, "DA", signs.CREDIT_CODE, 9),
    (business.secret, "AH", signs.SECRET_WITHIN, 12),
    (finance.cards_in_text, "AH", signs.CARD_WITHIN, 20),
    (masked.masked_identifier, "A", signs.MASKED, 9),
)
#: Detectors of few and known words, by their types (see `Taxonomy.listed`).
OF_WORDS: Final[dict[str, Detector]] = {
    "gender": attributes.gender,
    "ethnicity": attributes.ethnicity,
    "religion": attributes.religion,
    "marital_status": attributes.marital_status,
    "political_status": attributes.political_status,
    "family_relation": attributes.family_relation,
    "education": schooling.education,
    "occupation": attributes.occupation,
}
#: The shortest values of OF_VALUES are not longer than this.
LONG: Final = 20
#: Digests are not shorter than this.
DIGEST: Final = 22
#: Those that a single sign can tell.
SHORT_WORDS: Final = frozenset({"gender", "family_relation"})
#: Detectors that look only where the header says something of their type.
OF_HEADERS: Final[dict[str, Detector]] = {
    "national_id": identity.national_id,
    "passport": identity.passport,
    "other_document": identity.other_document,
    "personal_number": identity.personal_number,
    "medical_record_number": identity.medical_record_number,
    "mobile_phone": contact.telephone,
    "online_account": contact.online_account,
    "url": contact.url,
    "postal_code": contact.postal_code,
    "vehicle_plate": devices.vehicle_plate,
    "vin": devices.vin,
    "device_id": devices.device_id,
    "ip_address": devices.ip_address,
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
    "education": schooling.education,
    "occupation": attributes.occupation,
    "political_status": attributes.political_status,
    "origin": attributes.origin,
    "family_relation": attributes.family_relation,
    "health": health.health,
    "biometric": biometrics.biometric,
    "minor": schooling.minor,
    "schooling": schooling.schooling,
    "criminal_record": conduct.criminal_record,
    "sexual_orientation": conduct.sexual_orientation,
    "communication": conduct.communication,
    "online_activity": conduct.online_activity,
    "age": attributes.age,
    "birth_date": attributes.birth_date,
    "social_credit_code": business.social_credit_code,
    "contract_number": business.contract_number,
    "trade_price": business.trade_price,
    "secret": business.secret,
    "password": business.password,
}
#: Natures of what is of a person.
PERSONAL: Final = ("personal", "sensitive_personal")
#: Detectors that look closer where the name says nothing at all, as col_7.
OF_OPAQUE: Final = (identity.passport, attributes.birth_date, contact.online_account)
RANK: Final = {"statistics": 0, "geography": 0, "business": 1, "personal": 2, "sensitive_personal": 3}
#: What columns that identify persons add to a claim beside them.
RAISED: Final = 0.15
_NAME: Final = attrgetter("__name__")
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
    columns = len(study.profile.columns)
    return judge(
        look_at(column.name, study.samples[column.name], taxonomy, today, columns=columns)
        if column.inferred_type not in ("structure", "empty")
        else Look(column.name, {}, taxonomy, today)
        for column in study.profile.columns
    )


def judge(looks: Iterable[Look]) -> tuple[ColumnVerdict, ...]:
    """The verdicts of columns that stand side by side in one table. No look is kept when the next one is taken."""
    claims: list[list[Claim]] = []
    columns: list[Column] = []
    for look in looks:
        own = _claims(look)
        claims.append(own)
        columns.append(column_of(look, own))
    if not any(claims):
        return tuple([_nothing(column) for column in columns])
    scene = scene_of(columns, claims)
    beside = Neighbours(claims)
    return tuple(
        [
            _verdict(column, _strongest(column, own, scene), beside, scene)
            for column, own in zip(columns, claims, strict=True)
        ]
    )


def names_a_person(text: str, today: date) -> bool:
    """Whether one value alone proves to be a person's: resident ID, payment card, e-mail address, mobile number."""
    return embedded.names_a_person(unicodedata.normalize("NFKC", text).strip(), today)


def _claims(look: Look) -> list[Claim]:
    """Every detector's opinion of a column."""
    if not look.texts:
        return []
    claims: list[Claim] = []
    weaker, small = look, False
    spoken = look.spoken
    if look.traits & OF_PROVING or not (
        PROVEN_CODES.isdisjoint(spoken.strong) and PROVEN_CODES.isdisjoint(spoken.weak)
    ):
        claims = _proving(look)
        proven: frozenset[str] = frozenset().union(*(claim.texts for claim in claims)) if claims else frozenset()
        if proven:
            weaker = look.without(proven)
            if not weaker.open_cells:
                return claims
            small = weaker.open_cells < SMALL_PART * look.cells
    for detector in _asked(weaker):
        claim = detector(weaker)
        if claim is not None:
            claims.append(replace(claim, dominant=False) if small else claim)
    return claims


def _proving(look: Look) -> list[Claim]:
    """What the detectors of values that prove themselves say."""
    spoken = look.spoken
    return [
        claim
        for detector, traits, code in PROVING
        if (look.traits & traits or (code is not None and (code in spoken.strong or code in spoken.weak)))
        and (claim := detector(look)) is not None
    ]


def _asked(look: Look) -> list[Detector]:
    """The detectors that may recognise open values of a column, or that its name speaks to."""
    longest = look.longest
    asked = set(_of_values(look.traits, look.open_kinds, longest if longest < LONG else LONG))
    for codes in (look.spoken.strong, look.spoken.weak):
        for code in codes:
            if code in OF_HEADERS:
                asked.add(OF_HEADERS[code])
    if look.longest >= DIGEST and look.spoken.strong:
        asked.add(digests.digest)
    if look.spoken.subject:
        asked.add(identity.subject_number)
    if look.spoken.opaque:
        asked.update(OF_OPAQUE)
    if look.open_kinds & (signs.HAN | signs.OTHER):
        asked.update(_of_words(look))
    return sorted(asked, key=_NAME) if len(asked) > 1 else list(asked)


@lru_cache(maxsize=4_096)
def _of_values(traits: int, kinds: int, longest: int) -> frozenset[Detector]:
    """Detectors that may recognise values of such traits, open ones of such kinds among them."""
    return frozenset(
        detector
        for detector, of_kinds, needed, shortest in OF_VALUES
        if traits & needed and kinds & signs.KINDS[of_kinds] and longest >= shortest
    )


def _of_words(look: Look) -> Iterator[Detector]:
    """Detectors of which a known word stands in a column; of those with more words than these, what may be."""
    if look.open_distinct > attributes.MOST_LISTED:
        yield health.health
        yield attributes.ethnicity  # the groups of a country may stand between other words
        return
    lowered = "\n".join(look.texts).lower()
    if look.open_distinct >= health.FEWEST_DISEASES and look.taxonomy.diseases.within(lowered):
        yield health.health
    listed, words = look.taxonomy.listed, lowered.split("\n")
    if listed.keys().isdisjoint(words):
        return
    for word in words:
        for code in listed.get(word, ()):
            if look.longest > 1 or code in SHORT_WORDS:
                yield OF_WORDS[code]


def _strongest(column: Column, claims: Sequence[Claim], scene: Scene) -> Claim | None:
    if not claims:
        return None
    context = scene.persons
    held = [
        claim
        for claim in claims
        if claim.confidence + (RAISED if context else 0.0) >= HELD and scene.admits(column, claim)
    ]

    def weight(claim: Claim) -> tuple[int, bool, float]:
        if of_organisation(column, claim, scene):
            return 0, claim.dominant, claim.confidence  # what is of a person beside it goes first
        nature = claim.type.nature_in_context if scene.holds(claim) else claim.type.nature
        return RANK[nature], claim.dominant, claim.confidence

    return max(held, key=weight, default=None)


def _nothing(column: Column) -> ColumnVerdict:
    return ColumnVerdict(column.name, None, None, False, False, 0.0, (), 0.0, 0, column.cells, False, 1)


def _verdict(column: Column, claim: Claim | None, beside: Neighbours, scene: Scene) -> ColumnVerdict:
    if claim is None:
        return _nothing(column)
    kind = claim.type
    evidence = claim.evidence
    nature: str | None = kind.nature
    floor = kind.floor
    confidence = claim.confidence
    personal = nature in PERSONAL
    if kind.context:
        in_context = scene.holds(claim)
        evidence = (*evidence, Evidence(scene.about(claim)))
        nature = kind.nature_in_context if in_context else kind.nature
        # what is grave for organisations remains so; what is only of persons is not outside their context
        floor = kind.floor_in_context if in_context else 1 if kind.nature in PERSONAL else kind.floor
        personal = in_context and nature in PERSONAL
    if personal and (whose := of_organisation(column, claim, scene)):
        account = kind.code == "financial_account"
        evidence = (*evidence, Evidence(whose))
        personal, nature, floor = False, "business" if account else kind.nature, 2 if account else 1
    if personal and scene.persons and (others := beside.of(claim)):
        evidence = (*evidence, Evidence("co_occurrence", {"types": ", ".join(others)}))
        confidence = round(
            min(0.99, confidence + RAISED * (1 - confidence) if confidence >= HELD else confidence + RAISED), 2
        )
    if personal and claim.dominant and not column.of_adult and (column.minor or scene.minors):
        minor = column.taxonomy.types["minor"]
        evidence = (*evidence, Evidence("minors", {"word": column.minor}) if column.minor else Evidence("minors_table"))
        kind, nature, floor = minor if column.minor else kind, "sensitive_personal", max(floor, minor.floor)
    return ColumnVerdict(
        column=column.name,
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
