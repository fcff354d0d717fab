"""The kinds of accreditation, from `accreditation_kinds.toml`: what each is, who holds it, its levels and its term."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from django.utils.translation import get_language

FILE: Final = Path(__file__).with_name("accreditation_kinds.toml")
DATA_SECURITY_TRAINING: Final = "data_security_training"
CERTAINTIES: Final = ("S", "R", "U")
_NEEDED: Final = ("code", "name", "name_zh", "standard", "title", "title_zh", "source", "certainty", "term_source")


@dataclass(frozen=True, slots=True)
class KindLevel:
    """A level of a kind; higher is more."""

    level: int
    name: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `levels` is empty for what one has or has not; `certainty` and `term_certainty` are S, R or U."""

    code: str
    name: str
    name_zh: str
    holder: Literal["organisation", "person"]
    standard: str
    title: str
    title_zh: str
    source: str
    certainty: str
    longest_years: int
    term_source: str
    term_certainty: str
    levels: tuple[KindLevel, ...] = ()
    scope_needed: bool = False

    def allows(self, level: int | None) -> bool:
        """Whether a certificate of this kind can have this level; None for no level."""
        return level is None if not self.levels else level in {one.level for one in self.levels}


@cache
def known() -> Mapping[str, Kind]:
    """Code → kind, in the order of the file."""
    return parse(FILE.read_text(encoding="utf-8"))


def name_of(code: str) -> str:
    """The kind's name in the active language; the code where this version of the exchange does not know it."""
    kind = known().get(code)
    if kind is None:
        return code
    return kind.name_zh if _in_chinese() else kind.name


def level_name(code: str, level: int | None) -> str:
    """A level with its name in the active language, e.g. `3 well defined`; empty for none."""
    if level is None:
        return ""
    kind = known().get(code)
    named = next((one for one in kind.levels if one.level == level), None) if kind else None
    if named is None:
        return str(level)
    return f"{level} {named.name_zh if _in_chinese() else named.name}"


def _in_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def parse(text: str) -> Mapping[str, Kind]:
    """The kinds of a text like the file's. ValueError for what cannot be meant, naming the kind and what is wrong."""
    found: dict[str, Kind] = {}
    for row in tomllib.loads(text)["kinds"]:
        kind = _kind(row)
        if kind.code in found:
            raise ValueError(f"{kind.code}: twice")
        found[kind.code] = kind
    return found


def _kind(row: Mapping[str, Any]) -> Kind:
    code = row.get("code", "?")
    if missing := [name for name in _NEEDED if not row.get(name)]:
        raise ValueError(f"{code}: without {', '.join(missing)}")
    try:
        levels = tuple(KindLevel(**one) for one in row.get("levels", []))
        kind = Kind(**{**row, "levels": levels})
    except TypeError as error:
        raise ValueError(f"{code}: {error}") from error
    if kind.holder not in ("organisation", "person"):
        raise ValueError(f"{code}: held by '{kind.holder}'")
    if not {kind.certainty, kind.term_certainty} <= set(CERTAINTIES):
        raise ValueError(f"{code}: a certainty is one of {', '.join(CERTAINTIES)}")
    if kind.longest_years < 1:
        raise ValueError(f"{code}: longest_years")
    if [one.level for one in levels] != list(range(1, len(levels) + 1)):
        raise ValueError(f"{code}: levels are not 1, 2, 3 …")
    return kind
