"""Domain errors and lengths of time in the reader's language: one way for every surface (docs/adr/0007)."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext, ngettext

from foundation.errors import DomainError, IllegalTransition, InvalidInput

OF_A_DAY: Final = 48
"""Hours from which on days are told."""


def said(message: str, params: Mapping[str, Any]) -> str:
    """A msgid in the active language, with its parameters."""
    translated = gettext(message)
    return translated % params if params else translated


def detail(error: DomainError) -> str:
    """What happened, in one sentence; machines are named in the reader's language, states and events stay codes."""
    params = error.params
    if isinstance(error, IllegalTransition):
        params = {**params, "machine": gettext(params["machine"])}
    return said(error.message, params)


def sentences(error: DomainError) -> list[str]:
    """For a page that has no fields to point at: what is wrong with each field, else the detail."""
    if isinstance(error, InvalidInput):
        return [said(field.message, field.params) for field in error.fields]
    return [detail(error)]


def duration(hours: float) -> str:
    """A length of time in minutes, hours or days, whichever says enough."""
    if hours < 1:
        minutes = round(hours * 60)
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if hours < OF_A_DAY:
        return ngettext("%(count)s hour", "%(count)s hours", round(hours)) % {"count": round(hours)}
    days = round(hours / 24)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def waited(median_hours: float, p90_hours: float) -> str:
    """A median and a ninth decile of hours, in words."""
    return gettext("half within %(median)s, nine of ten within %(far)s") % {
        "median": duration(median_hours),
        "far": duration(p90_hours),
    }
