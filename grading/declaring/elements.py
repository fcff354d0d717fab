"""Elements of grading and the origin of derived data, as owners declare them: checked, kept as JSON values.

`elements`: groups, areas, importance (lists of codes), depth, coverage (extent, share from 0 to 1, area_km2).
`derivation`: sources (each an asset of this exchange, or a name with a level), processing, why it may be lower.
`graded_elsewhere`: the `level` that the data has in a `scheme` of its region or sector.
(`grading.rules.elsewhere` knows the schemes.)
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from foundation.errors import FieldError, InvalidInput, step
from grading.engine.levels import (
    AREAS,
    DEPTHS,
    EXTENTS,
    GROUPS,
    IMPORTANCE,
    NATIONAL_LEVELS,
    PROCESSING,
    Coverage,
    Derivation,
    Elsewhere,
    Source,
)

MOST_SOURCES: Final = 100
MOST_UNKNOWN: Final = 20
LONGEST_NAME: Final = 300
LONGEST_CODE: Final = 40
LONGEST_REASON: Final = 2_000
LARGEST_AREA_KM2: Final = 510_072_000.0
"""The surface of the earth."""
LARGEST_NUMBER: Final = 2**63 - 1
"""Of a data asset."""

VOCABULARY: Final[Mapping[str, tuple[str, ...]]] = {
    "groups": GROUPS,
    "areas": AREAS,
    "importance": IMPORTANCE,
    "depth": DEPTHS,
    "extent": EXTENTS,
    "processing": PROCESSING,
    "level": NATIONAL_LEVELS,
}
"""The codes that may be declared, by field."""

_LIST = _("Give a list of some of: %(known)s.")
_WORD = _("Give one of: %(known)s.")
_TEXT = _("Give a text of at most %(limit)s characters.")
_OBJECT = _("Give an object with some of: %(known)s.")
Read = Callable[[Any, str, list[FieldError]], Any]


def checked_elements(value: Any, at: str) -> dict[str, Any]:
    """The elements as they are kept; what is empty is left out. InvalidInput below the pointer `at`."""
    return _checked(value, at, _ELEMENTS)


def checked_derivation(value: Any, at: str) -> dict[str, Any]:
    """Where derived data comes from, as it is kept; empty where nothing is said. InvalidInput below `at`."""
    kept = _checked(value, at, _DERIVATION)
    if not kept:
        return {}
    if missing := [name for name in ("sources", "processing") if name not in kept]:
        raise InvalidInput([FieldError(f"{at}/{name}", _MISSING[name]) for name in missing])
    return kept


def checked_level_elsewhere(value: Any, at: str) -> dict[str, Any]:
    """The level that data has in a scheme of its own, as codes of both; whether there is such a level may change.

    InvalidInput below the pointer `at`.
    """
    kept = _checked(value, at, _LEVEL_ELSEWHERE)
    if kept and (missing := [name for name in _LEVEL_ELSEWHERE if name not in kept]):
        raise InvalidInput([FieldError(f"{at}/{name}", _TEXT, {"limit": LONGEST_CODE}) for name in missing])
    return kept


def elsewhere_of(given: Mapping[str, Any] | None) -> Elsewhere | None:
    """What `checked_level_elsewhere` kept as the engine reads it; the national counterpart is not known here."""
    return Elsewhere(given["scheme"], given["level"]) if given else None


def coverage_of(elements: Mapping[str, Any]) -> Coverage:
    """The coverage among checked elements."""
    return Coverage(**elements.get("coverage", {}))


def derivation_of(derivation: Mapping[str, Any] | None) -> Derivation | None:
    """A checked derivation as the engine reads it; of assets the level is not known here."""
    if not derivation:
        return None
    return Derivation(
        sources=tuple(
            Source(level=item.get("level"), asset=item.get("asset"), name=item.get("name", ""))
            for item in derivation["sources"]
        ),
        processing=tuple(derivation["processing"]),
        reason=derivation.get("reason", ""),
    )


def source_assets(declared: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Of a checked declaration the places of the sources that are assets of this exchange, and their numbers."""
    sources = (declared.get("derivation") or {}).get("sources", ())
    return [(place, item["asset"]) for place, item in enumerate(sources) if "asset" in item]


def unknown_names(value: Iterable[str], known: Collection[str], at: str) -> list[FieldError]:
    """One error for each name that nobody reads; of very many or very long ones the beginning."""
    message, told = _("Not known here. Known are: %(known)s."), {"known": ", ".join(known)}
    unknown = islice((name for name in value if name not in known), MOST_UNKNOWN)
    return [FieldError(f"{at}/{step(name[:LONGEST_NAME])}", message, told) for name in unknown]


