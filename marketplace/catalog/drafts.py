"""What a provider writes about a listing: plain values, and the checks of each field on its own.

A draft may be incomplete, never wrong: completeness is asked for when it is submitted (`completeness`).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from foundation.errors import FieldError, InvalidInput
from marketplace.catalog.models import (
    ConsentKind,
    Frequency,
    Origin,
    PriceUnit,
    Purpose,
    Right,
    Sector,
    StepKind,
    SupplyMode,
)
from marketplace.catalog.questions import wrong_questions

TERMS: Final = ("purpose", "scope", "duties", "liability")
"""What the terms say in words (P21)."""
LONGEST_TEXT: Final = 20_000
MOST_ENTRIES: Final = 100
HIGHEST_PRICE: Final = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class DeclaredRight:
    """Who holds one of the three rights, on what basis, with what evidence (P01)."""

    right: str
    holder_id: int
    basis: str
    evidence: str


@dataclass(frozen=True, slots=True)
class DeclaredStep:
    """One step of the provenance, in the order in which the steps happened (P02)."""

    kind: str
    performed_by: str
    performed_on: date
    lawful_basis: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Draft:
    """All that a provider may write in a listing version; the names are those of `ListingVersion`."""

    title: str
    description: str
    sector: str
    origin: str
    region: str
    supply_mode: str
    title_zh: str = ""
    exclusive_offered: bool = False
    tags: Sequence[str] = ()
    scenario: str = ""
    purposes: Sequence[str] = ()
    consent_kind: str = ""
    consent_basis: str = ""
    price: Decimal = Decimal(0)
    price_unit: str = PriceUnit.LICENCE
    currency: str = "CNY"
    terms: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, Any] = field(default_factory=dict)
    licence: str = ""
    update_frequency: str = ""
    modified_on: date | None = None
    temporal_start: date | None = None
    temporal_end: date | None = None
    rights: Sequence[DeclaredRight] = ()
    provenance: Sequence[DeclaredStep] = ()


LENGTHS: Final = {"title": 300, "title_zh": 300, "description": LONGEST_TEXT, "consent_basis": 500, "licence": 200}
RIGHT_LENGTHS: Final = {"basis": 300, "evidence": 500}
STEP_LENGTHS: Final = {"performed_by": 200, "lawful_basis": 300, "evidence": 500}


def check(draft: Draft, *, known_holders: Iterable[int]) -> None:
    """InvalidInput with every wrong field of `draft`; `known_holders` are the organisations that may be named."""
    errors = [
        *_texts("", {name: getattr(draft, name) for name in LENGTHS}, LENGTHS, needed=("title",)),
        *_codes(draft),
        *_exclusivity(draft),
        *_tags(draft.tags),
        *_price(draft),
        *_terms(draft.terms),
        *wrong_questions(draft.questions),
        *_period(draft),
        *_rights(draft.rights, frozenset(known_holders)),
        *_provenance(draft.provenance),
    ]
    if errors:
        raise InvalidInput(errors)


def _texts(
    pointer: str, values: Mapping[str, str], lengths: Mapping[str, int], needed: Sequence[str]
) -> list[FieldError]:
    errors = []
    for name, value in values.items():
        if "\x00" in value:
            errors.append(FieldError(f"{pointer}/{name}", _("Remove the NUL characters.")))
        elif name in needed and not value.strip():
            errors.append(FieldError(f"{pointer}/{name}", _("This is needed.")))
        elif len(value) > lengths[name]:
            errors.append(
                FieldError(f"{pointer}/{name}", _("Use at most %(limit)s characters."), {"limit": lengths[name]})
            )
    return errors


def _one_of(pointer: str, value: str, known: Sequence[str]) -> list[FieldError]:
    if value in known:
        return []
    return [FieldError(pointer, _("Name one of: %(known)s."), {"known": ", ".join(known)})]


def _codes(draft: Draft) -> list[FieldError]:
    errors = [
        *_one_of("/sector", draft.sector, Sector.values),
        *_one_of("/origin", draft.origin, Origin.values),
        *_one_of("/supply_mode", draft.supply_mode, SupplyMode.values),
        *_one_of("/price_unit", draft.price_unit, PriceUnit.values),
        *(_one_of("/update_frequency", draft.update_frequency, Frequency.values) if draft.update_frequency else ()),
        *(_one_of("/consent_kind", draft.consent_kind, ConsentKind.values) if draft.consent_kind else ()),
        *(e for at, purpose in enumerate(draft.purposes) for e in _one_of(f"/purposes/{at}", purpose, Purpose.values)),
    ]
    if len(set(draft.purposes)) != len(draft.purposes):
        errors.append(FieldError("/purposes", _("Name each purpose once.")))
    if not re.fullmatch(r"[0-9]{6}", draft.region):
        errors.append(FieldError("/region", _("Give the six-digit division code (GB/T 2260), e.g. 210200.")))
    if draft.scenario and not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,59}", draft.scenario):
        errors.append(
            FieldError("/scenario", _("Give the scenario's code: lower-case letters, digits, hyphens and underscores."))
        )
    return errors


def _exclusivity(draft: Draft) -> list[FieldError]:
    if draft.exclusive_offered and draft.supply_mode == SupplyMode.OPEN:
        message = _("Open data is open to everybody: offer no exclusive licence, or choose another supply mode.")
        return [FieldError("/exclusive_offered", message)]
    return []


def _tags(tags: Sequence[str]) -> list[FieldError]:
    errors = [
        FieldError(f"/tags/{at}", _("Use 1 to 60 characters."))
        for at, tag in enumerate(tags)
        if not tag.strip() or len(tag) > 60 or "\x00" in tag
    ]
    return errors + _not_too_many("/tags", len(tags))


def _not_too_many(pointer: str, count: int) -> list[FieldError]:
    return [FieldError(pointer, _("At most %(limit)s are kept."), {"limit": MOST_ENTRIES})] * (count > MOST_ENTRIES)


def _price(draft: Draft) -> list[FieldError]:
    errors = []
    price = draft.price
    if not price.is_finite() or price < 0 or price >= HIGHEST_PRICE or price != round(price, 2):
        errors.append(FieldError("/price", _("Give an amount from 0 with at most two decimals.")))
    if not re.fullmatch(r"[A-Z]{3}", draft.currency):
        errors.append(FieldError("/currency", _("Give the currency's three letters (ISO 4217), e.g. CNY.")))
    return errors


def _terms(terms: Mapping[str, str]) -> list[FieldError]:
    unknown = [
        FieldError("/terms", _("The terms have these parts: %(known)s."), {"known": ", ".join(TERMS)})
        for name in terms
        if name not in TERMS
    ]
    known = {name: value for name, value in terms.items() if name in TERMS}
    return unknown[:1] + _texts("/terms", known, dict.fromkeys(TERMS, LONGEST_TEXT), needed=())


def _period(draft: Draft) -> list[FieldError]:
    if draft.temporal_start and draft.temporal_end and draft.temporal_end < draft.temporal_start:
        return [FieldError("/temporal_end", _("The period ends before it starts."))]
    return []


def _rights(rights: Sequence[DeclaredRight], known_holders: frozenset[int]) -> list[FieldError]:
    errors = []
    for at, one in enumerate(rights):
        pointer = f"/rights/{at}"
        errors += _one_of(f"{pointer}/right", one.right, Right.values)
        errors += _texts(
            pointer, {"basis": one.basis, "evidence": one.evidence}, RIGHT_LENGTHS, needed=("basis", "evidence")
        )
        if one.holder_id not in known_holders:
            errors.append(FieldError(f"{pointer}/holder", _("No such organisation: name one that is registered.")))
    if len({one.right for one in rights}) != len(rights):
        errors.append(FieldError("/rights", _("Declare each right once.")))
    return errors


def _provenance(steps: Sequence[DeclaredStep]) -> list[FieldError]:
    errors = _not_too_many("/provenance", len(steps))
    for at, step in enumerate(steps):
        pointer = f"/provenance/{at}"
        errors += _one_of(f"{pointer}/kind", step.kind, StepKind.values)
        texts = {"performed_by": step.performed_by, "lawful_basis": step.lawful_basis, "evidence": step.evidence}
        errors += _texts(pointer, texts, STEP_LENGTHS, needed=tuple(texts))
    return errors
