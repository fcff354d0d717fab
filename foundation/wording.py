"""Domain errors in the reader's language: one way for every surface (docs/adr/0007)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from foundation.errors import DomainError, IllegalTransition, InvalidInput


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
