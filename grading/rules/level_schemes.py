"""Grading schemes of sectors and regions as rules that are released: looked up by code, compared by the stricter (P07).

Every scheme is a rulebook of its own, named by its code, so that a region's new scheme is one text more. What is in
force counts from the instant of its release, in every process.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.rulebooks.errors import UnusableRules
from foundation.rulebooks.in_force import InForce, all_in_force
from grading.engine.ladders import crosswalk
from grading.engine.ladders.crosswalk import Crossing, Translation
from grading.engine.ladders.ladder import Counterpart, InvalidLadder, LevelScheme, UnknownLevel, UnknownScheme
from grading.engine.ladders.library import Library, library, read_scheme
from grading.engine.ladders.reading import SchemeText
from grading.engine.rules import SHIPPED

__all__ = [
    "FILES",
    "LEVEL_SCHEME",
    "Counterpart",
    "Crossing",
    "LevelScheme",
    "SchemeText",
    "Standing",
    "Translation",
    "across",
    "counterpart",
    "covers",
    "load",
    "scheme",
    "schemes",
    "schemes_for",
    "shipped_schemes",
    "to_national",
    "together",
    "translate",
    "unusable_for",
    "usable",
]
LEVEL_SCHEME: Final = "level_scheme"
FILES: Final = {path.stem: path for path in sorted((SHIPPED / "levels").glob("*.toml"))}
"""Code → shipped file."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A level that somebody named: `scheme` and `level` are codes, pointers say where they were given."""

    scheme: str
    level: str
    scheme_at: str = "/scheme"
    level_at: str = "/level"


def load(data: Mapping[str, Any]) -> SchemeText:
    """A text of a scheme whose form is right. UnusableRules with all its defects."""
    try:
        return read_scheme(data)
    except InvalidLadder as error:
        raise UnusableRules(error.problems) from error


def together(rules: SchemeText | None, at: datetime | None) -> list[str]:
    """What is wrong between the schemes in force at an instant, with `rules` in the place of those of their code."""
    return list(schemes(at=at, instead=rules).problems)


def schemes(*, at: datetime | None = None, instead: SchemeText | None = None) -> Library:
    """All schemes in force at an instant (default: now); `instead` takes the place of the one of its code."""
    texts, unreadable = {}, []
    for code, found in all_in_force(LEVEL_SCHEME, at=at).items():
        if isinstance(found, InForce):
            texts[code] = found.rules
        else:
            unreadable += [f"{code}/{said}" for said in found.problems]
    if instead is not None:
        texts[instead.code] = instead
        unreadable = [said for said in unreadable if not said.startswith(f"{instead.code}/")]
    known = library(texts.values())
    unread = {said.partition("/")[0] for said in unreadable}
    unusable = {**known.unusable, **{code: _regions_shipped(code) for code in unread}}
    return Library(known.schemes, (*unreadable, *known.problems), unusable)


def _regions_shipped(code: str) -> tuple[str, ...] | None:
    """The regions of the scheme that is shipped under a code; None where there is none."""
    return read_scheme(tomllib.loads(FILES[code].read_text(encoding="utf-8"))).regions if code in FILES else None


def shipped_schemes() -> Library:
    """The schemes of this version of the product, for where there is no database."""
    return library(load(tomllib.loads(path.read_text(encoding="utf-8"))) for path in FILES.values())


def scheme(code: str, *, at: datetime | None = None) -> LevelScheme:
    """The scheme of a code in force at an instant (default: now).

    NotFound for an unknown code; Conflict where the scheme cannot be used: nothing else takes its place.
    """
    try:
        return usable(schemes(at=at), code)
    except UnknownScheme as error:
        raise NotFound(_UNKNOWN_SCHEME, scheme=code, known=", ".join(error.known)) from error


def to_national(named: Standing, *, at: datetime | None = None) -> Counterpart:
    """The national counterpart of a level. InvalidInput for an unknown scheme or level, never the lowest."""
    return counterpart(schemes(at=at), named)


def counterpart(known: Library, named: Standing) -> Counterpart:
    """The national counterpart of a level by these schemes. InvalidInput for an unknown scheme or level.

    Conflict where the scheme cannot be used.
    """
    found = _given_scheme(known, named.scheme, named.scheme_at)
    try:
        return crosswalk.to_national(found, named.level)
    except UnknownLevel as error:
        params = {"scheme": named.scheme, "level": named.level, "known": ", ".join(error.known)}
        raise InvalidInput.of(named.level_at, _UNKNOWN_LEVEL, **params) from error


def across(one: Standing, other: Standing, *, at: datetime | None = None) -> Crossing:
    """What counts where data graded by one scheme are used under another: the stricter national level, with reasons.

    For every access across regions or sectors. InvalidInput for an unknown scheme or level.
    """
    known = schemes(at=at)
    for named in (one, other):
        counterpart(known, named)
    return crosswalk.across(known.scheme(one.scheme), one.level, known.scheme(other.scheme), other.level)


def translate(named: Standing, target: str, *, target_at: str = "/to", at: datetime | None = None) -> Translation:
    """What a level is called in the scheme `target`, never a laxer one. InvalidInput for an unknown scheme or level."""
    known = schemes(at=at)
    counterpart(known, named)
    return crosswalk.translate(known.scheme(named.scheme), named.level, _given_scheme(known, target, target_at))


def schemes_for(*, region: str = "", sector: str = "", at: datetime | None = None) -> list[LevelScheme]:
    """The schemes made for a region (GB/T 2260, two to six digits) or a sector, in alphabetical order of codes."""
    known = schemes(at=at)
    return [found for code in known.codes if covers(found := known.schemes[code], region=region, sector=sector)]


def unusable_for(known: Library, region: str) -> list[str]:
    """Codes of the schemes that cannot be used and were made for a region, or may have been."""
    made_for = known.unusable.items()
    return sorted(code for code, regions in made_for if regions is None or any(map(region.startswith, regions)))


def covers(scheme: LevelScheme, *, region: str = "", sector: str = "") -> bool:
    """Whether a scheme was made for a region, or one that it lies in, or for a sector."""
    return sector in scheme.sectors or any(region.startswith(code) for code in scheme.regions)


_UNKNOWN_SCHEME: Final = _("There is no grading scheme '%(scheme)s'. Known: %(known)s.")
_UNKNOWN_LEVEL: Final = _("The grading scheme '%(scheme)s' has no level '%(level)s'. Known: %(known)s.")


def usable(known: Library, code: str) -> LevelScheme:
    """A scheme. UnknownScheme; Conflict where there is one that cannot be used: nothing else takes its place."""
    try:
        return known.scheme(code)
    except InvalidLadder as error:
        message = _("The grading scheme '%(scheme)s' cannot be used: %(problems)s")
        raise Conflict(message, scheme=code, problems=str(error)) from error


def _given_scheme(known: Library, code: str, pointer: str) -> LevelScheme:
    try:
        return usable(known, code)
    except UnknownScheme as error:
        raise InvalidInput.of(pointer, _UNKNOWN_SCHEME, scheme=code, known=", ".join(error.known)) from error
