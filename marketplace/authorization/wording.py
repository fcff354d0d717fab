"""The decision point's reasons in words: codes of the engine → sentences that the surface translates."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from marketplace.authorization.engine.pdp import Verdict

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