def _checked(value: Any, at: str, known: Mapping[str, Read]) -> dict[str, Any]:
    errors: list[FieldError] = []
    kept = _object(value, at, errors, known)
    if errors:
        raise InvalidInput(errors)
    return kept


def _object(value: Any, at: str, errors: list[FieldError], known: Mapping[str, Read]) -> dict[str, Any]:
    """What is known of an object, each by its own reader; null and what is empty are left out."""
    if not isinstance(value, Mapping):
        errors.append(FieldError(at, _OBJECT, {"known": ", ".join(known)}))
        return {}
    errors += unknown_names(value, known, at)
    kept = {}
    for name, read in known.items():
        item = value.get(name)
        if item is not None and (found := read(item, f"{at}/{name}", errors)):
            kept[name] = found
    return kept


def _words_of(known: Sequence[str]) -> Read:
    told = {"known": ", ".join(known)}

    def read(value: Any, at: str, errors: list[FieldError]) -> list[str]:
        if not isinstance(value, list | tuple):
            errors.append(FieldError(at, _LIST, told))
            return []
        wrong = [place for place, item in enumerate(value[: len(known) + 1]) if item not in known]
        errors.extend(FieldError(f"{at}/{place}", _WORD, told) for place in wrong)
        if len(value) > len(known):
            errors.append(FieldError(at, _("Name each only once.")))
        return [] if wrong else list(dict.fromkeys(value))

    return read


def _word_of(known: Sequence[str]) -> Read:
    def read(value: Any, at: str, errors: list[FieldError]) -> str:
        if isinstance(value, str) and value in known:
            return value
        errors.append(FieldError(at, _WORD, {"known": ", ".join(known)}))
        return ""

    return read


def _number_to(most: float) -> Read:
    def read(value: Any, at: str, errors: list[FieldError]) -> float:
        if (
            type(value) in (int, float) and 0 <= value <= most
        ):  # which no NaN is, and no whole number too long to convert
            return float(value)
        errors.append(FieldError(at, _("Give a number from 0 to %(most)s."), {"most": f"{most:g}"}))
        return 0.0

    return read


def _text_to(limit: int) -> Read:
    def read(value: Any, at: str, errors: list[FieldError]) -> str:
        if isinstance(value, str) and len(value) <= limit and "\x00" not in value:
            return value.strip()
        errors.append(FieldError(at, _TEXT, {"limit": limit}))
        return ""

    return read


def _asset(value: Any, at: str, errors: list[FieldError]) -> int:
    if type(value) is int and 0 < value <= LARGEST_NUMBER:
        return value
    errors.append(FieldError(at, _("Give the number of a data asset.")))
    return 0


def _coverage(value: Any, at: str, errors: list[FieldError]) -> dict[str, Any]:
    return _object(value, at, errors, _COVERAGE)


def _sources(value: Any, at: str, errors: list[FieldError]) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple) or len(value) > MOST_SOURCES:
        errors.append(FieldError(at, _("Give a list of at most %(limit)s sources."), {"limit": MOST_SOURCES}))
        return []
    found: list[dict[str, Any]] = []
    for place, item in enumerate(value):
        before = len(errors)
        source = _object(item, f"{at}/{place}", errors, _SOURCE)
        if len(errors) > before:
            continue
        if set(source) not in ({"asset"}, {"level", "name"}):
            errors.append(FieldError(f"{at}/{place}", _("Give either an asset, or a level and a name.")))
        elif source in found:
            errors.append(FieldError(f"{at}/{place}", _("Name each only once.")))
        found.append(source)
    return found


_COVERAGE: Final[Mapping[str, Read]] = {
    "extent": _word_of(EXTENTS), "share": _number_to(1.0), "area_km2": _number_to(LARGEST_AREA_KM2),
}  # fmt: skip
_ELEMENTS: Final[Mapping[str, Read]] = {
    "groups": _words_of(GROUPS),
    "areas": _words_of(AREAS),
    "importance": _words_of(IMPORTANCE),
    "depth": _word_of(DEPTHS),
    "coverage": _coverage,
}
_SOURCE: Final[Mapping[str, Read]] = {
    "asset": _asset,
    "level": _word_of(NATIONAL_LEVELS),
    "name": _text_to(LONGEST_NAME),
}
_LEVEL_ELSEWHERE: Final[Mapping[str, Read]] = {"scheme": _text_to(LONGEST_CODE), "level": _text_to(LONGEST_CODE)}
_DERIVATION: Final[Mapping[str, Read]] = {
    "sources": _sources, "processing": _words_of(PROCESSING), "reason": _text_to(LONGEST_REASON),
}  # fmt: skip
_MISSING: Final[Mapping[str, str]] = {
    "sources": _("Name what the data is derived from."),
    "processing": _("Say what was done to it."),
}
