"""Why a version is in its state, where the exchange itself has said so: stored once, read in the reader's language."""

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

PROVIDER_SUSPENDED: Final = _("The provider is suspended.")
"""Stored as the reason of the versions that are suspended with their provider."""


def in_words(reason: str) -> str:
    """A stored reason; what people have written stays as it is."""
    return gettext(reason) if reason == PROVIDER_SUSPENDED else reason
