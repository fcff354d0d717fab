"""Texts that people write: stated, not too long, without what the database refuses."""

from typing import Final

from django.utils.translation import gettext_noop as _

from foundation.errors import InvalidInput

LONGEST_OPINION: Final = 2000
LONGEST_TEXT: Final = 5000


def stated(pointer: str, text: str, *, longest: int, missing: str) -> str:
    """The text without blanks around it; InvalidInput at `pointer` where it is empty (`missing`), too long, or broken.

    An empty `missing` allows an empty text.
    """
    found = text.strip()
    if not found and missing:
        raise InvalidInput.of(pointer, missing)
    if len(found) > longest or "\x00" in found:
        raise InvalidInput.of(pointer, _("Use at most %(limit)s characters, and no NUL."), limit=longest)
    return found
