"""The policy decision point: asked anew at each hand-over, with the state of that moment.

Pure: the same facts give the same verdict. Every failed condition is reported, so that the holder
learns at once what to put right, and the audit event explains the refusal completely.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from marketplace.authorization.engine.vocabulary import FORMS, level_rank

DELIVERABLE_STATES: Final = frozenset({"published", "superseded"})
"""A superseded version is still owed to those who were granted it; a suspended or withdrawn one is not."""


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """What is known of a grant, its listing version and its parties at the moment of the hand-over.

    `max_downloads` and `max_bytes` are None for no limit; `used_*` count what was handed over before.
    `listing_level` is the decided level of the version today, None while no grade is decided.
    `holder`, `provider` and `asker` (of `permit`) are organisation identifiers, compared for equality only.
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
    max_downloads: int | None = None
    used_downloads: int = 0
    max_bytes: int | None = None
    used_bytes: int = 0


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


def permit(grant: GrantFacts, *, now: datetime, wanted_form: str, asker: int, wanted_bytes: int = 0) -> Verdict:
    """Judge whether `asker` may receive `wanted_form` (`wanted_bytes` long, as far as known) at `now`.

    Codes: grant_not_active, term_not_started, term_over, not_the_holder, holder_not_verified,
    provider_not_verified, form_not_granted, downloads_used_up, bytes_used_up, listing_not_available, level_not_decided,
    level_above_granted. Unknown codes in the facts refuse; nothing unknown is ever let through.
    `now`, `starts_at` and `ends_at` must be aware; the term includes its start and excludes its end.
    """
    if now.tzinfo is None or grant.starts_at.tzinfo is None or grant.ends_at.tzinfo is None:
        raise ValueError("now, starts_at and ends_at must carry a time zone")
    if wanted_bytes < 0:
        raise ValueError("wanted_bytes must not be negative")
    return Verdict(
        (
            *_of_the_grant(grant, now),
            *_of_the_parties(grant, asker),
            *_of_the_use(grant, wanted_form, wanted_bytes),
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


def _of_the_parties(grant: GrantFacts, asker: int) -> Iterator[Reason]:
    if asker != grant.holder:
        yield Reason("not_the_holder", {"asker": asker})
    if not grant.holder_verified:
        yield Reason("holder_not_verified", {"holder": grant.holder})
    if not grant.provider_verified:
        yield Reason("provider_not_verified", {"provider": grant.provider})


def _of_the_use(grant: GrantFacts, wanted_form: str, wanted_bytes: int) -> Iterator[Reason]:
    if wanted_form not in grant.forms or wanted_form not in FORMS:
        yield Reason("form_not_granted", {"wanted": wanted_form, "granted": ", ".join(grant.forms)})
    if grant.max_downloads is not None and grant.used_downloads >= grant.max_downloads:
        yield Reason("downloads_used_up", {"limit": grant.max_downloads, "used": grant.used_downloads})
    if grant.max_bytes is not None and (
        grant.used_bytes >= grant.max_bytes or grant.used_bytes + wanted_bytes > grant.max_bytes
    ):
        yield Reason("bytes_used_up", {"limit": grant.max_bytes, "used": grant.used_bytes, "wanted": wanted_bytes})


def _of_the_listing(grant: GrantFacts) -> Iterator[Reason]:
    if grant.listing_state not in DELIVERABLE_STATES:
        yield Reason("listing_not_available", {"state": grant.listing_state})
    if grant.listing_level is None:
        yield Reason("level_not_decided", {})
        return
    today, granted = level_rank(grant.listing_level), level_rank(grant.granted_level)
    if today is None or granted is None or today > granted:
        yield Reason("level_above_granted", {"level": grant.listing_level, "granted": grant.granted_level})
