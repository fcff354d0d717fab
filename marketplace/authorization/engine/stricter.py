"""Whether an answer of today still bears what was asked for, or granted, by an answer of before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from marketplace.authorization.engine.decide import Decision
from marketplace.authorization.engine.vocabulary import MASKING, ORIGINAL

REFUSED, MODE, APPROVALS, FORMS, OBLIGATIONS, TERM = "refused", "mode", "approvals", "forms", "obligations", "term"
STRICTER: Final = (REFUSED, MODE, APPROVALS, FORMS, OBLIGATIONS, TERM)
"""In what an answer can be stricter than another."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a request asks for or a grant gives, with the mode, approvals and duties of the answer that it rests on."""

    mode: str
    approvals: Collection[str]
    forms: Collection[str]
    obligations: Collection[str]
    term_days: int
    quorum: Mapping[str, int] = field(default_factory=dict)


def stricter(held: Held, today: Decision) -> tuple[str, ...]:
    """In what `today` gives less or asks for more than `held`, of `STRICTER`; empty where it bears all of it.

    Another mode is another way of authorization (004, section 4.2): what was approved in one is not approved in the
    other, even by the same bodies. Fewer approvals, more forms, fewer duties or a longer term never count.
    """
    if today.refused:
        return (REFUSED,)
    forms = set(today.forms) - ({ORIGINAL} if MASKING in today.obligations else set())
    found = {
        MODE: today.mode != held.mode,
        APPROVALS: not set(today.approvals) <= set(held.approvals)
        or any(votes > held.quorum.get(approver, 1) for approver, votes in today.quorum.items()),
        FORMS: not set(held.forms) <= forms,
        OBLIGATIONS: not set(today.obligations) <= set(held.obligations),
        TERM: held.term_days > today.longest_term_days,
    }
    return tuple(code for code in STRICTER if found.get(code))
