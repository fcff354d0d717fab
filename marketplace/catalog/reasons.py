"""Why a version is in its state, where the exchange itself has said so: stored once, read in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from grading.models import Level

PROVIDER_SUSPENDED: Final = _("The provider is suspended.")
"""Stored as the reason of the versions that are suspended with their provider."""

INCIDENT: Final = _("The exchange looks into an incident that concerns it.")
"""Stored as the reason of the versions that are suspended because of an incident."""

DECIDED_HIGHER: Final[Mapping[str, str]] = {
    Level.IMPORTANT: _(
        "Its data was decided as important data after publication: the exchange decides anew whether it is published."
    ),
    Level.CORE: _("Its data was decided as core data after publication: core data is never published."),
}
"""Stored as the reason of the versions whose data was decided as of this level after their publication."""

_OWN: Final = {PROVIDER_SUSPENDED, INCIDENT, *DECIDED_HIGHER.values()}


def in_words(reason: str) -> str:
    """A stored reason; what people have written stays as it is."""
    return gettext(reason) if reason in _OWN else reason


def own_words(reason: str) -> str:
    """The same of what the exchange itself has said, empty for what people have written."""
    return gettext(reason) if reason in _OWN else ""
