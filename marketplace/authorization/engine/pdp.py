"""The policy decision point: asked anew at each hand-over, with the state of that moment.

Pure: the same facts give the same verdict. Every failed condition is reported, so that the holder
learns at once what to put right, and the audit event explains the refusal completely.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from marketplace.authorization.engine.vocabulary import FORMS, MASKING, OBLIGATIONS, ORIGINAL, level_rank

DELIVERABLE_STATES: Final = frozenset({"published", "superseded"})
"""A superseded version is still owed to those who were granted it; a suspended or withdrawn one is not."""
MOST_NAMED: Final = 20
"""Columns that a reason names; a table may have thousands."""


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """What is known of a grant, its listing version and its parties at the moment of the hand-over.

    `max_*` are None for no limit; `used_*` count what was handed over before. `columns` are empty for all.
    `listing_level` is the decided level of the version today, None while no grade is decided.
    `demanded` are the accreditations without which the row would not have given it: each entry suffices, kind → lowest
    level, none where nothing is demanded. `accredited` are the holder's and the asking person's of today, 1 for a kind
    without levels.
    `holder`, `provider` and `asker` (of `Wanted`) are organisation identifiers, compared for equality only.
    """

    state: str
    starts_at: datetime
    ends_at: datetime
    forms: tuple[str, ...]
    granted_level: str
    listing_level: str | None
    listing_state: str
    holder: int
    holder_verified: bool
    provider: int
    provider_verified: bool
    terms_accepted: bool
    obligations: tuple[str, ...] = ()
    columns: frozenset[str] = frozenset()
    demanded: tuple[Mapping[str, int], ...] = ()
    accredited: Mapping[str, int] = field(default_factory=dict)
    max_downloads: int | None = None
    used_downloads: int = 0
    max_rows: int | None = None
    used_rows: int = 0
    max_bytes: int | None = None
    used_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What organisation `asker` is to receive: `form`, with which `columns` (empty: all that there are).

    `bytes` and `rows` are what would leave now. `rows` None: nobody has counted them.
    """

    form: str
    asker: int
    columns: frozenset[str] = frozenset()
    bytes: int = 0
    rows: int | None = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One failed condition: a stable code and the values that a surface puts into its sentence."""

    code: str
    params: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`allowed` is true exactly when `reasons` is empty."""

    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        """The hand-over may happen."""
        return not self.reasons


def permit(grant: GrantFacts, wanted: Wanted, *, now: datetime) -> Verdict:
    """Judge whether what is `wanted` may be handed over at `now`.

    Codes: grant_not_active, term_not_started, term_over, terms_not_accepted, not_the_holder, holder_not_verified,
    provider_not_verified, accreditation_missing, form_not_granted, columns_not_granted, masking_owed,
    unknown_obligation, downloads_used_up, rows_unknown, rows_used_up, bytes_used_up, listing_not_available,
    level_not_decided, level_above_granted. Unknown codes in the facts refuse; nothing unknown is ever let through.
    `now`, `starts_at` and `ends_at` must be aware; the term includes its start and excludes its end.
    """
    if now.tzinfo is None or grant.starts_at.tzinfo is None or grant.ends_at.tzinfo is None:
        raise ValueError("now, starts_at and ends_at must carry a time zone")
    if wanted.bytes < 0 or (wanted.rows or 0) < 0:
        raise ValueError("what is wanted must not be negative")
    return Verdict(
        (
            *_of_the_grant(grant, now),
            *_of_the_parties(grant, wanted.asker),
            *_of_the_form(grant, wanted),
            *_of_the_meter(grant, wanted),
            *_of_the_listing(grant),
        )
    )


def _of_the_grant(grant: GrantFacts, now: datetime) -> Iterator[Reason]:
    if grant.state != "active":
        yield Reason("grant_not_active", {"state": grant.state})
    if now < grant.starts_at:
        yield Reason("term_not_started", {"starts_at": grant.starts_at.isoformat()})
    if now >= grant.ends_at:
        yield Reason("term_over", {"ends_at": grant.ends_at.isoformat()})
    if not grant.terms_accepted:
        yield Reason("terms_not_accepted", {})


def _of_the_parties(grant: GrantFacts, asker: int) -> Iterator[Reason]:
    if asker != grant.holder:
        yield Reason("not_the_holder", {"asker": asker})
    if not grant.holder_verified:
        yield Reason("holder_not_verified", {"holder": grant.holder})
    if not grant.provider_verified:
        yield Reason("provider_not_verified", {"provider": grant.provider})
    lacking = lacking_accreditations(grant.demanded, grant.accredited)
    if lacking:
        yield Reason("accreditation_missing", {"kinds": ", ".join(sorted(lacking))})


def lacking_accreditations(demanded: tuple[Mapping[str, int], ...], held: Mapping[str, int]) -> tuple[str, ...]:
    """The kinds that are missing or too low, of the entry of which the fewest are; none where one entry suffices."""
    fewest: tuple[str, ...] | None = None
    for entry in demanded:
        short = tuple(kind for kind, level in entry.items() if held.get(kind, 0) < level)
        if not short:
            return ()
        if fewest is None or len(short) < len(fewest):
            fewest = short
    return fewest or ()


def _of_the_form(grant: GrantFacts, wanted: Wanted) -> Iterator[Reason]:
    if wanted.form not in grant.forms or wanted.form not in FORMS:
        yield Reason("form_not_granted", {"wanted": wanted.form, "granted": ", ".join(grant.forms)})
    if grant.columns and not (wanted.columns and wanted.columns <= grant.columns):
        others = sorted(wanted.columns - grant.columns)
        yield Reason("columns_not_granted", {"columns": ", ".join(others[:MOST_NAMED]) or "*", "count": len(others)})
    if wanted.form == ORIGINAL and MASKING in grant.obligations:
        yield Reason("masking_owed", {})
    unknown = [code for code in grant.obligations if code not in OBLIGATIONS]
    if unknown:
        yield Reason("unknown_obligation", {"obligations": ", ".join(unknown)})


def _of_the_meter(grant: GrantFacts, wanted: Wanted) -> Iterator[Reason]:
    if grant.max_downloads is not None and grant.used_downloads >= grant.max_downloads:
        yield Reason("downloads_used_up", {"limit": grant.max_downloads, "used": grant.used_downloads})
    if grant.max_rows is not None:
        if wanted.rows is None:
            yield Reason("rows_unknown", {"limit": grant.max_rows})
        elif grant.used_rows + wanted.rows > grant.max_rows:
            yield Reason("rows_used_up", {"limit": grant.max_rows, "used": grant.used_rows, "wanted": wanted.rows})
    if grant.max_bytes is not None and (
        grant.used_bytes >= grant.max_bytes or grant.used_bytes + wanted.bytes > grant.max_bytes
    ):
        yield Reason("bytes_used_up", {"limit": grant.max_bytes, "used": grant.used_bytes, "wanted": wanted.bytes})


def _of_the_listing(grant: GrantFacts) -> Iterator[Reason]:
    if grant.listing_state not in DELIVERABLE_STATES:
        yield Reason("listing_not_available", {"state": grant.listing_state})
    if grant.listing_level is None:
        yield Reason("level_not_decided", {})
        return
    today, granted = level_rank(grant.listing_level), level_rank(grant.granted_level)
    if today is None or granted is None or today > granted:
        yield Reason("level_above_granted", {"level": grant.listing_level, "granted": grant.granted_level})
