"""The sectors that an authority can be the authority of: the catalogue's, given by the house in settings.SECTORS.

Approvals are asked of the confirmed authority of a listing's sector, by its code: an authority of a sector that no
listing can be of would be confirmed and never asked.
"""

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.db.models import TextChoices
from django.utils.module_loading import import_string

from foundation.errors import FieldError, _


@cache
def known() -> Mapping[str, str]:
    """Code → name of every sector, from the vocabulary that settings name."""
    vocabulary: type[TextChoices] = import_string(settings.SECTORS)
    return dict(vocabulary.choices)


def wrong(sector: str, pointer: str) -> FieldError | None:
    """What is to be said of a sector that is none; None for a known one."""
    if sector in known():
        return None
    return FieldError(
        pointer, _("Name the authority's sector, one of: %(known)s."), {"known": ", ".join(sorted(known()))}
    )
