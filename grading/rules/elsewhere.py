"""The level that data has in a scheme of its own: named by its owner, counted by the crosswalk when it is examined.

It raises the recommendation and never lowers it (P07: data graded by one scheme is not laxer under another).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from foundation.errors import Conflict, InvalidInput
from grading.engine.ladders.library import Library
from grading.engine.levels import Elsewhere
from grading.engine.plain import from_plain
from grading.models import Grade
from grading.rules.level_schemes import Standing, counterpart


def require_level(declared: Mapping[str, Any], known: Library, *, at: str) -> None:
    """InvalidInput below `at`/graded_elsewhere, naming those that there are, for an unknown scheme or level.

    Conflict where the scheme cannot be used.
    """
    if given := declared.get("graded_elsewhere"):
        pointer = f"{at}/graded_elsewhere"
        counterpart(known, Standing(given["scheme"], given["level"], f"{pointer}/scheme", f"{pointer}/level"))


def counted(given: Elsewhere, known: Library, newest: Grade | None) -> Elsewhere:
    """The level with its national counterpart by these schemes.

    Where scheme or level are gone, or the scheme cannot be used, as it counted in the newest grade, and not `known`.
    """
    try:
        found = counterpart(known, Standing(given.scheme, given.level))
    except (Conflict, InvalidInput):
        return replace(_last(given, newest) or given, known=False)
    return Elsewhere(
        scheme=found.scheme,
        level=found.level,
        version=found.version,
        lowest=found.lowest,
        strictest=found.strictest,
        rationale=found.rationale,
        rationale_zh=found.rationale_zh,
        source=found.source,
        certainty=found.certainty,
        known=True,
    )


def _last(given: Elsewhere, newest: Grade | None) -> Elsewhere | None:
    """What the newest grade rests on, if that is the same level of the same scheme."""
    elements = {} if newest is None else newest.recommendation.get("elements") or {}
    stored = elements.get("graded_elsewhere")
    if not stored or (stored["scheme"], stored["level"]) != (given.scheme, given.level):
        return None
    return from_plain(Elsewhere, stored)
