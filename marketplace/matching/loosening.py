"""Nearest misses in words: what a demand would gain by loosening one wish, in the language that is active."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from marketplace.matching.wording import FAILED, amounts, in_reading

MEASURED: Final[Mapping[str, str]] = {
    "time_span": _("%(listings)s if %(days)s days of the time asked for might be missing: %(to)s."),
    "minimum_quality": _("%(listings)s if the quality might be %(points)s points lower: %(to)s."),
    "freshness": _("%(listings)s if the data might be %(days)s days older: %(to)s."),
    "budget": _("%(listings)s if the budget were %(percent)s %% higher: %(to)s."),
}
LOOSENED: Final[Mapping[str, str]] = {
    "not_licensed_alone": _("%(listings)s once an exclusive licence has ended: %(to)s."),
    "authorization": _("%(listings)s if access were not refused: another purpose or an accreditation may change that."),
    "sector": _("%(listings)s if another sector would do: %(to)s."),
    "region": _("%(listings)s if another region would do: %(to)s."),
    "time_span": _("%(listings)s if data of an unknown time would do."),
    "format": _("%(listings)s if another format would do: %(to)s."),
    "minimum_quality": _("%(listings)s if data without a score would do."),
    "freshness": _("%(listings)s if data of an unknown age would do."),
    "supply_mode": _("%(listings)s if another way of supply would do: %(to)s."),
    "purpose": _("%(listings)s if another purpose would do: %(to)s."),
    "scenario": _("%(listings)s if another scenario would do: %(to)s."),
    "budget": _("%(listings)s if a price like this would do: %(to)s."),
    "exclusive": _("%(listings)s if a licence beside others would do."),
}


def in_words(step: Mapping[str, Any]) -> str:
    """One loosening (`engine.relax.Relaxation` as it is stored) as a sentence."""
    code, by, gained = step["code"], step["by"], step["gained"]
    listings = ngettext("%(gained)s listing", "%(gained)s listings", gained) % {"gained": gained}
    params = {"listings": listings, "to": in_reading(step["to"], FAILED[code][1])}
    if by is None:
        return gettext(LOOSENED[code]) % params
    return gettext(MEASURED[code]) % {**params, **amounts(by)}
