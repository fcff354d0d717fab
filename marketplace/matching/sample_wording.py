"""Why a sample was not read, in the language that is active: what is wrong, and what to do about it."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from grading import wording
from marketplace.matching.models import DemandSample

PROBLEMS: Final[Mapping[str, str]] = {
    "demand_over": _("The demand ended before its sample was read. State a new demand and attach it there."),
    "sample_damaged": _("The stored file was damaged before it was read, and was deleted. Attach it again."),
    "not_read_in_time": _("It could not be read for %(days)s days and was deleted. Attach it again."),
}
"""Reasons of the exchange's own; those of the file are the reader's (`grading.engine.readers`)."""


def problem_of(sample: DemandSample) -> str:
    """The sentence; empty where nothing is wrong."""
    if not sample.problem_code:
        return ""
    if sample.problem_code in PROBLEMS:
        return str(gettext(PROBLEMS[sample.problem_code]) % sample.problem_params)
    return wording.sentence(sample.problem_code, sample.problem_params)
