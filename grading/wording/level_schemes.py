"""Why a national level counts across two schemes, in the reader's language; a test holds it to the engine's table."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from grading.engine.ladders.crosswalk import CrossingReason
from grading.wording import level_name

CROSSING: Final[Mapping[str, str]] = {
    "counterpart": _("%(scheme)s %(level)s is national %(national)s."),
    "range_counted_strictest": _(
        "%(scheme)s %(level)s may be national %(lowest)s to %(national)s: the strictest counts."
    ),
    "stricter_wins": _("%(scheme)s %(level)s is the stricter: national %(national)s counts."),
    "equally_strict": _("Both sides are national %(national)s."),
}


def told(reason: CrossingReason) -> str:
    """The sentence of a reason."""
    words = {key: level_name(said) if key in ("national", "lowest") else said for key, said in reason.params.items()}
    return gettext(CROSSING[reason.code]) % words
