"""Reasons in words: codes of the engine → sentences in the language of whoever reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from grading.models import Level
from marketplace.authorization.engine.pdp import Verdict
from marketplace.authorization.engine.stricter import REFUSED

REASONS: Mapping[str, str] = {
    "grant_not_active": _("The grant is not active but '%(state)s'."),
    "term_not_started": _("The grant's term begins at %(starts_at)s."),
    "term_over": _("The grant's term ended at %(ends_at)s."),
    "not_the_holder": _("The grant belongs to another organisation."),
    "holder_not_verified": _("The organisation that holds the grant is not verified at present."),
    "provider_not_verified": _("The organisation that provides the data is not verified at present."),
    "form_not_granted": _("The form '%(wanted)s' is not granted; granted: %(granted)s."),
    "downloads_used_up": _("All %(limit)s downloads of the grant are used."),
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
        return " ".join(gettext(REASONS[reason.code]) % reason.params for reason in self.verdict.reasons)


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


def cause_in_words(cause: Mapping[str, Any]) -> str:
    """Why the exchange's own software closed a request or suspended a grant (`Rise.as_cause`); empty for no cause."""
    if not cause:
        return ""
    said = REFUSED_NOW if REFUSED in cause["short"] else ASKS_FOR_MORE
    return gettext(said) % {
        "level": Level(cause["level"]).label,
        "former": Level(cause["former_level"]).label,
        "rule": cause["rule_id"],
        "short": ", ".join(gettext(STRICTER[code]) for code in cause["short"]),
    }
