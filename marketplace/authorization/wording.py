"""Reasons in words: codes of the engine → sentences in the language of whoever reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from foundation.participants.accreditation_kinds import name_of
from grading.models import Level
from marketplace.authorization.engine.pdp import Verdict
from marketplace.authorization.engine.stricter import REFUSED

REASONS: Mapping[str, str] = {
    "grant_not_active": _("The grant is not active but '%(state)s'."),
    "term_not_started": _("The grant's term begins at %(starts_at)s."),
    "term_over": _("The grant's term ended at %(ends_at)s."),
    "terms_not_accepted": _("The terms of the grant are not accepted yet: its holder reads and accepts them first."),
    "not_the_holder": _("The grant belongs to another organisation."),
    "holder_not_verified": _("The organisation that holds the grant is not verified at present."),
    "provider_not_verified": _("The organisation that provides the data is not verified at present."),
    "accreditation_missing": _("The grant rests on accreditations that do not stand today: %(kinds)s."),
    "columns_not_granted": _("The grant is for some columns only; not for: %(columns)s."),
    "masking_owed": _("The grant obliges to masking: the original is never handed over."),
    "unknown_obligation": _("The grant has duties that this exchange does not know: %(obligations)s."),
    "form_not_granted": _("The form '%(wanted)s' is not granted; granted: %(granted)s."),
    "downloads_used_up": _("All %(limit)s downloads of the grant are used."),
    "rows_unknown": _("Nobody has counted the rows of the file, and the grant is for %(limit)s at most."),
    "rows_used_up": _("The grant's %(limit)s rows do not suffice: %(used)s are used, %(wanted)s wanted."),
    "bytes_used_up": _("The grant's %(limit)s bytes do not suffice: %(used)s are used, %(wanted)s wanted."),
    "listing_not_available": _("The listing version is '%(state)s' at present."),
    "level_not_decided": _("The data's level is being decided anew."),
    "level_above_granted": _("The data's level is now '%(level)s', above '%(granted)s' for which access was granted."),
}


@dataclass(frozen=True, slots=True)
class InWords:
    """All reasons of a refusal, a sentence each, in the language of whoever reads it, when it is read."""

    verdict: Verdict

    def __str__(self) -> str:
        return " ".join(gettext(REASONS[reason.code]) % _named(reason.params) for reason in self.verdict.reasons)


def _named(params: Mapping[str, str | int]) -> Mapping[str, str | int]:
    """The values of a reason, kinds of accreditation by their names."""
    if "kinds" not in params:
        return params
    return {**params, "kinds": ", ".join(name_of(code) for code in str(params["kinds"]).split(", "))}


STRICTER: Mapping[str, str] = {
    "mode": _("another way of authorization"),
    "approvals": _("further approvals"),
    "forms": _("other forms of delivery"),
    "obligations": _("further duties"),
    "term": _("a shorter term"),
}
"""In what an answer of the decision table is stricter than the one before, short of a refusal."""


REFUSED_NOW = _("The data was decided as '%(level)s', above '%(former)s': row '%(rule)s' refuses access to it.")
ASKS_FOR_MORE = _(
    "The data was decided as '%(level)s', above '%(former)s'. Row '%(rule)s' of the decision table now means: "
    "%(short)s. Ask for access again to have it on these conditions."
)


LOOKED_INTO = _("The exchange looks into incident %(number)s, which concerns it.")


def cause_in_words(cause: Mapping[str, Any]) -> str:
    """Why the exchange's own software closed a request or suspended a grant (`Rise.as_cause`); empty for no cause."""
    if not cause:
        return ""
    if cause["code"] == "incident":
        return gettext(LOOKED_INTO) % {"number": cause["incident"]}
    said = REFUSED_NOW if REFUSED in cause["short"] else ASKS_FOR_MORE
    return gettext(said) % {
        "level": Level(cause["level"]).label,
        "former": Level(cause["former_level"]).label,
        "rule": cause["rule_id"],
        "short": ", ".join(gettext(STRICTER[code]) for code in cause["short"]),
    }
