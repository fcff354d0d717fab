"""What must hold of a scheme as a whole: every level mapped once, in order; criteria complete and never falling."""

from collections.abc import Mapping
from itertools import pairwise
from types import MappingProxyType

from grading.engine.forms import Faults
from grading.engine.ladders.ladder import NATIONAL, Counterpart, Criteria, LevelScheme
from grading.engine.ladders.reading import CrosswalkRow, SchemeText
from grading.engine.levels.elements import NATIONAL_LEVELS


def checked(text: SchemeText) -> tuple[LevelScheme, list[str]]:
    """The scheme of a text that leaves nothing to others, and all that is wrong with it."""
    faults = Faults()
    codes = _ladder(text, faults)
    if text.criteria is not None:
        _check_criteria(text.criteria, codes, faults)
    rows = _national_rows(text, faults) if text.code == NATIONAL else _checked_rows(text.crosswalk, codes, faults)
    crosswalk = {row.level: _counterpart(row, text) for row in rows}
    return _scheme(text, crosswalk), faults.found


def check_alone(text: SchemeText) -> list[str]:
    """What is wrong with a text that extends another, whatever that says."""
    faults = Faults()
    if text.levels:
        _ladder(text, faults)
    _usable_rows(text.crosswalk, faults)
    return faults.found


def _ladder(text: SchemeText, faults: Faults) -> tuple[str, ...]:
    codes = tuple(level.code for level in text.levels)
    if not codes:
        faults.add("levels", "is missing")
    _once([(f"levels/{number}/code", code) for number, code in enumerate(codes)], faults)
    for key in ("title", "title_zh"):
        _once([(f"levels/{number}/{key}", getattr(level, key)) for number, level in enumerate(text.levels)], faults)
    if text.code == NATIONAL and codes != NATIONAL_LEVELS:
        faults.add("levels", f"the national levels are {', '.join(NATIONAL_LEVELS)}, in this order")
    return codes


def _once(places: list[tuple[str, str]], faults: Faults) -> None:
    seen: set[str] = set()
    for path, value in places:
        if value and value in seen:
            faults.add(path, f"'{value}' is there twice")
        seen.add(value)


def _check_criteria(criteria: Criteria, codes: tuple[str, ...], faults: Faults) -> None:
    """Every object and degree leads to a level, and graver harm never to a lower one."""
    objects, degrees = ([named.code for named in names] for names in (criteria.objects, criteria.degrees))
    for key, names in (("objects", objects), ("degrees", degrees)):
        _once([(f"criteria/{key}/{number}/code", name) for number, name in enumerate(names)], faults)
    for harmed, row in criteria.table.items():
        if harmed not in objects:
            faults.add(f"criteria/table/{harmed}", "is none of the objects")
        for degree, level in row.items():
            if degree not in degrees:
                faults.add(f"criteria/table/{harmed}/{degree}", "is none of the degrees")
            if level not in codes:
                faults.add(f"criteria/table/{harmed}/{degree}", f"there is no level '{level}'")
    for harmed in objects:
        row = criteria.table.get(harmed, {})
        for degree in degrees:
            if degree not in row:
                faults.add(f"criteria/table/{harmed}/{degree}", "is missing")
        ranks = [(degree, codes.index(row[degree])) for degree in degrees if row.get(degree) in codes]
        for (_, below), (degree, rank) in pairwise(ranks):
            if rank < below:
                faults.add(f"criteria/table/{harmed}/{degree}", "is lower than for less harm")


def _checked_rows(rows: tuple[CrosswalkRow, ...], codes: tuple[str, ...], faults: Faults) -> list[CrosswalkRow]:
    """One row a level in the order of the levels, none below that of a lower level."""
    for row in rows:
        if row.level and row.level not in codes:
            faults.add(f"{row.path}/level", f"there is no level '{row.level}'")
    usable = _usable_rows(rows, faults)
    for number, code in enumerate(codes):
        if code and all(row.level != code for row in rows):
            faults.add(f"crosswalk/{code}", f"the level levels/{number} has no national counterpart")
    ordered = [usable[code] for code in codes if code in usable]
    for below, row in pairwise(ordered):
        for key, before, now in zip(("from", "to"), _span(below), _span(row), strict=True):
            if now < before:
                faults.add(f"{row.path}/{key}", f"'{row.level}' is lower than '{below.level}', which it stands above")
    return ordered


def _usable_rows(rows: tuple[CrosswalkRow, ...], faults: Faults) -> dict[str, CrosswalkRow]:
    """Level → its row, of rows whose ends are national levels; what is wrong with a row alone is noted."""
    _once([(f"{row.path}/level", row.level) for row in rows], faults)
    usable: dict[str, CrosswalkRow] = {}
    for row in rows:
        ends = [("from", row.lowest), ("to", row.strictest)]
        unknown = [(key, said) for key, said in ends if said not in NATIONAL_LEVELS]
        for key, said in filter(lambda end: end[1], unknown):
            faults.add(f"{row.path}/{key}", f"'{said}' is no national level; known: {', '.join(NATIONAL_LEVELS)}")
        if unknown:
            continue
        low, high = _span(row)
        if low > high:
            faults.add(f"{row.path}/to", f"'{row.strictest}' is less strict than '{row.lowest}'")
        elif high - low == len(NATIONAL_LEVELS) - 1:
            faults.add(f"{row.path}/to", "a range of all national levels says nothing")
        usable.setdefault(row.level, row)
    return usable


def _span(row: CrosswalkRow) -> tuple[int, int]:
    return NATIONAL_LEVELS.index(row.lowest), NATIONAL_LEVELS.index(row.strictest)


def _national_rows(text: SchemeText, faults: Faults) -> list[CrosswalkRow]:
    """Every national level is its own counterpart."""
    if text.crosswalk:
        faults.add("crosswalk", "the national levels are their own counterparts: leave it out")
    if text.extends:
        faults.add("extends", "the national scheme is based on no other")
    said, said_zh = "The level itself.", "即该级别本身。"
    return [
        CrosswalkRow("levels", level.code, level.code, level.code, said, said_zh, text.source, level.certainty, "")
        for level in text.levels
        if level.code in NATIONAL_LEVELS
    ]


def _counterpart(row: CrosswalkRow, text: SchemeText) -> Counterpart:
    return Counterpart(
        scheme=text.code,
        version=text.version,
        level=row.level,
        lowest=row.lowest,
        strictest=row.strictest,
        rationale=row.rationale,
        rationale_zh=row.rationale_zh,
        source=row.source,
        certainty=row.certainty,
        clause=row.clause,
    )


def _scheme(text: SchemeText, crosswalk: Mapping[str, Counterpart]) -> LevelScheme:
    return LevelScheme(
        code=text.code,
        version=text.version,
        standard=text.standard,
        title=text.title,
        title_zh=text.title_zh,
        source=text.source,
        certainty=text.certainty,
        levels=text.levels,
        crosswalk=MappingProxyType(dict(crosswalk)),
        criteria=text.criteria,
        criteria_unknown=text.criteria_unknown,
        criteria_unknown_zh=text.criteria_unknown_zh,
        criteria_elsewhere=text.criteria_elsewhere,
        extends=text.extends,
        regions=text.regions,
        sectors=text.sectors,
    )
