"""Why a file could not be prepared: stored codes → sentences that the surface translates."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from grading.engine.readers.errors import UNREADABLE

PROBLEMS: Mapping[str, str] = {
    "column_not_assessed": _("Nobody has assessed the columns %(columns)s: the file has to be examined again."),
    "column_unknown": _("The columns %(columns)s were assessed and are not in the file: it has to be examined again."),
    "nothing_kept": _("No column would be left."),
    "outdated": _("More was found in its columns since, or is masked otherwise by now: it was made anew."),
    "not_permitted": _("%(reasons)s"),
    **UNREADABLE,
}


def problem_in_words(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of a stored problem, in the reader's language; empty for none."""
    return gettext(PROBLEMS[code]) % params if code else ""
