"""What another version of a scheme would change for the files that are graded: their levels, and their words."""

from collections.abc import Iterable
from functools import reduce
from typing import Any, Final

from foundation.rulebooks import registry
from foundation.rulebooks.comparison import Comparison
from grading import selectors
from grading.engine.ladders.crosswalk import stricter, to_national, translate
from grading.engine.ladders.ladder import NATIONAL
from grading.engine.ladders.library import Library
from grading.engine.ladders.reading import SchemeText
from grading.models import DataAsset, Grade
from grading.rules.level_schemes import covers, schemes

BATCH: Final = 200
UNKNOWN: Final = "unknown_level"
"""Class of a file whose owner graded it by a level that the schemes do not have: no other level counts for it."""


def what_if(text: SchemeText, report: registry.Report) -> Comparison:
    """How every graded file stands now, and would stand under another version of a scheme.

    Of each file the decided grade counts, else the open one. A file stands at the stricter of its grade and of the
    national counterpart of the level that its owner gave it in a scheme of its own; classes are national levels.
    Changes name the `level`, the `counterpart` (which may change below a stricter grade) and, for files of the scheme's
    region or sector, the level `in_scheme`.
    """
    now, then = schemes(), schemes(instead=text)
    found = Comparison()
    rows = selectors.standing_grades().select_related("asset")
    total = rows.count()
    for row in rows.order_by("pk").iterator(chunk_size=BATCH):
        _compare(found, row, text.code, now, then)
        if found.examined % BATCH == 0:
            report(found.examined / max(total, found.examined))
    return found


def _compare(found: Comparison, row: Grade, code: str, now: Library, then: Library) -> None:
    declared = row.asset.declared
    level = row.level or row.recommended_level
    counterparts = _counterpart(declared, now), _counterpart(declared, then)
    before, after = (_stands(level, other) for other in counterparts)
    pairs: dict[str, tuple[Any, Any]] = {
        "level": (before, after),
        "counterpart": counterparts,
        "in_scheme": (_in_scheme(declared, level, code, now), _in_scheme(declared, level, code, then)),
    }
    changes = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    found.add(("grade", row.pk), before=before, after=after, changes=changes)


def _counterpart(declared: dict[str, Any], known: Library) -> str | None:
    """The national counterpart of the level that the owner gave; None where it gave none."""
    given = declared.get("graded_elsewhere")
    if not given:
        return None
    try:
        return to_national(known.scheme(given["scheme"]), given["level"]).counted
    except (LookupError, TypeError, ValueError):
        return UNKNOWN


def standing(asset: DataAsset, level: str, known: Library) -> str:
    """The national level at which a file graded `level` stands under the schemes `known`, or UNKNOWN."""
    return _stands(level, _counterpart(asset.declared, known))


def strictest(levels: Iterable[str]) -> str:
    """Where files stand together, at least one: at the strictest level, or at UNKNOWN where one of them does."""
    return reduce(_stands, levels)


def _stands(level: str, counterpart: str | None) -> str:
    if counterpart is None:
        return level
    return UNKNOWN if UNKNOWN in (level, counterpart) else stricter(level, counterpart)


def _in_scheme(declared: dict[str, Any], level: str, code: str, known: Library) -> str | None:
    """What a file's level is called in the scheme; None where that was not made for it, or is not there."""
    scheme, national = known.schemes.get(code), known.schemes.get(NATIONAL)
    if scheme is None or national is None:
        return None
    if not covers(scheme, region=declared.get("region", ""), sector=declared.get("sector", "")):
        return None
    return translate(national, level, scheme).level
